/// Adds what a stack of layers makes to what came in, or to what a shortcut makes of it.
///
/// Source: He et al. 2016, arXiv:1512.03385. The result is factor · (shortcut(x) + body(x)); a factor
/// of 1/√2 keeps the variance (Karras et al. 2020, arXiv:1912.04958, §4).
public struct Residual: Layer {
  private let body: Network
  /// Nil for the input itself.
  private let shortcut: Network?
  private let factor: Double

  init(body: Network, shortcut: Network?, factor: Double) {
    self.body = body
    self.shortcut = shortcut
    self.factor = factor
  }

  public func callAsFunction(_ input: Tensor, _ context: Context) -> Tensor {
    let way = shortcut.map { $0(input, context) } ?? input
    let sum = way + body(input, context)
    return factor == 1 ? sum : sum * factor
  }

  public var mixesSamples: Bool { body.mixesSamples || shortcut?.mixesSamples == true }

  public func export(to graph: GraphBuilder) throws(ZooError) {
    let way = try graph.fork { () throws(ZooError) in try shortcut?.export(to: graph) }
    try body.export(to: graph)
    graph.append("Add", [way])
    graph.scale(by: factor)
  }

  /// `{ "residual": [ … ], "shortcut": [ … ], "factor": 1 }`.
  public struct Spec: LayerSpec {
    public static let key = "residual"
    public static let summary = "Adds what its layers make to what came in."
    var layers: [LayerEntry] = []
    var shortcut: [LayerEntry] = []
    var factor = 1.0

    public init() {}

    public static var fields: [Field<Spec>] {
      [
        Field("residual", \.layers, .layers, required: true, "The layers."),
        Field(
          "shortcut", \.shortcut, .layers,
          "Layers that the input takes on the other way; as it is when absent."),
        .number("factor", \.factor, in: 1e-3...1e3, "Factor of the sum."),
      ]
    }

    public func build(at site: Site) throws(ShapeMismatch) -> Built {
      let body = try site.stack(layers, Self.key)
      let way = shortcut.isEmpty ? nil : try site.stack(shortcut, "shortcut")
      let other = way?.output ?? site.input
      guard body.output == other else {
        throw ShapeMismatch(
          "the layers give \(body.output), "
            + (way == nil ? "but \(other) comes in" : "the shortcut \(other)"),
          advice: "let a \"shortcut\" make the same shape as the layers, by a 1x1 convolution and "
            + "the same pooling or upsampling")
      }
      return Built(
        Residual(body: body, shortcut: way, factor: factor), output: body.output,
        multiplyAdds: body.multiplyAdds + (way?.multiplyAdds ?? 0))
    }
  }
}
