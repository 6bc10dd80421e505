/// x · W + b for samples `[N, in]`.
public struct Dense: Layer {
  /// `[in, out]`.
  public let weight: Weight
  /// `[out]`, or nil.
  public let bias: Weight?

  /// Registers `weight` and `bias` in `scope`.
  ///
  /// - Parameter biasStart: The bias's first values, where they are not the initialisation's.
  public init(
    _ scope: Scope, _ inputs: Int, _ outputs: Int, bias: Bool = true, biasStart: Double? = nil
  ) {
    let fan = Fan(dense: inputs, outputs)
    weight = scope.weights([inputs, outputs], fan: fan, layout: .dense)
    self.bias = bias ? scope.bias(outputs, fan: fan, start: biasStart) : nil
  }

  public func callAsFunction(_ input: Tensor, _ context: Context) -> Tensor {
    let product = input.matrixProduct(weight(context))
    return bias.map { product + $0(context) } ?? product
  }

  public func export(to graph: GraphBuilder) {
    graph.append(
      "Gemm", graph.weights(weight, bias), ["transB": .int(1)], shape: [weight.shape[1]])
  }

  /// `{ "dense": units, "bias": true }`.
  public struct Spec: LayerSpec {
    public static let key = "dense"
    public static let summary = "Every output from every input: x · W + b."
    var units = 0
    var bias = true
    var weights = WeightSettings()

    public init() {}

    public static var fields: [Field<Spec>] {
      [
        .integer("dense", \.units, in: 1...1_000_000, required: true, "Number of outputs."),
        .flag("bias", \.bias, "Whether a bias is added."),
      ] + WeightSettings.fields.map { $0.lifted(to: \.weights) }
    }

    public func build(at site: Site) throws(ShapeMismatch) -> Built {
      guard site.input.count == 1 else {
        throw ShapeMismatch(
          "dense needs a flat input [features], but \(site.input) comes in; put \"flatten\" before it"
        )
      }
      return Built(
        try Dense(site.scope(weights), site.input[0], units, bias: bias), output: [units],
        // One for each weight.
        multiplyAdds: Double(site.input[0]) * Double(units))
    }
  }
}
