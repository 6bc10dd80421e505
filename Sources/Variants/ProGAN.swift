import ZooCore

/// Both networks grow: first small images are learnt, then layers for larger ones are faded in.
///
/// Source: Karras et al. 2018, "Progressive growing of GANs for improved quality, stability, and
/// variation", arXiv:1710.10196, in the form of `tkarras/progressive_growing_of_gans`. Deviations:
/// networks narrow enough for two cores and phases of minutes by default, and a class enters both players
/// as `conditioning` says.
public enum ProGAN: Variant {
  public static let card = VariantCard(
    name: "progan", title: "ProGAN", paper: "arXiv:1710.10196", year: 2018,
    summary: "Networks that grow from small images to large ones",
    idea: """
      What digits or faces look like from afar is learnt first and fast, on small images; layers for twice \
      the size are then faded in, again and again. All weights learn at one rate, pixels of maps are kept \
      at length one, and the discriminator sees how much a batch varies.
      """,
    discriminatorLoss:
      "mean D(G(z)) − mean D(x) + λ mean (‖∇D(x̂)‖₂ − t)² / t² + ε mean D(x)²",
    generatorLoss: "−mean D(G(z))",
    sources: [
      "Karras et al. 2018, arXiv:1710.10196",
      "tkarras/progressive_growing_of_gans: networks, schedule, settings",
    ])

  /// The `objective` block.
  public struct Options: GrowthPhases {
    /// Sizes beyond the smallest that are there from the beginning.
    public var start = 0
    /// Real images that each size is trained with before the next one is faded in.
    public var stable = 600_000
    /// Real images over which a size is faded in.
    public var fade = 600_000
    /// λ, the weight of the gradient penalty.
    public var gradientPenalty = 10.0
    /// t, the norm that gradients are held to.
    public var gradientNorm = 1.0
    /// ε, the weight of what keeps scores of real samples near zero.
    public var drift = 0.001

    public init() {}

    public static var fields: [Field<Options>] {
      phases + [
        .number(
          "gradientPenalty", \.gradientPenalty, in: 0...1e6, "λ, the weight of the penalty."),
        .number(
          "gradientNorm", \.gradientNorm, in: 1e-3...1e6,
          "t, the norm that gradients are held to; 750 for the authors' CIFAR-10."),
        .number(
          "drift", \.drift, in: 0...1000,
          "ε, the weight of what keeps scores of real samples near zero."),
      ]
    }
  }

  public static let architectures = [
    ProgressiveBackbone(fullWidth: 32).architecture(
      "progan", "Pairs of 3x3 convolutions that grow with the image, pixels normalised", width: 512),
    ProgressiveBackbone(fullWidth: 16).architecture(
      "progan-light", "The same, narrower beyond 16 pixels", width: 64),
  ]

  public static var defaults: RunConfig {
    var config = RunConfig()
    var network = NetworkSettings("progan-light", initialization: .lecun)
    network.weights = .equalized
    config.generator.network = network
    config.generator.latent.size = 64
    config.discriminator = network
    (config.training.steps, config.training.batch) = (60_000, 64)
    config.training.optimizer = .adam(.init(learningRate: 1e-3, beta1: 0, beta2: 0.99))
    config.training.averageDecay = 0.999
    return config
  }

  public static func build(_ request: BuildRequest<Options>) throws(ZooError) -> Contest {
    let (generator, discriminator) = (request.generator(), request.discriminator())
    return request.contest(
      Losses(options: request.options, growing: Growing(request)), generator: generator,
      discriminator: discriminator)
  }

  /// Both losses, and when networks grow.
  public struct Losses: Game {
    let options: Options
    let growing: Growing

    /// Optimizers start over when another size comes into use, as in the authors' loop.
    public func willStep(at position: RunPosition) -> Bool {
      growing.move(to: options.place(position.samplesSeen))
    }

    /// Layers that have not grown yet, or are outgrown.
    public func rests(_ player: Player, _ name: String, at step: Int) -> Bool {
      growing.rests(player, name)
    }

    /// D(G(z)) − D(x) + λ (‖∇D(x̂)‖₂ − t)² / t² + ε D(x)², means over the batch.
    public func discriminatorLoss(_ round: Round) -> Loss {
      let samples = growing.seen(round.real.samples)
      let (real, fake) = round.scores(of: samples, round.fakes)
      let estimate = real.mean() - fake.mean()
      let penalty = gradientPenalty(samples, round)
      return Loss(
        penalty * options.gradientPenalty + real.squared().mean() * options.drift - estimate,
        terms: ["wassersteinEstimate": estimate, "gradientPenalty": penalty])
    }

    /// −D(G(z)).
    public func generatorLoss(_ round: Round) -> Loss {
      Loss(-round.score(round.fakes).mean())
    }

    private func gradientPenalty(_ real: Tensor, _ round: Round) -> Tensor {
      let perSample = [real.shape[0]] + real.shape.dropFirst().map { _ in 1 }
      let mix = round.random.next(.interpolation).uniform(perSample, type: real.type)
      let fakes = round.fakes
      let between = (real + (fakes - real) * mix).tracked()
      guard
        let slope = gradient(of: round.score(between), at: [between], differentiable: true)[0]
      else { return Tensor(repeating: 1, shape: [], type: real.type) }
      // ε keeps the root's derivative finite where the gradient vanishes.
      let squared = slope.squared().sum(over: Array(slope.shape.indices.dropFirst()))
      let excess = (squared + 1e-12).squareRoot() - options.gradientNorm
      return excess.squared().mean() / (options.gradientNorm * options.gradientNorm)
    }
  }
}
