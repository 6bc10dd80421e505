/// What a random number is drawn for; each purpose is a random sequence of its own.
public enum RandomPurpose: UInt32, Sendable {
  case initialisation = 1
  case shuffle, latents, labels, interpolation, dropout, noise, samples, dataset, mirror, evaluation
  case subsets, replay, crop, augmentation, statistics
}

/// Philox4x32-10: a counter-based generator whose output is a pure function of key and counter.
///
/// There is no state to save or to share between threads: block `i` of a sequence is computed
/// from its number alone. Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".
public struct Philox: Sendable, Equatable {
  /// The key: the run's seed and the purpose of the sequence.
  public let key: SIMD2<UInt32>

  /// The sequence of `seed` for `purpose`.
  public init(seed: UInt32, purpose: RandomPurpose) {
    key = SIMD2(seed, purpose.rawValue)
  }

  /// A generator with a raw key, for test vectors.
  package init(key: SIMD2<UInt32>) {
    self.key = key
  }

  /// The four words of the block with this counter.
  public func block(_ counter: SIMD4<UInt32>) -> SIMD4<UInt32> {
    var counter = counter
    var key = key
    for round in 0..<10 {
      if round > 0 { key &+= SIMD2(0x9E37_79B9, 0xBB67_AE85) }
      let product0 = UInt64(0xD251_1F53) &* UInt64(counter.x)
      let product1 = UInt64(0xCD9E_8D57) &* UInt64(counter.z)
      counter = SIMD4(
        UInt32(truncatingIfNeeded: product1 >> 32) ^ counter.y ^ key.x,
        UInt32(truncatingIfNeeded: product1),
        UInt32(truncatingIfNeeded: product0 >> 32) ^ counter.w ^ key.y,
        UInt32(truncatingIfNeeded: product0))
    }
    return counter
  }
}

extension UInt32 {
  /// A random word as a whole number in `0..<upper`: the upper half of the product.
  ///
  /// Its bias is below upper / 2³², which no training can feel.
  func scaled(below upper: Int) -> Int { Int(multipliedFullWidth(by: UInt32(upper)).high) }
}
