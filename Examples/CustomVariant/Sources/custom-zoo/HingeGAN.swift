import ZooCore

/// GAN with the hinge loss: a score counts for the discriminator only until it clears a margin.
///
/// Source: Lim & Ye 2017, "Geometric GAN", arXiv:1705.02894, §3. Networks and settings are those of
/// `dcgan`.
enum HingeGAN: Variant {
  static let card = VariantCard(
    name: "hinge", title: "Hinge GAN", paper: "arXiv:1705.02894", year: 2017,
    summary: "Scores count for the discriminator only until they clear a margin",
    idea: """
      The discriminator maximises a margin, as a support vector machine does. Samples that lie on
      their side of it no longer matter. The generator follows the score itself.
      """,
    discriminatorLoss: "mean max(0, m − D(x)) + mean max(0, m + D(G(z)))",
    generatorLoss: "−mean D(G(z))",
    sources: ["Lim & Ye 2017, arXiv:1705.02894"])

  struct Options: ConfigBlock {
    /// How far on its side of zero a score must be before it stops counting.
    var margin = 1.0

    init() {}

    static var fields: [Field<Options>] {
      [
        .number(
          "margin", \.margin, in: 0...100,
          "How far on its side of zero a score must be before it stops counting.")
      ]
    }
  }

  static var defaults: RunConfig {
    var config = RunConfig()
    config.generator.network = NetworkSettings("dcgan", initialization: .dcgan)
    config.discriminator = NetworkSettings("dcgan", initialization: .dcgan)
    config.training.optimizer = .adam(.init(learningRate: 2e-4, beta1: 0.5, beta2: 0.999))
    return config
  }

  static func build(_ request: BuildRequest<Options>) throws(ZooError) -> Contest {
    request.contest(Losses(options: request.options))
  }

  struct Losses: Game {
    let options: Options

    func discriminatorLoss(_ round: Round) -> Loss {
      let (real, fake) = round.scores()
      let loss = (options.margin - real).relu().mean() + (fake + options.margin).relu().mean()
      return Loss(loss, terms: ["realScore": real.mean(), "fakeScore": fake.mean()])
    }

    func generatorLoss(_ round: Round) -> Loss {
      Loss(-round.score(round.fakes).mean())
    }
  }
}
