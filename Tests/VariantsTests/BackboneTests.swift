import Testing
import Variants
import ZooCore

/// Parameter counts of the original sources (recipes computed from their code).
@Suite struct BackboneTests {
  static let counts: [(config: String, sample: Shape, generator: Int, discriminator: Int)] = [
    (#"{ "variant": "cgan" }"#, [28, 28, 1], 1_511_412, 932_965),
    (#"{ "variant": "gan" }"#, [28, 28, 1], 1_510_032, 533_505),
    (#"{ "variant": "dcgan" }"#, [64, 64, 3], 3_576_704, 2_765_568),
    (#"{ "variant": "wgan-gp" }"#, [28, 28, 1], 1_554_177, 1_030_145),
    // Encoder and generator of pytorch/examples.
    (#"{ "variant": "vae" }"#, [28, 28, 1], 652_824, 0),
    (#"{ "variant": "vae", "generator": { "latent": { "size": 2 } } }"#, [28, 28, 1], 631_188, 0),
  ]

  @Test(arguments: counts.indices)
  func parametersAreThoseOfTheSource(_ index: Int) throws {
    let (config, sample, generator, discriminator) = Self.counts[index]
    let contest = try Recipe(parsing: Array(config.utf8), file: "c.json", registry: builtIn)
      .plan(for: sample, classes: 10).contest
    #expect(contest.generatorStore.parameterCount == generator)
    #expect(contest.discriminatorStore.parameterCount == discriminator)
  }

  static let shapes: [Shape] = [[28, 28, 1], [32, 32, 3], [20, 12, 2], [7, 9, 1], [64, 64, 3]]

  /// Any objective runs with any architecture on any image size.
  @Test(arguments: builtIn.architectures.map(\.name), shapes)
  func everyArchitectureFitsEverySize(_ architecture: String, _ sample: Shape) throws {
    for variant in builtIn.variants.map({ $0.card.name })
    where SmallConfig.architectures(for: variant).contains(architecture) {
      let json = SmallConfig.json(variant, latent: 5, architecture: architecture)
      let contest = try Recipe(parsing: Array(json.utf8), file: "c.json", registry: builtIn)
        .plan(for: sample, classes: 10).contest
      let context = Context(.training, random: RandomSource(seed: 1, step: 0, substep: 0))
      let input = contest.generator.takes.input(
        3, from: RandomStream(seed: 1, purpose: .latents), given: Condition(labels: [0, 9, 4]))
      let images = contest.generator(input, context)
      #expect(images.shape == [3] + sample)
      guard let judge = contest.discriminator else { continue }
      #expect(judge(images, given: Condition(labels: [0, 9, 4]), context).shape == [3, 1])
    }
  }
}
