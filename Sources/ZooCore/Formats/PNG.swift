import CZlib

/// A writer of PNG pictures with 8 bits per channel.
///
/// Source: W3C Portable Network Graphics Specification, third edition.
public enum PNG {
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// A picture as a PNG file.
  /// - Parameters:
  ///   - pixels: `[height, width, channels]`, row by row.
  ///   - channels: 1 for grey, 3 for red, green, blue.
  public static func encode(_ pixels: [UInt8], width: Int, height: Int, channels: Int) -> [UInt8] {
    require(channels == 1 || channels == 3, "PNG: expected 1 or 3 channels, got \(channels)")
    require(
      (1..<1 << 31).contains(width) && (1..<1 << 31).contains(height),
      "PNG: the size must be within 1…2³¹-1, got \(width)×\(height)")
    require(
      pixels.count == width * height * channels,
      "PNG: \(width)×\(height)×\(channels) does not fit \(pixels.count) pixels")

    let colour: UInt8 = channels == 1 ? 0 : 2
    let header = bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [8, colour, 0, 0, 0]
    let rows = filtered(pixels, bytesPerRow: width * channels)
    return signature + chunk("IHDR", header) + imageData(deflated(rows)) + chunk("IEND", [])
  }

  /// Packed pixels in as many pieces as it takes: one has no room for 2 GiB.
  package static func imageData(_ packed: [UInt8], piece: Int = 1 << 30) -> [UInt8] {
    stride(from: 0, to: packed.count, by: piece).reduce(into: []) { data, start in
      data += chunk("IDAT", Array(packed[start..<min(start + piece, packed.count)]))
    }
  }

  /// Every row with a leading 0, which says that it is stored as it is.
  private static func filtered(_ pixels: [UInt8], bytesPerRow: Int) -> [UInt8] {
    var rows: [UInt8] = []
    rows.reserveCapacity(pixels.count + pixels.count / bytesPerRow)
    for start in stride(from: 0, to: pixels.count, by: bytesPerRow) {
      rows.append(0)
      rows += pixels[start..<start + bytesPerRow]
    }
    return rows
  }

  static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    require(data.count < 1 << 31, "PNG: a picture this large does not fit one chunk")
    let body = Array(type.utf8) + data
    let checksum = crc32_z(0, body, body.count)
    return bigEndian(UInt32(data.count)) + body + bigEndian(UInt32(checksum))
  }

  private static func deflated(_ bytes: [UInt8]) -> [UInt8] {
    var size = compressBound(uLong(bytes.count))
    var packed = [UInt8](repeating: 0, count: Int(size))
    let status = compress2(&packed, &size, bytes, uLong(bytes.count), Z_DEFAULT_COMPRESSION)
    require(status == Z_OK, "zlib could not compress a picture: status \(status)")
    packed.removeLast(packed.count - Int(size))
    return packed
  }

  static func bigEndian(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}
