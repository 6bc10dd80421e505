import ZooCore

/// Pix2PixHD: large images from maps of labels, coarse first and then finer, judged at several sizes.
///
/// Source: Wang et al. 2018, arXiv:1711.11585, equations 2 to 5 and §3; networks, order and settings
/// after `NVIDIA/pix2pixHD`: both losses are of the same fakes, the generator moves first. Deviations:
/// the coarse generator learns in the same run as the fine one, on images halved as the judges halve
/// them.
public enum Pix2PixHD: Variant {
  public static let card = VariantCard(
    name: "pix2pixhd", title: "Pix2PixHD", paper: "arXiv:1711.11585", year: 2018,
    summary: "Draws large images from maps of labels, coarse first and then finer",
    idea: """
      A coarse generator draws at half the size, and an enhancer around it at the whole. Several \
      discriminators see images at several sizes: the small ones judge the whole, the large ones the \
      details. What the discriminators see inside, of real and of drawn images, must be alike; that \
      takes the place of the difference of pixels.
      """,
    discriminatorLoss: "Σ ½ (L(D(A, B), real) + L(D(A, G(A)), fake)), all sizes",
    generatorLoss: "Σ L(D(A, G(A)), real) + λ · |D's features of B − of G(A)| + λ' · perceptual",
    sources: [
      "Wang et al. 2018, arXiv:1711.11585", "NVIDIA/pix2pixHD: networks, order, settings",
    ])

  /// The `objective` block.
  public struct Options: ConfigBlock {
    /// What scores are held to.
    public var loss = AdversarialLoss.leastSquares
    /// λ, the weight of feature matching.
    public var matching = 10.0
    /// How many discriminators there are, each of images half as large.
    public var sizes = 2
    /// Whether an enhancer draws around a coarse generator of half the size.
    public var enhancer = false
    /// So many steps the coarse generator learns alone.
    public var coarseSteps = 0
    /// So many steps after them the enhancer learns alone.
    public var frozenSteps = 0
    /// Whether an encoder tells the generator what maps leave open.
    public var encoder = false
    /// λ', the weight of the perceptual difference.
    public var perceptual = 10.0
    /// A network for it, safetensors: VGG19's weights with torchvision's names, or a classifier that
    /// `zoo eval` has kept; without a file there is none.
    public var perceptualWeights: String?

    public init() {}

    public static var fields: [Field<Options>] {
      [
        .choice("loss", \.loss, "What scores are held to."),
        .number("matching", \.matching, in: 0...1e4, "λ: the weight of feature matching."),
        .integer("sizes", \.sizes, in: 1...3, "Discriminators, each of half the size."),
        .flag("enhancer", \.enhancer, "Whether an enhancer draws around a coarse generator."),
        .integer(
          "coarseSteps", \.coarseSteps, in: 0...1_000_000_000, "Steps of the coarse one alone."),
        .integer(
          "frozenSteps", \.frozenSteps, in: 0...1_000_000_000, "Then steps of the enhancer alone."),
        .flag("encoder", \.encoder, "Whether an encoder tells the generator what maps leave open."),
        .number(
          "perceptual", \.perceptual, in: 0...1e4, "λ': the weight of the perceptual difference."),
        .optionalText(
          "perceptualWeights", \.perceptualWeights, "a path",
          "VGG19's weights for it (torchvision's names), or zoo's own classifier; none without."),
      ]
    }
  }

  static let judges =
    [NetworkRole.discriminator]
    + ["half", "quarter"].map { size in
      NetworkRole(
        "\(size)Discriminator", trainedBy: .discriminator, like: .discriminator,
        "judges images of \(size) the size")
    }
  public static let networks = ScenePainter.networks + judges
  public static let translates = true

  public static var defaults: RunConfig {
    var config = RunConfig()
    config.data.dataset = "stroke-digits"
    config.data.source = SourceSettings(made: .scenes)
    let painter = NetworkSettings("global-3", width: 16, initialization: .dcgan)
    let judge = NetworkSettings("patch-34-hd", width: 16, initialization: .dcgan)
    (config.generator.network, config.discriminator) = (painter, judge)
    for role in networks where role != .generator && role != .discriminator {
      config.networks[role.name] = role.player == .generator ? painter : judge
    }
    config.networks[InstanceStyles.role.name]?.architecture = "encoder-2"
    (config.training.steps, config.training.batch) = (3000, 8)
    // Half of the run, then linearly to nothing.
    let rate = Schedule([(0.5, 2e-4), (1, 0)], in: .run)
    config.training.optimizer = .adam(.init(learningRate: rate, beta1: 0.5, beta2: 0.999))
    config.output.grid = [6, 9]
    return config
  }

