import ZooCore

/// Styles that give each map its means and deviations, and noise for what styles leave open.
///
/// Source: Karras et al. 2019, "A style-based generator architecture for generative adversarial
/// networks", arXiv:1812.04948, in the form of `NVlabs/stylegan`. Deviations: networks narrow enough for
/// two cores by default, of full size from the first step on unless an architecture that grows is asked
/// for, and a class enters the discriminator as `conditioning` says.
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
  public struct Options: GrowthPhases {
    /// Sizes beyond the smallest that are there from the beginning, where networks grow.
    public var start = 1
    /// Real images that each size is trained with before the next one is faded in.
    public var stable = 600_000
    /// Real images over which a size is faded in.
    public var fade = 600_000
    /// Numbers in a style.
    public var style = 64
    /// The share of training batches with a second style from some place on.
    public var mixing = 0.9
    /// γ, the weight of the discriminator's slope at real samples; half of it counts.
    public var slopePenalty: Schedule = 10

    public init() {}

    public static var fields: [Field<Options>] {
      phases + [
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
  public static let architectures = AdaptiveBackbones.all

  public static var defaults: RunConfig {
    var config = StyledGenerator.defaults("stylegan-light")
    config.training.optimizer = .adam(.init(learningRate: 1e-3, beta1: 0, beta2: 0.99))
    return config
  }

  public static func build(_ request: BuildRequest<Options>) throws(ZooError) -> Contest {
    let options = request.options
    let generator = StyledGenerator(request, style: options.style, mixing: options.mixing)
    let discriminator = request.discriminator()
    return request.contest(
      Losses(options: options, sheets: generator.sheets, growing: Growing(request)),
      generator: generator,
      discriminator: discriminator)
  }

  /// The game and the slope penalty.
  public struct Losses: Game {
    let options: Options
    public let sheets: [Sheet]
    private let growing: Growing
    private let game = LogisticGame(options: .init())

    init(options: Options, sheets: [Sheet], growing: Growing) {
      (self.options, self.sheets, self.growing) = (options, sheets, growing)
    }

    /// Optimizers start over when another size comes into use, as in the authors' loop.
    public func willStep(at position: RunPosition) -> Bool {
      growing.move(to: options.place(position.samplesSeen))
    }

    /// Layers that have not grown yet, or are outgrown.
    public func rests(_ player: Player, _ name: String, at step: Int) -> Bool {
      growing.rests(player, name)
    }

    public func discriminatorLoss(_ round: Round) -> Loss {
      let samples = growing.seen(round.real.samples).tracked()
      let (real, fake) = round.scores(of: samples, round.fakes)
      let loss = game.discriminatorLoss(real: real, fake: fake)
      guard let squared = meanSquaredSlopes(of: real, at: [samples])[0] else { return loss }
      let weight = options.slopePenalty.value(at: round.position) / 2
      return loss.adding(squared * weight, terms: ["r1": squared])
    }

    public func generatorLoss(_ round: Round) -> Loss { game.generatorLoss(round) }
  }
}
