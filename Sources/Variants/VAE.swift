import ZooCore

/// The variational autoencoder: no adversary, a bound on the likelihood instead.
///
/// Source: Kingma & Welling 2013, arXiv:1312.6114, equations 3 and 10 and appendix B; networks and
/// settings after `pytorch/examples/vae` (784-400-20 and back, Adam 1e-3, batches of 128). Deviations:
/// the loss is the mean over a batch of what that script sums, so that it is read in nats an image and
/// Adam, which minds no scale, makes the same steps; pixels are judged by logits.
public enum VAE: Variant {
  public static let card = VariantCard(
    name: "vae", title: "Variational autoencoder", paper: "arXiv:1312.6114", year: 2013,
    summary: "Encoder and generator under one bound; no adversary",
    idea: """
      An encoder gives a distribution of latent codes for each sample, and the generator draws the
      sample again from a code of it. Both minimise a bound on the sample's negative log-likelihood: what
      is lost in between, and how far the codes are from the normal distribution that new samples are
      drawn from. Nobody judges, so nothing can collapse; the price is blur.
      """,
    discriminatorLoss: nil,
    generatorLoss: "mean of −ln p(x | z) + β · KL(q(z | x) ‖ N(0, 1)), z ~ q(z | x)",
    sources: [
      "Kingma & Welling 2013, arXiv:1312.6114",
      "pytorch/examples, vae/main.py: networks and settings",
      "Higgins et al. 2017, ICLR: β",
    ])

  /// How likely a sample is, given what the generator draws.
  public enum Likelihood: String, Sendable, CaseIterable {
    /// Each pixel in 0...1 is a coin's probability.
    case bernoulli
    /// Each value is normal about what is drawn, with a deviation of 1.
    case gaussian
  }

  /// The `objective` block.
  public struct Options: ConfigBlock {
    /// How likely a sample is.
    public var likelihood = Likelihood.bernoulli
    /// The weight of the divergence.
    public var beta = 1.0

    public init() {}

    public static var fields: [Field<Options>] {
      [
        .choice("likelihood", \.likelihood, "How likely a sample is, given what is drawn."),
        .number(
          "beta", \.beta, in: 0...1000, "Weight of the divergence; above 1 codes disentangle."),
      ]
    }
  }

  /// Mean and logarithm of the variance of each latent number.
  static let encoder = NetworkRole(
    "encoder", trainedBy: .generator, "gives a mean and a log variance for each latent number")
  public static let networks = [NetworkRole.generator, encoder]

  public static let architectures = [
    Architecture(
      name: "vae", summary: "One hidden layer each way, of 400 units", defaultWidth: 400,
      networks: [
        "encoder": { ["flatten"] + hidden($0) },
        // What keeps pixels in range is the likelihood's affair.
        "generator": { hidden($0) + [["reshape": .array($0.output.map { .number($0) })]] },
      ])
  ]

  private static func hidden(_ request: Architecture.Request) -> [JSONValue] {
    let (features, values) = (request.features, request.output.elementCount)
    return [["dense": .number(features)], "relu", ["dense": .number(values)]]
  }

  public static var defaults: RunConfig {
    var config = RunConfig()
    config.data.range = 0...1
    config.generator.network = NetworkSettings("vae", initialization: .pytorch)
    config.generator.latent.size = 20
    config.networks = ["encoder": NetworkSettings("vae", initialization: .pytorch)]
    // Ten epochs of MNIST.
    config.training.steps = 4690
    config.training.batch = 128
    config.training.optimizer = .adam(.init(learningRate: 1e-3, beta1: 0.9, beta2: 0.999))
    return config
  }

  public static func build(_ request: BuildRequest<Options>) throws(ZooError) -> Contest {
    let (options, sample) = (request.options, request.data.sample)
    let latent = request.config.generator.latent.space
    if latent.parts[0].distribution != .normal {
      request.refuse(
        ["generator", "latent", "distribution"], "the divergence is to a normal distribution",
        advice: "leave it out")
    }
    if options.likelihood == .bernoulli, sample.count != 3 || request.config.data.range != 0...1 {
      request.refuse(
        ["data", "range"], "a Bernoulli likelihood is of pixels in 0...1",
        advice: "set \"range\" to [0, 1], or objective.likelihood to \"gaussian\"")
    }
    request.refuseClasses()
    let bound = Bound(
      options: options, encoder: request.network(encoder, from: sample, to: [2 * latent.size]),
      decoder: request.network(.generator, from: [latent.size], to: sample),
      latent: latent)
    return request.contest(bound, generator: bound, discriminator: nil)
  }

