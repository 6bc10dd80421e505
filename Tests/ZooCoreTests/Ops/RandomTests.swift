import Testing
import ZooCore

@Suite struct RandomTests {
  /// Random123's known answers.
  @Test(arguments: KnownAnswer.all)
  func philoxKnownAnswers(_ answer: KnownAnswer) {
    #expect(Philox(key: answer.key).block(answer.counter) == answer.block)
  }

  struct KnownAnswer: Sendable {
    let counter: SIMD4<UInt32>
    let key: SIMD2<UInt32>
    let block: SIMD4<UInt32>

    static let all = [
      KnownAnswer(
        counter: SIMD4(repeating: 0), key: SIMD2(repeating: 0),
        block: SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)),
      KnownAnswer(
        counter: SIMD4(repeating: .max), key: SIMD2(repeating: .max),
        block: SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)),
      KnownAnswer(
        counter: SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
        key: SIMD2(0xa409_3822, 0x299f_31d0),
        block: SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)),
    ]
  }

  /// NumPy's Box-Muller on the same words (see `make_wgan_gp.py`).
  @Test func valuesOfAnIndependentImplementation() {
    let normal = RandomStream(seed: 2026, purpose: .latents).normal([4]).floats
    let expected: [Float] = [0.0482255, -1.0898324, 0.7981424, -1.3540254]
    // Seven printed digits.
    for (a, b) in zip(normal, expected) { #expect(abs(a - b) < 1e-6) }
    let uniform = RandomStream(seed: 2026, purpose: .interpolation, substep: 1).uniform([4]).floats
    let unit: [Float] = [0.4514268, 0.4001751, 0.02740371, 0.7283953]
    for (a, b) in zip(uniform, unit) { #expect(abs(a - b) < 1e-6) }
  }

  @Test func momentsAndRanges() {
    let stream = RandomStream(seed: 5, purpose: .noise)
    let normal = stream.normal([100_000]).doubles
    let mean = normal.reduce(0, +) / 1e5
    let variance = normal.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 1e5
    // Five standard errors: 5 / √10⁵ and 5 √(2 / 10⁵).
    #expect(abs(mean) < 0.016 && abs(variance - 1) < 0.0224)
    let uniform = stream.uniform([100_000], in: -2..<3).doubles
    #expect(uniform.allSatisfy { -2..<3 ~= $0 })
    let standardError = 5 / (12 * 1e5).squareRoot()
    let uniformMean = uniform.reduce(0, +) / 1e5
    #expect(abs(uniformMean - 0.5) < 5 * standardError)
    let integers = stream.integers(100_000, below: 10)
    let counts = (0..<10).map { digit in integers.count { $0 == digit } }
    // 10,000 each, with a standard deviation of 95.
    #expect(counts.allSatisfy { abs($0 - 10_000) < 5 * 95 }, "\(counts)")
  }

  @Test func streamsDiffer() {
    let streams: [RandomStream] = [
      RandomStream(seed: 1, purpose: .latents), RandomStream(seed: 2, purpose: .latents),
      RandomStream(seed: 1, purpose: .noise), RandomStream(seed: 1, purpose: .latents, step: 1),
      RandomStream(seed: 1, purpose: .latents, substep: 1),
      RandomStream(seed: 1, purpose: .latents, draw: 1),
    ]
    #expect(Set(streams.map { $0.uniform([8]).floats }).count == streams.count)
  }
}
