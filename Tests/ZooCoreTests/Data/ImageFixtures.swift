import Foundation
import Testing
import ZooCore

/// Pictures that Pillow wrote, and what it makes of them (`Fixtures/make_images.py`).
enum ImageFixtures {
  static func bytes(_ name: String) throws -> [UInt8] {
    try Files.read(path(name))
  }

  static func path(_ name: String) throws -> String {
    let folder = try #require(Bundle.module.resourcePath)
    return "\(folder)/Fixtures/images/\(name)"
  }

  static func picture(
    _ name: String, width: Int, height: Int, channels: Int = 3
  ) throws -> RasterImage {
    RasterImage(width: width, height: height, channels: channels, bytes: try bytes(name))
  }

  /// The picture that resized and prepared versions are made from.
  static func source() throws -> RasterImage {
    try picture("rgb.png.rgb", width: 30, height: 22)
  }

  /// A PNG file whose header claims another size, with a checksum that fits.
  static func png(_ file: [UInt8], claiming width: UInt32, _ height: UInt32) -> [UInt8] {
    var header = Array(file[12..<29])
    header.replaceSubrange(4..<12, with: bigEndian(width) + bigEndian(height))
    return file[..<12] + header + bigEndian(crc32(header)) + file[33...]
  }

  /// A JPEG file whose first frame header claims another size.
  static func jpeg(_ file: [UInt8], claiming width: UInt16, _ height: UInt16) throws -> [UInt8] {
    let frame = try #require(
      file.indices.dropLast().first { file[$0] == 0xFF && (0xC0...0xC2).contains(file[$0 + 1]) })
    var file = file
    file.replaceSubrange(
      frame + 5..<frame + 9,
      with: [height >> 8, height & 255, width >> 8, width & 255].map { UInt8($0) })
    return file
  }

  /// A chunk of a PNG file, with its checksum.
  static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + data
    return bigEndian(UInt32(data.count)) + body + bigEndian(crc32(body))
  }

  /// Zlib data that are stored and not packed (RFC 1950, RFC 1951).
  static func stored(_ data: [UInt8]) -> [UInt8] {
    var result: [UInt8] = [0x78, 0x01]
    for start in stride(from: 0, to: data.count, by: 65_535) {
      let part = data[start..<min(start + 65_535, data.count)]
      let count = UInt16(part.count)
      result.append(start + part.count == data.count ? 1 : 0)
      result += [count, ~count].flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
      result += part
    }
    let (a, b) = data.reduce((1, 0)) { sums, byte in
      let a = (sums.0 + Int(byte)) % 65_521
      return (a, (sums.1 + a) % 65_521)
    }
    return result + bigEndian(UInt32(b << 16 | a))
  }

  static func bigEndian(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  private static func crc32(_ bytes: [UInt8]) -> UInt32 {
    var crc = ~0 as UInt32
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 0 ? 0 : 0xEDB8_8320) }
    }
    return ~crc
  }
}

/// The condition and the reason of tests that need a library.
extension Trait where Self == ConditionTrait {
  static var needsPNG: Self { .enabled(if: PNGReader.isAvailable, "libpng16 is not here") }
  static var needsJPEG: Self { .enabled(if: JPEGReader.isAvailable, "libturbojpeg is not here") }
}
