import ZooCore

/// Spectral normalisation with a projection discriminator: the residual networks that SAGAN and BigGAN
/// go on from.
///
/// Source: Miyato et al. 2018, arXiv:1802.05957; Miyato & Koyama 2018, arXiv:1802.05637; settings of
/// CIFAR-10 in `pfnet-research/sngan_projection`. Deviations: narrower networks and smaller batches by
/// default (the paper's have widths 256 and 128 and draw 128 fakes for the generator), the discriminator
/// moves first, and convolutions start without the factor √2, which norms take out again.
public enum SNGAN: Variant {
  public static let card = VariantCard(
    name: "sngan", title: "Spectral normalisation GAN", paper: "arXiv:1802.05957", year: 2018,
    summary: "A discriminator as steep as its weights allow, told the class by projection",
    idea: """
      Each weight of the discriminator is divided by its largest singular value, so that no layer
      stretches what it is given, and scores cannot run away. Classes move the score by an inner product
      with the last features, and steer the generator's norms.
      """,
    discriminatorLoss: "mean max(0, 1 − D(x, y)) + mean max(0, 1 + D(G(z, y), y))",
    generatorLoss: "−mean D(G(z, y), y)",
    sources: [
      "Miyato et al. 2018, arXiv:1802.05957: spectral normalisation",
      "Miyato & Koyama 2018, arXiv:1802.05637: projection, conditional batch norm",
    ])

  public static var defaults: RunConfig {
    var config = HingeGame.defaults("sngan", initialization: .glorotUniform)
    config.generator.network.weights = .plain
    config.training.discriminatorSteps = 5
    config.training.optimizer = .adam(.init(learningRate: 2e-4, beta1: 0, beta2: 0.9))
    config.training.discriminatorOptimizer = nil
    config.training.learningRateDecay = .linear
    return config
  }

  public static func build(_ request: BuildRequest<HingeGame.Options>) throws(ZooError) -> Contest {
    let generator = request.classStyledGenerator(chunks: 1)
    return request.contest(
      HingeGame(generator: generator), generator: generator, discriminator: request.discriminator())
  }
}
