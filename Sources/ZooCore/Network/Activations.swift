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
  /// Unchanged.
  public func outputShape(for input: Shape) throws(ShapeMismatch) -> Shape { input }
  /// The function as a layer.
  public func makeLayer(_ scope: Scope, input: Shape) -> any Layer {
    FunctionLayer(function: function) { [operatorName] in $0.append(operatorName) }
  }
}

/// `"leakyRelu"` or `{ "leakyRelu": slope }`: x where positive, slope · x elsewhere.
public struct LeakyReLUSpec: LayerSpec {
  public static let key = "leakyRelu"
  public static let summary = "x where positive, slope · x elsewhere."
  var slope = 0.2

  public init() {}

  public static var fields: [Field<LeakyReLUSpec>] {
    [.number("leakyRelu", \.slope, in: 0...1, "The slope for negative values.")]
  }

  public func outputShape(for input: Shape) throws(ShapeMismatch) -> Shape { input }

  public func makeLayer(_ scope: Scope, input: Shape) -> any Layer {
    FunctionLayer { [slope] in
      $0.leakyReLU(slope: slope)
    } nodes: { [slope] in
      $0.append("LeakyRelu", [], ["alpha": .float(Float(slope))])
    }
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

  public func outputShape(for input: Shape) throws(ShapeMismatch) -> Shape {
    guard input.count == 1 else {
      throw ShapeMismatch("maxout needs a flat input [features], but \(input) comes in")
    }
    return [units]
  }

  public func parameterCount(input: Shape) -> Int { (input[0] + 1) * units * pieces }

  public func makeLayer(_ scope: Scope, input: Shape) -> any Layer {
    Sequential([
      Dense(scope, input[0], units * pieces),
      FunctionLayer { [pieces] in
        $0.maxout(pieces: pieces)
      } nodes: { [units, pieces] in
        $0.append("Reshape", [$0.constant([0, units, pieces])])
        $0.append("ReduceMax", [], ["axes": .ints([2]), "keepdims": .int(0)], shape: [units])
      },
    ])
  }
}
