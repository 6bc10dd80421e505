/// A picture with 8 bits per channel, `[height, width, channels]`.
public struct RasterImage: Equatable, Sendable {
  /// Columns and rows, at least 1 each.
  public let width, height: Int
  /// 1 for grey, 3 for red, green, blue.
  public let channels: Int
  /// The pixels, row by row.
  public let bytes: [UInt8]

  /// A picture of `bytes`, `[height, width, channels]`.
  public init(width: Int, height: Int, channels: Int, bytes: [UInt8]) {
    require(channels == 1 || channels == 3, "expected 1 or 3 channels, got \(channels)")
    require(
      width > 0 && height > 0 && bytes.count == width * height * channels,
      "\(bytes.count) bytes do not make a picture of \(width)x\(height)x\(channels)")
    self.width = width
    self.height = height
    self.channels = channels
    self.bytes = bytes
  }

  /// The picture in grey: ITU-R BT.601 luma in 16-bit fixed point, as Pillow's `convert("L")`.
  public var grey: RasterImage {
    if channels == 1 { return self }
    var luma = [UInt8](repeating: 0, count: width * height)
    for pixel in luma.indices {
      let (red, green, blue) = (bytes[3 * pixel], bytes[3 * pixel + 1], bytes[3 * pixel + 2])
      // 0.299, 0.587 and 0.114 of 65,536; they add up to 65,536, so grey stays what it is.
      let sum = 19595 * UInt32(red) + 38470 * UInt32(green) + 7471 * UInt32(blue)
      luma[pixel] = UInt8((sum + 0x8000) >> 16)
    }
    return RasterImage(width: width, height: height, channels: 1, bytes: luma)
  }

  /// A part of the picture.
  /// - Parameters:
  ///   - left: The first column.
  ///   - top: The first row.
  public func cropped(left: Int, top: Int, width: Int, height: Int) -> RasterImage {
    require(
      left >= 0 && top >= 0 && width > 0 && height > 0
        && left + width <= self.width && top + height <= self.height,
      "\(width)x\(height) at (\(left), \(top)) is not inside \(self.width)x\(self.height)")
    if width == self.width && height == self.height { return self }
    var part: [UInt8] = []
    part.reserveCapacity(width * height * channels)
    for row in top..<top + height {
      let first = (row * self.width + left) * channels
      part += bytes[first..<first + width * channels]
    }
    return RasterImage(width: width, height: height, channels: channels, bytes: part)
  }

  /// The middle of the picture; an odd rest is larger to the right and below.
  public func centreCropped(width: Int, height: Int) -> RasterImage {
    cropped(
      left: (self.width - width) / 2, top: (self.height - height) / 2, width: width, height: height)
  }

  /// The picture mirrored left to right.
  public var mirrored: RasterImage {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    for row in 0..<height {
      for column in (0..<width).reversed() {
        let first = (row * width + column) * channels
        for channel in 0..<channels { result.append(bytes[first + channel]) }
      }
    }
    return RasterImage(width: width, height: height, channels: channels, bytes: result)
  }
}