  public static func build(_ request: BuildRequest<Options>) throws(ZooError) -> Contest {
    let options = request.options
    request.refuseClasses()
    request.refuseUnpaired()
    if options.coarseSteps > 0, !options.enhancer || options.sizes == 1 {
      request.refuse(
        ["objective", "coarseSteps"],
        "steps of a coarse generator alone need an enhancer and a discriminator of half the size",
        advice: "set objective.enhancer to true and objective.sizes to 2 or 3")
    }
    let painter = ScenePainter(
      request, isEnhanced: options.enhancer, learnsCoarseFirst: options.coarseSteps > 0,
      hasEncoder: options.encoder)
    let sample = request.data.sample
    let judge = ScaledJudge(
      request, judges.prefix(options.sizes), of: painter, comparesFeatures: options.matching > 0)
    let perceptual = try options.perceptualWeights.map { path throws(ZooError) in
      try PerceptualDifference(weights: path, of: sample, range: request.config.data.range)
    }
    return request.contest(
      Losses(options: options, painter: painter, judge: judge, perceptual: perceptual),
      generator: painter, discriminator: judge)
  }

  /// Equations 2 to 5.
  struct Losses: Objective {
    let options: Options
    let painter: ScenePainter
    let judge: ScaledJudge
    let perceptual: PerceptualDifference?

    /// The translations of a step, which the discriminators see after the generator, and what they come
    /// from.
    private final class Drawn { var seen: (fakes: Tensor, source: Tensor)? }

    func stage(at step: Int) -> ScenePainter.Stage {
      if step < options.coarseSteps { return .coarse }
      return options.enhancer && step < options.coarseSteps + options.frozenSteps ? .frozen : .whole
    }

    func turns(at step: Int, _ training: TrainingSettings) -> [Turn] {
      let (drawn, stage) = (Drawn(), stage(at: step))
      painter.enter(stage)
      return [
        .generator(on: .next) { round in
          let source = painter.read(round.real.condition)
          let fakes = painter.draw(round.real, from: source, stage, round.context)
          drawn.seen = (fakes.detached(), source)
          return loss(of: fakes, from: source, round, stage)
        },
        .discriminator(on: .same) { round in
          guard let (fakes, source) = drawn.seen else {
            fatalError("a discriminator's turn without fakes")
          }
          let real = seen(truth(round, stage), source, round, stage)
          let fake = seen(fakes, source, round, stage)
          let losses = zip(real, fake).map {
            options.loss.of($0.scores, asReal: true) + options.loss.of($1.scores, asReal: false)
          }
          return Loss(
            losses.total() * 0.5,
            terms: ["realScore": real[0].scores.mean(), "fakeScore": fake[0].scores.mean()])
        },
      ]
    }

    /// True images of the size that a stage draws.
    private func truth(_ round: Round, _ stage: ScenePainter.Stage) -> Tensor {
      stage == .coarse ? round.real.samples.halved() : round.real.samples
    }

    private func seen(
      _ images: Tensor, _ source: Tensor, _ round: Round, _ stage: ScenePainter.Stage
    ) -> [ScaledJudge.Sight] {
      judge.seen(images, beside: source, from: stage == .coarse ? 1 : 0, round.context)
    }

    private func loss(
      of fakes: Tensor, from source: Tensor, _ round: Round, _ stage: ScenePainter.Stage
    ) -> Loss {
      let fake = seen(fakes, source, round, stage)
      let adversarial = fake.map { options.loss.of($0.scores, asReal: true) }.total()
      var loss = Loss(adversarial, terms: ["adversarial": adversarial])
      if options.matching > 0 {
        let real = withoutDerivatives { seen(truth(round, stage), source, round, stage) }
        let matching = ScaledJudge.difference(of: fake, from: real)
        loss = loss.adding(matching * options.matching, terms: ["matching": matching])
      }
      if let perceptual, options.perceptual > 0 {
        let difference = perceptual(fakes, truth(round, stage))
        loss = loss.adding(difference * options.perceptual, terms: ["perceptual": difference])
      }
      return loss
    }

    func rests(_ player: Player, _ name: String, at step: Int) -> Bool {
      let isEnhancers = name.hasPrefix("enhancer")
      switch (stage(at: step), player) {
      case (.coarse, .generator): return isEnhancers
      case (.coarse, .discriminator): return !name.contains("Discriminator")
      case (.frozen, .generator): return !isEnhancers
      default: return false
      }
    }
  }
}
