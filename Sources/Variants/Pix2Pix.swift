import ZooCore

/// Pix2Pix: an image is translated, and judged beside the one that it comes from.
///
/// Source: Isola et al. 2017, arXiv:1611.07004, equations 1 to 4; networks, order and settings after
/// `junyanz/pytorch-CycleGAN-and-pix2pix`: the discriminator moves first, and the generator answers it
/// with the same fake. Deviation: batches are larger than 1 unless a config says so, and images are
/// translated with batch norm's running statistics.
public enum Pix2Pix: Variant {
  public static let card = VariantCard(
    name: "pix2pix", title: "Pix2Pix", paper: "arXiv:1611.07004", year: 2017,
    summary: "Translates images by pairs of them: edges to digits, labels to photos",
    idea: """
      A U-Net translates an image into another one. A discriminator sees both, patch by patch, and says
      whether they belong together; the absolute difference from the true translation keeps the rest in
      place. What the difference alone would blur, the discriminator makes sharp.
      """,
    discriminatorLoss: "½ (L(D(A, B), real) + L(D(A, G(A)), fake))",
    generatorLoss: "L(D(A, G(A)), real) + λ · mean |B − G(A)|",
    sources: [
      "Isola et al. 2017, arXiv:1611.07004",
      "junyanz/pytorch-CycleGAN-and-pix2pix: networks, order, settings",
    ])

  /// The `objective` block.
  public struct Options: ConfigBlock {
    /// What scores are held to.
    public var loss = AdversarialLoss.logistic
    /// λ, the weight of the difference from the true image.
    public var l1 = 100.0
    /// The weight of the discriminator's say; with 0 there is none.
    public var adversarial = 1.0
    /// Whether the discriminator sees what is translated.
    public var conditional = true

    public init() {}

    public static var fields: [Field<Options>] {
      [
        .choice("loss", \.loss, "What scores are held to."),
        .number("l1", \.l1, in: 0...1e6, "λ: the weight of the difference from the true image."),
        .number(
          "adversarial", \.adversarial, in: 0...1e6,
          "The weight of the discriminator's say; with 0 it does not move."),
        .flag("conditional", \.conditional, "Whether it sees what is translated."),
      ]
    }
  }

  public static let translates = true

  public static var defaults: RunConfig {
    var config = RunConfig()
    config.data.dataset = "stroke-digits"
    config.data.source = SourceSettings(made: .edges)
    config.generator.network = NetworkSettings("unet", width: 32, initialization: .dcgan)
    config.discriminator = NetworkSettings("patch-34", width: 32, initialization: .dcgan)
    config.training.steps = 2000
    config.training.batch = 16
    config.training.optimizer = .adam(.init(learningRate: 2e-4, beta1: 0.5, beta2: 0.999))
    config.output.grid = [8, 12]
    return config
  }

  public static func build(_ request: BuildRequest<Options>) throws(ZooError) -> Contest {
    let (options, sample) = (request.options, request.data.sample)
    let source = request.data.source ?? sample
    request.refuseClasses()
    request.refuseUnpaired()
    request.refuseOtherSizes(than: source)
    let generator = SequentialTranslator(
      source: source, network: request.network(.generator, from: source, to: sample))
    let seen = options.conditional ? source[2] + sample[2] : sample[2]
    let judge = PairJudge(
      network: request.network(.discriminator, from: [sample[0], sample[1], seen]),
      isConditional: options.conditional)
    return request.contest(
      Losses(options: options, generator: generator, judge: judge), generator: generator,
      discriminator: judge)
  }

  /// Scores pairs: the image that is translated and its translation, one behind the other.
  struct PairJudge: Discriminator {
    let network: Network
    let isConditional: Bool

    var mixesSamples: Bool { network.mixesSamples }

    func callAsFunction(
      _ samples: Tensor, given condition: Condition, _ context: Context
    ) -> Tensor {
      guard isConditional else { return network(samples, context) }
      return network(.concatenated([condition.images(), samples], along: 3), context)
    }
  }

  /// Equations 1 to 4.
  struct Losses: Objective {
    let options: Options
    let generator: SequentialTranslator
    let judge: PairJudge

    /// The translation that the discriminator has just judged; the generator, which has not moved since,
    /// answers it with the same.
    private final class Drawn {
      private var fakes: Tensor?

      func make(_ round: Round, by generator: SequentialTranslator) -> Tensor {
        let made = generator(round.input, round.context)
        fakes = made
        return made
      }

      func take() -> Tensor? {
        defer { fakes = nil }
        return fakes
      }
    }

    func turns(at step: Int, _ training: TrainingSettings) -> [Turn] {
      guard options.adversarial > 0 else {
        return [.generator(on: .next) { difference(generator($0.input, $0.context), $0) }]
      }
      let drawn = Drawn()
      let judged = Turn.discriminator { judgesLoss($0, drawn.make($0, by: generator).detached()) }
      return Array(repeating: judged, count: training.discriminatorSteps) + [
        .generator { round in
          let fakes = drawn.take() ?? generator(round.input, round.context)
          let said = options.loss.of(score(fakes, round), asReal: true)
          return difference(fakes, round)
            .adding(said * options.adversarial, terms: ["adversarial": said])
        }
      ]
    }

    private func score(_ samples: Tensor, _ round: Round) -> Tensor {
      round.score(samples, given: round.real.condition)
    }

    private func judgesLoss(_ round: Round, _ fakes: Tensor) -> Loss {
      let (real, fake) = (score(round.real.samples, round), score(fakes, round))
      let loss = options.loss.of(real, asReal: true) + options.loss.of(fake, asReal: false)
      return Loss(
        loss * 0.5, terms: ["realScore": real.mean(), "fakeScore": fake.mean()])
    }

    private func difference(_ fakes: Tensor, _ round: Round) -> Loss {
      let l1 = (round.real.samples - fakes).absolute().mean()
      return Loss(l1 * options.l1, terms: ["l1": l1])
    }
  }
}
