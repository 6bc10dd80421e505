/// The search for the style that draws a picture: how much of it a generator can say.
///
/// Source: Karras et al. 2020, arXiv:1912.04958, appendix D, and `projector.py` of `NVlabs/stylegan2`.
/// Deviations: pixels are compared, not features of VGG, which has seen photos and no digits; what layers
/// draw by chance stays as it is, where the authors fit that too.
public final class Projection {
  /// Steps of the authors' recipe.
  public static let steps = 1000
  /// Samples that the mean and the spread of styles are taken from.
  private static let observed = 10_000

  /// How many steps are taken.
  public let steps: Int
  /// The style as far as it was found, `[1, size]`, or `[1, places · size]` of one for each place.
  private let style: Parameter
  private let optimizer: Optimizer
  private let generator: TrainedGenerator
  private let driven: any StyleDriven
  private let target: Tensor
  private let seed: UInt32
  /// How far styles are from their mean.
  private let spread: Double
  private var step = 0

  /// A search that has not begun.
  ///
  /// - Parameters:
  ///   - target: The picture `[1, H, W, C]`, of the generator's size and in its range.
  ///   - eachPlace: Looks for a style for each place, not one for all: closer to the picture, and further
  ///     from what the generator would draw by itself.
  /// - Throws: `.usage` where the generator has no styles.
  public init(
    of target: Tensor, by generator: TrainedGenerator, eachPlace: Bool = false,
    steps: Int = Projection.steps, seed: UInt32
  ) throws(ZooError) {
    require(
      target.shape == [1] + generator.sampleShape,
      "a picture \(target.shape) for a generator of \(generator.sampleShape)")
    let sources = generator.takes.inputs(
      Self.observed, from: RandomStream(seed: seed, purpose: .evaluation))
    let styles = try generator.styles(of: sources)
    let driven = try generator.driven()
    (self.generator, self.driven) = (generator, driven)
    (self.target, self.steps, self.seed) = (target, steps, seed)
    let mean = styles.mean(over: [0], keepingAxes: true).detached()
    spread = (styles - mean).squared().sum(over: [1]).mean().scalar.squareRoot()
    let start =
      eachPlace
      ? mean.repeated(atEachOf: driven.places).reshaped(to: [1, driven.places * mean.shape[1]])
      : mean
    style = Parameter(
      name: "style", layout: .plain, shape: start.shape, type: start.type, initial: { start })
    optimizer = Optimizer(
      .adam(.init(learningRate: .init(floatLiteral: Self.rate), beta1: 0.9, beta2: 0.999)), [style])
  }

  /// 0.1, raised from zero over a twentieth of the way and lowered along a cosine over its last quarter.
  private static let rate = 0.1

  private static func ramp(_ share: Double) -> Double {
    let down = min(1, (1 - share) / 0.25)
    return (0.5 - 0.5 * UnaryFunction.cosine(down * Double.pi)) * min(1, share / 0.05)
  }

  /// The styles `[places, size]` that were found.
  public var found: Tensor {
    let styles = spreadOut(style.value.detached())
    return styles.reshaped(to: Array(styles.shape.dropFirst()))
  }

  /// What the styles found so far draw, `[1, H, W, C]`.
  public var drawn: Tensor { withoutDerivatives { image(of: style.value) } }

  /// The root of the mean squared difference between the picture and `drawn`, pixels in 0...1.
  public var distance: Double { (drawn - target).squared().mean().scalar.squareRoot() / width }

  private var width: Double {
    let range = generator.recipe.config.data.range
    return range.upperBound - range.lowerBound
  }

  /// One step; whether another one follows.
  public func advance() -> Bool {
    guard step < steps else { return false }
    let share = Double(step) / Double(steps)
    // Noise that fades keeps the search from the first hollow it comes to.
    let fading = max(0, 1 - share / 0.75)
    let noise = RandomStream(seed: seed, purpose: .noise, step: step).normal(
      style.shape, deviation: 0.05 * spread * fading * fading, type: style.type)
    let loss = (image(of: style.value + noise) - target).squared().mean()
    optimizer.update(
      gradient(of: loss, at: [style.value]), scale: Self.ramp(share))
    step += 1
    return step < steps
  }

  private func image(of style: Tensor) -> Tensor {
    var input = GeneratorInput(
      latents: nil, condition: Condition(labels: driven.takes.classes.map { _ in [0] }))
    input.styles = spreadOut(style)
    let random = RandomSource(seed: seed, samples: 0..<1)
    return driven(
      input, Context(.inference, random: random, step: generator.checkpoint.step))
  }

  /// One style at each place, `[1, places, size]`.
  private func spreadOut(_ style: Tensor) -> Tensor {
    let size = driven.meanStyle.shape[0]
    return style.shape[1] == size
      ? style.repeated(atEachOf: driven.places) : style.reshaped(to: [1, driven.places, size])
  }
}
