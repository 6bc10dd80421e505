import Testing
import ZooCore

@Suite("Gzip")
struct GzipTests {
  /// What `gzip -n` makes of the greeting.
  static let hello: [UInt8] = [
    0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x57,
    0xC8, 0x40, 0x90, 0x5C, 0x00, 0x3B, 0x7C, 0x8A, 0xDF, 0x12, 0x00, 0x00, 0x00,
  ]
  static let greeting = Array("hello hello hello\n".utf8)

  static func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var random = SplitMix(seed: seed)
    return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
  }

  @Test("unpacks what gzip packs")
  func known() throws {
    #expect(try Gzip.inflate(Self.hello, limit: 100, name: "a.gz") == Self.greeting)
  }

  @Test("round trip", arguments: [0, 1, 100, 262_143, 262_144, 262_145, 1_000_000])
  func roundTrip(_ count: Int) throws {
    for bytes in [Self.noise(count), [UInt8](repeating: 5, count: count)] {
      let packed = Gzip.deflate(bytes)
      #expect(try Gzip.inflate(packed, limit: count, name: "a") == bytes)
    }
  }

  @Test("members in a row unpack to one content")
  func members() throws {
    let noise = Self.noise(300_000)
    let packed = Self.hello + Gzip.deflate([]) + Gzip.deflate(noise) + Self.hello
    let expected = Self.greeting + noise + Self.greeting
    #expect(try Gzip.inflate(packed, limit: expected.count, name: "a") == expected)
  }

  @Test("stops at the limit, also over several members")
  func limit() throws {
    for packed in [Self.hello, Gzip.deflate([1, 2, 3]) + Self.hello] {
      let error = try fault { () throws(ZooError) in
        try Gzip.inflate(packed, limit: 17, name: "a.gz")
      }
      #expect(error.kind == .data)
      #expect(error.findings[0].problem == "unpacks to more than 17 bytes")
      #expect(error.findings[0].place == "a.gz")
    }
  }

  @Test("a bomb of 100 MB stops at once")
  func bomb() throws {
    let bomb = Gzip.deflate([UInt8](repeating: 0, count: 100_000_000))
    #expect(bomb.count < 100_000)
    let start = ContinuousClock.now
    let error = try fault { () throws(ZooError) in
      try Gzip.inflate(bomb, limit: 1_000_000, name: "a.gz")
    }
    #expect(error.kind == .data)
    #expect(ContinuousClock.now - start < .seconds(1))
  }

  @Test("every truncation is an error")
  func truncated() throws {
    let packed = Self.hello + Gzip.deflate(Self.noise(200))
    for count in 0..<packed.count where count != Self.hello.count {
      let error = try fault { () throws(ZooError) in
        try Gzip.inflate(Array(packed[..<count]), limit: 1000, name: "a.gz")
      }
      #expect(error.kind == .data)
    }
    let error = try fault { () throws(ZooError) in
      try Gzip.inflate(Self.hello.dropLast(), limit: 1000, name: "a.gz")
    }
    #expect(error.findings[0].problem == "the file is cut short: the data ends after 28 bytes")
  }

  @Test(
    "bytes after the end are an error", arguments: [[0], [0x1F], [0, 0, 0, 0], [0x8B, 0x1F, 1]])
  func trailing(_ garbage: [UInt8]) throws {
    let error = try fault { () throws(ZooError) in
      try Gzip.inflate(Self.hello + garbage, limit: 1000, name: "a.gz")
    }
    #expect(error.kind == .data)
  }

  @Test("a wrong checksum or length is an error", arguments: 21..<29)
  func checksum(_ index: Int) throws {
    var bytes = Self.hello
    bytes[index] ^= 1
    let error = try fault { () throws(ZooError) in
      try Gzip.inflate(bytes, limit: 1000, name: "a.gz")
    }
    #expect(error.findings[0].problem.hasPrefix("damaged gzip data"))
  }

  @Test("anything else than gzip is an error", arguments: [[], [0x1F], Array("PK\u{3}\u{4}".utf8)])
  func noGzip(_ bytes: [UInt8]) throws {
    let error = try fault { () throws(ZooError) in try Gzip.inflate(bytes, limit: 9, name: "a") }
    #expect(error.findings[0].problem == "expected gzip data, found something else")
  }

  @Test("random damage never traps", arguments: 0..<4)
  func mutants(_ seed: UInt64) {
    var random = SplitMix(seed: seed)
    let text = (0..<300).map { UInt8(truncatingIfNeeded: $0 * $0 / 7) }
    let packed = Gzip.deflate(text) + Self.hello
    for _ in 0..<1000 {
      let bytes = mutant(of: packed, &random)
      if let content = try? Gzip.inflate(bytes, limit: 4096, name: "a") {
        #expect(content.count <= 4096)
      }
    }
  }
}
