/// `"relu"`: max(x, 0).
public struct ReLUSpec: ActivationSpec {
  public static let key = "relu"
  public static let summary = "max(x, 0)."
  public init() {}
  var function: (Tensor) -> Tensor { { $0.relu() } }
  var operatorName: String { "Relu" }
}

/// `"tanh"`.
public struct TanhSpec: ActivationSpec {
  public static let key = "tanh"
  public static let summary = "Hyperbolic tangent, for images in [−1, 1]."
  public init() {}
  var function: (Tensor) -> Tensor { { $0.tanh() } }
  var operatorName: String { "Tanh" }
}

/// `"sigmoid"`.
public struct SigmoidSpec: ActivationSpec {
  public static let key = "sigmoid"
  public static let summary = "1 / (1 + e⁻ˣ), for images in [0, 1]."
  public init() {}
  var function: (Tensor) -> Tensor { { $0.sigmoid() } }
  var operatorName: String { "Sigmoid" }
}

/// A layer that is a function of each value, without settings.
protocol ActivationSpec: LayerSpec {
  var function: (Tensor) -> Tensor { get }
  /// The function's name in ONNX.
  var operatorName: String { get }
}

extension ActivationSpec {
  /// No settings.
  public static var fields: [Field<Self>] { [] }
  /// The function as a layer; shapes stay.
  public func build(at site: Site) -> Built {
    Built(
      FunctionLayer(function: function) { [operatorName] in $0.append(operatorName) },
      output: site.input)
  }
}

/// `"leakyRelu"` or `{ "leakyRelu": slope, "gain": 1 }`: x where positive, slope · x elsewhere.
public struct LeakyReLUSpec: LayerSpec {
  public static let key = "leakyRelu"
  public static let summary = "x where positive, slope · x elsewhere."
  var slope = 0.2
  var gain = 1.0

  public init() {}

  public static var fields: [Field<LeakyReLUSpec>] {
    [
      .number("leakyRelu", \.slope, in: 0...1, "The slope for negative values."),
      .number(
        "gain", \.gain, in: 1e-3...1e3,
        "Factor of what comes out; √2 keeps the variance (StyleGAN2)."),
    ]
  }

  public func build(at site: Site) -> Built {
    let layer = FunctionLayer { [slope, gain] in
      let output = $0.leakyReLU(slope: slope)
      return gain == 1 ? output : output * gain
    } nodes: { [slope, gain] in
      $0.append("LeakyRelu", [], ["alpha": .float(Float(slope))])
      $0.scale(by: gain)
    }
    return Built(layer, output: site.input)
  }
}

/// `{ "maxout": units, "pieces": 5 }`: the largest of `pieces` dense layers.
///
/// Source: Goodfellow et al. 2013, arXiv:1302.4389.
public struct MaxoutSpec: LayerSpec {
  public static let key = "maxout"
  public static let summary = "The largest of several dense layers."
  var units = 0
  var pieces = 5

  public init() {}

  public static var fields: [Field<MaxoutSpec>] {
    [
      .integer("maxout", \.units, in: 1...100_000, required: true, "Number of outputs."),
      .integer("pieces", \.pieces, in: 2...64, "Dense layers that compete for each output."),
    ]
  }

  public func build(at site: Site) throws(ShapeMismatch) -> Built {
    guard site.input.count == 1 else {
      throw ShapeMismatch("maxout needs a flat input [features], but \(site.input) comes in")
    }
    return Built(
      Maxout(
        competitors: Dense(site.scope, site.input[0], units * pieces), units: units, pieces: pieces),
      output: [units],
      // One for each weight.
      multiplyAdds: Double(site.input[0]) * Double(units) * Double(pieces))
  }
}

/// The largest of each `pieces` neighbouring outputs of a dense layer.
private struct Maxout: Layer {
  let competitors: Dense
  let units: Int
  let pieces: Int

  func callAsFunction(_ input: Tensor, _ context: Context) -> Tensor {
    competitors(input, context).maxout(pieces: pieces)
  }

  func export(to graph: GraphBuilder) {
    competitors.export(to: graph)
    graph.append("Reshape", [graph.constant([0, units, pieces])])
    graph.append("ReduceMax", [], ["axes": .ints([2]), "keepdims": .int(0)], shape: [units])
  }
}
