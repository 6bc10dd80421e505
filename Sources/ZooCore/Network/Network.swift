/// Layers one after another, with what was found out about them when they were built.
public struct Network: Layer {
  /// The shape of one sample that comes in.
  public let input: Shape
  /// The shape of one sample that comes out.
  public let output: Shape
  /// Places of styles: one more than the largest that a layer names; 0 without styled layers.
  public let stylePlaces: Int
  /// Whether it stands for a network whose layers do not fit, and is never computed.
  package let isStandIn: Bool
  let steps: [Step]

  /// A layer in its place.
  struct Step {
    let layer: any Layer
    let outline: NetworkOutline.Layer
  }

  init(_ steps: [Step], from input: Shape, stylePlaces: Int = 0) {
    self.steps = steps
    self.stylePlaces = stylePlaces
    self.input = input
    isStandIn = false
    output = steps.last?.outline.output ?? input
  }

  /// Builds a layer list in `scope`, for samples of shape `input`.
  ///
  /// - Parameter style: The size of a style vector, where passes will have any.
  public init(
    _ layers: [LayerEntry], _ scope: Scope, from input: Shape, style: Int? = nil
  ) throws(ShapeMismatch) {
    self = try NetworkWalk(.init(), in: scope.store, from: input, style: style)
      .stack(layers, "layers", scope, from: input)
  }

  /// What stands for a network whose layers do not fit: it has the wanted shapes, and is never
  /// computed.
  init(standingFor input: Shape, to output: Shape) {
    self.input = input
    self.output = output
    stylePlaces = 0
    isStandIn = true
    steps = []
  }

  /// What is known of each layer.
  var outline: [NetworkOutline.Layer] { steps.map(\.outline) }

  /// Multiplications of the textbook form for one sample.
  public var multiplyAdds: Double { outline.reduce(0) { $0 + $1.multiplyAdds } }

  public func callAsFunction(_ input: Tensor, _ context: Context) -> Tensor {
    steps.reduce(input) { $1.layer($0, context) }
  }

  /// What each layer makes of an input, first to last.
  public func outputs(_ input: Tensor, _ context: Context) -> [Tensor] {
    var value = input
    return steps.map { step in
      value = step.layer(value, context)
      return value
    }
  }

  /// How many feature maps `hidden` gives.
  public var hiddenCount: Int { max(0, outline.count { $0.multiplyAdds > 0 } - 1) }

  /// What goes into each layer that multiplies but the first, and what comes out at the end: features
  /// as feature matching compares them, and scores.
  public func hidden(_ input: Tensor, _ context: Context) -> (features: [Tensor], output: Tensor) {
    var (value, features, isFirst) = (input, [Tensor](), true)
    for step in steps {
      if step.outline.multiplyAdds > 0 {
        if !isFirst { features.append(value) }
        isFirst = false
      }
      value = step.layer(value, context)
    }
    return (features, value)
  }

  public var mixesSamples: Bool { steps.contains { $0.layer.mixesSamples } }

  public func export(to graph: GraphBuilder) throws(ZooError) {
    for step in steps { try step.layer.export(to: graph) }
  }

  /// Everything before the last layer with parameters, whose output are the last features, and the
  /// rest, which makes a score of them.
  public func split() -> (body: Network, head: Network) {
    if isStandIn { return (self, self) }
    let last = steps.lastIndex { $0.outline.parameters > 0 } ?? 0
    let body = Network(Array(steps[..<last]), from: input, stylePlaces: stylePlaces)
    return (
      body, Network(Array(steps[last...]), from: body.output, stylePlaces: stylePlaces)
    )
  }
}
