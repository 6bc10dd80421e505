import ZooCore

/// The first GAN, with the fully connected networks that most tutorials use.
///
/// Source: Goodfellow et al. 2014, arXiv:1406.2661, for the game; networks and settings after the
/// widespread PyTorch script (100-128-256-512-1024-784 and 784-512-256-1, Adam 2e-4 (0.5, 0.999),
/// batches of 64). Deviations: batch norm's ε is 1e-5, where that script passes 0.8, a Keras
/// momentum taken for an ε; the loss is on logits; the discriminator moves first and is given fresh
/// fakes.
public enum GAN: Variant {
  public static let card = VariantCard(
    name: "gan", title: "GAN", paper: "arXiv:1406.2661", year: 2014,
    summary: "The original game: real or fake, by logistic regression")

  public static var defaults: RunConfig {
    var config = RunConfig()
    config.generator.network = NetworkSettings("mlp", initialization: .pytorch)
    config.discriminator = NetworkSettings("mlp", initialization: .pytorch)
    config.training.steps = 20_000
    config.training.batch = 64
    config.training.optimizer = .adam(.init(learningRate: 2e-4, beta1: 0.5, beta2: 0.999))
    return config
  }

  public static func build(
    _ request: BuildRequest<LogisticGame.Options>
  ) throws(ZooError) -> Contest {
    request.contest(LogisticGame(options: request.options))
  }
}
