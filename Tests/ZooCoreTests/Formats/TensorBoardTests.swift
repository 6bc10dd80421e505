import Testing
import ZooCore

@Suite("TensorBoard")
struct TensorBoardTests {
  @Test("CRC-32C")
  func checksum() {
    #expect(CRC32C.checksum([]) == 0)
    // The catalogue's check value.
    #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xE306_9283)
    // RFC 3720 appendix B.4.
    #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(CRC32C.checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(CRC32C.checksum(Array(0..<32)) == 0x46DD_794E)
  }

  @Test("a masked checksum")
  func masked() {
    #expect(CRC32C.masked(Array("123456789".utf8)) == 0xC78A_B0E5)
  }

  // Written by TensorFlow's own writer, with a wall time of 0.
  @Test("records, byte by byte")
  func records() {
    #expect(
      SHA256.hex(TensorBoardEvent.version.record(wallTime: 0))
        == "1800000000000000a37f4b220900000000000000001a0d627261696e2e4576656e743a32eedf28a3")
    #expect(
      SHA256.hex(TensorBoardEvent.scalars([("loss", 0.5)], step: 1).record(wallTime: 0))
        == "1a00000000000000129bd82d09000000000000000010012a0d0a0b0a046c6f7373150000003fba9ed7aa")
  }

  @Test("a start of a session, and a picture, field by field")
  func messages() throws {
    let start = try messages(in: TensorBoardEvent.sessionStart(step: 300).record(wallTime: 2))
    #expect(start.map(SHA256.hex) == ["09" + "0000000000000040" + "10ac02" + "3a020801"])

    let event = TensorBoardEvent.picture(
      [1, 2, 3], tag: "s", width: 200, height: 7, channels: 3, step: 0)
    let picture = try messages(in: event.record(wallTime: 0))
    #expect(
      picture.map(SHA256.hex) == [
        "090000000000000000" + "1000" + "2a13" + "0a11" + "0a0173" + "220c" + "0807" + "10c801"
          + "1803" + "2203010203"
      ])
  }

  @Test("a run's file: version, numbers, pictures")
  func log() throws {
    try withTemporaryDirectory { folder in
      let log = try TensorBoardLog(appendingTo: folder)
      try log.write([("a", 1), ("b", .nan)], step: 1)
      try log.write([], step: 2)
      try log.write(
        picture: PNG.encode([1, 2, 3], width: 3, height: 1, channels: 1), tag: "s", step: 2)
      #expect(try messages(in: Files.read(log.path)).count == 3)
      let error = try fault { () throws(ZooError) in
        try log.write(picture: [1, 2, 3], tag: "samples", step: 3)
      }
      #expect(error.kind == .data)
    }
  }

  @Test("a resumed run starts a later file and leaves a torn one alone")
  func resume() throws {
    try withTemporaryDirectory { folder in
      // From a clock that was ahead.
      let earlier = Files.join(folder, "events.out.tfevents.4000000000.host.1.0")
      let torn = Array(TensorBoardEvent.version.record(wallTime: 0).dropLast(3))
      try Files.write(torn, to: earlier)
      let log = try TensorBoardLog(appendingTo: folder, resumingAt: 7)
      #expect(log.path > earlier)
      #expect(try Files.read(earlier) == torn)
      let written = try messages(in: Files.read(log.path))
      #expect(written.count == 2 && SHA256.hex(written[1]).hasSuffix("1007" + "3a020801"))
    }
  }

  @Test("many files at once have names of their own")
  func names() throws {
    try withTemporaryDirectory { folder in
      for _ in 0..<50 { _ = try TensorBoardLog(appendingTo: folder) }
      let names = try Files.list(folder)
      #expect(names.count == 50)
      for name in names {
        let parts = name.split(separator: ".")
        #expect(name.hasPrefix("events.out.tfevents.") && parts.count == 7)
        #expect(parts[3].count == 10 && parts[3].allSatisfy(\.isNumber))
      }
    }
  }

  @Test("a folder that is not there is an error")
  func missing() throws {
    let error = try fault { () throws(ZooError) in
      try TensorBoardLog(appendingTo: "/nowhere/at/all")
    }
    #expect(error.kind == .io)
  }

  /// The messages of a file, with the checksums around them verified.
  private func messages(in file: [UInt8]) throws -> [[UInt8]] {
    var rest = file[...]
    func take(_ count: Int) throws -> [UInt8] {
      try #require(rest.count >= count)
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    func number(_ bytes: [UInt8]) -> Int { bytes.reversed().reduce(0) { $0 << 8 | Int($1) } }
    var messages: [[UInt8]] = []
    while !rest.isEmpty {
      let length = try take(8)
      #expect(try number(take(4)) == Int(CRC32C.masked(length)))
      let message = try take(number(length))
      #expect(try number(take(4)) == Int(CRC32C.masked(message)))
      messages.append(message)
    }
    return messages
  }
}
