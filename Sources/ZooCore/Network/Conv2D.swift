/// A convolution of images `[N, H, W, C]` to `[N, H', W', K]`.
public struct Conv2D: Layer {
  /// `[kH, kW, C / groups, K]`.
  public let weight: Weight
  /// `[K]`, or nil.
  public let bias: Weight?
  private let window: Window
  private let groups: Int

  /// Registers `weight` and `bias` in `scope`.
  ///
  /// - Parameter groups: Channels are cut into so many groups, each convolved by itself; as many as
  ///   there are channels make it depthwise.
  public init(
    _ scope: Scope, _ inputs: Int, _ outputs: Int, window: Window, groups: Int = 1,
    bias: Bool = true
  ) {
    self.window = window
    self.groups = groups
    let fan = Fan(
      window: window, input: inputs / groups, output: outputs / groups, transposed: false)
    weight = scope.weights(
      [window.kernelHeight, window.kernelWidth, inputs / groups, outputs], fan: fan,
      layout: .convolution)
    self.bias = bias ? scope.bias(outputs, fan: fan) : nil
  }

  public func callAsFunction(_ input: Tensor, _ context: Context) -> Tensor {
    let output = input.convolved(with: weight(context), window: window, groups: groups)
    return bias.map { output + $0(context) } ?? output
  }

  public func export(to graph: GraphBuilder) {
    let size = window.outputSize(height: graph.shape[0], width: graph.shape[1])
    let grouping: [String: ONNXModel.Attribute] = groups == 1 ? [:] : ["group": .int(groups)]
    graph.append(
      "Conv", graph.weights(weight, bias), window.graphAttributes.merging(grouping) { $1 },
      shape: [size.height, size.width, weight.shape[3]])
  }

  /// `{ "conv": channels, "kernel": 5, "stride": 1, "padding": "same", "groups": 1, "bias": true }`.
  public struct Spec: LayerSpec {
    public static let key = "conv"
    public static let summary = "Convolution over images."
    var channels = 0
    var settings = WindowSettings()
    var groups = 1
    var bias = true
    var weights = WeightSettings()

    public init() {}

    public static var fields: [Field<Spec>] {
      [
        .integer("conv", \.channels, in: 1...65_536, required: true, "Number of output channels."),
        .pair("kernel", \.settings.kernel, in: 1...255, "Kernel size in pixels."),
        .pair("stride", \.settings.stride, in: 1...255, "Step in pixels."),
        .padding("padding", \.settings.padding),
        .integer(
          "groups", \.groups, in: 1...65_536,
          "Groups of channels that do not mix; as many as channels for a depthwise convolution."),
        .flag("bias", \.bias, "Whether a bias is added."),
      ] + WeightSettings.fields.map { $0.lifted(to: \.weights) }
    }

    public func build(at site: Site) throws(ShapeMismatch) -> Built {
      let (height, width, inputs) = try site.image(for: Self.key)
      guard inputs % groups == 0 && channels % groups == 0 else {
        throw ShapeMismatch(
          "\(groups) groups do not divide \(inputs) channels that come in and \(channels) that go out"
        )
      }
      let window = settings.window(height: height, width: width)
      let size = window.outputSize(height: height, width: width)
      guard size.height > 0 && size.width > 0 else {
        throw ShapeMismatch(
          "a kernel of \(settings.kernel[0])x\(settings.kernel[1]) does not fit \(height)x\(width) pixels"
        )
      }
      return Built(
        try Conv2D(
          site.scope(weights), inputs, channels, window: window, groups: groups, bias: bias),
        output: [size.height, size.width, channels],
        // One for each weight and each pixel that comes out.
        multiplyAdds: Double(size.height * size.width) * Double(window.kernelHeight)
          * Double(window.kernelWidth) * Double(inputs / groups) * Double(channels))
    }
  }
}
