/// Batch normalisation over all axes but the last, with PyTorch's conventions: running statistics
/// move by `momentum`, and the running variance is unbiased.
///
/// Source: Ioffe & Szegedy 2015, arXiv:1502.03167.
public struct BatchNorm: Layer {
  /// Nil for 1, and `shift` for 0.
  private let scale: Parameter?
  private let shift: Parameter?
  private let runningMean: Parameter
  private let runningVariance: Parameter
  private let epsilon: Double
  private let momentum: Double

  /// Registers `running_mean` and `running_var` in `scope`, and `weight` and `bias` where it is
  /// `affine`.
  public init(
    _ scope: Scope, _ channels: Int, epsilon: Double = 1e-5, momentum: Double = 0.1,
    affine: Bool = true
  ) {
    self.epsilon = epsilon
    self.momentum = momentum
    scale = affine ? scope.normScale(channels) : nil
    shift =
      affine
      ? scope.parameter("bias", shape: [channels]) { _ in
        Tensor(repeating: 0, shape: [channels], type: scope.type)
      } : nil
    runningMean = scope.buffer("running_mean", repeating: 0, shape: [channels])
    runningVariance = scope.buffer("running_var", repeating: 1, shape: [channels])
  }

  public func callAsFunction(_ input: Tensor, _ context: Context) -> Tensor {
    func constant(_ value: Double) -> Tensor {
      Tensor(repeating: value, shape: runningMean.shape, type: input.type)
    }
    let (scale, shift) = (scale?.value ?? constant(1), shift?.value ?? constant(0))
    guard context.mode == .training || context.statisticsShare != nil else {
      let factor = (runningVariance.value.detached() + epsilon).squareRoot().reciprocal() * scale
      return (input - runningMean.value.detached()) * factor + shift
    }
    let samples = Double(input.count / input.shape[input.shape.count - 1])
    require(
      samples > 1,
      "batch norm in training on \(input.shape): of one value for each channel nothing is left")
    let moments = BatchMoments(of: input, epsilon: epsilon)
    let share = context.statisticsShare ?? momentum
    follow(runningMean, moments.mean, share)
    follow(runningVariance, moments.variance * (samples / (samples - 1)), share)
    return input.batchNormalized(moments, scale: scale, shift: shift, epsilon: epsilon)
  }

  public var mixesSamples: Bool { true }

  public func export(to graph: GraphBuilder) {
    let channels = runningMean.shape[0]
    let plain = [Float(1), 0].map { [Float](repeating: $0, count: channels) }
    let affine =
      scale == nil
      ? plain.map { graph.constant($0, shape: [channels]) } : graph.parameters(scale, shift)
    graph.append(
      "BatchNormalization", affine + graph.parameters(runningMean, runningVariance),
      ["epsilon": .float(Float(epsilon))])
  }

  private func follow(_ running: Parameter, _ value: Tensor, _ share: Double) {
    running.assign(running.value.detached() * (1 - share) + value.detached() * share)
  }

  /// `"batchNorm"` or `{ "batchNorm": epsilon, "momentum": 0.1 }`.
  public struct Spec: LayerSpec {
    public static let key = "batchNorm"
    public static let summary = "Batch normalisation over all but the channels."
    var epsilon = 1e-5
    var momentum = 0.1

    public init() {}

    public static var fields: [Field<Spec>] {
      [
        .number("batchNorm", \.epsilon, in: 1e-12...1, "ε, added to the variance."),
        .number(
          "momentum", \.momentum, in: 0...1,
          "Share of the new batch in the running statistics (PyTorch's meaning; Keras's is 1 − it)."
        ),
      ]
    }

    /// Refuses passes of which it would see one value for each channel: less its mean, that is zero.
    func expectSamples(at site: Site, for layer: String) throws(ShapeMismatch) {
      try site.expectSamples(site.input.dropLast().reduce(1, *) == 1 ? 2 : 1, for: layer)
    }

    public func build(at site: Site) throws(ShapeMismatch) -> Built {
      try expectSamples(at: site, for: Self.key)
      return Built(
        BatchNorm(
          site.scope, site.input[site.input.count - 1], epsilon: epsilon, momentum: momentum),
        output: site.input)
    }
  }
}

/// Layer normalisation of each sample over all its values.
///
/// Scale and shift are one for each channel (PyTorch's `GroupNorm(1, C)`). The critic of a gradient
/// penalty must not mix samples, which batch norm does.
///
/// Source: Ba et al. 2016, arXiv:1607.06450; Gulrajani et al. 2017, §4.
public struct LayerNorm: Layer {
  private let scale: Parameter
  private let shift: Parameter
  private let epsilon: Double

  /// Registers `weight` and `bias` in `scope`.
  public init(_ scope: Scope, _ channels: Int, epsilon: Double = 1e-5) {
    self.epsilon = epsilon
    scale = scope.normScale(channels)
    shift = scope.parameter("bias", shape: [channels]) { _ in
      Tensor(repeating: 0, shape: [channels], type: scope.type)
    }
  }

  public func callAsFunction(_ input: Tensor, _ context: Context) -> Tensor {
    let axes = Array(input.shape.indices.dropFirst())
    let centred = input - input.mean(over: axes, keepingAxes: true)
    let variance = centred.squared().mean(over: axes, keepingAxes: true)
    return centred * (variance + epsilon).squareRoot().reciprocal() * scale.value + shift.value
  }

  /// An instance normalisation of each sample as one row, then scale and shift.
  ///
  /// ONNX's own LayerNormalization has a scale for every value, not one for each channel.
  public func export(to graph: GraphBuilder) {
    let shape = graph.shape
    let image = shape.count == 3
    let channelsFirst = image ? [shape[2], shape[0], shape[1]] : shape
    let perChannel = image ? [shape[2], 1, 1] : shape
    graph.append("Reshape", [graph.constant([0, 1, shape.elementCount])])
    graph.append(
      "InstanceNormalization",
      [graph.constant([1], shape: [1]), graph.constant([0], shape: [1])],
      ["epsilon": .float(Float(epsilon))])
    graph.append("Reshape", [graph.constant([0] + channelsFirst)])
    graph.append("Mul", [graph.parameter(scale, shape: perChannel)])
    graph.append("Add", [graph.parameter(shift, shape: perChannel)])
  }

  /// `"layerNorm"` or `{ "layerNorm": epsilon }`.
  public struct Spec: LayerSpec {
    public static let key = "layerNorm"
    public static let summary = "Normalises each sample over all its values."
    var epsilon = 1e-5

    public init() {}

    public static var fields: [Field<Spec>] {
      [.number("layerNorm", \.epsilon, in: 1e-12...1, "ε, added to the variance.")]
    }

    public func build(at site: Site) throws(ShapeMismatch) -> Built {
      guard site.input.elementCount > 1 else {
        throw ShapeMismatch(
          "layerNorm needs several values in a sample, but \(site.input) comes in: of one value "
            + "nothing is left")
      }
      return Built(
        LayerNorm(site.scope, site.input[site.input.count - 1], epsilon: epsilon),
        output: site.input)
    }
  }
}
