import ZooCore

/// Energy-based GAN: an autoencoder judges by how badly it draws a sample again.
///
/// Source: Zhao et al. 2016, arXiv:1609.03126, equations 1 to 6. Settings are a beginning, not tuned.
enum EnergyGAN: Variant {
  static let card = VariantCard(
    name: "ebgan", title: "Energy-based GAN", paper: "arXiv:1609.03126", year: 2016,
    summary: "An autoencoder judges by how badly it draws a sample again",
    idea: """
      The discriminator is an autoencoder, and its energy what is lost between a sample and what it
      makes of it. Real samples get low energies, fakes energies up to a margin. A pulling-away term keeps
      the codes of fakes apart, so that they differ.
      """,
    discriminatorLoss: "mean E(x) + mean max(0, m − E(G(z))), E(x) = ‖Dec(Enc(x)) − x‖",
    generatorLoss: "mean E(G(z)) + w · pulling-away(Enc(G(z)))",
    sources: ["Zhao et al. 2016, arXiv:1609.03126"])

  struct Options: ConfigBlock {
    /// Energies of fakes beyond it no longer count.
    var margin = 10.0
    /// Weight of the pulling-away term.
    var pullingAway = 0.1
    /// Numbers in the autoencoder's code.
    var code = 64

    static var fields: [Field<Options>] {
      [
        .number("margin", \.margin, in: 0...1000, "Energies of fakes beyond it do not count."),
        .number("pullingAway", \.pullingAway, in: 0...1000, "Weight of the pulling-away term."),
        .integer("code", \.code, in: 1...4096, "Numbers in the autoencoder's code."),
      ]
    }
  }

  // MARK: Networks

  /// Two networks make the judge; both move in the discriminator's turn.
  static let encoder = NetworkRole("encoder", trainedBy: .discriminator, "gives a sample's code")
  static let decoder = NetworkRole("decoder", trainedBy: .discriminator, "draws a code's sample")
  static let networks = [NetworkRole.generator, encoder, decoder]

  /// Configs of this program can say `"swish"`.
  static let layers: [any LayerSpec.Type] = [Swish.Spec.self]

  static let architectures = [
    Architecture(
      name: "ebgan", summary: "Dense networks with swish", defaultWidth: 512,
      networks: ["generator": drawing, "encoder": { ["flatten"] + hidden($0) }, "decoder": drawing])
  ]

  private static func hidden(_ request: Architecture.Request) -> [JSONValue] {
    let (features, values) = (request.features, request.output.elementCount)
    return [["dense": .number(features)], "swish", ["dense": .number(values)]]
  }

  private static let drawing: Architecture.Layers = { request in
    hidden(request) + request.outputActivation
      + [["reshape": .array(request.output.map { .number($0) })]]
  }

  static var defaults: RunConfig {
    var config = RunConfig()
    let network = NetworkSettings("ebgan", initialization: .pytorch)
    config.generator.network = network
    config.networks = ["encoder": network, "decoder": network]
    config.training.optimizer = .adam(.init(learningRate: 1e-3, beta1: 0.5, beta2: 0.999))
    return config
  }

  static func build(_ request: BuildRequest<Options>) throws(ZooError) -> Contest {
    request.refuseClasses()
    let (sample, code) = (request.data.sample, request.options.code)
    let latent = request.config.generator.latent.space
    let generator = SequentialGenerator(
      latent: latent, network: request.network(.generator, from: [latent.size], to: sample))
    let energy = Energy(
      encoder: request.network(encoder, from: sample, to: [code]),
      decoder: request.network(decoder, from: [code], to: sample))
    return request.contest(
      Losses(options: request.options, energy: energy), generator: generator,
      discriminator: energy)
  }

  /// E(x) of each sample, `[N]`.
  struct Energy: Discriminator {
    let encoder: Network
    let decoder: Network

    var mixesSamples: Bool { encoder.mixesSamples || decoder.mixesSamples }

    func callAsFunction(
      _ samples: Tensor, given condition: Condition, _ context: Context
    ) -> Tensor {
      let lost = decoder(encoder(samples, context), context) - samples
      let square = lost.squared().sum(over: Array(1..<lost.shape.count))
      // Finite derivatives where nothing is lost.
      return (square + 1e-12).squareRoot()
    }
  }

  // MARK: Losses

  struct Losses: Game {
    let options: Options
    let energy: Energy

    /// Equation 2.
    func discriminatorLoss(_ round: Round) -> Loss {
      let (real, fake) = round.scores()
      return Loss(
        real.mean() + (options.margin - fake).relu().mean(),
        terms: ["realEnergy": real.mean(), "fakeEnergy": fake.mean()])
    }

    /// Equation 3, and the term of §2.4.
    func generatorLoss(_ round: Round) -> Loss {
      let energies = round.score(round.fakes).mean()
      let together = pullingAway(energy.encoder(round.fakes, round.context))
      return Loss(
        energies + together * options.pullingAway, terms: ["pullingAway": together])
    }

    /// Equation 6: the mean squared cosine of two codes of `[N, size]`.
    private func pullingAway(_ codes: Tensor) -> Tensor {
      let count = Double(codes.shape[0])
      let length = (codes.squared().sum(over: [1], keepingAxes: true) + 1e-12).squareRoot()
      let unit = codes / length
      let cosines = unit.matrixProduct(unit, transposeOther: true)
      return (cosines.squared().sum() - count) / max(1, count * (count - 1))
    }

    /// What the judge makes of real samples.
    var sheets: [Sheet] {
      guard energy.decoder.output.count == 3 else { return [] }
      return [
        Sheet("again", "A row of samples, and what the judge draws of them.", rows: 2, columns: 8) {
          easel throws(ZooError) in
          let (real, context) = (try easel.real(8).samples, easel.context(8))
          return .concatenated([real, energy.decoder(energy.encoder(real, context), context)])
        }
      ]
    }
  }
}
