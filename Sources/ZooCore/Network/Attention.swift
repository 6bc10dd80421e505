/// Adds to each pixel what it finds by looking at all others.
///
/// y = x + γ · o(softmax(θ φᵀ) g) with 1x1 convolutions θ, φ to C / divisor channels, g to C / 2 and
/// o back, without biases; keys and values are pooled by 2, and γ starts at zero. Source: Zhang et al.
/// 2019, arXiv:1805.08318, in the form of its code, which BigGAN's has too.
public struct Attention: Layer {
  private let query: Conv2D
  private let key: Conv2D
  private let value: Conv2D
  private let output: Conv2D
  /// `[1]`.
  private let gamma: Parameter

  /// Registers `theta`, `phi`, `g`, `o` and `gamma` in `scope`.
  public init(_ scope: Scope, channels: Int, divisor: Int = 8) {
    func convolution(_ name: String, _ inputs: Int, _ outputs: Int) -> Conv2D {
      Conv2D(scope / name, inputs, outputs, window: Window(kernel: 1), bias: false)
    }
    query = convolution("theta", channels, channels / divisor)
    key = convolution("phi", channels, channels / divisor)
    value = convolution("g", channels, channels / 2)
    output = convolution("o", channels / 2, channels)
    gamma = scope.parameter("gamma", shape: [1]) { _ in
      Tensor(repeating: 0, shape: [1], type: scope.type)
    }
  }

  private static let pool = Window(kernel: 2, stride: 2)

  public func callAsFunction(_ input: Tensor, _ context: Context) -> Tensor {
    let queries = Self.pixels(query(input, context))
    let keys = Self.pixels(key(input, context).maxPooled(Self.pool))
    let values = Self.pixels(value(input, context).maxPooled(Self.pool))
    let shares = queries.matrixProduct(keys, transposeOther: true).softmax()
    let found = shares.matrixProduct(values)
      .reshaped(to: input.shape.dropLast() + [input.shape[3] / 2])
    return input + output(found, context) * gamma.value
  }

  /// `[N, H, W, C]` as `[N, H · W, C]`.
  private static func pixels(_ images: Tensor) -> Tensor {
    images.reshaped(to: [images.shape[0], images.shape[1] * images.shape[2], images.shape[3]])
  }

  public func export(to graph: GraphBuilder) {
    let (height, width) = (graph.shape[0], graph.shape[1])
    /// The pixels of a convolution as `[N, C, pixels]`.
    func flat(_ convolution: Conv2D, pooled: Bool) -> String {
      graph.fork {
        convolution.export(to: graph)
        if pooled { graph.append("MaxPool", [], Self.pool.graphAttributes) }
        graph.append(
          "Reshape",
          [graph.constant([0, graph.shape[2], pooled ? height / 2 * (width / 2) : height * width])])
      }
    }
    func turned(_ name: String) -> String {
      graph.value(of: "Transpose", [name], ["perm": .ints([0, 2, 1])])
    }
    let queries = turned(flat(query, pooled: false))
    let scores = graph.value(of: "MatMul", [queries, flat(key, pooled: true)])
    let shares = graph.value(of: "Softmax", [scores], ["axis": .int(2)])
    let values = turned(flat(value, pooled: true))
    let found = turned(graph.value(of: "MatMul", [shares, values]))
    let half = graph.shape[2] / 2
    let image = graph.value(of: "Reshape", [found, graph.constant([0, half, height, width])])
    let result = graph.fork {
      graph.proceed(from: image, shape: [height, width, half])
      output.export(to: graph)
      graph.append("Mul", [graph.parameter(gamma)])
    }
    graph.append("Add", [result])
  }

  /// `"attention"` or `{ "attention": divisor }`.
  public struct Spec: LayerSpec {
    public static let key = "attention"
    public static let summary = "Adds to each pixel what it finds by looking at all others."
    var divisor = 8
    var weights = WeightSettings()

    public init() {}

    public static var fields: [Field<Spec>] {
      [
        .integer(
          "attention", \.divisor, in: 1...1024,
          "Channels of the input for each channel of queries and keys.")
      ] + WeightSettings.fields.map { $0.lifted(to: \.weights) }
    }

    public func build(at site: Site) throws(ShapeMismatch) -> Built {
      let (height, width, channels) = try site.image(for: Self.key)
      guard channels >= max(divisor, 2) else {
        throw ShapeMismatch(
          "attention over \(site.input) leaves no channel to queries, which get one of \(divisor)",
          advice: "make the layer before it wider, or \"attention\" at most \(channels)")
      }
      guard height > 1 && width > 1 else {
        throw ShapeMismatch("attention needs images of 2x2 pixels or more, found \(site.input)")
      }
      let pixels = Double(height * width)
      let keys = Double(height / 2 * (width / 2))
      let (codes, values) = (Double(channels / divisor), Double(channels / 2))
      return Built(
        Attention(try site.scope(weights), channels: channels, divisor: divisor),
        output: site.input,
        multiplyAdds: pixels * Double(channels) * (2 * codes + 2 * values)
          + pixels * keys * (codes + values),
        // Scores and shares; queries, keys and values; what was found.
        keeping: 2 * pixels * keys + pixels * (2 * codes + 2 * values + Double(channels)))
    }
  }
}
