import ZooCore

/// SAGAN at scale: the latent code and a shared code of the class reach every block, filters are kept
/// orthogonal, and an average of the generator draws.
///
/// Source: Brock et al. 2019, arXiv:1809.11096, in the form of `ajbrock/BigGAN-PyTorch`. Deviations:
/// narrower networks and smaller batches by default (128 px: width 96, batches of 2,048), one update of
/// the discriminator, and spectral norm's vectors do not move when what is trained is used.
public enum BigGAN: Variant {
  public static let card = VariantCard(
    name: "biggan", title: "BigGAN", paper: "arXiv:1809.11096", year: 2019,
    summary: "Latent chunks and a shared class code steer every block; orthogonal filters",
    idea: """
      The latent code is cut into chunks: one starts the image, each of the others steers the norms of one
      block, with a code of the class that all share. Filters of the generator are kept from pointing the
      same way, so that latent codes can be drawn closer to the middle: fewer kinds, better pictures.
      """,
    discriminatorLoss: "mean max(0, 1 − D(x, y)) + mean max(0, 1 + D(G(z, y), y))",
    generatorLoss: "−mean D(G(z, y), y) + β ‖W Wᵀ ⊙ (1 − I)‖²",
    sources: [
      "Brock et al. 2019, arXiv:1809.11096", "ajbrock/BigGAN-PyTorch: networks, settings",
    ])

  /// The `objective` block.
  public struct Options: ConfigBlock {
    /// Parts of the latent code: one for the first layer and one for each block, as many as norms
    /// name styles when nil; 1 keeps it whole.
    public var chunks: Int?
    /// Whether all norms read one code of the class, of `conditioning.embedding` numbers; else each has
    /// rows of its own, for norms with `"gain": 0`.
    public var sharedCode = true
    /// β, the weight of orthogonality.
    public var orthogonality = 1e-4

    public init() {}

    public static var fields: [Field<Options>] {
      [
        .optionalInteger(
          "chunks", \.chunks, in: 1...64,
          "Parts of the latent code: one for the first layer and one for each block when absent."),
        .flag("sharedCode", \.sharedCode, "Whether all norms read one code of the class."),
        .number("orthogonality", \.orthogonality, in: 0...1, "β: the weight of orthogonality."),
      ]
    }
  }

  public static var defaults: RunConfig {
    var config = HingeGame.defaults("biggan", initialization: .orthogonal)
    config.generator.latent.size = 48
    config.conditioning?.embedding = 32
    func adam(_ rate: Double) -> OptimizerSettings {
      var settings = Adam(learningRate: Schedule(rate), beta1: 0, beta2: 0.999)
      settings.epsilon = 1e-6
      return .adam(settings)
    }
    config.training.optimizer = adam(1e-4)
    config.training.discriminatorOptimizer = adam(4e-4)
    config.training.averageDecay = 0.999
    config.training.averageStatistics = .standing
    return config
  }

  public static func build(_ request: BuildRequest<Options>) throws(ZooError) -> Contest {
    let options = request.options
    let generator = request.classStyledGenerator(
      chunks: options.chunks, sharesCodes: options.sharedCode)
    let orthogonality =
      options.orthogonality > 0
      ? Orthogonality(options.orthogonality, of: request.scope(.generator).store) : nil
    return request.contest(
      HingeGame(generator: generator, orthogonality: orthogonality), generator: generator,
      discriminator: request.discriminator())
  }
}
