import ZooCore

/// Self-attention: what is drawn in one place may depend on all others.
///
/// Source: Zhang et al. 2019, arXiv:1805.08318, in the form of `brain-research/self-attention-gan`: keys
/// and values pooled, spectral norm on both players, one update of each. Deviations: narrower networks
/// and smaller batches by default (128 px: width 64, batches of 256), β₂ of the paper and not the code's
/// 0.999, and spectral norm moves its vectors in each pass of training, where the code does so with real
/// batches only.
public enum SAGAN: Variant {
  public static let card = VariantCard(
    name: "sagan", title: "Self-attention GAN", paper: "arXiv:1805.08318", year: 2019,
    summary: "Each place looks at all others, weights of both players are normalised",
    idea: """
      Convolutions see a few pixels around. Attention lets each place of a map look at all others, so that
      what belongs together agrees across the whole image. Spectral norm keeps both players steady, and
      two learning rates let each move once a step.
      """,
    discriminatorLoss: "mean max(0, 1 − D(x, y)) + mean max(0, 1 + D(G(z, y), y))",
    generatorLoss: "−mean D(G(z, y), y)",
    sources: [
      "Zhang et al. 2019, arXiv:1805.08318",
      "brain-research/self-attention-gan: networks, pooled keys",
      "Heusel et al. 2017, arXiv:1706.08500: two learning rates",
    ])

  public static var defaults: RunConfig {
    HingeGame.defaults("sagan", initialization: .glorotUniform)
  }

  public static func build(_ request: BuildRequest<HingeGame.Options>) throws(ZooError) -> Contest {
    let generator = request.classStyledGenerator(chunks: 1)
    return request.contest(
      HingeGame(generator: generator), generator: generator, discriminator: request.discriminator())
  }
}
