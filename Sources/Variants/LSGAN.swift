import ZooCore

/// Least squares in place of the logistic loss: samples far on the right side still pull.
///
/// Source: Mao et al. 2017, arXiv:1611.04076, equation 9: ½ (D(x) − b)² + ½ (D(G(z)) − a)² and
/// ½ (D(G(z)) − c)², by default with the 0-1 coding a = 0, b = c = 1. Deviations: means over the
/// batch, where the authors' code sums; DCGAN's networks and 100 normal latents in place of their
/// deeper ones with 1024 uniform latents.
public enum LSGAN: Variant {
  public static let card = VariantCard(
    name: "lsgan", title: "LSGAN", paper: "arXiv:1611.04076", year: 2017,
    summary: "Least squares in place of the logistic loss",
    idea: """
      The logistic loss has no gradient left for a fake that passes for real but lies far from the data.
      Squared distances to a target keep pulling such fakes. Minimising them is minimising a Pearson χ²
      divergence.
      """,
    discriminatorLoss: "½ mean (D(x) − b)² + ½ mean (D(G(z)) − a)²",
    generatorLoss: "½ mean (D(G(z)) − c)²",
    sources: [
      "Mao et al. 2017, arXiv:1611.04076, equation 9"
    ])

  /// The `objective` block.
  public struct Options: ConfigBlock {
    /// Target of fakes in the discriminator's loss.
    public var fakeTarget = 0.0
    /// Target of real samples.
    public var realTarget = 1.0
    /// What the generator wants its fakes to score.
    public var generatorTarget = 1.0

    public init() {}

    public static var fields: [Field<Options>] {
      [
        .number("fakeTarget", \.fakeTarget, in: -10...10, "a: the target of fakes."),
        .number("realTarget", \.realTarget, in: -10...10, "b: the target of real samples."),
        .number(
          "generatorTarget", \.generatorTarget, in: -10...10,
          "c: what the generator wants its fakes to score."),
      ]
    }
  }

  public static var defaults: RunConfig {
    var config = RunConfig()
    config.generator.network = NetworkSettings("dcgan", initialization: .dcgan)
    config.discriminator = NetworkSettings("dcgan", initialization: .dcgan)
    config.training.steps = 20_000
    config.training.batch = 64
    config.training.optimizer = .adam(.init(learningRate: 2e-4, beta1: 0.5, beta2: 0.999))
    return config
  }

  public static func build(_ request: BuildRequest<Options>) throws(ZooError) -> Contest {
    request.contest(Losses(options: request.options))
  }

  /// Both losses.
  public struct Losses: Game {
    let options: Options

    /// ½ (D(x) − b)² + ½ (D(G(z)) − a)².
    public func discriminatorLoss(_ round: Round) -> Loss {
      let (real, fake) = round.scores()
      let onReal = (real - options.realTarget).squared().mean()
      let onFake = (fake - options.fakeTarget).squared().mean()
      return Loss(
        (onReal + onFake) * 0.5, terms: ["realScore": real.mean(), "fakeScore": fake.mean()])
    }

    /// ½ (D(G(z)) − c)².
    public func generatorLoss(_ round: Round) -> Loss {
      Loss((round.score(round.fakes) - options.generatorTarget).squared().mean() * 0.5)
    }
  }
}
