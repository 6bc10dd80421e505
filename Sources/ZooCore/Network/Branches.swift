/// `{ "concat": [[ … ], [ … ]] }`: what several stacks make of one input, one behind the other along
/// the channels.
public struct ConcatSpec: BranchSpec {
  public static let key = "concat"
  public static let summary = "What several stacks of layers make of one input, channels joined."
  static let operatorName = "Concat"
  var branches: [[LayerEntry]] = []

  public init() {}

  static func combine(_ values: [Tensor]) -> Tensor {
    .concatenated(values, along: values[0].shape.count - 1)
  }

  func output(of shapes: [Shape], at site: Site) throws(ShapeMismatch) -> Shape {
    try site.joined(shapes, Self.key)
  }
}

/// `{ "sum": [[ … ], [ … ]] }`: the sum of what several stacks make of one input.
public struct SumSpec: BranchSpec {
  public static let key = "sum"
  public static let summary = "The sum of what several stacks of layers make of one input."
  static let operatorName = "Sum"
  var branches: [[LayerEntry]] = []

  public init() {}

  static func combine(_ values: [Tensor]) -> Tensor { values.dropFirst().reduce(values[0], +) }

  func output(of shapes: [Shape], at site: Site) throws(ShapeMismatch) -> Shape {
    if let other = shapes.first(where: { $0 != shapes[0] }) {
      throw ShapeMismatch(
        "branches of a sum must give the same shape, found \(shapes[0]) and \(other)",
        advice: "change widths, or sizes by pooling or upsampling, until they agree")
    }
    return shapes[0]
  }
}

/// A layer of several stacks that all start from the same input.
protocol BranchSpec: LayerSpec {
  var branches: [[LayerEntry]] { get set }
  /// The operator that joins branches in ONNX.
  static var operatorName: String { get }
  static func combine(_ values: [Tensor]) -> Tensor
  func output(of shapes: [Shape], at site: Site) throws(ShapeMismatch) -> Shape
}

extension BranchSpec {
  /// One list of layers for each branch.
  public static var fields: [Field<Self>] {
    [
      Field(
        key, \.branches, .branches, required: true,
        "The branches, each a list of layers; an empty one is the input itself.")
    ]
  }

  /// The branches as one layer.
  public func build(at site: Site) throws(ShapeMismatch) -> Built {
    var stacks: [Network] = []
    for (index, branch) in branches.enumerated() {
      stacks.append(
        try site.stack(branch, "\(Self.key)[\(index)]", in: "\(Self.key).\(index)", from: nil))
    }
    let output = try output(of: stacks.map(\.output), at: site)
    return Built(
      Branches(
        stacks: stacks, output: output, combine: Self.combine, operatorName: Self.operatorName),
      output: output, multiplyAdds: stacks.reduce(0) { $0 + $1.multiplyAdds })
  }
}

private struct Branches: Layer {
  let stacks: [Network]
  let output: Shape
  let combine: ([Tensor]) -> Tensor
  let operatorName: String

  func callAsFunction(_ input: Tensor, _ context: Context) -> Tensor {
    combine(stacks.map { $0(input, context) })
  }

  var mixesSamples: Bool { stacks.contains(where: \.mixesSamples) }

  func export(to graph: GraphBuilder) throws(ZooError) {
    var others: [String] = []
    for stack in stacks.dropFirst() {
      others.append(try graph.fork { () throws(ZooError) in try stack.export(to: graph) })
    }
    try stacks[0].export(to: graph)
    graph.append(
      operatorName, others, operatorName == "Concat" ? ["axis": .int(1)] : [:], shape: output)
  }
}
