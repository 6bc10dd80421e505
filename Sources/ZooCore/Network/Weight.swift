/// Weights or a bias as a pass uses them: a parameter's values, or what a transform makes of them.
///
/// Layers read `weight(context)`, so that none of them has to know of transforms.
public struct Weight {
  /// What is trained and saved.
  public let parameter: Parameter
  private let transformed: ((Tensor, Context) -> Tensor)?

  /// The parameter's values as they are.
  public init(_ parameter: Parameter) {
    self.parameter = parameter
    transformed = nil
  }

  /// What `transform`, a function of the parameter's values, makes of them.
  public init(_ parameter: Parameter, _ transform: @escaping (Tensor, Context) -> Tensor) {
    self.parameter = parameter
    transformed = transform
  }

  /// The parameter's values times a constant.
  init(_ parameter: Parameter, times factor: Double) {
    let last = LastResult()
    self.init(parameter) { values, _ in last.result(of: [values]) { values * factor } }
  }

  /// The weights in this pass, of the parameter's shape.
  public func callAsFunction(_ context: Context) -> Tensor {
    transformed?(parameter.value, context) ?? parameter.value
  }

  /// The shape of the weights.
  public var shape: Shape { parameter.shape }
}

/// What was last made of some tensors: while these are the same, it is given out again, and what
/// backends keep of its buffer stays in use.
final class LastResult {
  private var sources: [Tensor] = []
  private var isRecorded = false
  private var last: Tensor?

  /// What `make` gives, from now or from before.
  func result(of sources: [Tensor], _ make: () -> Tensor) -> Tensor {
    // The same values with another history are another place to take derivatives at.
    let isSame = zip(self.sources, sources).allSatisfy {
      $0.buffer === $1.buffer && $0.node === $1.node
    }
    if let last, isSame, isRecorded == Recording.isEnabled { return last }
    let result = make()
    (self.sources, isRecorded, last) = (sources, Recording.isEnabled, result)
    return result
  }
}

/// How weights are made of parameters, for a network or for one layer.
public enum WeightTransform: String, Sendable, CaseIterable, Defaulted {
  /// Parameters are the weights.
  case plain
  /// Weights are parameters divided by an estimate of their largest singular value. Miyato et al.
  /// 2018, arXiv:1802.05957.
  case spectralNorm
  /// Parameters start as N(0, 1) and are scaled by 1 / √fan-in at run time, so that all learn at one
  /// rate. Karras et al. 2018, arXiv:1710.10196, §4.1.
  case equalized

  public init() { self = .plain }
}

/// What a layer says of its weights.
struct WeightSettings: ConfigBlock, Equatable {
  /// The layer's own transform; the network's when nil.
  var transform: WeightTransform?
  /// Factor of the first weights; of equalised ones, of the weights in use.
  var gain = 1.0
  /// Factor of the learning rate, for equalised weights.
  var rate = 1.0

  static var fields: [Field<WeightSettings>] {
    [
      Field(
        "weights", \.transform, Codec<WeightTransform>.choice.optional,
        "How weights are made of parameters; as in the network when absent."),
      .number(
        "gain", \.gain, in: 0...100,
        "Factor of the first weights; of equalized ones, of the weights in use."),
      .number(
        "rate", \.rate, in: 1e-4...1e4,
        "Factor of the learning rate; for equalized weights only."),
    ]
  }
}

extension Site {
  /// The scope of a layer whose weights are made as `settings` say.
  func scope(_ settings: WeightSettings) throws(ShapeMismatch) -> Scope {
    let transform = settings.transform ?? scope.weightRule.transform
    guard settings.rate == 1 || transform == .equalized else {
      throw ShapeMismatch(
        "a rate of \(settings.rate) goes with equalized weights, these are \(transform.rawValue)",
        advice: "leave \"rate\" out, or set \"weights\" to \"equalized\"")
    }
    guard settings.gain > 0 || transform == .plain else {
      throw ShapeMismatch(
        "a gain of 0 leaves nothing of \(transform.rawValue) weights",
        advice: "set \"weights\" to \"plain\", or \"gain\" above 0")
    }
    return scope.making(WeightRule(transform: transform, gain: settings.gain, rate: settings.rate))
  }
}

/// How a scope makes weights.
struct WeightRule {
  var transform = WeightTransform.plain
  var gain = 1.0
  var rate = 1.0
}
