import Foundation
import Testing
import Variants
import ZooCore

/// Ten generator steps of the paper's WGAN-GP beside PyTorch, through the real training loop: same
/// first weights, data order, latents and interpolation weights (`Fixtures/make_wgan_gp.py`).
@Suite struct ParityTests {
  @Test func tenStepsOfThePaperAgreeWithPyTorch() throws {
    let fixture = try Fixture("wgan-gp-paper")
    let contest = try recipe().plan(for: [28, 28, 1]).contest
    #expect(contest.generatorStore.parameterCount == 1_554_177)
    #expect(contest.discriminatorStore.parameterCount == 1_030_145)
    assignFixtureWeights(contest)
    let trainer = Trainer(
      contest,
      data: BatchSource(FormulaImages(), batch: 50, seed: seed, range: 0...1),
      settings: TrainingSettings(
        batch: 50, discriminatorSteps: 5, seed: seed,
        generatorOptimizer: .adam(.init(learningRate: 1e-4, beta1: 0.5, beta2: 0.9)),
        discriminatorOptimizer: .adam(.init(learningRate: 1e-4, beta1: 0.5, beta2: 0.9))))

    var firstGradients: [Player: [Double]] = [:]
    trainer.observer = { update in
      guard firstGradients[update.player] == nil else { return }
      firstGradients[update.player] = update.gradients.map { norm($0) }
    }
    for step in 0..<10 {
      let report = try trainer.runStep()
      // Float32 with sums in another order: at first nothing but rounding, later what training
      // makes of it. In these ten steps PyTorch's own Float32 and Float64 runs come to differ by
      // 2e-4 in the critic's values and by 1.4e-3 in the generator's loss.
      let tolerance = (critic: step == 0 ? 1e-4 : 1e-3, generator: step == 0 ? 1e-4 : 4e-3)
      func expectMean(
        _ value: Double, _ key: String, _ perStep: Int, _ tolerance: Double
      ) throws {
        let values = try fixture.numbers(key)[step * perStep..<(step + 1) * perStep]
        let expected = values.reduce(0, +) / Double(perStep)
        // Losses pass through zero: they are compared at the scale of the largest in the step.
        let scale = values.map(abs).max() ?? 1
        #expect(
          abs(value - expected) <= tolerance * scale,
          "step \(step + 1), \(key): \(value), PyTorch \(expected)")
      }
      try expectMean(#require(report.discriminatorLoss), "criticLoss", 5, tolerance.critic)
      try expectMean(#require(report.generatorLoss), "generatorLoss", 1, tolerance.generator)
      try expectMean(
        #require(report.terms.first { $0.name == "wassersteinEstimate" }).value,
        "wassersteinEstimate", 5, tolerance.critic)
      try expectMean(
        #require(report.terms.first { $0.name == "gradientPenalty" }).value,
        "gradientPenalty", 5, tolerance.critic)
    }
    for (player, name, store) in [
      (Player.generator, "generator", contest.generatorStore),
      (.discriminator, "critic", contest.discriminatorStore),
    ] {
      let first = try fixture.norms("firstGradientNorms", name)
      let own = try #require(firstGradients[player])
      try #require(own.count == first.count)
      for (parameter, (own, norm)) in zip(store.parameters, zip(own, first)) {
        // Sums of many products in another order: 7e-7 at most. But a number that is zero but for
        // rounding may take the other slope of LeakyReLU, and one that does moves the sums over all
        // pixels, the biases' gradients, by up to 1.1e-4: three of them may. The generator's come
        // after five updates of the critic, whose values differ by up to 1e-3 then, as above.
        let tolerance = player == .generator ? 1e-3 : 3.5e-4
        #expect(
          abs(own - norm) <= tolerance * norm, "\(name) \(parameter.name): \(own), not \(norm)")
      }
      let last = try fixture.norms("finalParameterNorms", name)
      try #require(store.parameters.count == last.count)
      for (parameter, norm) in zip(store.parameters, last) {
        let own = self.norm(parameter.value)
        // The largest difference between PyTorch's Float32 and Float64 runs is 7e-5.
        #expect(abs(own - norm) <= 5e-4 * norm, "\(name) \(parameter.name): \(own), not \(norm)")
      }
    }
  }

  private func norm(_ tensor: Tensor?) -> Double {
    (tensor?.doubles ?? []).reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  private let seed: UInt32 = 2026

  private func recipe() throws -> Recipe {
    try Recipe(
      parsing: Array(#"{ "variant": "wgan-gp", "training": { "seed": 2026 } }"#.utf8),
      file: "paper.json", registry: builtIn)
  }

  /// Uniform weights with the recipe's limits, and small biases that are not zero.
  private func assignFixtureWeights(_ contest: Contest) {
    let parameters = contest.generatorStore.parameters + contest.discriminatorStore.parameters
    for (id, parameter) in parameters.enumerated() {
      let exported = parameter.exported
      var limit = Float(0.05)
      if exported.shape.count > 1 {
        let area = Double(exported.shape.dropFirst(2).reduce(1, *))
        let (first, second) = (area * Double(exported.shape[0]), area * Double(exported.shape[1]))
        // Both kinds of convolution thin out the side that PyTorch's layout puts first: the
        // outputs of a convolution, the inputs of a transposed one.
        limit =
          exported.shape.count == 2
          ? Float((6 / (first + second)).squareRoot())
          : Float(Double(3).squareRoot() * (4 / (first / 4 + second)).squareRoot())
      }
      let values = fixtureUniform(exported.count, tensor: id).map { (2 * $0 - 1) * limit }
      parameter.assign(exported: Tensor(values, shape: exported.shape))
    }
  }
}

/// The fixture's uniform numbers: Philox with key (2026, 99) and counter (block, tensor, index, 0).
func fixtureUniform(_ count: Int, tensor: Int, index: Int = 0) -> [Float] {
  let philox = Philox(key: SIMD2(2026, 99))
  return (0..<count).map { i in
    let words = philox.block(SIMD4(UInt32(i / 4), UInt32(tensor), UInt32(index), 0))
    return Float(words[i % 4] >> 8) * 0x1p-24
  }
}

/// 2,500 images that are a formula of their number.
private struct FormulaImages: Dataset {
  let name = "formula"
  let count = 2500
  let sampleShape = [28, 28, 1]
  let classNames: [String]? = nil
  let digest = ""

  func label(at index: Int) -> Int32? { nil }

  func read(_ indices: [Int], into values: inout MutableSpan<Float>) {
    for (row, index) in indices.enumerated() {
      for (pixel, value) in fixtureUniform(784, tensor: 101, index: index).enumerated() {
        values[row * 784 + pixel] = value * value * value
      }
    }
  }
}

/// Numbers that PyTorch gave.
private struct Fixture {
  private let root: JSONValue

  init(_ name: String) throws {
    let folder = try #require(Bundle.module.resourcePath)
    let path = "\(folder)/Fixtures/\(name).json"
    root = try JSONDocument(parsing: Files.read(path), name: path).root
  }

  func numbers(_ key: String) throws -> [Double] {
    try #require(root[key]?.array).compactMap(\.double)
  }

  func norms(_ key: String, _ player: String) throws -> [Double] {
    try #require(root[key]?[player]?.object).compactMap(\.value.double)
  }
}
