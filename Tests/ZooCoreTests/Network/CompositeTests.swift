import Testing
import ZooCore

/// Layers made of layers: shapes, names, costs, and what is told where they do not fit.
@Suite struct CompositeTests {
  private func network(
    _ json: String, from input: Shape, _ scope: Scope = Scope(player: "test", seed: 1)
  ) throws -> Network {
    try Network(LayerEntry.list(parsing: "[\(json)]"), scope, from: input)
  }

  private func context(_ mode: Mode) -> Context {
    Context(mode, random: RandomSource(seed: 1, step: 0, substep: 0))
  }

  @Test func parametersAreNamedByTheirPlace() throws {
    let scope = Scope(player: "test", seed: 1)
    _ = try network(
      """
      { "residual": [{ "dense": 3 }], "shortcut": [{ "dense": 3, "bias": false }] },
      { "repeat": 2, "layers": [{ "dense": 3, "bias": false }, "relu"] },
      { "skip": [{ "dense": 2, "bias": false }] },
      { "concat": [[], [{ "dense": 1, "bias": false }]] },
      { "sum": [["tanh"], ["relu", { "dense": 6, "bias": false }]] }
      """, from: [3], scope)
    #expect(
      scope.store.parameters.map(\.name) == [
        "0.residual.0.weight", "0.residual.0.bias", "0.shortcut.0.weight", "1.0.0.weight",
        "1.1.0.weight", "2.skip.0.weight", "3.concat.1.0.weight", "4.sum.1.1.weight",
      ])
  }

  /// Each composite beside the same sum or join written out.
  @Test func compositesAreWhatTheySay() throws {
    let x = fixedNumbers([2, 3], seed: 1, type: .float32)
    let (t, r) = (x.tanh(), x.relu())
    let expected: [(json: String, value: Tensor)] = [
      (#"{ "residual": ["tanh"] }"#, x + t),
      (#"{ "residual": ["tanh"], "shortcut": ["relu"], "factor": 0.5 }"#, (r + t) * 0.5),
      (#"{ "skip": ["tanh"] }"#, .concatenated([x, t], along: 1)),
      (#"{ "repeat": 3, "layers": ["tanh"] }"#, t.tanh().tanh()),
      (#"{ "concat": [["relu"], [], ["tanh"]] }"#, .concatenated([r, x, t], along: 1)),
      (#"{ "sum": [["relu"], ["tanh"], []] }"#, r + t + x),
    ]
    for (json, value) in expected {
      let made = try network(json, from: [3])(x, context(.training))
      #expect(made.floats == value.floats, "\(json)")
    }
  }

  /// Costs are the sum of those within; a mixing layer within makes the whole mix.
  @Test func costsAndMixingComeFromWithin() throws {
    for wrap in [
      #"{ "residual": [@] }"#, #"{ "residual": ["relu"], "shortcut": [@] }"#, #"{ "skip": [@] }"#,
      #"{ "repeat": 1, "layers": [@] }"#, #"{ "concat": [[], [@]] }"#, #"{ "sum": [[@], []] }"#,
    ] {
      let plain = try network(wrap.replacing("@", with: #"{ "dense": 3 }"#), from: [3])
      #expect(plain.multiplyAdds == 9 && !plain.mixesSamples, "\(wrap)")
      let mixing = try network(wrap.replacing("@", with: #""batchNorm""#), from: [3])
      #expect(mixing.mixesSamples, "\(wrap)")
    }
  }

  static let wrong: [(json: String, input: Shape, told: [String])] = [
    (
      #"{ "residual": [{ "conv": 5 }] }"#, [4, 4, 3],
      ["the layers give [4, 4, 5], but [4, 4, 3] comes in", "shortcut"]
    ),
    // 7 is halved to 4 and doubled to 8.
    (
      #"{ "skip": [{ "conv": 2, "stride": 2 }, { "convTranspose": 2, "stride": 2 }] }"#,
      [7, 7, 1], ["found [7, 7, 1] and [8, 8, 2]", "multiple of 2ⁿ"]
    ),
    (
      #"{ "concat": [[], [{ "avgPool": 2 }]] }"#, [4, 4, 1],
      ["found [4, 4, 1] and [2, 2, 1]"]
    ),
    (#"{ "sum": [[], [{ "dense": 2 }]] }"#, [3], ["found [3] and [2]"]),
    (
      #"{ "repeat": 1000, "layers": [{ "repeat": 11, "layers": ["relu"] }] }"#, [3],
      ["more than 10000 layers", "repeat fewer times"]
    ),
    (#""conditionalBatchNorm""#, [3], ["steered by a style, but this network is given none"]),
    (#"{ "conv": 6, "groups": 4 }"#, [4, 4, 8], ["4 groups do not divide 8 channels"]),
    (#""attention""#, [4, 4, 4], ["leaves no channel to queries", "wider"]),
    (#"{ "reflectPad": 4 }"#, [4, 9, 1], ["4x9 pixels has fewer than 4", "replicatePad"]),
    (#"{ "blur": [1, 1], "up": 3 }"#, [4, 4, 1], ["2 taps cannot go up by 3"]),
    (#""instanceNorm""#, [1, 1, 4], ["needs several pixels, but [1, 1, 4] comes in"]),
    (#"{ "constant": [2, 2, 3], "scaled": true }"#, [4], ["needs as many features", "dense"]),
  ]

  @Test(arguments: wrong.indices)
  func whatDoesNotFitIsTold(_ index: Int) throws {
    let (json, input, told) = Self.wrong[index]
    let error = #expect(throws: ShapeMismatch.self) { try network(json, from: input) }
    let text = "\(error?.problem ?? "") \(error?.advice ?? "")"
    for part in told { #expect(text.contains(part), "\(text)") }
  }

  /// A place within a place, as `generator.layers[1].residual[0].concat[1][0]`.
  @Test func faultsSayWhereTheyAre() throws {
    let json = #""relu", { "residual": [{ "concat": [[], [{ "reshape": [2, 2, 9] }]] }] }"#
    let error = #expect(throws: ShapeMismatch.self) { try network(json, from: [3]) }
    #expect(error?.path == "layers[1].residual[0].concat[1][0]")
  }

  /// Lists within lists end somewhere, before a stack does.
  @Test func nestingIsBounded() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: #"{ "skip": ["#, count: depth) + #""relu""#
        + String(repeating: "] }", count: depth)
    }
    _ = try network(nested(20), from: [1])
    let deep = nested(25)
    let error = #expect(throws: ZooError.self) { try LayerEntry.list(parsing: "[\(deep)]") }
    #expect(error?.description.contains("more than 24 deep") == true)
  }

  /// A list of layers is written as it is read.
  @Test func compositesAreWrittenAsRead() throws {
    let json =
      #"[{"residual":["relu",{"concat":[[],["tanh"]]}],"factor":0.5},{"repeat":2,"layers":["tanh"]}]"#
    let entries = try LayerEntry.list(parsing: json)
    let written = entries.map { $0.written.compact() }.joined(separator: ",")
    #expect("[\(written)]".replacing(" ", with: "") == json)
  }
}
