import ZooCore

/// CycleGAN: two domains without pairs; what is translated and back again must be what it was.
///
/// Source: Zhu et al. 2017, arXiv:1703.10593, equations 1 to 3 and §4 and §5.2; networks, order and
/// settings after `junyanz/pytorch-CycleGAN-and-pix2pix`: both generators move at once, then both
/// discriminators, on those fakes or on earlier ones out of a pool.
public enum CycleGAN: Variant {
  public static let card = VariantCard(
    name: "cyclegan", title: "CycleGAN", paper: "arXiv:1703.10593", year: 2017,
    summary: "Translates between two sets of images that nobody has paired",
    idea: """
      One generator translates A to B, another B to A, and a discriminator for each domain wants to see
      its own kind. Any translation into the right kind would do for that; so what has gone there and back
      must be what it was. Then what pictures share is kept, and only the kind changes.
      """,
    discriminatorLoss: "½ Σ L(D(real), real) + L(D(pool), fake), both domains",
    generatorLoss: """
      L(D(G(A)), real) + L(D'(F(B)), real) + λ (|F(G(A)) − A| + |G(F(B)) − B|) \
      + λ · i (|G(B) − B| + |F(A) − A|)
      """,
    sources: [
      "Zhu et al. 2017, arXiv:1703.10593",
      "junyanz/pytorch-CycleGAN-and-pix2pix: networks, order, settings",
    ])

  /// The `objective` block.
  public struct Options: ConfigBlock {
    /// What scores are held to.
    public var loss = AdversarialLoss.leastSquares
    /// λ, the weight of the way there and back.
    public var cycle = 10.0
    /// i, the weight of leaving alone what is of the kind already, as a share of λ.
    public var identity = 0.5
    /// Room for so many fakes of each domain.
    public var pool = 50

    public init() {}

    public static var fields: [Field<Options>] {
      [
        .choice("loss", \.loss, "What scores are held to."),
        .number("cycle", \.cycle, in: 0...1e4, "λ: the weight of the way there and back."),
        .number(
          "identity", \.identity, in: 0...100,
          "Weight, as a share of λ, of leaving alone what is of the kind already."),
        .integer("pool", \.pool, in: 0...10_000, "Earlier fakes that are kept of each domain."),
      ]
    }
  }

  /// F, from B to A.
  static let back = NetworkRole(
    "back", trainedBy: .generator, like: .generator, "translates the other way")
  /// D', of A.
  static let backJudge = NetworkRole(
    "backDiscriminator", trainedBy: .discriminator, like: .discriminator, "judges the other way")
  public static let networks = [NetworkRole.generator, .discriminator, back, backJudge]
  public static let translates = true

  public static var defaults: RunConfig {
    var config = RunConfig()
    config.data.dataset = "stroke-digits"
    config.data.source = SourceSettings(made: .thicken, paired: false)
    let generator = NetworkSettings("resnet-3", width: 16, initialization: .dcgan)
    let judge = NetworkSettings("patch-34-instance", width: 32, initialization: .dcgan)
    config.generator.network = generator
    config.discriminator = judge
    config.networks = ["back": generator, "backDiscriminator": judge]
    config.training.steps = 3000
    config.training.batch = 8
    // Half of the run, then linearly to nothing.
    let rate = Schedule([(0.5, 2e-4), (1, 0)], in: .run)
    config.training.optimizer = .adam(.init(learningRate: rate, beta1: 0.5, beta2: 0.999))
    config.output.grid = [8, 12]
    return config
  }

  public static func build(_ request: BuildRequest<Options>) throws(ZooError) -> Contest {
    let (options, b) = (request.options, request.data.sample)
    let a = request.data.source ?? b
    request.refuseClasses()
    if options.identity > 0, a != b {
      request.refuse(
        ["objective", "identity"], "images \(a) and \(b) have nothing to leave alone",
        advice: "set objective.identity to 0")
    }
    let there = SequentialTranslator(
      source: a, network: request.network(.generator, from: a, to: b))
    let again = SequentialTranslator(source: b, network: request.network(back, from: b, to: a))
    func pool(_ name: String, _ shape: Shape) -> ReplayPool {
      request.replayPool(name, size: options.pool, of: shape)
    }
    let (judge, other) = (
      request.network(.discriminator, from: b), request.network(backJudge, from: a)
    )
    let ways = [
      Way(there: there, back: again, judge: judge, pool: pool("pool", b)),
      Way(there: again, back: there, judge: other, pool: pool("backPool", a)),
    ]
    return request.contest(
      Losses(options: options, ways: ways), generator: there,
      discriminator: SequentialDiscriminator(network: judge), reverse: again)
  }

