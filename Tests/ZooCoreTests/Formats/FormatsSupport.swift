import Testing
import ZooCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// SplitMix64: a small seeded generator, so that a failing mutant can be made again.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}

/// A damaged copy: bytes flipped, replaced, inserted, removed, repeated, or the end cut off.
func mutant(of bytes: [UInt8], _ random: inout SplitMix) -> [UInt8] {
  let striking: [UInt8] = [0, 1, 0x7F, 0x80, 0xFF] + Array(#"{}[],:"\-+.eE0123456789u"#.utf8)
  var bytes = bytes
  for _ in 0...random.below(4) where !bytes.isEmpty {
    let at = random.below(bytes.count)
    switch random.below(7) {
    case 0: bytes[at] ^= 1 << UInt8(random.below(8))
    case 1: bytes[at] = striking[random.below(striking.count)]
    case 2: bytes.insert(striking[random.below(striking.count)], at: at)
    case 3: bytes.remove(at: at)
    case 4: bytes.removeLast(random.below(bytes.count))
    case 5: bytes.insert(contentsOf: bytes[at...].prefix(1 + random.below(16)), at: at)
    default: bytes.removeSubrange(at..<min(at + 1 + random.below(8), bytes.count))
    }
  }
  return bytes
}

/// The error that the body throws; a test failure if there is none.
func fault<Value>(
  _ body: () throws(ZooError) -> Value, sourceLocation: SourceLocation = #_sourceLocation
) throws -> ZooError {
  do throws(ZooError) { _ = try body() } catch { return error }
  return try #require(nil as ZooError?, "expected an error", sourceLocation: sourceLocation)
}

/// Calls the body with a new directory and removes it afterwards.
func withTemporaryDirectory(_ body: (String) throws -> Void) throws {
  let directory = "/tmp/zoo-formats-\(getpid())-\(UInt64.random(in: 0 ... .max))"
  try Files.createNewDirectory(directory)
  defer { try? Files.remove(directory) }
  try body(directory)
}
