import Testing
import Variants
import ZooCore

@Suite struct WGANGPTests {
  /// D(x) = w · x has the gradient w everywhere, so the penalty is (‖w‖ − 1)² for each sample (G2).
  @Test(arguments: [[0.0, 0.0, 0.0, 0.0], [3.0, 0, 4, 0], [0.1, -0.2, 0.3, 0.1]])
  func penaltyOfALinearCritic(_ weights: [Double]) throws {
    try Backends.using(ReferenceBackend.shared) {
      let w = Tensor(weights, shape: [4, 1], type: .float64).tracked()
      let loss = try round(with: LinearCritic(w: w), batch: 6)
      let penalty = try #require(loss.terms.first { $0.name == "gradientPenalty" }).value.scalar
      let norm = weights.reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(abs(penalty - (norm - 1) * (norm - 1)) < 1e-5)
      // The derivative of λ (‖w‖ − 1)² and of the estimate, through the second-order path.
      let derivative = try #require(gradient(of: loss.total, at: [w])[0]).doubles
      #expect(derivative.allSatisfy { $0.isFinite })
      guard norm > 0 else { return }
      let difference = meanDifference(batch: 6)
      for i in 0..<4 {
        let expected = 10 * 2 * (norm - 1) * weights[i] / norm - difference[i]
        #expect(abs(derivative[i] - expected) < 1e-9)
      }
    }
  }

  /// The penalty belongs to each sample alone: a critic that is steep for one of two samples.
  @Test func normIsTakenPerSample() throws {
    try Backends.using(ReferenceBackend.shared) {
      let real = fixed([2, 1, 1, 1], [1, 3])
      let loss = try game().discriminatorLoss(
        makeRound(real: real, fakes: real, critic: SquareCritic()))
      // Real and fake agree, so x̂ does too: gradients 2 and 6, penalties 1 and 25.
      let penalty = try #require(loss.terms.first { $0.name == "gradientPenalty" }).value.scalar
      #expect(abs(penalty - 13) < 1e-9)
    }
  }

