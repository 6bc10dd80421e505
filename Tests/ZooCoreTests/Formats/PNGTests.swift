import Testing
import ZooCore

@Suite("PNG")
struct PNGTests {
  @Test("the smallest picture, byte by byte up to its data")
  func smallest() {
    let png = PNG.encode([128], width: 1, height: 1, channels: 1)
    #expect(
      SHA256.hex(Array(png[..<37])) == "89504e470d0a1a0a" + "0000000d49484452"
        + "00000001000000010800000000" + "3a7e9b55" + "0000000a")
    #expect(SHA256.hex(png.suffix(12)) == "0000000049454e44ae426082")
  }

  @Test("pixels survive", arguments: [(1, 1), (3, 2), (7, 5), (64, 64), (300, 200)], [1, 3])
  func roundTrip(_ size: (Int, Int), _ channels: Int) throws {
    let (width, height) = size
    let pixels = GzipTests.noise(width * height * channels)
    let png = PNG.encode(pixels, width: width, height: height, channels: channels)
    let parts = try chunks(of: png)
    #expect(parts.map(\.type) == ["IHDR", "IDAT", "IEND"])

    let header = parts[0].data
    #expect(number(header[..<4]) == width && number(header[4..<8]) == height)
    #expect(Array(header[8...]) == [8, channels == 1 ? 0 : 2, 0, 0, 0])

    let stride = width * channels
    let rows = (0..<height).flatMap { [0] + pixels[$0 * stride..<($0 + 1) * stride] }
    #expect(try inflate(zlib: parts[1].data, expecting: rows) == rows)
    #expect(parts[2].data.isEmpty)
  }

  /// What does not fit one chunk, 2 GiB, becomes several; a smaller limit shows the same.
  @Test("packed pixels come in pieces", arguments: [1, 7, 99, 100, 101])
  func pieces(_ size: Int) throws {
    let packed = GzipTests.noise(100)
    let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    let parts = try chunks(of: signature + PNG.imageData(packed, piece: size))
    #expect(parts.map(\.data.count).max() == min(size, 100))
    #expect(parts.allSatisfy { $0.type == "IDAT" } && parts.flatMap(\.data) == packed)
  }

  @Test("an even picture packs well")
  func compresses() {
    let png = PNG.encode([UInt8](repeating: 9, count: 90_000), width: 300, height: 100, channels: 3)
    #expect(png.count < 1000)
  }

  /// The chunks of a file, with their checksums verified.
  private func chunks(of png: [UInt8]) throws -> [(type: String, data: [UInt8])] {
    #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
    var chunks: [(String, [UInt8])] = []
    var rest = png.dropFirst(8)
    while !rest.isEmpty {
      let length = number(rest.prefix(4))
      let body = rest.dropFirst(4).prefix(4 + length)
      try #require(body.count == 4 + length)
      rest = rest.dropFirst(8 + length)
      #expect(number(rest.prefix(4)) == Int(crc32(body)))
      rest = rest.dropFirst(4)
      chunks.append((String(decoding: body.prefix(4), as: UTF8.self), Array(body.dropFirst(4))))
    }
    return chunks
  }

  /// Unpacks zlib data as gzip data, which differs in the wrapper only.
  private func inflate(zlib: [UInt8], expecting content: [UInt8]) throws -> [UInt8] {
    #expect(zlib[0] == 0x78 && number(zlib[..<2]) % 31 == 0)
    #expect(number(zlib.suffix(4)) == Int(adler32(content)))
    let ending = [crc32(content[...]), UInt32(content.count)].flatMap { word in
      [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: word >> $0) }
    }
    let gzip = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + zlib.dropFirst(2).dropLast(4) + ending
    return try Gzip.inflate(gzip, limit: content.count, name: "IDAT")
  }

  private func number(_ bytes: some Sequence<UInt8>) -> Int {
    bytes.reduce(0) { $0 << 8 | Int($1) }
  }

  private func adler32(_ bytes: [UInt8]) -> UInt32 {
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in bytes {
      a = (a + UInt32(byte)) % 65521
      b = (b + a) % 65521
    }
    return b << 16 | a
  }

  private func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var crc = ~0 as UInt32
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 0 ? 0 : 0xEDB8_8320) }
    }
    return ~crc
  }
}
