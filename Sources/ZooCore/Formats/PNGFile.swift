import CZlib

/// A PNG file cut into its chunks; its pixels stay packed.
///
/// Source: W3C Portable Network Graphics Specification, third edition, section 5.
package struct PNGFile {
  /// A piece of the file.
  package struct Chunk {
    /// Four letters.
    package let type: String
    /// What the piece holds.
    package let data: ArraySlice<UInt8>
  }

  /// Pixels from left to right.
  package let width: Int
  /// Pixels from top to bottom.
  package let height: Int
  /// 0 for grey, 2 for RGB, 3 for a palette, 4 and 6 for these with an alpha channel.
  package let colourType: UInt8
  /// Everything that files must share to have pixels of the same kind: the IHDR chunk.
  package let header: [UInt8]
  /// The packed pixels, in one or more pieces.
  package let imageData: [ArraySlice<UInt8>]

  /// Checks a file's structure and checksums.
  ///
  /// - Parameter name: The file's name, for errors.
  package init(_ bytes: [UInt8], name: String) throws(ZooError) {
    func fault(_ problem: String) -> ZooError {
      ZooError(
        .data, problem, at: Text.printable(name), advice: "the picture is damaged; remove it")
    }
    guard bytes.starts(with: PNG.signature) else {
      throw fault("expected a PNG picture, found something else")
    }
    var chunks: [Chunk] = []
    var rest = bytes[PNG.signature.count...]
    while chunks.last?.type != "IEND" {
      // Length, type and checksum; the length cannot overflow, as it has 32 bits.
      guard rest.count >= 12, Self.number(rest.prefix(4)) <= rest.count - 12 else {
        throw fault("the file is cut short: \(bytes.count) bytes do not hold every piece")
      }
      let body = rest.dropFirst(4).prefix(4 + Self.number(rest.prefix(4)))
      let stored = rest[body.endIndex...].prefix(4)
      let computed = body.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) }
      guard Self.number(stored) == Int(computed) else {
        throw fault("a checksum near byte \(body.startIndex) is wrong")
      }
      chunks.append(
        Chunk(type: String(decoding: body.prefix(4), as: UTF8.self), data: body.dropFirst(4)))
      rest = rest[stored.endIndex...]
    }
    guard let first = chunks.first, first.type == "IHDR", first.data.count == 13 else {
      throw fault("the picture does not start with its size")
    }
    header = Array(first.data)
    width = Self.number(header[..<4])
    height = Self.number(header[4..<8])
    colourType = header[9]
    imageData = chunks.filter { $0.type == "IDAT" }.map(\.data)
    guard (1..<1 << 31).contains(width), (1..<1 << 31).contains(height), !imageData.isEmpty else {
      throw fault("the picture is empty: \(width)×\(height) in \(imageData.count) pieces")
    }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.reduce(0) { $0 << 8 | Int($1) }
  }
}
