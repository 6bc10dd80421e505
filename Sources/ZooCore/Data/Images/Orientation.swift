/// How a camera was held: the orientation tag in a JPEG file's Exif data.
///
/// Source: Exif 2.32 (CIPA DC-008), 4.6.2 and 4.6.4, tag 0x0112.
package struct Orientation: Equatable {
  /// Where row 0 and column 0 of the pixels belong: 1, top and left, to 8, left and bottom.
  package let tag: Int
  /// As it is.
  static let upright = Orientation(tag: 1)

  /// Whether width and height change places.
  var turnsSides: Bool { tag > 4 }

  /// The tag of a JPEG file; upright where it has none, or none that makes sense.
  package init(ofJPEG bytes: [UInt8]) {
    self = Self.exif(in: bytes).flatMap(Self.init(tiff:)) ?? .upright
  }

  private init(tag: Int) { self.tag = tag }

  /// The TIFF structure in the first APP1 segment that begins with "Exif".
  private static func exif(in bytes: [UInt8]) -> ArraySlice<UInt8>? {
    let (startOfScan, application1): (UInt8, UInt8) = (0xDA, 0xE1)
    let name = Array("Exif\0\0".utf8)
    var place = 2
    while place + 4 <= bytes.count, bytes[place] == 0xFF, bytes[place + 1] != startOfScan {
      let length = Int(bytes[place + 2]) << 8 | Int(bytes[place + 3])
      guard length >= 2, place + 2 + length <= bytes.count else { return nil }
      let segment = bytes[place + 4..<place + 2 + length]
      if bytes[place + 1] == application1, segment.starts(with: name) {
        return segment.dropFirst(name.count)
      }
      place += 2 + length
    }
    return nil
  }

  /// The tag in the first directory of a TIFF structure.
  private init?(tiff bytes: ArraySlice<UInt8>) {
    let isLittle = bytes.starts(with: Array("II".utf8))
    guard isLittle || bytes.starts(with: Array("MM".utf8)) else { return nil }
    func number(_ place: Int, _ size: Int) -> Int? {
      guard place >= 0, place + size <= bytes.count else { return nil }
      let digits = bytes.dropFirst(place).prefix(size)
      return (isLittle ? Array(digits.reversed()) : Array(digits)).reduce(0) { $0 << 8 | Int($1) }
    }
    guard number(2, 2) == 42, let directory = number(4, 4), let count = number(directory, 2)
    else { return nil }
    let (orientation, short) = (0x0112, 3)
    for entry in 0..<count {
      let place = directory + 2 + 12 * entry
      guard let tag = number(place, 2) else { return nil }
      guard tag == orientation else { continue }
      guard number(place + 2, 2) == short, let value = number(place + 8, 2), 1...8 ~= value else {
        return nil
      }
      self.init(tag: value)
      return
    }
    return nil
  }
}

extension RasterImage {
  /// The picture as it was seen, where its pixels lie in another orientation.
  func turned(from orientation: Orientation) -> RasterImage {
    guard orientation != .upright else { return self }
    let (right, bottom) = (width - 1, height - 1)
    let (columns, rows) = orientation.turnsSides ? (height, width) : (width, height)
    var turned = [UInt8](repeating: 0, count: bytes.count)
    for y in 0..<rows {
      for x in 0..<columns {
        let source =
          switch orientation.tag {
          case 2: (x: right - x, y: y)
          case 3: (x: right - x, y: bottom - y)
          case 4: (x: x, y: bottom - y)
          case 5: (x: y, y: x)
          case 6: (x: y, y: bottom - x)
          case 7: (x: right - y, y: bottom - x)
          default: (x: right - y, y: x)
          }
        let (to, from) = ((y * columns + x) * channels, (source.y * width + source.x) * channels)
        for channel in 0..<channels { turned[to + channel] = bytes[from + channel] }
      }
    }
    return RasterImage(width: columns, height: rows, channels: channels, bytes: turned)
  }
}
