import ZooCore

/// The hinge loss, which SNGAN's successors play for: a score counts for the discriminator only until
/// it clears a margin of one.
///
/// Source: Lim & Ye 2017, arXiv:1705.02894; Miyato et al. 2018, arXiv:1802.05957, equations 16 and 17.
public struct HingeGame: Game {
  /// The `objective` block of variants that have nothing to choose in it.
  public struct Options: ConfigBlock {
    public init() {}

    public static var fields: [Field<Options>] { [] }
  }

  let generator: any Generator
  /// What keeps the generator's weights apart; nil for nothing.
  var orthogonality: Orthogonality?

  /// max(0, 1 − D(x)) + max(0, 1 + D(G(z))), means over the batch.
  public func discriminatorLoss(_ round: Round) -> Loss {
    let (real, fake) = round.scores()
    return Loss(
      (1 - real).relu().mean() + (fake + 1).relu().mean(),
      terms: ["realScore": real.mean(), "fakeScore": fake.mean()])
  }

  /// −D(G(z)).
  public func generatorLoss(_ round: Round) -> Loss {
    let loss = Loss(-round.score(round.fakes).mean())
    guard let orthogonality else { return loss }
    let penalty = orthogonality.penalty()
    return loss.adding(penalty * orthogonality.weight, terms: ["orthogonality": penalty])
  }

  /// A column for each class, the same latent code along a row.
  public var sheets: [Sheet] {
    guard let classes = generator.takes.classes, let latent = generator.takes.latent else {
      return []
    }
    let (rows, columns) = (8, min(classes, 10))
    let summary = "A class in each column, the same latent code along a row."
    return [
      Sheet("classes", summary, rows: rows, columns: columns) { easel in
        let codes = latent.draw(rows, from: easel.random(.samples))
        let places = (0..<rows * columns).map { Int32($0) }
        let input = GeneratorInput(
          latents: codes.gathered(places.map { $0 / Int32(columns) }),
          condition: Condition(labels: places.map { $0 % Int32(columns) }))
        return generator(input, easel.context(rows * columns))
      }
    ]
  }

  /// What the recipes share: both networks of one architecture with spectral norm, classes by
  /// projection, batches of 64, Adam 1e-4 and the discriminator's 4e-4 (0, 0.9).
  static func defaults(
    _ architecture: String, initialization: Initialization
  ) -> RunConfig {
    var config = RunConfig()
    var network = NetworkSettings(architecture, initialization: initialization)
    network.weights = .spectralNorm
    (config.generator.network, config.discriminator) = (network, network)
    config.generator.latent.size = 128
    config.conditioning = ConditioningSettings()
    config.conditioning?.discriminator = .projection
    (config.training.steps, config.training.batch) = (20_000, 64)
    config.training.optimizer = .adam(.init(learningRate: 1e-4, beta1: 0, beta2: 0.9))
    config.training.discriminatorOptimizer = .adam(
      .init(learningRate: 4e-4, beta1: 0, beta2: 0.9))
    config.output.grid = [10, 8]
    return config
  }
}

/// How far the filters of weights are from being orthogonal, whatever their lengths: ‖W Wᵀ ⊙ (1 − I)‖².
///
/// Source: Brock et al. 2019, arXiv:1809.11096, equation 3. The factor is that of its code, whose
/// gradient is half of the equation's; W are the parameters, not divided by their norms.
package struct Orthogonality {
  let weight: Double
  private let weights: [Parameter]

  /// Of all weights in a store but codes of classes, which stand for themselves.
  package init(_ weight: Double, of store: ParameterStore) {
    self.weight = weight
    weights = store.parameters.filter { $0.shape.count > 1 && !$0.name.hasPrefix("label.") }
  }

  /// Half of the sum over all weights.
  package func penalty() -> Tensor {
    weights.map { parameter in
      let outputs = parameter.shape[parameter.shape.count - 1]
      let columns = parameter.value.reshaped(
        to: [parameter.shape.elementCount / outputs, outputs])
      // Products of filters, or of inputs where these are fewer: their squares have one sum.
      let turned = columns.transposed([1, 0])
      let products =
        outputs <= columns.shape[0]
        ? turned.matrixProduct(columns) : columns.matrixProduct(turned)
      let own = columns.squared().sum(over: [0]).squared().sum()
      return (products.squared().sum() - own) * 0.5
    }.total()
  }
}
