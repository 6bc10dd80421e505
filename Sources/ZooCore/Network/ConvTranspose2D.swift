/// A transposed convolution of images `[N, H, W, C]` to `[N, H', W', K]`: the input gradient of a
/// convolution from `[H', W', K]` to `[H, W, C]`.
///
/// Source: Dumoulin & Visin 2016, arXiv:1603.07285, §4.
public struct ConvTranspose2D: Layer {
  /// `[kH, kW, K, C]`: the weights of the convolution that this is the gradient of.
  public let weight: Weight
  /// `[K]`, or nil.
  public let bias: Weight?
  private let window: Window
  private let height: Int
  private let width: Int

  /// Registers `weight` and `bias` in `scope`; the output has `height` x `width` pixels.
  public init(
    _ scope: Scope, _ inputs: Int, _ outputs: Int, window: Window, height: Int, width: Int,
    bias: Bool = true
  ) {
    self.window = window
    self.height = height
    self.width = width
    let fan = Fan(window: window, input: inputs, output: outputs, transposed: true)
    weight = scope.weights(
      [window.kernelHeight, window.kernelWidth, outputs, inputs], fan: fan, layout: .convolution,
      outputAxis: 2)
    self.bias = bias ? scope.bias(outputs, fan: fan) : nil
  }

  public func callAsFunction(_ input: Tensor, _ context: Context) -> Tensor {
    let output = input.transposedConvolved(
      with: weight(context), window: window, height: height, width: width)
    return bias.map { output + $0(context) } ?? output
  }

  public func export(to graph: GraphBuilder) {
    var attributes = window.graphAttributes
    // Rows and columns that the convolution back does not reach, below and to the right.
    attributes["output_padding"] = .ints([
      height + window.padding.top + window.padding.bottom - window.kernelHeight
        - (graph.shape[0] - 1) * window.strideY,
      width + window.padding.left + window.padding.right - window.kernelWidth
        - (graph.shape[1] - 1) * window.strideX,
    ])
    graph.append(
      "ConvTranspose", graph.weights(weight, bias), attributes,
      shape: [height, width, weight.shape[2]])
  }

  /// `{ "convTranspose": channels, "kernel": 5, "stride": 2, "padding": "same" }`.
  public struct Spec: LayerSpec {
    public static let key = "convTranspose"
    public static let summary = "Transposed convolution: upsamples images by its stride."
    var channels = 0
    var settings = WindowSettings()
    var outputPadding = 0
    var bias = true
    var weights = WeightSettings()

    public init() {}

    public static var fields: [Field<Spec>] {
      [
        .integer(
          "convTranspose", \.channels, in: 1...65_536, required: true,
          "Number of output channels."),
        .pair("kernel", \.settings.kernel, in: 1...255, "Kernel size in pixels."),
        .pair("stride", \.settings.stride, in: 1...255, "Upsampling factor."),
        .padding("padding", \.settings.padding),
        .integer(
          "outputPadding", \.outputPadding, in: 0...254,
          "Rows and columns added below and to the right, as in PyTorch; not with \"same\"."),
        .flag("bias", \.bias, "Whether a bias is added."),
      ] + WeightSettings.fields.map { $0.lifted(to: \.weights) }
    }

    public func build(at site: Site) throws(ShapeMismatch) -> Built {
      let (height, width, inputs) = try site.image(for: Self.key)
      guard settings.padding != .same || outputPadding == 0 else {
        throw ShapeMismatch("outputPadding goes with padding in pixels, not with \"same\"")
      }
      let size = outputSize(height, width)
      let window = settings.window(height: size.height, width: size.width)
      // The convolution back must give exactly the input's size.
      guard size.height > 0, size.width > 0,
        window.outputSize(height: size.height, width: size.width) == (height, width)
      else {
        throw ShapeMismatch(
          "kernel \(settings.kernel), stride \(settings.stride) and padding do not upsample \(height)x\(width) pixels"
        )
      }
      return Built(
        try ConvTranspose2D(
          site.scope(weights), inputs, channels, window: window, height: size.height,
          width: size.width,
          bias: bias), output: [size.height, size.width, channels],
        // One for each weight and each pixel that goes in.
        multiplyAdds: Double(height * width) * Double(window.kernelHeight)
          * Double(window.kernelWidth) * Double(inputs) * Double(channels))
    }

    private func outputSize(_ height: Int, _ width: Int) -> (height: Int, width: Int) {
      if settings.padding == .same {
        return (height * settings.stride[0], width * settings.stride[1])
      }
      let zeros = settings.window(height: 0, width: 0).padding
      return (
        (height - 1) * settings.stride[0] + settings.kernel[0] - zeros.top - zeros.bottom
          + outputPadding,
        (width - 1) * settings.stride[1] + settings.kernel[1] - zeros.left - zeros.right
          + outputPadding
      )
    }
  }
}
