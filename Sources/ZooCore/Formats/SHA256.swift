/// The SHA-256 digest, computed at once or piece by piece.
///
/// Source: FIPS 180-4.
public struct SHA256: Sendable {
  private var state = SIMD8<UInt32>(
    0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A,
    0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19)
  private var pending: [UInt8] = []
  private var length: UInt64 = 0

  /// A digest of nothing yet.
  public init() {}

  /// Adds bytes to what is digested.
  public mutating func update(_ bytes: ArraySlice<UInt8>) {
    length += UInt64(bytes.count)
    var rest = bytes
    if !pending.isEmpty {
      let missing = min(64 - pending.count, rest.count)
      pending += rest.prefix(missing)
      rest = rest.dropFirst(missing)
      guard pending.count == 64 else { return }
      compress(pending[...])
      pending.removeAll(keepingCapacity: true)
    }
    let whole = rest.count / 64 * 64
    compress(rest.prefix(whole))
    pending += rest.dropFirst(whole)
  }

  /// Adds bytes to what is digested.
  public mutating func update(_ bytes: [UInt8]) {
    update(bytes[...])
  }

  /// Adds numbers to what is digested, in the machine's order of bytes.
  mutating func update(_ numbers: [Float]) {
    // In portions, so that there is no second copy of many.
    for start in stride(from: 0, to: numbers.count, by: 1 << 16) {
      let portion = numbers[start..<min(start + (1 << 16), numbers.count)]
      update(portion.withUnsafeBytes { Array($0) })
    }
  }

  /// The 32 bytes of the digest of everything added so far.
  public consuming func finalize() -> [UInt8] {
    let bits = length &* 8
    let zeros = (119 - pending.count) % 64
    var ending: [UInt8] = [0x80] + [UInt8](repeating: 0, count: zeros)
    ending += (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * $0)) }
    update(ending)
    return (0..<32).map { UInt8(truncatingIfNeeded: state[$0 / 4] >> (24 - 8 * ($0 % 4))) }
  }

  /// The digest of some bytes in 64 hexadecimal digits.
  public static func hexDigest(of bytes: [UInt8]) -> String {
    var digest = SHA256()
    digest.update(bytes)
    return hex(digest.finalize())
  }

  /// The digest of a file in 64 hexadecimal digits; the file need not fit in memory.
  public static func hexDigest(ofFile path: String) throws(ZooError) -> String {
    var digest = SHA256()
    try Files.forEachChunk(of: path, limit: .max) { chunk, _ in digest.update(chunk) }
    return hex(digest.finalize())
  }

  /// Bytes as hexadecimal digits.
  public static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// Mixes whole blocks of 64 bytes into the state.
  private mutating func compress(_ blocks: ArraySlice<UInt8>) {
    // One raw view for the whole run: a checked subscript per byte would halve the speed.
    state = blocks.withUnsafeBytes { raw in
      Self.roundConstants.withUnsafeBufferPointer { constants in
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { schedule in
          var state = state
          for start in stride(from: 0, to: raw.count, by: 64) {
            for i in 0..<16 {
              let word = raw.loadUnaligned(fromByteOffset: start + 4 * i, as: UInt32.self)
              schedule[i] = UInt32(bigEndian: word)
            }
            Self.mix(&state, schedule, constants)
          }
          return state
        }
      }
    }
  }

  /// The 64 rounds for one block, whose first 16 words are in `w`.
  @inline(__always)
  private static func mix(
    _ state: inout SIMD8<UInt32>, _ w: UnsafeMutableBufferPointer<UInt32>,
    _ k: UnsafeBufferPointer<UInt32>
  ) {
    for i in 16..<64 {
      let (x, y) = (w[i - 15], w[i - 2])
      let s0 = rotated(x, 7) ^ rotated(x, 18) ^ (x >> 3)
      let s1 = rotated(y, 17) ^ rotated(y, 19) ^ (y >> 10)
      w[i] = w[i - 16] &+ s0 &+ w[i - 7] &+ s1
    }
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    // Eight rounds at a time: the words change places by name, and none is moved.
    for i in stride(from: 0, to: 64, by: 8) {
      round(a, b, c, &d, e, f, g, &h, k[i] &+ w[i])
      round(h, a, b, &c, d, e, f, &g, k[i + 1] &+ w[i + 1])
      round(g, h, a, &b, c, d, e, &f, k[i + 2] &+ w[i + 2])
      round(f, g, h, &a, b, c, d, &e, k[i + 3] &+ w[i + 3])
      round(e, f, g, &h, a, b, c, &d, k[i + 4] &+ w[i + 4])
      round(d, e, f, &g, h, a, b, &c, k[i + 5] &+ w[i + 5])
      round(c, d, e, &f, g, h, a, &b, k[i + 6] &+ w[i + 6])
      round(b, c, d, &e, f, g, h, &a, k[i + 7] &+ w[i + 7])
    }
    state &+= SIMD8(a, b, c, d, e, f, g, h)
  }

  @inline(__always)
  private static func round(
    _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32,
    _ e: UInt32, _ f: UInt32, _ g: UInt32, _ h: inout UInt32, _ input: UInt32
  ) {
    let choice = g ^ (e & (f ^ g))
    let majority = (a & b) | (c & (a | b))
    h &+= input &+ choice &+ (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25))
    d &+= h
    h &+= majority &+ (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22))
  }

  @inline(__always)
  private static func rotated(_ x: UInt32, _ count: UInt32) -> UInt32 {
    (x &>> count) | (x &<< (32 - count))
  }

  private static let roundConstants: [UInt32] = [
    0x428A_2F98, 0x7137_4491, 0xB5C0_FBCF, 0xE9B5_DBA5, 0x3956_C25B, 0x59F1_11F1, 0x923F_82A4,
    0xAB1C_5ED5, 0xD807_AA98, 0x1283_5B01, 0x2431_85BE, 0x550C_7DC3, 0x72BE_5D74, 0x80DE_B1FE,
    0x9BDC_06A7, 0xC19B_F174, 0xE49B_69C1, 0xEFBE_4786, 0x0FC1_9DC6, 0x240C_A1CC, 0x2DE9_2C6F,
    0x4A74_84AA, 0x5CB0_A9DC, 0x76F9_88DA, 0x983E_5152, 0xA831_C66D, 0xB003_27C8, 0xBF59_7FC7,
    0xC6E0_0BF3, 0xD5A7_9147, 0x06CA_6351, 0x1429_2967, 0x27B7_0A85, 0x2E1B_2138, 0x4D2C_6DFC,
    0x5338_0D13, 0x650A_7354, 0x766A_0ABB, 0x81C2_C92E, 0x9272_2C85, 0xA2BF_E8A1, 0xA81A_664B,
    0xC24B_8B70, 0xC76C_51A3, 0xD192_E819, 0xD699_0624, 0xF40E_3585, 0x106A_A070, 0x19A4_C116,
    0x1E37_6C08, 0x2748_774C, 0x34B0_BCB5, 0x391C_0CB3, 0x4ED8_AA4A, 0x5B9C_CA4F, 0x682E_6FF3,
    0x748F_82EE, 0x78A5_636F, 0x84C8_7814, 0x8CC7_0208, 0x90BE_FFFA, 0xA450_6CEB, 0xBEF9_A3F7,
    0xC671_78F2,
  ]
}
