import ZooCore

/// Wasserstein GAN: the critic's weights are clipped to a box, which keeps it Lipschitz.
///
/// Source: Arjovsky et al. 2017, "Wasserstein GAN", arXiv:1701.07875, algorithm 1, and the authors'
/// `main.py`: DCGAN's networks, RMSprop 5e-5 with PyTorch's memory of 0.99, c = 0.01, five critic
/// steps, batches of 64. Deviations: clipping follows each critic update, as in the paper, where the
/// code clips before it; and five critic steps always, unless `schedule` asks for the code's 100 in
/// the first 25 generator steps and in every 500th.
public enum WGAN: Variant {
  public static let card = VariantCard(
    name: "wgan", title: "WGAN", paper: "arXiv:1701.07875", year: 2017,
    summary: "Wasserstein critic kept Lipschitz by clipping its weights",
    idea: """
      A critic estimates how far the generated distribution is from the data's, as the Wasserstein
      distance, which has a useful slope even where both do not overlap. That holds for functions of bounded
      slope, and clipping the critic's weights to a small box bounds it.
      """,
    discriminatorLoss: "mean D(G(z)) − mean D(x), then every weight clipped to −c...c",
    generatorLoss: "−mean D(G(z))",
    sources: [
      "Arjovsky et al. 2017, arXiv:1701.07875, algorithm 1",
      "martinarjovsky/WassersteinGAN, main.py: settings",
    ])

  /// The `objective` block.
  public struct Options: ConfigBlock {
    /// How often the critic moves.
    public enum Schedule: String, Sendable, CaseIterable {
      /// `training.discriminatorSteps` for each generator step.
      case constant
      /// The authors': 100 for the first 25 generator steps and every 500th, else as configured.
      case authors
    }

    /// c: every weight of the critic stays in −c...c.
    public var clip = 0.01
    /// How often the critic moves.
    public var schedule = Schedule.constant

    public init() {}

    public static var fields: [Field<Options>] {
      [
        .number("clip", \.clip, in: 1e-6...100, "c: the critic's parameters stay in −c...c."),
        .choice(
          "schedule", \.schedule,
          "Critic updates: constant, or the authors' 100 at first and at every 500th step."),
      ]
    }
  }

  public static var defaults: RunConfig {
    var config = RunConfig()
    config.generator.network = NetworkSettings("dcgan", initialization: .dcgan)
    config.discriminator = NetworkSettings("dcgan", initialization: .dcgan)
    config.training.steps = 20_000
    config.training.batch = 64
    config.training.discriminatorSteps = 5
    config.training.optimizer = .rmsprop(.init())
    return config
  }

  public static func build(_ request: BuildRequest<Options>) throws(ZooError) -> Contest {
    request.contest(Losses(options: request.options))
  }

  /// Both losses.
  public struct Losses: Game {
    let options: Options

    /// D(G(z)) − D(x), means over the batch.
    public func discriminatorLoss(_ round: Round) -> Loss {
      let (real, fake) = round.scores()
      let estimate = real.mean() - fake.mean()
      return Loss(-estimate, terms: ["wassersteinEstimate": estimate])
    }

    /// −D(G(z)).
    public func generatorLoss(_ round: Round) -> Loss {
      Loss(-round.score(round.fakes).mean())
    }

    public func discriminatorSteps(at step: Int, configured: Int) -> Int {
      options.schedule == .authors && (step < 25 || step % 500 == 0) ? 100 : configured
    }

    /// Clips every parameter, those of batch norm too.
    public func didUpdate(_ player: Player, _ store: ParameterStore) {
      guard player == .discriminator else { return }
      for parameter in store.parameters {
        parameter.assign(
          withoutDerivatives { parameter.value.clamped(to: -options.clip...options.clip) })
      }
    }
  }
}
