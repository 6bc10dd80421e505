/// Instance normalisation: each channel of each image less its mean, over its deviation.
///
/// As PyTorch's `InstanceNorm2d`: the variance is divided by the number of pixels, and there is no
/// scale and shift unless asked for. Source: Ulyanov et al. 2016, arXiv:1607.08022.
public struct InstanceNorm: Layer {
  private let scale: Parameter?
  private let shift: Parameter?
  private let epsilon: Double

  /// Registers `weight` and `bias` in `scope` where it is `affine`.
  public init(_ scope: Scope, _ channels: Int, epsilon: Double = 1e-5, affine: Bool = false) {
    self.epsilon = epsilon
    scale = affine ? scope.normScale(channels) : nil
    shift =
      affine
      ? scope.parameter("bias", shape: [channels]) { _ in
        Tensor(repeating: 0, shape: [channels], type: scope.type)
      } : nil
  }

  public func callAsFunction(_ input: Tensor, _ context: Context) -> Tensor {
    let normal = input.instanceNormalized(epsilon: epsilon)
    guard let scale, let shift else { return normal }
    return normal * scale.value + shift.value
  }

  public func export(to graph: GraphBuilder) {
    graph.appendInstanceNorm(epsilon, graph.parameters(scale, shift))
  }

  /// `"instanceNorm"` or `{ "instanceNorm": epsilon, "affine": false }`.
  public struct Spec: LayerSpec {
    public static let key = "instanceNorm"
    public static let summary = "Normalises each channel of each image over its pixels."
    var epsilon = 1e-5
    var affine = false

    public init() {}

    public static var fields: [Field<Spec>] {
      [
        .number("instanceNorm", \.epsilon, in: 1e-12...1, "ε, added to the variance."),
        .flag("affine", \.affine, "Whether each channel has a learned scale and shift."),
      ]
    }

    public func build(at site: Site) throws(ShapeMismatch) -> Built {
      let channels = try site.instanceNormChannels(for: Self.key)
      return Built(
        InstanceNorm(site.scope, channels, epsilon: epsilon, affine: affine), output: site.input)
    }
  }
}

extension Tensor {
  /// Images `[N, H, W, C]` with mean 0 and variance 1 in each channel of each image.
  func instanceNormalized(epsilon: Double) -> Tensor {
    let centred = self - mean(over: [1, 2], keepingAxes: true)
    let variance = centred.squared().mean(over: [1, 2], keepingAxes: true)
    return centred * (variance + epsilon).squareRoot().reciprocal()
  }
}

extension Site {
  /// Channels of images with several pixels: of one, less its mean, nothing is left.
  func instanceNormChannels(for layer: String) throws(ShapeMismatch) -> Int {
    let (height, width, channels) = try image(for: layer)
    guard height * width > 1 else {
      throw ShapeMismatch(
        "\(layer) needs several pixels, but \(input) comes in: of one value nothing is left",
        advice: "leave the layer out where an image has one pixel")
    }
    return channels
  }
}

extension GraphBuilder {
  /// Appends an instance normalisation with these names of scale and shift; neither where there are
  /// none.
  func appendInstanceNorm(_ epsilon: Double, _ affine: [String] = []) {
    let channels = shape[shape.count - 1]
    let plain = [Float(1), 0].map { [Float](repeating: $0, count: channels) }
    append(
      "InstanceNormalization",
      affine.isEmpty ? plain.map { constant($0, shape: [channels]) } : affine,
      ["epsilon": .float(Float(epsilon))])
  }
}
