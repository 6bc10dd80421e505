import Testing
import ZooCore

/// Three updates of two values with the gradients (0.5, −2), (0.1, 0.3), (−1, 0.05); the results
/// are PyTorch 2.13's in Float64 (`torch.optim`).
@Suite struct OptimizerTests {
  static let cases: [(settings: OptimizerSettings, expected: [Double])] = [
    (.adam(.init(learningRate: 0.1, beta1: 0.5, beta2: 0.9)), OptimizerOracle.adam),
    (.rmsprop(.init()), OptimizerOracle.rmsprop),
    (
      .sgd(
        {
          var sgd = SGD()
          sgd.momentum = 0.9
          return sgd
        }()), OptimizerOracle.sgd
    ),
  ]

  @Test(arguments: cases.indices)
  func threeUpdatesAgreeWithPyTorch(_ index: Int) {
    let (settings, expected) = Self.cases[index]
    Backends.using(ReferenceBackend.shared) {
      let scope = Scope(player: "test", seed: 1, type: .float64)
      let parameter = scope.parameter("p", shape: [2]) { _ in
        Tensor([1.0, -1.0], shape: [2], type: .float64)
      }
      let optimizer = Optimizer(settings, [parameter])
      for gradient in [[0.5, -2], [0.1, 0.3], [-1, 0.05]] {
        optimizer.update([Tensor(gradient, shape: [2], type: .float64)])
      }
      // Float64 beside Float64.
      for (a, b) in zip(parameter.value.doubles, expected) { #expect(abs(a - b) < 1e-12) }
    }
  }

  @Test func learningRateAndMomentumMove() {
    var sgd = SGD()
    sgd.learningRate = 1
    sgd.momentum = 0
    sgd.decay = 2
    sgd.minimumLearningRate = 0.3
    // Rates 1, 1/2, then 1/4 and 1/8, which stop at 0.3.
    #expect(fourUpdates(sgd) == [-1, -1.5, -1.8, -2.1])
  }

  /// Where a number is that starts at 0, after each of four updates with the gradient 1.
  private func fourUpdates(_ sgd: SGD) -> [Double] {
    let scope = Scope(player: "test", seed: 1, type: .float64)
    let parameter = scope.parameter("p", shape: [1]) { _ in
      Tensor([0.0], shape: [1], type: .float64)
    }
    let optimizer = Optimizer(.sgd(sgd), [parameter])
    return (0..<4).map { _ in
      optimizer.update([Tensor([1.0], shape: [1], type: .float64)])
      return parameter.value.doubles[0]
    }
  }

  /// v ← μ v + 1 with μ of 0.5, 0.7, 0.9 and 0.9: from `momentum` to `finalMomentum` in two steps.
  @Test func momentumRises() {
    var sgd = SGD()
    sgd.learningRate = 1
    sgd.momentum = 0.5
    sgd.finalMomentum = 0.9
    sgd.momentumSteps = 2
    // Sums of a few products in Float64.
    for (value, expected) in zip(fourUpdates(sgd), [-1, -2.7, -5.23, -8.507]) {
      #expect(abs(value - expected) < 1e-12)
    }
  }

  @Test func averageFollowsTheParameters() {
    let scope = Scope(player: "test", seed: 1, type: .float64)
    let parameter = scope.parameter("p", shape: [1]) { _ in
      Tensor([0.0], shape: [1], type: .float64)
    }
    let average = MovingAverage(of: scope.store)
    parameter.assign(Tensor([4.0], shape: [1], type: .float64))
    average.update(decay: 0.75)
    average.update(decay: 0.75)
    #expect(average.values[0].doubles == [1.75])
    average.whileInUse { #expect(parameter.value.doubles == [1.75]) }
    #expect(parameter.value.doubles == [4])
  }
}
