/// Writes a generator as an ONNX graph, one layer after another.
///
/// Each layer's `export(to:)` appends its nodes behind those of the layers before it. Images are
/// `[N, C, H, W]` in the graph and weights have PyTorch's layouts, which are ONNX's. Rows become
/// images channel by channel in this program too, so that no layer has to reorder anything.
public final class GraphBuilder {
  /// The shape of one sample after the layers so far, as in this program: `[features]` or
  /// `[H, W, C]`.
  public private(set) var shape: Shape
  private var model: ONNXModel
  private let classes: Int?
  /// The value that the next layer reads.
  private var current: String
  /// The names of the styles `[N, size]` that styled layers read: one for all places, or one for
  /// each.
  ///
  /// Whoever has a mapping network writes it and says here what it makes.
  public var styles: [String] = []

  /// A graph that starts from latent codes, `latents` `[N, latentSize]`.
  ///
  /// - Parameters:
  ///   - latents: Where latent codes come from, for people.
  ///   - classes: The number of classes, where the data have labels.
  init(name: String, latentSize: Int, latents note: String, classes: Int?) {
    self.classes = classes
    shape = [latentSize]
    current = "latents"
    model = ONNXModel(name: name)
    model.inputs = [.init(current, .float32, [.named("N"), .size(latentSize)], note: note)]
  }

  /// A graph that starts from images, `source` `[N, H, W, C]`.
  ///
  /// - Parameters:
  ///   - note: What they are, for people.
  ///   - range: What their values of 0...1 are mapped to; nil leaves them.
  init(name: String, source: Shape, note: String, range: ClosedRange<Double>?, classes: Int?) {
    self.classes = classes
    shape = source
    current = "source"
    model = ONNXModel(name: name)
    model.inputs = [
      .init(current, .float32, [.named("N")] + source.map { .size($0) }, note: note)
    ]
    if let range {
      let (lower, width) = (Float(range.lowerBound), Float(range.upperBound - range.lowerBound))
      if width != 1 { append("Mul", [constant([width], shape: [])]) }
      if lower != 0 { append("Add", [constant([lower], shape: [])]) }
    }
    append("Transpose", [], ["perm": .ints([0, 3, 1, 2])])
  }

  // MARK: Nodes

  /// Appends an operator that reads what the layers so far make, then `operands`.
  ///
  /// - Parameter shape: The shape of one sample behind it, where it changes.
  public func append(
    _ type: String, _ operands: [String] = [], _ attributes: [String: ONNXModel.Attribute] = [:],
    shape: Shape? = nil
  ) {
    current = value(of: type, [current] + operands, attributes)
    self.shape = shape ?? self.shape
  }

  /// Adds an operator beside the layers, and returns the name of what it makes.
  public func value(
    of type: String, _ inputs: [String], _ attributes: [String: ONNXModel.Attribute] = [:]
  ) -> String {
    let output = "\(type)_\(model.nodes.count)"
    model.nodes.append(.init(type: type, inputs: inputs, output: output, attributes: attributes))
    return output
  }

  /// Lets `body` append layers beside those so far, and returns the name of what they make; the
  /// layers that follow read what they would have read without it.
  public func fork<E: Error>(_ body: () throws(E) -> Void) throws(E) -> String {
    let before = (current, shape)
    try body()
    defer { (current, shape) = before }
    return current
  }

  /// Goes on from a value that was made beside the layers, of this shape for one sample.
  public func proceed(from value: String, shape: Shape) { (current, self.shape) = (value, shape) }

  /// Multiplies by a number, if it is not 1.
  func scale(by factor: Double) {
    if factor != 1 { append("Mul", [constant([Float(factor)], shape: [])]) }
  }

  /// Says in the file's description what differs from what this program draws.
  func note(_ difference: String) {
    if !model.description.contains(difference) { model.description.append(difference) }
  }

  // MARK: Operands

  /// The name of a parameter's values, in PyTorch's layout.
  ///
  /// - Parameter shape: Another shape of the same values.
  public func parameter(_ parameter: Parameter, shape: Shape? = nil) -> String {
    add(parameter.exported, shape: shape, parameter.name)
    return parameter.name
  }

