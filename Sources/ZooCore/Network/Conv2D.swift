/// A convolution of images `[N, H, W, C]` to `[N, H', W', K]`.
public struct Conv2D: Layer {
  /// `[kH, kW, C, K]`.
  public let weight: Parameter
  /// `[K]`, or nil.
  public let bias: Parameter?
  private let window: Window

  /// Registers `weight` and `bias` in `scope`.
  public init(_ scope: Scope, _ inputs: Int, _ outputs: Int, window: Window, bias: Bool = true) {
    self.window = window
    let fan = Fan(window: window, input: inputs, output: outputs, transposed: false)
    weight = scope.weights(
      [window.kernelHeight, window.kernelWidth, inputs, outputs], fan: fan, layout: .convolution)
    self.bias = bias ? scope.bias(outputs, fan: fan) : nil
  }

  public func callAsFunction(_ input: Tensor, _ context: Context) -> Tensor {
    let output = input.convolved(with: weight.value, window: window)
    return bias.map { output + $0.value } ?? output
  }

  public func export(to graph: GraphBuilder) {
    let size = window.outputSize(height: graph.shape[0], width: graph.shape[1])
    graph.append(
      "Conv", graph.parameters(weight, bias), window.graphAttributes,
      shape: [size.height, size.width, weight.shape[3]])
  }

  /// `{ "conv": channels, "kernel": 5, "stride": 1, "padding": "same", "bias": true }`.
  public struct Spec: LayerSpec {
    public static let key = "conv"
    public static let summary = "Convolution over images."
    var channels = 0
    var settings = WindowSettings()
    var bias = true

    public init() {}

    public static var fields: [Field<Spec>] {
      [
        .integer("conv", \.channels, in: 1...65_536, required: true, "Number of output channels."),
        .pair("kernel", \.settings.kernel, in: 1...255, "Kernel size in pixels."),
        .pair("stride", \.settings.stride, in: 1...255, "Step in pixels."),
        .padding("padding", \.settings.padding),
        .flag("bias", \.bias, "Whether a bias is added."),
      ]
    }

    public func build(at site: Site) throws(ShapeMismatch) -> Built {
      let (height, width, inputs) = try site.image(for: Self.key)
      let window = settings.window(height: height, width: width)
      let size = window.outputSize(height: height, width: width)
      guard size.height > 0 && size.width > 0 else {
        throw ShapeMismatch(
          "a kernel of \(settings.kernel[0])x\(settings.kernel[1]) does not fit \(height)x\(width) pixels"
        )
      }
      return Built(
        Conv2D(site.scope, inputs, channels, window: window, bias: bias),
        output: [size.height, size.width, channels],
        // One for each weight and each pixel that comes out.
        multiplyAdds: Double(size.height * size.width) * Double(window.kernelHeight)
          * Double(window.kernelWidth) * Double(inputs) * Double(channels))
    }
  }
}
