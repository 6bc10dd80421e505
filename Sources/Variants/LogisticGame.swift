import ZooCore

/// The original game on logits, shared by the variants that play it.
///
/// Source: Goodfellow et al. 2014, "Generative adversarial networks", arXiv:1406.2661, equation 1;
/// losses in the stable form max(x, 0) − x·z + ln(1 + e^−|x|), which is a softplus.
public struct LogisticGame: Game {
  /// What the generator minimises.
  public enum GeneratorGoal: String, Sendable, CaseIterable {
    /// −ln D(G(z)): strong gradients while the discriminator wins (the paper's §3 advice).
    case nonSaturating = "non-saturating"
    /// ln(1 − D(G(z))): the value function itself.
    case minimax
  }

  /// The `objective` block.
  public struct Options: ConfigBlock {
    /// What the generator minimises.
    public var generatorGoal = GeneratorGoal.nonSaturating
    /// What the discriminator is told of real samples: 1, or less to keep it from certainty.
    public var realLabel = 1.0

    public init() {}

    public static var fields: [Field<Options>] {
      [
        .choice("generatorGoal", \.generatorGoal, "What the generator minimises."),
        .number(
          "realLabel", \.realLabel, in: 0.5...1,
          "The label of real samples; below 1 is one-sided label smoothing (Salimans et al. 2016)."),
      ]
    }
  }

  let options: Options

  /// BCE(D(x), realLabel) + BCE(D(G(z)), 0), means over the batch.
  public func discriminatorLoss(_ round: Round) -> Loss {
    let (real, fake) = round.scores()
    return discriminatorLoss(real: real, fake: fake)
  }

  /// The same, of scores that are there already.
  func discriminatorLoss(real: Tensor, fake: Tensor) -> Loss {
    // BCE(x, z) = z · softplus(−x) + (1 − z) · softplus(x).
    var onReal = (-real).softplus() * options.realLabel
    if options.realLabel < 1 { onReal = onReal + real.softplus() * (1 - options.realLabel) }
    let (realLoss, fakeLoss) = (onReal.mean(), fake.softplus().mean())
    return Loss(
      realLoss + fakeLoss,
      terms: ["realProbability": real.sigmoid().mean(), "fakeProbability": fake.sigmoid().mean()])
  }

  /// softplus(−D(G(z))), or −softplus(D(G(z))) for the minimax goal.
  public func generatorLoss(_ round: Round) -> Loss {
    generatorLoss(fake: round.score(round.fakes))
  }

  /// The same, of scores that are there already.
  func generatorLoss(fake: Tensor) -> Loss {
    switch options.generatorGoal {
    case .nonSaturating: return Loss((-fake).softplus().mean())
    case .minimax: return Loss(-fake.softplus().mean())
    }
  }

  /// The discriminator's loss on a trunk's features, and these, for what else reads them.
  func discriminatorLoss(
    _ judge: TrunkDiscriminator, _ round: Round
  ) -> (loss: Loss, features: (real: Tensor, fake: Tensor)) {
    let features = judge.features(round)
    let real = judge.head(features.real, round.context)
    round.note(realScores: real)
    let loss = discriminatorLoss(real: real, fake: judge.head(features.fake, round.context))
    return (loss, features)
  }

  /// The generator's loss on a trunk's features, and these.
  func generatorLoss(
    _ judge: TrunkDiscriminator, _ round: Round
  ) -> (loss: Loss, features: Tensor) {
    let features = judge.trunk(round.seen(round.fakes), round.context)
    return (generatorLoss(fake: judge.head(features, round.context)), features)
  }

  /// The recipe of the variants that play this game: one architecture for both players, batches of
  /// 64, Adam 2e-4 (0.5, 0.999).
  static func defaults(_ architecture: String, _ initialization: Initialization) -> RunConfig {
    var config = RunConfig()
    config.generator.network = NetworkSettings(architecture, initialization: initialization)
    config.discriminator = NetworkSettings(architecture, initialization: initialization)
    config.training.steps = 20_000
    config.training.batch = 64
    config.training.optimizer = .adam(.init(learningRate: 2e-4, beta1: 0.5, beta2: 0.999))
    return config
  }
}
