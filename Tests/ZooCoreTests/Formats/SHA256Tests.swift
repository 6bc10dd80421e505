import Testing
import ZooCore

@Suite("SHA-256")
struct SHA256Tests {
  /// FIPS 180-4 examples and NIST CAVP SHA256ShortMsg vectors.
  static let vectors: [([UInt8], String)] = [
    ([], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    (Array("abc".utf8), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      Array(
        ("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
          + "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu").utf8),
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
    ([0xD3], "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1"),
    ([0x11, 0xAF], "5ca7133fa735326081558ac312c620eeca9970d1e70a4b95533d956f072d1f98"),
  ]

  @Test("agrees with the published vectors", arguments: vectors)
  func vector(_ bytes: [UInt8], _ digest: String) {
    #expect(SHA256.hexDigest(of: bytes) == digest)
  }

  // Not among the vectors: an argument of a test stands in its log.
  @Test("agrees with the published vector of a million bytes") func longVector() {
    #expect(
      SHA256.hexDigest(of: [UInt8](repeating: 0x61, count: 1_000_000))
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test(
    "pieces of any size give the digest of the whole", arguments: [0, 1, 55, 56, 63, 64, 65, 300])
  func pieces(_ length: Int) {
    let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let whole = SHA256.hexDigest(of: bytes)
    for first in 0...length {
      for second in stride(from: first, through: length, by: 13) {
        var digest = SHA256()
        digest.update(bytes[..<first])
        digest.update(bytes[first..<second])
        digest.update(bytes[second...])
        #expect(SHA256.hex(digest.finalize()) == whole)
      }
    }
  }

  @Test("a file has the digest of its bytes")
  func file() throws {
    try withTemporaryDirectory { directory in
      let bytes = [UInt8](repeating: 7, count: 1_100_001)
      try Files.write(bytes, to: "\(directory)/x")
      #expect(try SHA256.hexDigest(ofFile: "\(directory)/x") == SHA256.hexDigest(of: bytes))
    }
  }
}
