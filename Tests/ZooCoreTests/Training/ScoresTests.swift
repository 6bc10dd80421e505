import Testing
import ZooCore

@Suite struct ScoresTests {
  /// Counts the passes through a discriminator of one dense layer, with batch norm or not.
  private final class Counting: Discriminator {
    let layers: [any Layer]
    var batches: [Int] = []

    init(batchNorm: Bool) {
      let scope = Scope(player: "discriminator", seed: 3, type: .float64)
      let norm: [any Layer] = batchNorm ? [BatchNorm(scope / "0", 6)] : []
      layers = norm + [Dense(scope / "1", 6, 1)]
    }

    func callAsFunction(
      _ samples: Tensor, given condition: Condition, _ context: Context
    ) -> Tensor {
      batches.append(samples.shape[0])
      return layers.reduce(samples) { $1($0, context) }
    }

    var mixesSamples: Bool { layers.contains { $0.mixesSamples } }
  }

  @Test(arguments: [false, true])
  func onePassOnlyWhereSamplesAreJudgedAlone(_ batchNorm: Bool) {
    let discriminator = Counting(batchNorm: batchNorm)
    let real = fixedNumbers([5, 6], seed: 1)
    let fakes = fixedNumbers([5, 6], seed: 2) + 2
    let round = Round(
      step: 0, substep: 0, real: Batch(samples: real), fakes: fakes,
      input: GeneratorInput(latents: fakes),
      context: Context(.training, random: RandomSource(seed: 1, step: 0, substep: 0)),
      discriminator: discriminator)
    let (onReal, onFake) = round.scores()
    #expect(discriminator.batches == (batchNorm ? [5, 5] : [10]))
    // Float64, and the same six products a sample: at most the order of additions differs.
    for (both, apart) in [(onReal, round.score(real)), (onFake, round.score(fakes))] {
      for (a, b) in zip(both.doubles, apart.doubles) { #expect(abs(a - b) < 1e-13) }
    }
  }
}
