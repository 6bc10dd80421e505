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
    summary: "The original game: real or fake, by logistic regression",
    idea: """
      Two networks play a game: the discriminator learns to tell real samples from generated ones, the
      generator learns to be taken for real. Where the discriminator cannot tell any more, the generator
      draws from the distribution of the data. Both are fully connected here.
      """,
    discriminatorLoss: "−mean ln σ(D(x)) − mean ln(1 − σ(D(G(z))))",
    generatorLoss: "−mean ln σ(D(G(z)))",
    sources: [
      "Goodfellow et al. 2014, arXiv:1406.2661",
      "eriklindernoren/PyTorch-GAN, gan.py: networks and settings",
    ])

  public static var defaults: RunConfig { LogisticGame.defaults("mlp", .pytorch) }

  public static func build(
    _ request: BuildRequest<LogisticGame.Options>
  ) throws(ZooError) -> Contest {
    request.contest(LogisticGame(options: request.options))
  }
}
