/// A network as a graph of standard operators, in the format of onnx.ai.
///
/// IR version 8, operator set 17, which every runtime since 2022 reads. Source: `onnx.proto` of
/// github.com/onnx/onnx, whose field numbers stand in the serialisation.
public struct ONNXModel: Sendable {
  /// The graph's name.
  package let name: String
  /// What a user should know, one remark after another.
  package var description: [String] = []
  /// What a caller gives.
  package var inputs: [Value] = []
  /// What a caller gets.
  package var outputs: [Value] = []
  /// The operators, each after those whose results it reads.
  package var nodes: [Node] = []
  /// Weights and other constants.
  package var initializers: [Initializer] = []

  /// A graph without nodes.
  package init(name: String) { self.name = name }

  /// The type of a tensor's elements, numbered as in `TensorProto.DataType`.
  package enum Element: Int, Sendable {
    case float32 = 1
    case int64 = 7
  }

  /// The length of an axis: known, or a name for what the caller chooses.
  package enum Axis: Equatable, Sendable {
    case size(Int)
    case named(String)
  }

  /// An input or output of the graph.
  package struct Value: Sendable {
    /// The name by which callers and nodes know it.
    package let name: String
    /// The type of its elements.
    package let element: Element
    /// Its axes.
    package let axes: [Axis]
    /// What it is, for people.
    package let note: String

    /// An input or output.
    package init(_ name: String, _ element: Element, _ axes: [Axis], note: String) {
      self.name = name
      self.element = element
      self.axes = axes
      self.note = note
    }
  }

  /// A setting of an operator.
  public enum Attribute: Equatable, Sendable {
    case float(Float)
    case int(Int)
    case text(String)
    case ints([Int])
  }

  /// One operator with one result.
  package struct Node: Sendable {
    /// The operator: `Conv`.
    package let type: String
    /// The values that it reads; "" stands for an optional one that is not given.
    package let inputs: [String]
    /// The value that it makes, which also names the node.
    package let output: String
    /// Its settings.
    package let attributes: [String: Attribute]

    /// An operator.
    package init(
      type: String, inputs: [String], output: String, attributes: [String: Attribute] = [:]
    ) {
      self.type = type
      self.inputs = inputs
      self.output = output
      self.attributes = attributes
    }
  }

  /// A constant tensor, the last axis fastest.
  package struct Initializer: Sendable {
    /// The name by which nodes know it.
    package let name: String
    /// The type of its elements.
    package let element: Element
    /// Its axes; empty for a scalar.
    package let shape: [Int]
    /// The elements, little-endian.
    package let data: [UInt8]

    /// A tensor of Float32.
    package init(_ name: String, shape: [Int], _ values: [Float]) {
      self.init(name, .float32, shape, values)
    }

    /// A tensor of whole numbers.
    package init(_ name: String, shape: [Int], _ values: [Int64]) {
      self.init(name, .int64, shape, values)
    }

    private init<T: BitwiseCopyable>(
      _ name: String, _ element: Element, _ shape: [Int], _ values: [T]
    ) {
      require(
        shape.reduce(1, *) == values.count,
        "onnx: \(values.count) values do not fill \(name)\(shape)")
      self.name = name
      self.element = element
      self.shape = shape
      // Every platform that Swift runs on is little-endian, like the file.
      data = values.withUnsafeBytes { [UInt8]($0) }
    }
  }
}

// MARK: - Serialisation

extension ONNXModel {
  /// Readers of protobuf take no more than 2 GiB.
  package static let largestFile = Int(Int32.max)

  /// The bytes of the file.
  ///
  /// - Throws: `ZooError` when the file would exceed what protobuf's readers take.
  package func serialized(limit: Int = largestFile) throws(ZooError) -> [UInt8] {
    func check(_ size: Int) throws(ZooError) {
      guard size <= limit else {
        throw ZooError(
          .failure,
          "an ONNX file holds \(Text.byteSize(limit)) at most, the network takes \(Text.byteSize(size))",
          at: name, advice: "take the weights as safetensors")
      }
    }
    // First without copying anything, then to the byte.
    try check(initializers.reduce(0) { $0 + $1.data.count })
    var model = ProtobufMessage()
    model.add(1, integer: 8)  // ir_version
    model.add(2, text: "zoo")  // producer_name
    // doc_string
    if !description.isEmpty { model.add(6, text: description.joined(separator: "; ")) }
    model.add(7, message: writeGraph)
    model.add(8) { $0.add(2, integer: 17) }  // opset_import: version of the default domain
    try check(model.bytes.count)
    return model.bytes
  }

  private func writeGraph(_ graph: inout ProtobufMessage) {
    for node in nodes { graph.add(1, message: node.write) }
    graph.add(2, text: name)
    for tensor in initializers { graph.add(5, message: tensor.write) }
    for input in inputs { graph.add(11, message: input.write) }
    for output in outputs { graph.add(12, message: output.write) }
  }
}

extension ONNXModel.Node {
  fileprivate func write(_ message: inout ProtobufMessage) {
    for input in inputs { message.add(1, text: input) }
    message.add(2, text: output)
    message.add(3, text: output)  // name
    message.add(4, text: type)
    // Sorted, so that the same network gives the same bytes.
    for (name, value) in attributes.sorted(by: { $0.key < $1.key }) {
      message.add(5) { attribute in
        attribute.add(1, text: name)
        value.write(&attribute)
      }
    }
  }
}

extension ONNXModel.Attribute {
  /// The value and, as field 20, which kind of value it is.
  fileprivate func write(_ message: inout ProtobufMessage) {
    switch self {
    case .float(let value):
      message.add(2, float: value)
      message.add(20, integer: 1)
    case .int(let value):
      message.add(3, integer: value)
      message.add(20, integer: 2)
    case .text(let value):
      message.add(4, text: value)
      message.add(20, integer: 3)
    case .ints(let values):
      for value in values { message.add(8, integer: value) }
      message.add(20, integer: 7)
    }
  }
}

extension ONNXModel.Initializer {
  fileprivate func write(_ message: inout ProtobufMessage) {
    for length in shape { message.add(1, integer: length) }
    message.add(2, integer: element.rawValue)
    message.add(8, text: name)
    message.add(9, bytes: data)  // raw_data
  }
}

extension ONNXModel.Value {
  fileprivate func write(_ message: inout ProtobufMessage) {
    message.add(1, text: name)
    message.add(2) { type in
      type.add(1) { tensor in
        tensor.add(1, integer: element.rawValue)
        tensor.add(2) { shape in
          for axis in axes {
            shape.add(1) { dimension in
              switch axis {
              case .size(let size): dimension.add(1, integer: size)
              case .named(let name): dimension.add(2, text: name)
              }
            }
          }
        }
      }
    }
    message.add(3, text: note)  // doc_string
  }
}