  /// First derivatives of the whole critic loss by finite differences in Float64: the penalty's
  /// second-order path is part of it.
  @Test func criticLossByFiniteDifferences() throws {
    try Backends.using(ReferenceBackend.shared) {
      let recipe = try Recipe(
        parsing: Array(
          #"{ "variant": "wgan-gp", "generator": { "width": 1 }, "discriminator": { "width": 2 } }"#
            .utf8), file: "tiny.json", registry: builtIn)
      let contest = try recipe.plan(for: [9, 6, 2], type: .float64).contest
      let stream = RandomStream(seed: 4, purpose: .noise)
      let real = stream.uniform([2, 9, 6, 2], type: .float64)
      let fakes = RandomStream(seed: 5, purpose: .noise).uniform([2, 9, 6, 2], type: .float64)
      let (game, critic) = (try contest.game(), try contest.judge())
      func loss() -> Tensor {
        game.discriminatorLoss(makeRound(real: real, fakes: fakes, critic: critic)).total
      }
      let parameters = contest.discriminatorStore.parameters
      // Steeper than at first, so that the penalty's derivative is large.
      for parameter in parameters { parameter.assign(parameter.value * 2 + 0.01) }
      let derivatives = gradient(of: loss(), at: parameters.map(\.value))
      for (parameter, derivative) in zip(parameters, derivatives) {
        let values = parameter.value.doubles
        for element in Swift.stride(from: 0, to: values.count, by: max(1, values.count / 7)) {
          func moved(_ offset: Double) -> Double {
            var changed = values
            changed[element] += offset
            parameter.assign(Tensor(changed, shape: parameter.shape, type: .float64))
            return loss().scalar
          }
          let numeric = (moved(1e-6) - moved(-1e-6)) / 2e-6
          parameter.assign(Tensor(values, shape: parameter.shape, type: .float64))
          let analytic = derivative?.doubles[element] ?? 0
          // PyTorch's gradcheck: 1e-5 absolute, 1e-3 relative.
          #expect(
            abs(numeric - analytic) <= 1e-5 + 1e-3 * abs(numeric),
            "\(parameter.name)[\(element)]: \(analytic), by differences \(numeric)")
        }
      }
    }
  }

  @Test(arguments: [[28, 28, 1], [32, 32, 3], [20, 12, 2], [7, 9, 1]])
  func architectureFitsAnySize(_ sample: Shape) throws {
    let recipe = try Recipe(
      parsing: Array(#"{ "variant": "wgan-gp" }"#.utf8), file: "any.json", registry: builtIn)
    let contest = try recipe.plan(for: sample).contest
    let context = Context(.inference, random: RandomSource(seed: 1, step: 0, substep: 0))
    let latents = contest.generator.takes.latent?.draw(
      2, from: RandomStream(seed: 1, purpose: .latents))
    let images = contest.generator(GeneratorInput(latents: latents), context)
    #expect(images.shape == [2] + sample)
    let judge = try contest.judge()
    #expect(judge(images, given: Condition(), context).shape == [2, 1])
  }

  // MARK: Helpers

  private struct LinearCritic: Discriminator {
    let w: Tensor
    func callAsFunction(
      _ samples: Tensor, given condition: Condition, _ context: Context
    ) -> Tensor {
      samples.reshaped(to: [samples.shape[0], 4]).matrixProduct(w)
    }
  }

  private struct SquareCritic: Discriminator {
    func callAsFunction(
      _ samples: Tensor, given condition: Condition, _ context: Context
    ) -> Tensor {
      samples.reshaped(to: [samples.shape[0], 1]).squared()
    }
  }

  private func game() throws -> any Game {
    try Recipe(parsing: Array(#"{ "variant": "wgan-gp" }"#.utf8), file: "a", registry: builtIn)
      .plan(for: [8, 8, 1]).contest.game()
  }

  private func fixed(_ shape: Shape, _ values: [Double]) -> Tensor {
    Tensor(values, shape: shape, type: .float64)
  }

  private func samples(_ batch: Int, seed: UInt32) -> Tensor {
    RandomStream(seed: seed, purpose: .noise).uniform([batch, 2, 2, 1], type: .float64)
  }

  /// One-sided: a slope below one costs nothing, one above as much as before.
  @Test func oneSidedPenaltyForgivesGentleSlopes() throws {
    let oneSided = try Recipe(
      parsing: Array(#"{ "variant": "wgan-gp", "objective": { "sided": "one" } }"#.utf8),
      file: "a", registry: builtIn
    ).plan(for: [8, 8, 1]).contest.game()
    for (weights, penalised) in [([0.1, 0.2, 0.3, 0.4], false), ([1.0, 2, 3, 4], true)] {
      let critic = LinearCritic(w: fixed([4, 1], weights))
      let round = makeRound(
        real: samples(3, seed: 1), fakes: samples(3, seed: 2), critic: critic)
      let term = { (loss: Loss) in
        loss.terms.first { $0.name == "gradientPenalty" }.map { $0.value.scalar } ?? .nan
      }
      let one = term(oneSided.discriminatorLoss(round))
      let two = try term(game().discriminatorLoss(round))
      #expect(two > 0.1)
      #expect(one == (penalised ? two : 0))
    }
  }

  private func meanDifference(batch: Int) -> [Double] {
    (samples(batch, seed: 1).mean(over: [0]) - samples(batch, seed: 2).mean(over: [0])).doubles
  }

  private func round(with critic: any Discriminator, batch: Int) throws -> Loss {
    try game().discriminatorLoss(
      makeRound(
        real: samples(batch, seed: 1), fakes: samples(batch, seed: 2), critic: critic))
  }

  private func makeRound(real: Tensor, fakes: Tensor, critic: any Discriminator) -> Round {
    Round(
      step: 0, substep: 0, real: Batch(samples: real), fakes: fakes,
      input: GeneratorInput(latents: Tensor(repeating: 0, shape: [real.shape[0], 1])),
      context: Context(.training, random: RandomSource(seed: 1, step: 0, substep: 0)),
      discriminator: critic)
  }
}
