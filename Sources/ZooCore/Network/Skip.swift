/// Puts what a stack of layers makes of an input behind the input, along the channels.
///
/// Nested, it is a U-Net. Source: Ronneberger et al. 2015, arXiv:1505.04597; in this form Isola et al.
/// 2017, arXiv:1611.07004, whose code nests blocks as well.
public struct Skip: Layer {
  private let body: Network
  /// The shape of one sample after it.
  private let output: Shape

  init(body: Network, output: Shape) {
    self.body = body
    self.output = output
  }

  public func callAsFunction(_ input: Tensor, _ context: Context) -> Tensor {
    .concatenated([input, body(input, context)], along: input.shape.count - 1)
  }

  public var mixesSamples: Bool { body.mixesSamples }

  public func export(to graph: GraphBuilder) throws(ZooError) {
    let made = try graph.fork { () throws(ZooError) in try body.export(to: graph) }
    graph.append("Concat", [made], ["axis": .int(1)], shape: output)
  }

  /// `{ "skip": [ … ] }`.
  public struct Spec: LayerSpec {
    public static let key = "skip"
    public static let summary =
      "Puts what its layers make behind what came in, along the channels; nested, a U-Net."
    var layers: [LayerEntry] = []

    public init() {}

    public static var fields: [Field<Spec>] {
      [Field("skip", \.layers, .layers, required: true, "The layers.")]
    }

    public func build(at site: Site) throws(ShapeMismatch) -> Built {
      let body = try site.stack(layers, Self.key)
      let output = try site.joined([site.input, body.output], Self.key)
      return Built(
        Skip(body: body, output: output), output: output, multiplyAdds: body.multiplyAdds)
    }
  }
}

extension Site {
  /// The shape of samples one behind the other along the channels.
  func joined(_ shapes: [Shape], _ layer: String) throws(ShapeMismatch) -> Shape {
    let pixels = Array(shapes[0].dropLast())
    if let other = shapes.first(where: { Array($0.dropLast()) != pixels }) {
      // An odd size is halved to less than its half, and doubled to less than itself.
      throw ShapeMismatch(
        "\(layer) joins channels of the same pixels, found \(shapes[0]) and \(other)",
        advice: "let layers come back to the size that goes in: a side that is halved n times and "
          + "doubled again must be a multiple of 2ⁿ")
    }
    return pixels + [shapes.reduce(0) { $0 + ($1.last ?? 0) }]
  }
}