  /// The names of several parameters, without those that a layer does not have.
  public func parameters(_ several: Parameter?...) -> [String] {
    several.compactMap { $0 }.map { parameter($0) }
  }

  /// The name of weights as inference uses them, in PyTorch's layout.
  ///
  /// - Parameter shape: Another shape of the same values.
  public func weight(_ weight: Weight, shape: Shape? = nil) -> String {
    let parameter = weight.parameter
    add(parameter.exported(inferred(weight)), shape: shape, parameter.name)
    return parameter.name
  }

  /// Weights as inference uses them.
  func inferred(_ weight: Weight) -> Tensor {
    withoutDerivatives {
      weight(Context(.inference, random: RandomSource(seed: 0, step: 0, substep: 0)))
    }
  }

  /// The names of several weights, without those that a layer does not have.
  public func weights(_ several: Weight?...) -> [String] {
    several.compactMap { $0 }.map { weight($0) }
  }

  private func add(_ values: Tensor, shape: Shape? = nil, _ name: String) {
    // Layers may share a parameter.
    guard !model.initializers.contains(where: { $0.name == name }) else { return }
    model.initializers.append(.init(name, shape: shape ?? values.shape, values.floats))
  }

  /// The name of constant numbers; a scalar has the shape `[]`.
  public func constant(_ values: [Float], shape: Shape) -> String {
    let name = "constant_\(model.initializers.count)"
    model.initializers.append(.init(name, shape: shape, values))
    return name
  }

  /// The name of constant whole numbers `[values.count]`, such as a shape.
  public func constant(_ values: [Int]) -> String {
    let name = "constant_\(model.initializers.count)"
    model.initializers.append(.init(name, shape: [values.count], values.map(Int64.init)))
    return name
  }

  /// The name of the style at a place.
  func style(_ place: Int) -> String {
    require(!styles.isEmpty, "a styled layer in a graph without styles")
    return styles.count == 1 ? styles[0] : styles[place]
  }

  /// The name of the labels, `[N]`, which become an input of the graph.
  public func labels() -> String {
    guard let classes else { fatalError("the data have no classes to condition on") }
    let labels = "labels"
    // Several layers may ask for them.
    if !model.inputs.contains(where: { $0.name == labels }) {
      model.inputs.append(
        .init(labels, .int64, [.named("N")], note: "the class of each sample, 0 to \(classes - 1)"))
    }
    return labels
  }

  // MARK: The end

  /// The error of a part that cannot be written.
  package func noForm(of part: String) -> ZooError {
    ZooError(
      .failure, "\(part) has no ONNX form", at: model.name,
      advice: "give it export(to:), or take the weights as safetensors")
  }

  /// Ends the graph with its output `samples`: images `[N, H, W, C]`, their `range` mapped to
  /// [0, 1], or points `[N, D]` as they are.
  func finish(range: ClosedRange<Double>) -> ONNXModel {
    let images = shape.count == 3
    if images {
      append("Transpose", [], ["perm": .ints([0, 2, 3, 1])])
      let (lower, width) = (Float(range.lowerBound), Float(range.upperBound - range.lowerBound))
      if lower != 0 { append("Sub", [constant([lower], shape: [])]) }
      if width != 1 { append("Div", [constant([width], shape: [])]) }
    }
    let bounds = images ? [0, 1].map { constant([$0], shape: []) } : []
    model.nodes.append(
      .init(
        type: images ? "Clip" : "Identity", inputs: [current] + bounds, output: "samples"))
    model.outputs = [
      .init(
        "samples", .float32, [.named("N")] + shape.map { .size($0) },
        note: images ? "images [N, H, W, C] in [0, 1]" : "points [N, D]")
    ]
    return model
  }
}

extension Window {
  /// Kernel, stride and padding as ONNX has them.
  package var graphAttributes: [String: ONNXModel.Attribute] {
    [
      "kernel_shape": .ints([kernelHeight, kernelWidth]), "strides": .ints([strideY, strideX]),
      "pads": .ints([padding.top, padding.left, padding.bottom, padding.right]),
    ]
  }
}
