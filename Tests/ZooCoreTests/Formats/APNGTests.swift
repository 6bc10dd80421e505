import Testing
import ZooCore

@Suite("APNG")
struct APNGTests {
  @Test("the pictures' data is reused, and all pieces are numbered in one sequence")
  func pieces() throws {
    let stills = (0..<3).map { picture(7, 5, seed: $0) }
    let film = try APNG(stills, delay: 120, lastDelay: 1500)
    #expect(film.frameCount == 3 && film.skipped == 0)
    let chunks = try parts(of: film.bytes)
    #expect(
      chunks.map(\.type) == [
        "IHDR", "acTL", "fcTL", "IDAT", "fcTL", "fdAT", "fcTL", "fdAT", "IEND",
      ])
    #expect(chunks[1].data == [0, 0, 0, 3, 0, 0, 0, 0])

    let originals = try stills.map { try parts(of: $0.bytes)[1].data }
    #expect(chunks[3].data == originals[0])
    #expect(chunks[5].data == [0, 0, 0, 2] + originals[1])
    #expect(chunks[7].data == [0, 0, 0, 4] + originals[2])

    let controls = chunks.filter { $0.type == "fcTL" }.map(\.data)
    // Sequence, width, height, left, top, delay in thousandths, dispose and blend.
    func control(_ sequence: UInt8, delay: String) -> String {
      "0000000\(sequence)" + "00000007" + "00000005" + "00000000" + "00000000" + delay + "03e8"
        + "0000"
    }
    #expect(
      controls.map(SHA256.hex) == [
        control(0, delay: "0078"), control(1, delay: "0078"), control(3, delay: "05dc"),
      ])
  }

  @Test("pictures unlike the last one are left out and counted")
  func others() throws {
    let film = try APNG([
      picture(4, 4), picture(8, 8), picture(8, 8, channels: 1), picture(8, 8, seed: 1),
    ])
    #expect(film.frameCount == 2 && film.skipped == 2)
    #expect(try parts(of: film.bytes)[0].data.prefix(8) == [0, 0, 0, 8, 0, 0, 0, 8])
  }

  @Test("no picture, no film")
  func none() throws {
    #expect(try fault { () throws(ZooError) in try APNG([]) }.kind == .data)
  }

  @Test("a picture that is cut short or altered anywhere is refused by name")
  func damage() throws {
    let whole = picture(3, 3).bytes
    for count in 0..<whole.count {
      let error = try fault { () throws(ZooError) in
        try APNG([APNG.Frame(name: "a\nb.png", bytes: Array(whole.prefix(count)))])
      }
      #expect(error.kind == .data && error.findings[0].place == "a\\u{a}b.png")
    }
    for index in whole.indices {
      var bytes = whole
      bytes[index] ^= 0x10
      _ = try fault { () throws(ZooError) in try APNG([.init(name: "x", bytes: bytes)]) }
    }
  }

  @Test("damaged pictures never stop the program")
  func mutants() {
    let whole = picture(9, 6).bytes
    var random = SplitMix(seed: 5)
    for _ in 0..<2000 {
      _ = try? APNG([APNG.Frame(name: "x", bytes: mutant(of: whole, &random))])
    }
  }

  @Test("a palette is another kind of picture")
  func palette() throws {
    var bytes = picture(1, 1).bytes
    // Colour type 3, with the checksum that goes with it.
    bytes[25] = 3
    let checksum = crc32(bytes[12..<29])
    for i in 0..<4 { bytes[29 + i] = UInt8(truncatingIfNeeded: checksum >> UInt32(24 - 8 * i)) }
    let error = try fault { () throws(ZooError) in try APNG([.init(name: "x", bytes: bytes)]) }
    #expect(error.findings[0].problem.contains("colour type 3"))
  }

  private func picture(
    _ width: Int, _ height: Int, channels: Int = 3, seed: Int = 0
  ) -> APNG.Frame {
    var random = SplitMix(seed: UInt64(seed))
    let pixels = (0..<width * height * channels).map { _ in UInt8(random.below(256)) }
    return APNG.Frame(
      name: "frame \(seed)",
      bytes: PNG.encode(pixels, width: width, height: height, channels: channels))
  }

  /// The chunks of a file, with their checksums verified.
  private func parts(of png: [UInt8]) throws -> [(type: String, data: [UInt8])] {
    #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
    func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
    var parts: [(String, [UInt8])] = []
    var rest = png[8...]
    while !rest.isEmpty {
      let body = rest.dropFirst(4).prefix(4 + number(rest.prefix(4)))
      rest = rest[body.endIndex...]
      #expect(number(rest.prefix(4)) == Int(crc32(body)))
      rest = rest.dropFirst(4)
      parts.append((String(decoding: body.prefix(4), as: UTF8.self), Array(body.dropFirst(4))))
    }
    return parts
  }

  private func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    ~bytes.reduce(~0 as UInt32) { crc, byte in
      (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in
        crc >> 1 ^ (crc & 1 == 0 ? 0 : 0xEDB8_8320)
      }
    }
  }
}
