import ZooCore

/// InfoGAN: latent codes that must be told from what is drawn, and so come to mean something.
///
/// Source: Chen et al. 2016, arXiv:1606.03657, equations 5 and 6 and appendix C.1; networks and
/// settings after `openai/InfoGAN`: both weights 1, and the discriminator's Adam moves the codes'
/// network too. Deviations: continuous codes have a deviation of 1, where that code has an output for
/// it that nothing trains; images are drawn with batch norm's running statistics.
public enum InfoGAN: Variant {
  public static let card = VariantCard(
    name: "infogan", title: "InfoGAN", paper: "arXiv:1606.03657", year: 2016,
    summary: "Codes in the latent code that can be read from the sample",
    idea: """
      Beside noise the generator is given codes: a category and some numbers. A network on the
      discriminator's features tells the codes from the sample, and both players help it, which raises a
      bound on what codes and samples know of each other. Categories become kinds of digits, numbers slant
      and width, and nobody gave a label.
      """,
    discriminatorLoss: "−mean ln σ(D(x)) − mean ln(1 − σ(D(G(z, c)))) − λ · mean ln q(c | G(z, c))",
    generatorLoss: "−mean ln σ(D(G(z, c))) − λ · mean ln q(c | G(z, c))",
    sources: [
      "Chen et al. 2016, arXiv:1606.03657",
      "openai/InfoGAN: networks and settings",
    ])

  /// The `objective` block.
  public struct Options: ConfigBlock {
    /// Categories of the one categorical code.
    public var categories = 10
    /// Codes that are numbers, uniform in [−1, 1).
    public var numbers = 2
    /// λ, the weight of the information.
    public var weight = 1.0

    public init() {}

    public static var fields: [Field<Options>] {
      [
        .integer("categories", \.categories, in: 2...1000, "Categories of the categorical code."),
        .integer("numbers", \.numbers, in: 0...64, "Codes that are numbers from -1 to 1."),
        .number("weight", \.weight, in: 0...1000, "λ: the weight of the information on codes."),
      ]
    }
  }

  /// Logits of the categories and the means of the numbers.
  static let codes = NetworkRole(
    "codes", trainedBy: .discriminator, "gives a logit for each category and each number's mean")
  public static let networks = [NetworkRole.generator, .discriminator, codes]

  public static let architectures = [
    Architecture(
      name: "infogan", summary: "InfoGAN's MNIST networks: two convolutions, two dense layers",
      defaultWidth: 64,
      networks: [
        "generator": { Backbones.twoAndTwoUp($0, activation: "relu") },
        "discriminator": { Backbones.twoAndTwoDown($0, slope: slope) },
        "codes": { request in
          [
            "flatten", ["dense": .number(2 * request.features)], "batchNorm",
            ["leakyRelu": .number(slope)], ["dense": .number(request.output.elementCount)],
          ]
        },
      ])
  ]
  /// That of the authors' code; their paper says 0.1.
  private static let slope = 0.01

  public static var defaults: RunConfig {
    var config = RunConfig()
    config.data.range = 0...1
    let network = NetworkSettings("infogan", initialization: .dcgan)
    config.generator.network = network
    config.generator.latent.size = 62
    config.generator.latent.distribution = .uniform
    config.discriminator = network
    config.networks = ["codes": network]
    // Fifty epochs of a hundred steps.
    config.training.steps = 5000
    config.training.batch = 128
    config.training.optimizer = .adam(.init(learningRate: 2e-4, beta1: 0.5, beta2: 0.999))
    config.training.generatorOptimizer = .adam(
      .init(learningRate: 1e-3, beta1: 0.5, beta2: 0.999))
    return config
  }

  public static func build(_ request: BuildRequest<Options>) throws(ZooError) -> Contest {
    let (options, sample) = (request.options, request.data.sample)
    request.refuseClasses()
    var latent = request.config.generator.latent.space
      .adding("category", size: options.categories, .categorical)
    if options.numbers > 0 { latent = latent.adding("numbers", size: options.numbers, .uniform) }
    let generator = SequentialGenerator(
      latent: latent, network: request.network(.generator, from: [latent.size], to: sample))
    let judge = TrunkDiscriminator(request.network(.discriminator, from: sample, to: [1]))
    let reader = request.network(
      codes, after: judge.trunk, to: [options.categories + options.numbers])
    return request.contest(
      Losses(
        options: options, generator: generator, latent: latent, judge: judge, reader: reader,
        isOfImages: sample.count == 3),
      generator: generator, discriminator: judge)
  }

