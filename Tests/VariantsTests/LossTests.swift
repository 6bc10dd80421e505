import Testing
import Variants
import ZooCore

/// The losses in closed form, for scores that are given.
@Suite struct LossTests {
  private static let real = [2.0, -1.0, 0.5]
  private static let fake = [-3.0, 0.25, 1.5]

  /// Scores a sample with its own value.
  private struct Identity: Discriminator {
    func callAsFunction(
      _ samples: Tensor, given condition: Condition, _ context: Context
    ) -> Tensor {
      samples.reshaped(to: [samples.shape[0], 1])
    }
  }

  private func losses(_ config: String) throws -> (discriminator: Double, generator: Double) {
    try Backends.using(ReferenceBackend.shared) {
      let objective = try Recipe(parsing: Array(config.utf8), file: "c.json", registry: builtIn)
        .plan(for: [8, 8, 1]).contest.game()
      func images(_ values: [Double]) -> Tensor {
        Tensor(values, shape: [3, 1, 1, 1], type: .float64)
      }
      let round = Round(
        step: 0, substep: 0, real: Batch(samples: images(Self.real)), fakes: images(Self.fake),
        input: GeneratorInput(latents: Tensor(repeating: 0, shape: [3, 1])),
        context: Context(.training, random: RandomSource(seed: 1, step: 0, substep: 0)),
        discriminator: Identity())
      return (
        objective.discriminatorLoss(round).total.scalar, objective.generatorLoss(round).total.scalar
      )
    }
  }

  private func mean(_ values: [Double], _ f: (Double) -> Double) -> Double {
    values.reduce(0) { $0 + f($1) } / Double(values.count)
  }
  private func logistic(_ x: Double) -> Double { 1 / (1 + RealMath.exp(-x)) }

  @Test func originalGame() throws {
    let bce =
      mean(Self.real) { -RealMath.log(logistic($0)) }
      + mean(Self.fake) { -RealMath.log(1 - logistic($0)) }
    let (d, g) = try losses(#"{ "variant": "gan" }"#)
    #expect(abs(d - bce) < 1e-12)
    #expect(abs(g - mean(Self.fake) { -RealMath.log(logistic($0)) }) < 1e-12)
    let minimax = try losses(#"{ "variant": "gan", "objective": { "generatorGoal": "minimax" } }"#)
    #expect(abs(minimax.generator - mean(Self.fake) { RealMath.log(1 - logistic($0)) }) < 1e-12)
  }

  @Test func oneSidedSmoothing() throws {
    let smooth =
      mean(Self.real) { -0.9 * RealMath.log(logistic($0)) - 0.1 * RealMath.log(1 - logistic($0)) }
      + mean(Self.fake) { -RealMath.log(1 - logistic($0)) }
    let (d, _) = try losses(#"{ "variant": "dcgan", "objective": { "realLabel": 0.9 } }"#)
    #expect(abs(d - smooth) < 1e-12)
  }

  @Test func wasserstein() throws {
    let (d, g) = try losses(#"{ "variant": "wgan" }"#)
    #expect(abs(d - (mean(Self.fake) { $0 } - mean(Self.real) { $0 })) < 1e-12)
    #expect(abs(g + mean(Self.fake) { $0 }) < 1e-12)
  }

  /// Pairs, and slopes of one at each sample: R1 and R2 are 1.
  @Test func relativisticPairs() throws {
    let leads = zip(Self.real, Self.fake).map { $0 - $1 }
    func softplus(_ x: Double) -> Double { RealMath.log(1 + RealMath.exp(x)) }
    let pairs = (mean(leads) { softplus(-$0) }, mean(leads) { softplus($0) })
    for (options, penalties) in [("", 2.0), (#", "atFake": false"#, 1), (#", "atReal": false"#, 1)]
    {
      let (d, g) = try losses(
        "{ \"variant\": \"r3gan\", \"objective\": { \"slopePenalty\": 3\(options) } }")
      #expect(abs(d - (pairs.0 + 1.5 * penalties)) < 1e-12)
      #expect(abs(g - pairs.1) < 1e-12)
    }
  }

  /// The authors' critic steps, and weights that stay in their box.
  @Test func wassersteinByClipping() throws {
    func contest(_ objective: String) throws -> Contest {
      let json =
        #"{ "variant": "wgan", "generator": "mlp", "discriminator": "mlp", "#
        + "\"objective\": \(objective) }"
      return try Recipe(parsing: Array(json.utf8), file: "c.json", registry: builtIn)
        .plan(for: [8, 8, 1]).contest
    }
    let constant = try contest("{}").game()
    #expect((0..<600).allSatisfy { constant.discriminatorSteps(at: $0, configured: 5) == 5 })
    let authors = try contest(#"{ "schedule": "authors" }"#).game()
    let long = (0..<1001).filter { authors.discriminatorSteps(at: $0, configured: 5) == 100 }
    #expect(long == Array(0..<25) + [500, 1000])
    let clipped = try contest(#"{ "clip": 0.02 }"#)
    let store = clipped.discriminatorStore
    let before = store.parameters.flatMap(\.value.doubles)
    #expect(before.contains { abs($0) > 0.02 })
    clipped.objective.didUpdate(.discriminator, store)
    let bound = Double(Float(0.02))
    let expected = before.map { max(-bound, min(bound, $0)) }
    #expect(store.parameters.flatMap(\.value.doubles) == expected)
  }

  @Test func leastSquares() throws {
    let (d, g) = try losses(#"{ "variant": "lsgan" }"#)
    #expect(
      abs(d - (mean(Self.real) { ($0 - 1) * ($0 - 1) } + mean(Self.fake) { $0 * $0 }) / 2) < 1e-12)
    #expect(abs(g - mean(Self.fake) { ($0 - 1) * ($0 - 1) } / 2) < 1e-12)
    let coded = try losses(
      #"{ "variant": "lsgan", "objective": { "fakeTarget": -1, "generatorTarget": 0 } }"#)
    #expect(
      abs(
        coded.discriminator
          - (mean(Self.real) { ($0 - 1) * ($0 - 1) } + mean(Self.fake) { ($0 + 1) * ($0 + 1) }) / 2)
        < 1e-12)
    #expect(abs(coded.generator - mean(Self.fake) { $0 * $0 } / 2) < 1e-12)
  }
}

/// Float64 functions of the platform, under names that tensors do not use.
enum RealMath {
  static func exp(_ x: Double) -> Double { UnaryFunction.exp(x) }
  static func log(_ x: Double) -> Double { UnaryFunction.log(x) }
}
