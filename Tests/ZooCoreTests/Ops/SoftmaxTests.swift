import Testing
import ZooCore

@Suite struct SoftmaxTests {
  static let functions: [(name: String, function: @Sendable (Tensor) -> Tensor)] = [
    ("softmax", { $0.softmax() }), ("log softmax", { $0.logSoftmax() }),
    ("softmax of a row", { ($0 * 3).softmax().squared() }),
  ]

  @Test(arguments: functions.indices, [[4], [1, 3], [2, 3, 5]] as [Shape])
  func derivatives(_ index: Int, _ shape: Shape) {
    let function = Self.functions[index].function
    DerivativeCheck().check({ function($0[0]) }, at: [fixedNumbers(shape, seed: 1)])
  }

  @Test func derivativesOfCrossEntropy() {
    DerivativeCheck().check(
      { crossEntropy(of: $0[0], labels: [2, 0, 2]).squared() },
      at: [fixedNumbers([3, 4], seed: 2)])
  }

  /// −ln softmax by hand, also for logits whose exponentials overflow.
  @Test(arguments: [0.0, 1000, -1000])
  func crossEntropyIsStable(_ offset: Double) {
    let logits = Tensor(
      [1, 2, 3, 0, 0, 0].map { $0 + offset }, shape: [2, 3], type: .float64
    ).tracked()
    let losses = crossEntropy(of: logits, labels: [2, 0])
    // ln(1 + e⁻¹ + e⁻²) and ln 3.
    #expect(losses.shape == [2])
    for (value, wanted) in zip(losses.doubles, [0.407605964, 1.098612289]) {
      #expect(abs(value - wanted) < 1e-9)
    }
    let slope = gradient(of: losses.mean(), at: [logits])[0]?.doubles ?? []
    // (softmax − chosen) / 2, to the rounding of logits of 1000.
    let expected = [0.045015285, 0.122364236, -0.167379522, -1.0 / 3, 1.0 / 6, 1.0 / 6]
    #expect(slope.count == 6)
    for (value, wanted) in zip(slope, expected) { #expect(abs(value - wanted) < 1e-8) }
  }

  /// A class that cannot be has probability 0, and takes nothing from the others.
  @Test(arguments: [ElementType.float32, .float64])
  func infiniteLogitsAreProbabilitiesOfZero(_ type: ElementType) {
    let logits = Tensor([0, -Double.infinity, 0], shape: [1, 3], type: type)
    #expect(logits.softmax().doubles == [0.5, 0, 0.5])
    let loss = crossEntropy(of: logits, labels: [2]).scalar
    // ln 2 in the element type.
    #expect(abs(loss - 0.693147181) < 1e-6)
  }

  /// NaN in a row is seen in all of it, and in no other row.
  @Test(arguments: cpuBackends.indices, [0, 7, 32])
  func notANumberIsSeen(_ backend: Int, _ place: Int) {
    var values = [Float](repeating: 1, count: 66)
    values[place] = .nan
    let y = Backends.using(cpuBackends[backend]) {
      Tensor(values, shape: [2, 33]).softmax().floats
    }
    #expect(y[..<33].allSatisfy(\.isNaN) && y[33...].allSatisfy(\.isFinite))
  }
}
