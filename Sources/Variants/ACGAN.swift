import ZooCore

/// Auxiliary classifier GAN: the discriminator is not told the class, it tells it.
///
/// Source: Odena, Olah & Shlens 2017, arXiv:1610.09585, section 3; networks after Keras'
/// `mnist_acgan.py`, at half their width. Deviations from that code: the class stands beside the latent
/// code and is not multiplied with it, labels are 1 and 0, and fakes are classified too, as in the
/// paper.
public enum ACGAN: Variant {
  public static let card = VariantCard(
    name: "acgan", title: "Auxiliary classifier GAN", paper: "arXiv:1610.09585", year: 2017,
    summary: "A second head tells the class that the generator was asked for",
    idea: """
      The generator is given a class, the discriminator is not: a second head on its features must tell
      the class, of real samples and of fakes. Both players want the class to be told right, so the
      generator draws what it is asked for.
      """,
    discriminatorLoss:
      "−mean ln σ(D(x)) − mean ln(1 − σ(D(G(z, c)))) − w · (mean ln p(y | x) + mean ln p(c | G(z, c)))",
    generatorLoss: "−mean ln σ(D(G(z, c))) − w · mean ln p(c | G(z, c))",
    sources: [
      "Odena, Olah & Shlens 2017, arXiv:1610.09585, section 3",
      "keras-team/keras, examples/mnist_acgan.py: networks",
    ])

  /// The `objective` block.
  public struct Options: ConfigBlock {
    /// The weight of the class beside the score.
    public var classWeight = 1.0
    /// The weight of fakes in the discriminator's loss of the class.
    public var fakeClassWeight = 1.0

    public init() {}

    public static var fields: [Field<Options>] {
      [
        .number(
          "classWeight", \.classWeight, in: 0...1000, "w: the weight of the class beside the score."
        ),
        .number(
          "fakeClassWeight", \.fakeClassWeight, in: 0...1000,
          "How much fakes count in the discriminator's loss of the class; 0 for more variety."),
      ]
    }
  }

  /// A logit for each class.
  static let classifier = NetworkRole(
    "classifier", trainedBy: .discriminator, "gives a logit for each class")
  public static let networks = [NetworkRole.generator, .discriminator, classifier]

  public static let architectures = [
    Architecture(
      name: "acgan", summary: "ACGAN's MNIST networks: convolutions, dropout in the discriminator",
      defaultWidth: 16,
      networks: [
        "generator": generator, "discriminator": discriminator,
        "classifier": { request in
          ["flatten", ["dense": .number(request.output.elementCount)]]
        },
      ])
  ]

  @Sendable private static func generator(_ request: Architecture.Request) -> [JSONValue] {
    let (width, quarter) = (request.features, Backbones.halvings(request, 2)[2])
    // A kernel of 5 without padding takes four rows less to what a quarter of the image has.
    let start = (height: max(1, quarter.height - 4), width: max(1, quarter.width - 4))
    let kernel: [JSONValue] = [
      .number(quarter.height - start.height + 1), .number(quarter.width - start.width + 1),
    ]
    var layers: [JSONValue] = [
      ["dense": .number(start.height * start.width * 12 * width)], "relu",
      ["reshape": [.number(start.height), .number(start.width), .number(12 * width)]],
      ["convTranspose": .number(6 * width), "kernel": .array(kernel), "padding": "valid"],
      "relu", "batchNorm",
      ["convTranspose": .number(3 * width), "kernel": 5, "stride": 2], "relu", "batchNorm",
      ["convTranspose": .number(request.channels), "kernel": 5, "stride": 2],
    ]
    if 4 * quarter.height != request.height || 4 * quarter.width != request.width {
      layers.append(["crop": [.number(request.height), .number(request.width)]])
    }
    return layers + request.outputActivation
  }

  @Sendable private static func discriminator(_ request: Architecture.Request) -> [JSONValue] {
    let convolutions = [(1, 2), (2, 1), (4, 2), (8, 1)].flatMap { factor, stride -> [JSONValue] in
      [
        ["conv": .number(factor * request.features), "kernel": 3, "stride": .number(stride)],
        ["leakyRelu": 0.2], ["dropout": 0.3],
      ]
    }
    return convolutions + ["flatten", ["dense": 1]]
  }

  public static var defaults: RunConfig {
    var config = RunConfig()
    let network = NetworkSettings("acgan", initialization: .glorotUniform)
    config.generator.network = network
    config.discriminator = network
    config.networks = ["classifier": network]
    config.conditioning = ConditioningSettings()
    config.conditioning?.discriminator = .none
    config.conditioning?.fakeLabels = .uniform
    // Ten epochs of MNIST.
    config.training.steps = 6000
    config.training.batch = 100
    config.training.optimizer = .adam(.init(learningRate: 2e-4, beta1: 0.5, beta2: 0.999))
    config.output.grid = [10, 8]
    return config
  }

  public static func build(_ request: BuildRequest<Options>) throws(ZooError) -> Contest {
    if request.config.conditioning?.discriminator != ConditioningSettings.Method.none {
      request.refuse(
        ["conditioning"], "this variant's discriminator tells the class and is not told it",
        advice: "leave it out, or say \"none\"")
    }
    let sample = request.data.sample
    let judge = TrunkDiscriminator(request.network(.discriminator, from: sample, to: [1]))
    let losses = Losses(
      options: request.options, judge: judge,
      classifier: request.network(
        classifier, after: judge.trunk, to: [request.data.classes ?? 1]))
    return request.contest(losses, generator: request.generator(), discriminator: judge)
  }

  /// L_S and L_C of the paper, both to be minimised.
  struct Losses: Game {
    let options: Options
    let judge: TrunkDiscriminator
    let classifier: Network
    private let game = LogisticGame(options: .init())

    func discriminatorLoss(_ round: Round) -> Loss {
      // The fakes first: the generator's random numbers come before the discriminator's.
      let fakes = round.fakes
      let features = judge.features(real: round.real.samples, fake: fakes, round.context)
      let onReal = ofClass(features.real, round.real.condition, round.context)
      let onFake = ofClass(features.fake, round.input.condition, round.context)
      return game.discriminatorLoss(
        real: judge.head(features.real, round.context),
        fake: judge.head(features.fake, round.context)
      ).adding(
        (onReal + onFake * options.fakeClassWeight) * options.classWeight,
        terms: ["realClassLoss": onReal, "fakeClassLoss": onFake])
    }

    func generatorLoss(_ round: Round) -> Loss {
      let features = judge.trunk(round.fakes, round.context)
      let ofClass = ofClass(features, round.input.condition, round.context)
      return game.generatorLoss(fake: judge.head(features, round.context))
        .adding(ofClass * options.classWeight, terms: ["classLoss": ofClass])
    }

    /// The mean of −ln p(class | features).
    private func ofClass(
      _ features: Tensor, _ condition: Condition, _ context: Context
    ) -> Tensor {
      crossEntropy(of: classifier(features, context), labels: condition.labels ?? []).mean()
    }
  }
}
