import ZooCore

/// The modern baseline: pairs of real and fake, and a penalty on the slope at both.
///
/// Source: Huang et al. 2024, "The GAN is dead; long live the GAN!", arXiv:2501.05441, in the form of
/// `brownvc/R3GAN`. Deviations: networks narrow enough for two cores by default, β₂ and the learning
/// rate change over the run's length and not over 2e7 images, no adaptive augmentation, and labels
/// enter as `conditioning` says.
public enum R3GAN: Variant {
  public static let card = VariantCard(
    name: "r3gan", title: "R3GAN", paper: "arXiv:2501.05441", year: 2024,
    summary: "Pairs of real and fake, slopes punished at both, networks without norms",
    idea: """
      Each fake is compared with a real sample: it only has to be more real than that one, so no kind of \
      sample can be dropped without a loss. Penalties on the slope of the score, at real samples and at \
      fakes, make the game settle. What earlier GANs needed beside that is left out.
      """,
    discriminatorLoss:
      "mean softplus(−(D(x) − D(G(z)))) + γ/2 mean (‖∇D(x)‖² + ‖∇D(G(z))‖²)",
    generatorLoss: "mean softplus(−(D(G(z)) − D(x)))",
    sources: [
      "Huang et al. 2024, arXiv:2501.05441",
      "brownvc/R3GAN: networks, settings",
      "Jolicoeur-Martineau 2019, arXiv:1807.00734: relativistic pairs",
    ])

  /// The `objective` block.
  public struct Options: ConfigBlock {
    /// γ, the weight of both penalties; half of it counts.
    public var slopePenalty = Schedule([(0, 1), (1, 0.1)], between: .cosine, in: .run)
    /// Whether slopes are punished at real samples, R1.
    public var atReal = true
    /// Whether slopes are punished at fakes, R2.
    public var atFake = true

    public init() {}

    public static var fields: [Field<Options>] {
      [
        .schedule(
          "slopePenalty", \.slopePenalty, in: 0...1e6,
          "γ, the weight of the penalties on the slope; half of it counts."),
        .flag("atReal", \.atReal, "Whether slopes are punished at real samples: R1."),
        .flag("atFake", \.atFake, "Whether slopes are punished at fakes: R2."),
      ]
    }
  }

  public static var defaults: RunConfig {
    var config = RunConfig()
    config.generator.latent.size = 64
    config.generator.network = NetworkSettings("r3gan", initialization: .lecun)
    config.discriminator = NetworkSettings("r3gan", initialization: .lecun)
    config.training.steps = 20_000
    config.training.batch = 64
    config.training.optimizer = .adam(
      .init(
        learningRate: Schedule([(0, 2e-4), (1, 5e-5)], between: .cosine, in: .run), beta1: 0,
        beta2: Schedule([(0, 0.9), (1, 0.99)], between: .cosine, in: .run)))
    return config
  }

  public static func build(_ request: BuildRequest<Options>) throws(ZooError) -> Contest {
    request.contest(Losses(options: request.options))
  }

  /// Both losses.
  public struct Losses: Game {
    let options: Options

    /// softplus(−(D(x) − D(G(z)))) + γ/2 (‖∇D(x)‖² + ‖∇D(G(z))‖²), means over the batch.
    public func discriminatorLoss(_ round: Round) -> Loss {
      let (real, fakes) = (round.real.samples.tracked(), round.fakes.tracked())
      let scores = round.scores(of: real, fakes)
      let lead = scores.real - scores.fake
      let loss = Loss((-lead).softplus().mean(), terms: ["lead": lead.mean()])
      let (r1, r2) = slopes(of: scores.real.sum() + scores.fake.sum(), at: real, fakes)
      let weight = options.slopePenalty.value(at: round.position) / 2
      return loss.adding(r1 * weight, terms: ["r1": r1]).adding(r2 * weight, terms: ["r2": r2])
    }

    /// softplus(−(D(G(z)) − D(x))), the mean over the batch.
    public func generatorLoss(_ round: Round) -> Loss {
      // Scores of real samples do not depend on the generator.
      let fake = round.score(round.fakes)
      let real = withoutDerivatives { round.score(round.real.samples, given: round.real.condition) }
      return Loss((real - fake).softplus().mean())
    }

    /// ‖∇D‖² at real samples and at fakes, means over the batch; 0 where it is not asked for, or where
    /// scores do not depend on the samples.
    private func slopes(
      of scores: Tensor, at real: Tensor, _ fakes: Tensor
    ) -> (r1: Tensor, r2: Tensor) {
      let places = (options.atReal ? [real] : []) + (options.atFake ? [fakes] : [])
      let slopes = meanSquaredSlopes(of: scores, at: places)
      func slope(_ isAsked: Bool, _ found: Tensor??) -> Tensor {
        (isAsked ? found ?? nil : nil) ?? Tensor(repeating: 0, shape: [], type: real.type)
      }
      return (slope(options.atReal, slopes.first), slope(options.atFake, slopes.last))
    }
  }
}
