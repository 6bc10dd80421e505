import ZooCore

/// Styles that modulate convolutions, with penalties that take turns of their own.
///
/// Source: Karras et al. 2020, arXiv:1912.04958, in the form of `NVlabs/stylegan2`, configuration F.
/// Deviations: networks narrow enough for two cores by default; images of all sizes are raised to the
/// full size before they are summed, which is the same in exact arithmetic; a class enters the
/// discriminator as `conditioning` says.
public enum StyleGAN2: Variant {
  public static let card = VariantCard(
    name: "stylegan2", title: "StyleGAN2", paper: "arXiv:1912.04958", year: 2020,
    summary: "Styles made of latent codes scale the channels of each convolution",
    idea: """
      A mapping network makes styles of latent codes, and styles scale what each convolution sees, coarse \
      features by the first, fine ones by the last. Two penalties, each in some steps only: on the slope \
      of the discriminator at real samples, and on how unevenly a step in styles moves the image.
      """,
    discriminatorLoss: "mean softplus(−D(x)) + mean softplus(D(G(z))), at times γ/2 mean ‖∇D(x)‖²",
    generatorLoss: "mean softplus(−D(G(z))), at times λ mean (‖Jᵀy‖ − a)²",
    sources: [
      "Karras et al. 2020, arXiv:1912.04958", "NVlabs/stylegan2: networks, settings",
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
    /// Steps from one turn of the slope penalty to the next; it counts as often.
    public var slopeEvery = 16
    /// λ, the weight of the path length.
    public var pathLength = 2.0
    /// Steps from one turn of the path length to the next; it counts as often.
    public var pathEvery = 4

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
        .integer(
          "slopeEvery", \.slopeEvery, in: 1...1000,
          "Steps from one turn of the slope penalty to the next."),
        .number(
          "pathLength", \.pathLength, in: 0...1e6,
          "λ, the weight of the path length; without it the turn is left out."),
        .integer(
          "pathEvery", \.pathEvery, in: 1...1000,
          "Steps from one turn of the path length to the next."),
      ]
    }
  }

  public static let networks = [NetworkRole.generator, .discriminator, StyledGenerator.role]
  public static let architectures = StyleBackbones.all

  public static var defaults: RunConfig {
    var config = StyledGenerator.defaults("stylegan2-light")
    // Adam 2e-3 (0, 0.99), with the rate times c and β₂ to the power of c for a turn in each 4 and in
    // each 16 steps: c = 4/5 and 16/17 (appendix B).
    config.training.generatorOptimizer = .adam(
      .init(learningRate: 1.6e-3, beta1: 0, beta2: 0.99199))
    config.training.discriminatorOptimizer = .adam(
      .init(learningRate: 1.8824e-3, beta1: 0, beta2: 0.990585))
    return config
  }

  public static func build(_ request: BuildRequest<Options>) throws(ZooError) -> Contest {
    let options = request.options
    let generator = StyledGenerator(request, style: options.style, mixing: options.mixing)
    let meanLength = (request.state / "path").buffer("mean", repeating: 0, shape: [])
    return request.contest(
      Losses(
        options: options, sheets: generator.sheets,
        path: PathLength(generator: generator, mean: meanLength)),
      generator: generator, discriminator: request.discriminator())
  }

  /// The game and its penalties.
  public struct Losses: Objective {
    let options: Options
    public let sheets: [Sheet]
    let path: PathLength
    private let game = LogisticGame(options: .init())

    init(options: Options, sheets: [Sheet], path: PathLength) {
      (self.options, self.sheets, self.path) = (options, sheets, path)
    }

    /// Generator first, as in the authors' loop, and penalties behind whom they hold back.
    public func turns(at step: Int, _ training: TrainingSettings) -> [Turn] {
      let hasPath = options.pathLength > 0 && step % options.pathEvery == 0
      let hasSlope = step % options.slopeEvery == 0
      return [.generator(on: .next, game.generatorLoss)]
        + (hasPath ? [.generator(named: "pathPenalty", on: .same, pathPenalty)] : [])
        + [.discriminator(on: .same, game.discriminatorLoss)]
        + (hasSlope ? [.discriminator(named: "slopePenalty", on: .same, slopePenalty)] : [])
    }

    /// γ/2 ‖∇D(x)‖², as often as its turn is rare.
    private func slopePenalty(_ round: Round) -> Loss {
      let samples = round.real.samples.tracked()
      let scores = round.score(samples, given: round.real.condition)
      let weight = options.slopePenalty.value(at: round.position) / 2 * Double(options.slopeEvery)
      guard let squared = meanSquaredSlopes(of: scores, at: [samples])[0] else {
        return Loss(scores.sum() * 0)
      }
      return Loss(squared * weight, terms: ["r1": squared])
    }

    private func pathPenalty(_ round: Round) -> Loss {
      let (penalty, length) = path.penalty(round)
      return Loss(
        penalty * (options.pathLength * Double(options.pathEvery)), terms: ["pathLength": length])
    }
  }
}