  /// One of the two ways: who translates, who brings it back, who judges, and earlier translations.
  struct Way {
    let there: SequentialTranslator
    let back: SequentialTranslator
    let judge: Network
    let pool: ReplayPool
  }

  /// Equations 1 to 3 in both directions.
  struct Losses: Objective {
    let options: Options
    let ways: [Way]

    /// The translations of a step, which the discriminators see after the generators.
    private final class Drawn { var fakes: [Tensor] = [] }

    func turns(at step: Int, _ training: TrainingSettings) -> [Turn] {
      let drawn = Drawn()
      return [
        .generator(on: .next) { round in
          let (a, b) = (round.real.condition.images(), round.real.samples)
          let (forth, back) = (
            loss(on: ways[0], from: a, to: b, "forth", round),
            loss(on: ways[1], from: b, to: a, "back", round)
          )
          drawn.fakes = [forth.fakes, back.fakes]
          return forth.loss.adding(back.loss)
        },
        .discriminator(on: .same) { judgesLoss($0, drawn.fakes) },
      ]
    }

    /// What the generators minimise on one of the ways, and the translations.
    private func loss(
      on way: Way, from start: Tensor, to kind: Tensor, _ name: String, _ round: Round
    ) -> (loss: Loss, fakes: Tensor) {
      let fakes = way.there.translate(start, round.context)
      let again = way.back.translate(fakes, round.context)
      let adversarial = options.loss.of(way.judge(fakes, round.context), asReal: true)
      let cycle = (again - start).absolute().mean()
      let loss = Loss(
        adversarial + cycle * options.cycle,
        terms: ["\(name)Adversarial": adversarial, "\(name)Cycle": cycle])
      guard options.identity > 0 else { return (loss, fakes.detached()) }
      let alone = (way.there.translate(kind, round.context) - kind).absolute().mean()
      let weighed = alone * (options.cycle * options.identity)
      return (loss.adding(weighed, terms: ["\(name)Identity": alone]), fakes.detached())
    }

    private func judgesLoss(_ round: Round, _ fakes: [Tensor]) -> Loss {
      let kinds = [round.real.samples, round.real.condition.images()]
      let losses = zip(ways, zip(kinds, fakes)).map { way, seen -> Tensor in
        let earlier = way.pool.exchange(seen.1, round.random)
        let real = options.loss.of(way.judge(seen.0, round.context), asReal: true)
        return (real + options.loss.of(way.judge(earlier, round.context), asReal: false)) * 0.5
      }
      return Loss(losses[0] + losses[1], terms: ["forth": losses[0], "back": losses[1]])
    }

    // MARK: What is shown and measured

    /// Three images side by side: what is started from, what it becomes, and what that becomes again.
    var sheets: [Sheet] {
      [("cycle", "A", ways[0]), ("backCycle", "B", ways[1])].map { name, kind, way in
        Sheet(name, "\(kind), there, and back again, in threes.", rows: 8, columns: 9) {
          easel throws(ZooError) in
          let (real, context) = (try easel.real(24), easel.context(24))
          let start = kind == "A" ? real.condition.images() : real.samples
          let made = way.there.translate(start, context)
          return .sideBySide([start, made, way.back.translate(made, context)])
        }
      }
    }

    /// How far images are from themselves after both ways, and, of pairs, translations back from A.
    func scores(_ examination: Examination) throws(ZooError) -> [Score] {
      let isPaired = examination.test.source?.isPaired == true
      var (cycle, psnr, count) = (0.0, 0.0, 0.0)
      let most = min(examination.count, examination.test.count)
      try examination.forEachPortion(of: most) { numbers, context throws(ZooError) in
        let batch = try examination.test.batch(of: Array(numbers), range: examination.range)
        let a = batch.condition.images()
        let again = ways[1].there.translate(ways[0].there.translate(a, context), context)
        cycle += examination.differences(of: again, from: a).reduce(0) { $0 + $1.l1 }
        let back = ways[1].there.translate(batch.samples, context)
        psnr += examination.differences(of: back, from: a).reduce(0) { $0 + $1.psnr }
        count += Double(numbers.count)
      }
      let there = Score("cycleL1", "A from A there and back", cycle / count, .lower)
      let title = "PSNR of the way back to the truth (dB)"
      return isPaired ? [there, Score("backPSNR", title, psnr / count, .higher)] : [there]
    }
  }
}