  /// The negative evidence lower bound, and the generator in it.
  struct Bound: Objective, Generator {
    let options: Options
    let encoder: Network
    let decoder: Network
    let latent: LatentSpace

    // MARK: The generator

    var takes: Ingredients { Ingredients(latent: latent) }

    func callAsFunction(_ input: GeneratorInput, _ context: Context) -> Tensor {
      mean(decoder(input.codes(), context))
    }

    func export(to graph: GraphBuilder) throws(ZooError) {
      try decoder.export(to: graph)
      if options.likelihood == .bernoulli { graph.append("Sigmoid") }
    }

    private func mean(_ output: Tensor) -> Tensor {
      options.likelihood == .bernoulli ? output.sigmoid() : output
    }

    // MARK: The bound

    func turns(at step: Int, _ training: TrainingSettings) -> [Turn] {
      let minimised = { (round: Round) -> Loss in
        let (lost, divergence) = parts(round.real.samples, round.context)
        let terms: KeyValuePairs = [
          "reconstruction": lost.mean(), "divergence": divergence.mean(),
          "elbo": -(lost + divergence).mean(),
        ]
        return Loss((lost + divergence * options.beta).mean(), terms: terms)
      }
      return [.generator(on: .next, minimised)]
    }

    /// −ln p(x | z) and KL(q(z | x) ‖ N(0, 1)) of each sample, `[N]`, with one code each.
    private func parts(_ x: Tensor, _ context: Context) -> (lost: Tensor, divergence: Tensor) {
      let (mean, logVariance) = encode(x, context)
      let noise = context.random.next(.noise).normal(mean.shape, type: mean.type)
      let output = decoder(mean + noise * (logVariance * 0.5).exp(), context)
      let lost =
        switch options.likelihood {
        // BCE(σ(l), x) = softplus(l) − x · l.
        case .bernoulli: output.softplus() - x * output
        // ½ ln 2π beside the square.
        case .gaussian: (output - x).squared() * 0.5 + 0.918938533204673
        }
      // Appendix B: −½ Σ (1 + ln σ² − μ² − σ²).
      let divergence = (mean.squared() + logVariance.exp() - logVariance - 1) * 0.5
      return (lost.sum(over: Array(1..<lost.shape.count)), divergence.sum(over: [1]))
    }

    private func encode(_ x: Tensor, _ context: Context) -> (mean: Tensor, logVariance: Tensor) {
      let (both, shape) = (encoder(x, context), [x.shape[0], latent.size])
      return (both.slice(at: [0, 0], shape: shape), both.slice(at: [0, shape[1]], shape: shape))
    }

    // MARK: What is shown and measured

    var sheets: [Sheet] {
      let reconstructions = Sheet(
        "reconstructions", "Samples of the data, each above what is drawn from its mean code.",
        rows: 8, columns: 8
      ) { easel throws(ZooError) in
        let (real, context) = (try easel.real(32).samples, easel.context(32))
        let drawn = mean(decoder(encode(real, context).mean, context))
        // Eight side by side, then what is drawn of them.
        let rows = [real, drawn].map { $0.reshaped(to: [4, real.count / 4]) }
        return Tensor.concatenated(rows, along: 1).reshaped(to: [64] + decoder.output)
      }
      let plane = Sheet(
        "plane", "The latent plane, both numbers from -3 to 3.", rows: 15, columns: 15
      ) { easel in
        let codes = latent.codes(
          rows: 15, columns: 15, from: easel.random(.samples),
          setting: ["latent": { [3 * Double($1 - 7) / 7, 3 * Double($0 - 7) / 7] }])
        return mean(decoder(codes, easel.context(225)))
      }
      guard decoder.output.count == 3 else { return [] }
      return latent.size == 2 ? [reconstructions, plane] : [reconstructions]
    }

    func scores(_ examination: Examination) throws(ZooError) -> [Score] {
      let mean = try examination.testMean { batch, context in
        let (lost, divergence) = parts(batch.samples, context)
        return lost + divergence
      }
      return [Score("bound", "bound of a test sample (nats)", mean, .lower)]
    }
  }
}
