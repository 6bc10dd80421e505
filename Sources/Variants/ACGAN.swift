import ZooCore

/// Auxiliary classifier GAN: the discriminator is not told the class, it tells it.
///
/// Source: Odena, Olah & Shlens 2017, arXiv:1610.09585, section 3. Networks and settings are DCGAN's,
/// as in PyTorch-GAN's `acgan.py`; the class stands beside the latent code and is not multiplied with
/// it. Deviations from the paper: the discriminator learns classes from real samples alone, as in Keras'
/// `mnist_acgan.py`. Learning them from fakes too, it agrees with the generator on classes that are not
/// those of the data, since batch norm tells real batches from fakes.
public enum ACGAN: Variant {
  public static let card = VariantCard(
    name: "acgan", title: "Auxiliary classifier GAN", paper: "arXiv:1610.09585", year: 2017,
    summary: "A second head tells the class that the generator was asked for",
    idea: """
      The generator is given a class, the discriminator is not: a second head on its features must tell
      the class of real samples. The generator wants it to tell the class of fakes, too, and so draws what
      it is asked for.
      """,
    discriminatorLoss:
      "−mean ln σ(D(x)) − mean ln(1 − σ(D(G(z, c)))) − w · mean ln p(y | x)",
    generatorLoss: "−mean ln σ(D(G(z, c))) − w · mean ln p(c | G(z, c))",
    sources: [
      "Odena, Olah & Shlens 2017, arXiv:1610.09585, section 3",
      "eriklindernoren/PyTorch-GAN, acgan.py: DCGAN's networks",
    ])

  /// The `objective` block.
  public struct Options: ConfigBlock {
    /// The weight of the class beside the score.
    public var classWeight = 1.0
    /// The weight of fakes in the discriminator's loss of the class.
    public var fakeClassWeight = 0.0

    public init() {}

    public static var fields: [Field<Options>] {
      [
        .number(
          "classWeight", \.classWeight, in: 0...1000, "w: the weight of the class beside the score."
        ),
        .number(
          "fakeClassWeight", \.fakeClassWeight, in: 0...1000,
          "How much fakes count in the discriminator's loss of the class: 1 in the paper."),
      ]
    }
  }

  /// A logit for each class.
  static let classifier = NetworkRole(
    "classifier", trainedBy: .discriminator, "gives a logit for each class")
  public static let networks = [NetworkRole.generator, .discriminator, classifier]

  public static let architectures = [
    Architecture(
      name: "acgan", summary: "DCGAN's networks, and one dense layer that tells the class",
      defaultWidth: Backbones.dcgan.defaultWidth,
      networks: Backbones.dcgan.networks.merging([
        "classifier": { ["flatten", ["dense": .number($0.output.elementCount)]] }
      ]) { $1 })
  ]

  public static var defaults: RunConfig {
    var config = RunConfig()
    let network = NetworkSettings("acgan", initialization: .dcgan)
    config.generator.network = network
    config.discriminator = network
    config.networks = ["classifier": network]
    config.conditioning = ConditioningSettings()
    config.conditioning?.discriminator = .none
    config.conditioning?.fakeLabels = .uniform
    config.training.steps = 20_000
    config.training.batch = 64
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
      let (loss, features) = game.discriminatorLoss(judge, round)
      let onReal = ofClass(features.real, round.real.condition, round.context)
      let onFake = ofClass(features.fake, round.input.condition, round.context)
      return loss.adding(
        (onReal + onFake * options.fakeClassWeight) * options.classWeight,
        terms: ["realClassLoss": onReal, "fakeClassLoss": onFake])
    }

    func generatorLoss(_ round: Round) -> Loss {
      let (loss, features) = game.generatorLoss(judge, round)
      let ofClass = ofClass(features, round.input.condition, round.context)
      return loss.adding(ofClass * options.classWeight, terms: ["classLoss": ofClass])
    }

    /// The mean of −ln p(class | features).
    private func ofClass(
      _ features: Tensor, _ condition: Condition, _ context: Context
    ) -> Tensor {
      crossEntropy(of: classifier(features, context), labels: condition.labels ?? []).mean()
    }
  }
}
