/// A convolution whose input channels a style scales, and whose outputs are scaled back to the
/// variance that they would have without it.
///
/// Scale – convolve – demodulate: y = d · conv(s · x, W) with s = affine(style) and
/// d = 1 / √(s² · Σ W² + 1e-8), which equals a convolution with weights of each sample's own. Source:
/// Karras et al. 2020, arXiv:1912.04958, equations 1 and 3.
public struct ModulatedConv2D: Layer {
  /// `[kH, kW, C, K]`.
  public let weight: Weight
  /// `[K]`, or nil.
  public let bias: Weight?
  private let affine: Dense
  private let window: Window
  /// Nil where rows and columns stay as many.
  private let doubling: Doubling?
  private let place: Int
  private let demodulates: Bool
  private static let epsilon = 1e-8

  /// Registers `weight`, `bias`, and `affine` with its bias of ones in `scope`.
  init(
    _ scope: Scope, _ inputs: Int, _ outputs: Int, window: Window, doubling: Doubling?, style: Int,
    place: Int, demodulates: Bool, bias: Bool
  ) {
    (self.window, self.place, self.demodulates) = (window, place, demodulates)
    self.doubling = doubling
    let fan = Fan(window: window, input: inputs, output: outputs, transposed: false)
    weight = scope.weights(
      [window.kernelHeight, window.kernelWidth, inputs, outputs], fan: fan, layout: .convolution)
    self.bias = bias ? scope.bias(outputs, fan: fan) : nil
    // Gain and rate are the convolution's.
    let plain = scope.making(WeightRule(transform: scope.weightRule.transform))
    affine = Dense(plain / "affine", style, inputs, biasStart: 1)
  }

  public func callAsFunction(_ input: Tensor, _ context: Context) -> Tensor {
    let scales = affine(context.style(place), context)
    let weights = weight(context)
    let (count, inputs, outputs) = (input.shape[0], weight.shape[2], weight.shape[3])
    let scaled = input * scales.reshaped(to: [count, 1, 1, inputs])
    var output =
      doubling.map { $0(scaled, weights) } ?? scaled.convolved(with: weights, window: window)
    if demodulates {
      let energy = scales.squared().matrixProduct(weights.squared().sum(over: [0, 1]))
      output =
        output
        * (energy + Self.epsilon).squareRoot().reciprocal().reshaped(to: [count, 1, 1, outputs])
    }
    return bias.map { output + $0(context) } ?? output
  }

  public func export(to graph: GraphBuilder) {
    let (inputs, outputs) = (weight.shape[2], weight.shape[3])
    let row = graph.value(
      of: "Gemm", [graph.style(place)] + graph.weights(affine.weight, affine.bias),
      ["transB": .int(1)])
    graph.append("Mul", [graph.value(of: "Reshape", [row, graph.constant([0, inputs, 1, 1])])])
    if let doubling {
      doubling.append(to: graph, weights: graph.weight(weight), outputs: outputs)
    } else {
      let size = window.outputSize(height: graph.shape[0], width: graph.shape[1])
      graph.append(
        "Conv", [graph.weight(weight)], window.graphAttributes,
        shape: [size.height, size.width, outputs])
    }
    if demodulates {
      let energies = graph.inferred(weight).squared().sum(over: [0, 1])
      var energy = graph.value(of: "Mul", [row, row])
      energy = graph.value(
        of: "MatMul", [energy, graph.constant(energies.floats, shape: energies.shape)])
      energy = graph.value(
        of: "Add", [energy, graph.constant([Float(Self.epsilon)], shape: [])])
      let deviation = graph.value(of: "Sqrt", [energy])
      graph.append(
        "Div", [graph.value(of: "Reshape", [deviation, graph.constant([0, outputs, 1, 1])])])
    }
    if let bias { graph.append("Add", [graph.weight(bias, shape: [outputs, 1, 1])]) }
  }

  /// `{ "modulatedConv": channels, "kernel": 3, "up": false, "style": 0, "demodulate": true, … }`.
  public struct Spec: LayerSpec {
    public static let key = "modulatedConv"
    public static let summary = "Convolution whose input channels a style scales (StyleGAN2)."
    var channels = 0
    var kernel = 3
    var isDoubling = false
    var place = 0
    var demodulates = true
    var bias = true
    var weights = WeightSettings()

    public init() {}

    public static var fields: [Field<Spec>] {
      [
        .integer(
          "modulatedConv", \.channels, in: 1...65_536, required: true,
          "Number of output channels."),
        .integer("kernel", \.kernel, in: 1...31, "Kernel size in pixels."),
        .flag("up", \.isDoubling, "Whether rows and columns are doubled, without aliases."),
        .stylePlace(\.place),
        .flag(
          "demodulate", \.demodulates,
          "Whether outputs are scaled back to the variance that they would have without the style."),
        .flag("bias", \.bias, "Whether a bias is added."),
      ] + WeightSettings.fields.map { $0.lifted(to: \.weights) }
    }

    public func build(at site: Site) throws(ShapeMismatch) -> Built {
      let (height, width, inputs) = try site.image(for: Self.key)
      let style = try site.style(for: Self.key, at: place)
      let window = WindowSettings(kernel: [kernel, kernel]).window(height: height, width: width)
      let layer = ModulatedConv2D(
        try site.scope(weights), inputs, channels, window: window,
        doubling: isDoubling ? Doubling(kernel: kernel) : nil, style: style, place: place,
        demodulates: demodulates, bias: bias)
      let factor = isDoubling ? 2 : 1
      let output = [height * factor, width * factor, channels]
      let values = Double(output.elementCount)
      // The convolution, whose weights meet pixels that come in where it doubles, and the four taps
      // of its filter; scales from the style; what demodulates them.
      let convolution =
        Double(height * width) * Double(kernel * kernel) * Double(inputs) * Double(channels)
        + (isDoubling ? 4 * values * 2 : 0)
      let others = Double(style) * Double(inputs) + Double(inputs) * Double(channels)
      return Built(
        layer, output: output,
        multiplyAdds: convolution + (demodulates ? others : Double(style) * Double(inputs)),
        keeping: Double(site.input.elementCount)
          + (demodulates ? values : 0) + (isDoubling ? values : 0))
    }
  }
}
