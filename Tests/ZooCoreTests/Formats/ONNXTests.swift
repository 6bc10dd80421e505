import Testing
import ZooCore

@Suite struct ONNXTests {
  /// Every kind of attribute, axis and element; not a graph that would run.
  private var tiny: ONNXModel {
    var model = ONNXModel(name: "tiny")
    model.inputs = [
      .init("x", .float32, [.named("N"), .size(2)], note: "codes"),
      .init("y", .int64, [.named("N")], note: "classes"),
    ]
    model.outputs = [.init("d", .float32, [.size(300), .named("N")], note: "rows")]
    func node(
      _ type: String, _ inputs: [String], _ output: String,
      _ attributes: [String: ONNXModel.Attribute] = [:]
    ) {
      model.nodes.append(
        .init(type: type, inputs: inputs, output: output, attributes: attributes))
    }
    node("Gather", ["w", "y"], "g")
    node("Concat", ["x", "g"], "a", ["axis": .int(-1)])
    node("LeakyRelu", ["a"], "b", ["alpha": .float(0.25)])
    node("Resize", ["b", "", "s"], "c", ["mode": .text("nearest")])
    node("Transpose", ["c"], "d", ["perm": .ints([1, 0])])
    model.initializers = [
      .init("w", shape: [2, 2], [1, -2.5, 0, 4] as [Float]),
      .init("s", shape: [2], [1, 2] as [Int64]), .init("t", shape: [], [0.5] as [Float]),
    ]
    return model
  }

  /// What the Python package onnx 1.23 writes of the same graph, its fields in ascending order.
  private let expected = """
    080812037a6f6f3ada020a140a01770a01791201671a016722064761746865720a2a0a01780a01671201611a
    01612206436f6e6361742a140a046178697318ffffffffffffffffff01a001020a250a01611201621a016222
    094c65616b7952656c752a0f0a05616c706861150000803ea001010a2a0a01620a000a01731201631a016322
    06526573697a652a120a046d6f646522076e656172657374a001030a230a01631201641a016422095472616e
    73706f73652a0d0a047065726d40014000a00107120474696e792a1b0802080210014201774a100000803f00
    0020c000000000000080402a19080210074201734a10010000000000000002000000000000002a0b10014201
    744a040000003f5a1b0a0178120f0a0d080112090a0312014e0a0208021a05636f6465735a190a0179120b0a
    09080712050a0312014e1a07636c6173736573621b0a016412100a0e0801120a0a0308ac020a0312014e1a04
    726f777342021011
    """

  @Test func bytesAreThoseOfThePythonPackage() throws {
    let digits = expected.filter { !$0.isWhitespace }
    let hex = try tiny.serialized().map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
    #expect(hex == digits)
  }

  @Test func attributesAreSorted() throws {
    var model = ONNXModel(name: "g")
    let attributes = Dictionary(
      uniqueKeysWithValues: "hgfedcba".map { (String($0), ONNXModel.Attribute.int(1)) })
    model.nodes = [.init(type: "T", inputs: [], output: "o", attributes: attributes)]
    // Field 5, a message of nine bytes that begins with its name.
    let bytes = try model.serialized()
    let names = bytes.indices.dropFirst(4)
      .filter { Array(bytes[($0 - 4)..<$0]) == [0x2A, 0x08, 0x0A, 0x01] }.map { bytes[$0] }
    #expect(names == Array("abcdefgh".utf8))
  }

  @Test func largerFilesThanReadersTakeAreAnError() throws {
    let size = try tiny.serialized().count
    #expect(try tiny.serialized(limit: size).count == size)
    // The weights alone, and all but one byte of the whole.
    for limit in [35, size - 1] {
      let error = try fault { () throws(ZooError) in try tiny.serialized(limit: limit) }
      #expect(error.kind == .failure)
      #expect(error.description.contains("tiny") && error.description.contains("safetensors"))
    }
    #expect(ONNXModel.largestFile == 2_147_483_647)
  }
}
