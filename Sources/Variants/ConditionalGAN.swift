import ZooCore

/// Conditional GAN: both players are told the class.
///
/// Source: Mirza & Osindero 2014, arXiv:1411.1784, equation 2, for the game. The paper's maxout
/// networks and plain gradient descent are rarely used; networks and settings are those of
/// PyTorch-GAN's `cgan.py`, with its embeddings of ten numbers, but for the loss: there least squares
/// and random labels, here the paper's game, and fakes with the labels of the real batch.
public enum ConditionalGAN: Variant {
  public static let card = VariantCard(
    name: "cgan", title: "Conditional GAN", paper: "arXiv:1411.1784", year: 2014,
    summary: "The original game with both players told the class",
    idea: """
      Both players are told the class of each sample: the generator beside its latent code, the
      discriminator beside the sample. So one can ask for a class, and the discriminator catches a good
      picture of the wrong one. The labels of a batch are given to its fakes too.
      """,
    discriminatorLoss: "−mean ln σ(D(x, y)) − mean ln(1 − σ(D(G(z, y), y)))",
    generatorLoss: "−mean ln σ(D(G(z, y), y))",
    sources: [
      "Mirza & Osindero 2014, arXiv:1411.1784, equation 2",
      "Miyato & Koyama 2018, arXiv:1802.05637: projection",
    ])

  public static var defaults: RunConfig {
    var config = LogisticGame.defaults("mlp-dropout", .pytorch)
    config.conditioning = ConditioningSettings()
    config.output.grid = [10, 8]
    return config
  }

  public static func build(
    _ request: BuildRequest<LogisticGame.Options>
  ) throws(ZooError) -> Contest {
    request.contest(LogisticGame(options: request.options))
  }
}
