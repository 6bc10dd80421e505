/// Reads Protocol Buffers and, of ONNX, what the tests look at: written from the format's
/// description alone, so that it shares no mistake with the writer.
struct ProtobufReader {
  enum Value {
    case integer(Int)
    case float(Float)
    case bytes(ArraySlice<UInt8>)
  }

  struct Malformed: Error {}

  let fields: [(number: Int, value: Value)]

  init(_ bytes: ArraySlice<UInt8>) throws {
    var rest = bytes
    func byte() throws -> UInt64 {
      guard let first = rest.popFirst() else { throw Malformed() }
      return UInt64(first)
    }
    func varint() throws -> UInt64 {
      var (value, shift): (UInt64, UInt64) = (0, 0)
      while true {
        let next = try byte()
        value |= (next & 0x7F) << shift
        if next < 0x80 { return value }
        shift += 7
        guard shift < 64 else { throw Malformed() }
      }
    }
    var fields: [(Int, Value)] = []
    while !rest.isEmpty {
      let tag = try varint()
      let number = Int(tag >> 3)
      switch tag & 7 {
      case 0: fields.append((number, .integer(Int(Int64(bitPattern: try varint())))))
      case 2:
        let length = Int(try varint())
        guard length <= rest.count else { throw Malformed() }
        fields.append((number, .bytes(rest.prefix(length))))
        rest = rest.dropFirst(length)
      case 5:
        let bits = try (0..<4).reduce(UInt32(0)) { try $0 | UInt32(byte()) << (8 * UInt32($1)) }
        fields.append((number, .float(Float(bitPattern: bits))))
      default: throw Malformed()
      }
    }
    self.fields = fields
  }

  func integers(_ number: Int) -> [Int] {
    fields.compactMap { field in
      if field.number == number, case .integer(let value) = field.value { value } else { nil }
    }
  }

  func floats(_ number: Int) -> [Float] {
    fields.compactMap { field in
      if field.number == number, case .float(let value) = field.value { value } else { nil }
    }
  }

  func bytes(_ number: Int) -> [ArraySlice<UInt8>] {
    fields.compactMap { field in
      if field.number == number, case .bytes(let value) = field.value { value } else { nil }
    }
  }

  func texts(_ number: Int) -> [String] {
    bytes(number).map { String(decoding: $0, as: UTF8.self) }
  }

  func messages(_ number: Int) throws -> [ProtobufReader] {
    try bytes(number).map { try ProtobufReader($0) }
  }

  /// The only message of this number.
  func message(_ number: Int) throws -> ProtobufReader {
    let all = try messages(number)
    guard all.count == 1 else { throw Malformed() }
    return all[0]
  }
}

/// An ONNX file as the tests see it.
struct ONNXReader {
  struct Value: Equatable {
    let name: String
    let type: Int
    /// A length, or a name for one.
    let axes: [String]
  }

  struct Node {
    let type: String
    let inputs: [String]
    let outputs: [String]
    let ints: [String: [Int]]
    let floats: [String: Float]
    let texts: [String: String]
  }

  struct Constant {
    let type: Int
    let shape: [Int]
    let data: ArraySlice<UInt8>

    var floats: [Float] { words(4).map { Float(bitPattern: UInt32($0)) } }
    var ints: [Int] { words(8).map { Int(Int64(bitPattern: $0)) } }

    private func words(_ size: Int) -> [UInt64] {
      let bytes = Array(data)
      return stride(from: 0, to: bytes.count, by: size).map { start in
        (0..<size).reduce(0) { $0 | UInt64(bytes[start + $1]) << (8 * UInt64($1)) }
      }
    }
  }

  let version: Int
  let operatorSets: [Int]
  let name: String
  let description: String?
  let inputs: [Value]
  let outputs: [Value]
  let nodes: [Node]
  let constants: [(name: String, value: Constant)]

  init(_ bytes: [UInt8]) throws {
    let model = try ProtobufReader(bytes[...])
    version = model.integers(1).first ?? 0
    operatorSets = try model.messages(8).flatMap { $0.integers(2) }
    let graph = try model.message(7)
    description = model.texts(6).first
    name = graph.texts(2).first ?? ""
    inputs = try graph.messages(11).map(Self.value)
    outputs = try graph.messages(12).map(Self.value)
    nodes = try graph.messages(1).map(Self.node)
    constants = try graph.messages(5).map { tensor in
      (
        tensor.texts(8).first ?? "",
        Constant(
          type: tensor.integers(2).first ?? 0, shape: tensor.integers(1),
          data: tensor.bytes(9).first ?? [])
      )
    }
  }

  func constant(_ name: String) -> Constant? { constants.first { $0.name == name }?.value }

  private static func value(_ info: ProtobufReader) throws -> Value {
    let tensor = try info.message(2).message(1)
    let axes = try tensor.message(2).messages(1).map { axis in
      axis.integers(1).first.map(String.init) ?? axis.texts(2).first ?? "?"
    }
    return Value(
      name: info.texts(1).first ?? "", type: tensor.integers(1).first ?? 0, axes: axes)
  }

  private static func node(_ node: ProtobufReader) throws -> Node {
    var (ints, floats, texts): ([String: [Int]], [String: Float], [String: String]) = (
      [:], [:], [:]
    )
    for attribute in try node.messages(5) {
      let name = attribute.texts(1).first ?? ""
      // Field 20 says in which field the value is.
      switch attribute.integers(20) {
      case [1]: floats[name] = attribute.floats(2).first
      case [2]: ints[name] = attribute.integers(3)
      case [3]: texts[name] = attribute.texts(4).first
      case [7]: ints[name] = attribute.integers(8)
      default: throw ProtobufReader.Malformed()
      }
    }
    return Node(
      type: node.texts(4).first ?? "", inputs: node.texts(1), outputs: node.texts(2), ints: ints,
      floats: floats, texts: texts)
  }
}
