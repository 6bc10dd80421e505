import ZooCore

/// Styles that give each map its means and deviations, and noise for what styles leave open.
///
/// Source: Karras et al. 2019, "A style-based generator architecture for generative adversarial
/// networks", arXiv:1812.04948, in the form of `NVlabs/stylegan`. Deviations: networks narrow enough for
/// two cores by default, of full size from the first step on where the authors let them grow, and a
/// class enters the discriminator as `conditioning` says.
public enum StyleGAN: Variant {
  public static let card = VariantCard(
    name: "stylegan", title: "StyleGAN", paper: "arXiv:1812.04948", year: 2019,
    summary: "Styles made of latent codes give maps their means and deviations",
    idea: """
      A mapping network makes styles of latent codes. The image starts the same for all samples; after each \
      convolution a style says how strong and how large each channel is, coarse features first, and noise \
      draws what is left to chance.
      """,
    discriminatorLoss: "mean softplus(−D(x)) + mean softplus(D(G(z))) + γ/2 mean ‖∇D(x)‖²",
    generatorLoss: "mean softplus(−D(G(z)))",
    sources: [
      "Karras et al. 2019, arXiv:1812.04948", "NVlabs/stylegan: networks, settings",
      "Mescheder et al. 2018, arXiv:1801.04406: the slope penalty R1",
    ])

  /// The `objective` block.
  public struct Options: ConfigBlock {
    /// Numbers in a style.
    public var style = 64
    /// The share of training batches with a second style from some place on.
    public var mixing = 0.9
    /// γ, the weight of the discriminator's slope at real samples; half of it counts.
    public var slopePenalty: Schedule = 10

    public init() {}

    public static var fields: [Field<Options>] {
      [
        .integer("style", \.style, in: 1...65_536, "Numbers in a style."),
        .number(
          "mixing", \.mixing, in: 0...1,
          "The share of training batches with a second style from some place on."),
        .schedule(
          "slopePenalty", \.slopePenalty, in: 0...1e6,
          "γ, the weight of the slope at real samples; half of it counts."),
      ]
    }
  }

  public static let networks = [NetworkRole.generator, .discriminator, StyledGenerator.role]
  public static let architectures = [paper, light]

  private static let paper = AdaptiveBackbones(mapping: 8, fullWidth: 32).architecture(
    "stylegan", "Maps that styles rescale, noise in each layer, blurred when resized", width: 512)
  private static let light = AdaptiveBackbones(mapping: 4, fullWidth: 16).architecture(
    "stylegan-light", "The same with four mapping layers, narrower beyond 16 pixels", width: 64)

  public static var defaults: RunConfig {
    var config = StyledGenerator.defaults("stylegan-light")
    config.training.optimizer = .adam(.init(learningRate: 1e-3, beta1: 0, beta2: 0.99))
    return config
  }

  public static func build(_ request: BuildRequest<Options>) throws(ZooError) -> Contest {
    let options = request.options
    let generator = StyledGenerator(request, style: options.style, mixing: options.mixing)
    return request.contest(
      Losses(options: options, sheets: generator.sheets), generator: generator,
      discriminator: request.discriminator())
  }

  /// The game and the slope penalty.
  public struct Losses: Game {
    let options: Options
    public let sheets: [Sheet]
    private let game = LogisticGame(options: .init())

    init(options: Options, sheets: [Sheet]) { (self.options, self.sheets) = (options, sheets) }

    public func discriminatorLoss(_ round: Round) -> Loss {
      let samples = round.real.samples.tracked()
      let (real, fake) = round.scores(of: samples, round.fakes)
      let loss = game.discriminatorLoss(real: real, fake: fake)
      guard let squared = meanSquaredSlopes(of: real, at: [samples])[0] else { return loss }
      let weight = options.slopePenalty.value(at: round.position) / 2
      return loss.adding(squared * weight, terms: ["r1": squared])
    }

    public func generatorLoss(_ round: Round) -> Loss { game.generatorLoss(round) }
  }
}
