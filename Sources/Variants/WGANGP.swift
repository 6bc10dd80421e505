import ZooCore

/// Wasserstein GAN with a gradient penalty.
///
/// The critic estimates the Wasserstein distance between data and samples; a penalty on the norm
/// of its gradient keeps it 1-Lipschitz, in place of WGAN's clipped weights.
///
/// Source: Gulrajani et al. 2017, "Improved training of Wasserstein GANs", arXiv:1704.00028,
/// algorithm 1; defaults from the authors' `gan_mnist.py`: images in [0, 1], Adam 1e-4 (0.5, 0.9)
/// where the paper's other experiments use (0, 0.9), batches of 50.
public enum WGANGP: Variant {
  public static let card = VariantCard(
    name: "wgan-gp", title: "WGAN-GP", paper: "arXiv:1704.00028", year: 2017,
    summary: "Wasserstein critic kept 1-Lipschitz by a penalty on its gradient's norm",
    idea: """
      The critic of WGAN, kept at slope one by a penalty instead of clipped weights. The penalty looks at the
      gradient of the score at random points between real and generated samples. It needs derivatives of
      derivatives, and trains nearly any network without tuning.
      """,
    discriminatorLoss: "mean D(G(z)) − mean D(x) + λ mean (‖∇D(x̂)‖₂ − 1)²",
    generatorLoss: "−mean D(G(z))",
    sources: [
      "Gulrajani et al. 2017, arXiv:1704.00028, algorithm 1",
      "igul222/improved_wgan_training, gan_mnist.py: networks and settings",
    ])

  /// The `objective` block.
  public struct Options: ConfigBlock {
    /// Which slopes are punished.
    public enum Side: String, Sendable, CaseIterable {
      /// All that differ from one: (‖∇‖ − 1)².
      case both = "two"
      /// Those above one: max(‖∇‖ − 1, 0)², the paper's §4 and appendix.
      case above = "one"
    }

    /// λ, the weight of the penalty.
    public var gradientPenalty: Schedule = 10
    /// Which slopes are punished.
    public var sided = Side.both

    public init() {}

    public static var fields: [Field<Options>] {
      [
        .schedule(
          "gradientPenalty", \.gradientPenalty, in: 0...1e6,
          "λ, the weight of the penalty on the critic's gradient."),
        .choice("sided", \.sided, "Whether slopes below one are punished too."),
      ]
    }
  }

  public static var defaults: RunConfig {
    var config = RunConfig()
    config.data.range = 0...1
    config.generator.latent.size = 128
    config.generator.network = NetworkSettings("wgan-gp", initialization: .wganGP)
    config.discriminator = NetworkSettings("wgan-gp", initialization: .wganGP)
    config.training.steps = 200_000
    config.training.batch = 50
    config.training.discriminatorSteps = 5
    config.training.optimizer = .adam(.init(learningRate: 1e-4, beta1: 0.5, beta2: 0.9))
    return config
  }

  public static func build(_ request: BuildRequest<Options>) throws(ZooError) -> Contest {
    request.contest(Losses(options: request.options))
  }

  /// Both losses.
  public struct Losses: Game {
    let options: Options

    /// D(G(z)) − D(x) + λ (‖∇D(x̂)‖₂ − 1)², means over the batch.
    public func discriminatorLoss(_ round: Round) -> Loss {
      let (real, fake) = round.scores()
      let estimate = real.mean() - fake.mean()
      let penalty = gradientPenalty(round)
      return Loss(
        penalty * options.gradientPenalty.value(at: round.position) - estimate,
        terms: ["wassersteinEstimate": estimate, "gradientPenalty": penalty])
    }

    /// −D(G(z)).
    public func generatorLoss(_ round: Round) -> Loss {
      Loss(-round.score(round.fakes).mean())
    }

    /// (‖∇D(x̂)‖₂ − 1)² for each sample, at a random place x̂ on the line between a real sample and
    /// a fake; the norm is over all values of a sample.
    private func gradientPenalty(_ round: Round) -> Tensor {
      let (real, fakes) = (round.real.samples, round.fakes)
      let perSample = [real.shape[0]] + real.shape.dropFirst().map { _ in 1 }
      let mix = round.random.next(.interpolation).uniform(perSample, type: real.type)
      let between = (fakes + (real - fakes) * mix).tracked()
      guard
        let slope = gradient(of: round.score(between), at: [between], differentiable: true)[0]
      else {
        // A constant critic: its slope is 0.
        return Tensor(repeating: options.sided == .both ? 1 : 0, shape: [], type: real.type)
      }
      // ε keeps the root's derivative finite where the gradient vanishes.
      let squared = slope.squared().sum(over: Array(slope.shape.indices.dropFirst()))
      let excess = (squared + 1e-12).squareRoot() - 1
      return (options.sided == .both ? excess : excess.relu()).squared().mean()
    }
  }
}
