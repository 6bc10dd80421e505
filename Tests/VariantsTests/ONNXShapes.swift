import Testing

/// The shape of every value of a graph, by the formulas of github.com/onnx/onnx, docs/Operators.md.
struct ShapeInference {
  private(set) var shapes: [String: [Int]] = [:]
  private let graph: ONNXReader
  private let samples: Int

  init(_ graph: ONNXReader, samples: Int) throws {
    self.graph = graph
    self.samples = samples
    for input in graph.inputs { shapes[input.name] = input.axes.map { Int($0) ?? samples } }
    for (name, constant) in graph.constants { shapes[name] = constant.shape }
    for node in graph.nodes { shapes[node.outputs[0]] = try shape(node) }
  }

  private func ints(_ name: String) throws -> [Int] { try #require(graph.constant(name)).ints }

  private func shape(_ node: ONNXReader.Node) throws -> [Int] {
    let operands = try node.inputs.filter { !$0.isEmpty }.map { try #require(shapes[$0]) }
    let x = operands[0]
    switch node.type {
    case "Relu", "LeakyRelu", "Tanh", "Sigmoid", "Clip", "Identity", "Sqrt", "Cast", "Neg",
      "RandomNormalLike", "RandomUniformLike":
      return x
    case "Add", "Sub", "Mul", "Div", "Greater", "Sum":
      return try operands.dropFirst().reduce(x) { try #require($0.broadcast(with: $1)) }
    case "MatMul":
      let (rank, other) = (x.count, operands[1])
      #expect(other.count == rank && x.dropLast(2) == other.dropLast(2))
      #expect(x[rank - 1] == other[rank - 2])
      return x.dropLast() + [other[rank - 1]]
    case "Softmax":
      #expect(node.ints["axis"] == [x.count - 1])
      return x
    case "Pad":
      let pads = try ints(node.inputs[1])
      return x.indices.map { x[$0] + pads[$0] + pads[$0 + x.count] }
    case "Shape":
      #expect(node.ints["start"] == [0] && node.ints["end"] == [1])
      return [1]
    case "Expand":
      // The number of samples, then a constant's axes.
      let joined = try #require(graph.nodes.first { $0.outputs == [node.inputs[1]] })
      return [samples] + (try ints(joined.inputs[1]))
    case "ReduceMean", "ReduceSumSquare":
      let axes = try #require(node.ints["axes"])
      #expect(node.ints["keepdims"] == [1])
      return x.indices.map { axes.contains($0) ? 1 : x[$0] }
    case "ReduceSum":
      #expect(try ints(node.inputs[1]) == [2, 3] && node.ints["keepdims"] == [0])
      return Array(x.prefix(2))
    case "Gemm":
      #expect(node.ints["transB"] == [1] && x[1] == operands[1][1])
      #expect(operands.count == 2 || operands[2] == [operands[1][0]])
      return [x[0], operands[1][0]]
    case "BatchNormalization", "InstanceNormalization":
      #expect(operands.dropFirst().allSatisfy { $0 == [x[1]] })
      return x
    case "Reshape":
      let target = try ints(node.inputs[1])
      let shape = target.enumerated().map { $1 == 0 ? x[$0] : $1 }
      #expect(shape.reduce(1, *) == x.reduce(1, *), "reshape of \(x) to \(shape)")
      return shape
    case "Flatten": return [x[0], x.dropFirst().reduce(1, *)]
    case "Transpose": return try #require(node.ints["perm"]).map { x[$0] }
    case "Gather": return operands[1] + x.dropFirst()
    case "Concat" where node.ints["axis"] == [0]:
      return [operands.reduce(0) { $0 + $1[0] }]
    case "Concat":
      #expect(node.ints["axis"] == [1])
      for other in operands { #expect(other.dropFirst(2) == x.dropFirst(2)) }
      return [x[0], operands.reduce(0) { $0 + $1[1] }] + x.dropFirst(2)
    case "ReduceMax":
      #expect(node.ints["axes"] == [2] && node.ints["keepdims"] == [0])
      return Array(x.prefix(2))
    case "Slice":
      let (starts, ends) = (try ints(node.inputs[1]), try ints(node.inputs[2]))
      var shape = x
      for (axis, (start, end)) in zip(try ints(node.inputs[3]), zip(starts, ends)) {
        #expect(0 <= start && start < end && end <= x[axis])
        shape[axis] = end - start
      }
      return shape
    case "Squeeze":
      let axes = try ints(node.inputs[1])
      #expect(axes.allSatisfy { x[$0] == 1 })
      return x.indices.filter { !axes.contains($0) }.map { x[$0] }
    case "OneHot":
      #expect(node.ints["axis"] == [1] && operands[2] == [2])
      return x.prefix(1) + (try ints(node.inputs[1])) + x.dropFirst()
    case "Resize":
      let scales = try #require(graph.constant(node.inputs[2])).floats
      return zip(x, scales).map { Int((Float($0) * $1).rounded(.down)) }
    case "Conv", "MaxPool", "AveragePool", "ConvTranspose":
      return try windowed(
        node, x, weight: operands.dropFirst().first, bias: operands.dropFirst(2).first)
    default:
      Issue.record("no rule for \(node.type)")
      return []
    }
  }

  private func windowed(
    _ node: ONNXReader.Node, _ x: [Int], weight: [Int]?, bias: [Int]?
  ) throws -> [Int] {
    let kernel = try #require(node.ints["kernel_shape"])
    let strides = node.ints["strides"] ?? [1, 1]
    let pads = try #require(node.ints["pads"])
    let transposed = node.type == "ConvTranspose"
    var channels = x[1]
    if let weight {
      let groups = node.ints["group"]?[0] ?? 1
      #expect(Array(weight[2...]) == kernel)
      #expect(weight[transposed ? 0 : 1] * (transposed ? 1 : groups) == x[1])
      channels = weight[transposed ? 1 : 0] * (transposed ? groups : 1)
      #expect(bias == nil || bias == [channels])
    }
    let extra = node.ints["output_padding"] ?? [0, 0]
    let size = [0, 1].map { axis in
      let padding = pads[axis] + pads[axis + 2]
      guard transposed else { return (x[axis + 2] + padding - kernel[axis]) / strides[axis] + 1 }
      #expect(0..<strides[axis] ~= extra[axis])
      return strides[axis] * (x[axis + 2] - 1) + extra[axis] + kernel[axis] - padding
    }
    return [x[0], channels] + size
  }
}