  /// The game with the information on codes.
  struct Losses: Game {
    let options: Options
    let generator: SequentialGenerator
    let latent: LatentSpace
    let judge: TrunkDiscriminator
    let reader: Network
    let isOfImages: Bool
    private let game = LogisticGame(options: .init())

    func discriminatorLoss(_ round: Round) -> Loss {
      let (loss, features) = game.discriminatorLoss(judge, round)
      return withInformation(loss, features.fake, round)
    }

    func generatorLoss(_ round: Round) -> Loss {
      let (loss, features) = game.generatorLoss(judge, round)
      return withInformation(loss, features, round)
    }

    /// Equation 5 without what is constant: mean ln q(c | x), the numbers' normal about their mean.
    private func withInformation(_ loss: Loss, _ features: Tensor, _ round: Round) -> Loss {
      let (read, codes) = (reader(features, round.context), round.input.codes())
      func ofRead(_ start: Int, _ size: Int) -> Tensor {
        read.slice(at: [0, start], shape: [codes.shape[0], size])
      }
      let (categories, numbers) = (options.categories, options.numbers)
      let known =
        ofRead(0, categories).logSoftmax() * latent.values(of: "category", in: codes)
      let onCategory = known.sum(over: [1]).mean()
      let loss = loss.adding(
        onCategory * -options.weight, terms: ["categoryInformation": onCategory])
      guard numbers > 0 else { return loss }
      let missed = ofRead(categories, numbers) - latent.values(of: "numbers", in: codes)
      let onNumbers = missed.squared().sum(over: [1]).mean() * -0.5
      return loss.adding(onNumbers * -options.weight, terms: ["numberInformation": onNumbers])
    }

    // MARK: What is shown and measured

    /// A sheet whose codes go by their place.
    private func sheet(
      _ name: String, _ summary: String, rows: Int, columns: Int,
      category: @escaping (_ row: Int, _ column: Int) -> Int,
      numbers: @escaping (_ column: Int) -> [Double]
    ) -> Sheet {
      Sheet(name, summary, rows: rows, columns: columns) { easel in
        var parts: [String: (Int, Int) -> [Double]] = [
          "category": { .init(oneAt: category($0, $1), of: options.categories) }
        ]
        if options.numbers > 0 { parts["numbers"] = { numbers($1) } }
        let codes = latent.codes(
          rows: rows, columns: columns, from: easel.random(.samples), setting: parts)
        return generator(GeneratorInput(latents: codes), easel.context(rows * columns))
      }
    }

    var sheets: [Sheet] {
      guard isOfImages else { return [] }
      let (most, middle) = (
        min(options.categories, 10), [Double](repeating: 0, count: options.numbers)
      )
      let categories = sheet(
        "categories", "A category in each column, the same noise along a row.", rows: 10,
        columns: most, category: { $1 }, numbers: { _ in middle })
      // Beyond the −1 to 1 of training, as in the paper's figure 2.
      let numbers = (0..<options.numbers).map { number in
        sheet(
          "number\(number + 1)", "Number \(number + 1) from -2 to 2, a category in each row.",
          rows: most, columns: 9, category: { row, _ in row }
        ) { column in
          middle.indices.map { $0 == number ? Double(column - 4) / 2 : 0 }
        }
      }
      return [categories] + numbers
    }

    /// The share of samples that are of the class most frequent in their category.
    func scores(_ examination: Examination) throws(ZooError) -> [Score] {
      guard isOfImages else { return [] }
      let codes = latent.draw(examination.count, from: examination.random(.evaluation))
      let seen = try examination.classes { range, context in
        generator(GeneratorInput(latents: codes.rows(range)), context)
      }
      guard let seen else { return [] }
      let kinds = zip(latent.categories(of: "category", in: codes), seen)
      let found = Dictionary(kinds.map { ([$0, $1], 1) }, uniquingKeysWith: +)
      let most = Dictionary(found.map { ($0.key[0], $0.value) }, uniquingKeysWith: max)
      let purity = Double(most.values.reduce(0, +)) / Double(seen.count)
      return [Score("purity", "of their category's most frequent class", purity, .higher)]
    }
  }
}
