import Testing
import ZooCore

@Suite struct LayerTests {
  private func context(_ mode: Mode) -> Context {
    Context(mode, random: RandomSource(seed: 1, step: 0, substep: 0))
  }

  /// Every layer that a config can name, with a shape that it takes and the shape it must give.
  static let layers: [(json: String, input: Shape, output: Shape, parameters: Int)] = [
    (#"{ "dense": 7 }"#, [5], [7], 42), (#"{ "dense": 7, "bias": false }"#, [5], [7], 35),
    (#"{ "conv": 4, "kernel": 5, "stride": 2 }"#, [28, 28, 3], [14, 14, 4], 304),
    (#"{ "conv": 4, "kernel": 5, "stride": 2 }"#, [7, 9, 3], [4, 5, 4], 304),
    (#"{ "conv": 4, "kernel": [3, 1], "padding": "valid" }"#, [6, 6, 1], [4, 6, 4], 16),
    (#"{ "conv": 4, "kernel": 4, "stride": 2, "padding": 1 }"#, [20, 12, 2], [10, 6, 4], 132),
    (#"{ "convTranspose": 4, "kernel": 5, "stride": 2 }"#, [7, 9, 3], [14, 18, 4], 304),
    (#"{ "convTranspose": 4, "kernel": 4, "padding": 0 }"#, [1, 1, 3], [4, 4, 4], 196),
    (
      #"{ "convTranspose": 4, "kernel": 3, "stride": 2, "padding": 1, "outputPadding": 1 }"#,
      [5, 6, 2], [10, 12, 4], 76
    ),
    (#""batchNorm""#, [6, 6, 3], [6, 6, 3], 6), (#""layerNorm""#, [6, 6, 3], [6, 6, 3], 6),
    (#"{ "dropout": 0.5 }"#, [9], [9], 0), (#""relu""#, [9], [9], 0),
    (#""leakyRelu""#, [4, 4, 2], [4, 4, 2], 0), (#"{ "leakyRelu": 0.1 }"#, [9], [9], 0),
    (#""tanh""#, [9], [9], 0), (#""sigmoid""#, [9], [9], 0),
    (#"{ "maxout": 6, "pieces": 3 }"#, [4], [6], 90), (#""flatten""#, [3, 4, 2], [24], 0),
    (#"{ "reshape": [3, 4, 2] }"#, [24], [3, 4, 2], 0),
    (#"{ "crop": [7, 6] }"#, [8, 8, 2], [7, 6, 2], 0),
    (#"{ "maxPool": 2 }"#, [7, 8, 2], [3, 4, 2], 0),
    (#"{ "avgPool": 3, "stride": 2, "padding": 1 }"#, [7, 8, 2], [4, 4, 2], 0),
    (#"{ "upsample": 3 }"#, [2, 3, 2], [6, 9, 2], 0),
  ]

  @Test(arguments: layers.indices)
  func shapesAreAsInferred(_ index: Int) throws {
    let (json, input, output, parameters) = Self.layers[index]
    let entries = try LayerEntry.list(parsing: "[\(json)]")
    let scope = Scope(player: "test", seed: 1)
    let network = try Network(entries, scope, from: input)
    #expect(network.output == output)
    #expect(scope.store.parameterCount == parameters)
    let x = fixedNumbers([3] + input, seed: 2, type: .float32)
    for mode in [Mode.training, .inference] {
      #expect(network(x, context(mode)).shape == [3] + output)
    }
  }

  @Test func listCoversTheCatalogue() {
    let tested = Self.layers.map(\.json)
    for type in LayerCatalogue.all {
      #expect(tested.contains { $0.contains("\"\(type.key)\"") }, "no test of \(type.key)")
    }
  }

  /// First and second derivatives through layers that are made of several ops, training mode.
  @Test(arguments: [
    #""batchNorm""#, #""layerNorm""#, #"{ "dropout": 0.4 }"#, #"{ "maxout": 3, "pieces": 2 }"#,
  ])
  func derivatives(_ json: String) throws {
    let input: Shape = json.contains("maxout") ? [4] : [2, 2, 3]
    let layers = try LayerEntry.list(parsing: "[\(json)]")
    try Backends.using(ReferenceBackend.shared) {
      let scope = Scope(player: "test", seed: 1, initialization: .dcgan, type: .float64)
      let network = try Network(layers, scope, from: input)
      let parameters = scope.store.parameters
      let x = fixedNumbers([4] + input, seed: 3)
      // DCGAN's small weights would put maxout's pieces within the differences' step.
      let values = parameters.enumerated().map {
        fixedNumbers($1.shape, seed: 40 + UInt32($0))
      }
      DerivativeCheck().check(
        { inputs in
          // Parameters are given from outside, so that derivatives at them are taken too.
          withValues(parameters, Array(inputs.dropFirst())) {
            network(inputs[0], self.context(.training)).squared()
          }
        }, at: [x] + values)
    }
  }

  private func withValues(
    _ parameters: [Parameter], _ values: [Tensor], _ body: () -> Tensor
  ) -> Tensor {
    for (parameter, value) in zip(parameters, values) { parameter.substitute(value) }
    return body()
  }

  @Test func batchNormFollowsPyTorch() throws {
    let scope = Scope(player: "test", seed: 1)
    let layer = BatchNorm(scope, 2)
    let x = Tensor([1.0, 10, 2, 20, 3, 30, 6, 40], shape: [4, 2])
    let y = layer(x, context(.training))
    // Channel 0: mean 3, biased variance 3.5; channel 1: mean 25, biased variance 125.
    let expected = [-2, -15, -1, -5, 0, 5, 3, 15].enumerated().map { index, value in
      Double(value) / ((index % 2 == 0 ? 3.5 : 125) + 1e-5).squareRoot()
    }
    for (a, b) in zip(y.doubles, expected) { #expect(abs(a - b) < 1e-6) }
    // Momentum 0.1 from 0 and 1; the variance is the unbiased one, 14 / 3 and 500 / 3.
    let statistics = scope.store.buffers.map(\.value.doubles)
    let running = [[0.3, 2.5], [0.9 + 1.4 / 3, 0.9 + 50.0 / 3]]
    for (a, b) in zip(statistics.joined(), running.joined()) { #expect(abs(a - b) < 1e-5) }
    let used = layer(x, context(.inference)).doubles
    #expect(abs(used[0] - (1 - 0.3) / (0.9 + 1.4 / 3 + 1e-5).squareRoot()) < 1e-6)
  }

  @Test func dropoutKeepsTheMean() {
    let x = Tensor(repeating: 1, shape: [200, 500])
    let y = Dropout(rate: 0.3)(x, context(.training)).doubles
    let kept = Double(y.count { $0 != 0 }) / Double(y.count)
    // Five standard errors of a share among 10⁵.
    #expect(abs(kept - 0.7) < 5 * (0.21 / 1e5).squareRoot())
    #expect(y.allSatisfy { $0 == 0 || abs($0 - 1 / 0.7) < 1e-6 })
    #expect(Dropout(rate: 0.3)(x, context(.inference)).doubles == x.doubles)
  }

  @Test func namesAndLayoutsArePyTorchs() throws {
    let scope = Scope(player: "test", seed: 1)
    let layers = try LayerEntry.list(
      parsing: #"[{ "conv": 4, "kernel": [3, 2] }, "relu", "flatten", { "dense": 5 }, "batchNorm"]"#
    )
    _ = try Network(layers, scope, from: [2, 2, 3])
    let shapes = (scope.store.parameters + scope.store.buffers)
      .map { "\($0.name) \($0.exported.shape)" }
    #expect(
      shapes == [
        "0.weight [4, 3, 3, 2]", "0.bias [4]", "3.weight [5, 16]", "3.bias [5]", "4.weight [5]",
        "4.bias [5]", "4.running_mean [5]", "4.running_var [5]",
      ])
    for parameter in scope.store.parameters {
      let before = parameter.value.floats
      parameter.assign(exported: parameter.exported)
      #expect(parameter.value.floats == before)
    }
  }

  @Test(arguments: Initialization.allCases)
  func initialValuesHaveTheirDeviation(_ initialization: Initialization) {
    let window = Window(kernel: 5, stride: 2)
    let scope = Scope(player: "test", seed: 3, initialization: initialization)
    let dense = Dense(scope / "dense", 200, 100)
    let conv = Conv2D(scope / "conv", 30, 40, window: window)
    let transposed = ConvTranspose2D(
      scope / "transposed", 30, 40, window: window, height: 9, width: 9)
    // Fans: dense 200 and 100; both convolutions 750 and 1000, thinned to 750 and 250 and to
    // 187.5 and 1000; PyTorch counts 1000 for the transposed one.
    let deviations: [Double] =
      switch initialization {
      case .pytorch: [200, 750, 1000].map { (1 / (3 * $0)).squareRoot() }
      case .dcgan: [0.02, 0.02, 0.02]
      case .glorotUniform: [300, 1750, 1750].map { (2 / $0).squareRoot() }
      case .he: [200, 750, 750].map { (2 / $0).squareRoot() }
      case .wganGP: [2.0 / 300, 4.0 / 1000, 4.0 / 1187.5].map { $0.squareRoot() }
      }
    for (weight, deviation) in zip(
      [dense.weight, conv.weight, transposed.weight], deviations)
    {
      let values = weight.value.doubles
      let measured = (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
      // 20,000 values or more: five standard errors of a deviation are 2.5 %.
      #expect(abs(measured / deviation - 1) < 0.025, "\(initialization): \(measured)")
    }
  }

  @Test func initialValuesDependOnNameAlone() {
    let alone = Scope(player: "g", seed: 1)
    let first = Dense(alone / "a", 3, 4).weight.value.floats
    let beside = Scope(player: "g", seed: 1)
    _ = Dense(beside / "b", 3, 4)
    #expect(Dense(beside / "a", 3, 4).weight.value.floats == first)
    #expect(Dense(Scope(player: "d", seed: 1) / "a", 3, 4).weight.value.floats != first)
    #expect(Dense(Scope(player: "g", seed: 2) / "a", 3, 4).weight.value.floats != first)
  }
}
