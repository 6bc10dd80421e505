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
    (#""instanceNorm""#, [6, 6, 3], [6, 6, 3], 0),
    (#"{ "instanceNorm": 1e-3, "affine": true }"#, [6, 6, 3], [6, 6, 3], 6),
    (#""pixelNorm""#, [6], [6], 0), (#""pixelNorm""#, [2, 6, 3], [2, 6, 3], 0),
    (#""minibatchDeviation""#, [6], [7], 0), (#""minibatchDeviation""#, [2, 6, 3], [2, 6, 4], 0),
    (#"{ "constant": [4, 3, 2] }"#, [9], [4, 3, 2], 24),
    (#"{ "constant": [4, 3, 2], "start": "ones", "scaled": true }"#, [2], [4, 3, 2], 24),
    (#""globalSum""#, [4, 3, 2], [2], 0), (#""channelBias""#, [4, 3, 2], [4, 3, 2], 2),
    (
      #"{ "pyramid": [["relu"], ["upsample", { "conv": 2, "kernel": 1 }]], "#
        + #""images": [[{ "conv": 1, "kernel": 1 }], [{ "conv": 1, "kernel": 1 }]] }"#,
      [4, 3, 2], [8, 6, 1], 12
    ),
    (
      #"{ "funnel": [["relu", { "avgPool": 2 }]], "#
        + #""images": [[{ "conv": 2, "kernel": 1 }], [{ "conv": 2, "kernel": 1 }]] }"#,
      [4, 2, 2], [2, 1, 2], 12
    ),
    (#""noise""#, [4, 3, 2], [4, 3, 2], 1),
    (#"{ "noise": "channel", "always": false }"#, [4, 3, 2], [4, 3, 2], 2),
    (#""conditionalBatchNorm""#, [4, 3, 2], [4, 3, 2], 20),
    (#""conditionalBatchNorm""#, [2], [2], 20), (#""adaIN""#, [4, 3, 2], [4, 3, 2], 24),
    (#"{ "modulatedConv": 4 }"#, [5, 3, 2], [5, 3, 4], 88),
    (#"{ "modulatedConv": 4, "kernel": 1, "demodulate": false }"#, [5, 3, 2], [5, 3, 4], 24),
    (#"{ "modulatedConv": 4, "up": true }"#, [5, 3, 2], [10, 6, 4], 88),
    (#"{ "conv": 6, "kernel": 3, "groups": 2 }"#, [5, 3, 4], [5, 3, 6], 114),
    (#""attention""#, [4, 5, 16], [4, 5, 16], 321), (#""blur""#, [4, 5, 2], [4, 5, 2], 0),
    (#"{ "blur": [1, 2, 1], "up": 3 }"#, [4, 5, 2], [12, 15, 2], 0),
    (#"{ "blur": [1, 3, 3, 1], "down": 2 }"#, [4, 6, 2], [2, 3, 2], 0),
    (#""reflectPad""#, [4, 6, 2], [6, 8, 2], 0),
    (#"{ "replicatePad": [0, 1, 2, 9] }"#, [4, 6, 2], [5, 17, 2], 0),
    (#"{ "residual": ["relu"] }"#, [9], [9], 0), (#"{ "skip": ["relu"] }"#, [9], [18], 0),
    (#"{ "repeat": 2, "layers": [{ "dense": 3 }] }"#, [3], [3], 24),
    (#"{ "concat": [[], [{ "dense": 3 }]] }"#, [3], [6], 12),
    (#"{ "sum": [[], [{ "dense": 3 }]] }"#, [3], [3], 12),
  ]

  @Test(arguments: layers.indices)
  func shapesAreAsInferred(_ index: Int) throws {
    let (json, input, output, parameters) = Self.layers[index]
    let entries = try LayerEntry.list(parsing: "[\(json)]")
    let scope = Scope(player: "test", seed: 1)
    let network = try Network(entries, scope, from: input, style: 5)
    #expect(network.output == output)
    #expect(scope.store.parameterCount == parameters)
    let x = fixedNumbers([3] + input, seed: 2, type: .float32)
    for mode in [Mode.training, .inference] {
      let styles = Styles(fixedNumbers([3, 5], seed: 4, type: .float32))
      #expect(network(x, context(mode).styled(by: styles)).shape == [3] + output)
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
    #""instanceNorm""#, #""pixelNorm""#, #""minibatchDeviation""#, #"{ "noise": "channel" }"#,
    #""conditionalBatchNorm""#, #""adaIN""#, #"{ "modulatedConv": 2, "kernel": 2 }"#,
    #"{ "modulatedConv": 2, "up": true }"#, #"{ "attention": 2 }"#,
    #"{ "conv": 3, "kernel": 2, "groups": 3 }"#, #"{ "blur": [1, 2], "up": 2 }"#,
    #"{ "constant": [2, 1, 3], "scaled": true }"#,
  ])
  func derivatives(_ json: String) throws {
    let input: Shape =
      json.contains("maxout") ? [4] : json.contains("constant") ? [3] : [2, 2, 3]
    let layers = try LayerEntry.list(parsing: "[\(json)]")
    try Backends.using(ReferenceBackend.shared) {
      let scope = Scope(player: "test", seed: 1, initialization: .dcgan, type: .float64)
      let network = try Network(layers, scope, from: input, style: 2)
      let parameters = scope.store.parameters
      let style = fixedNumbers([4, 2], seed: 5)
      let x = fixedNumbers([4] + input, seed: 3)
      // DCGAN's small weights would put maxout's pieces within the differences' step.
      let values = parameters.enumerated().map {
        fixedNumbers($1.shape, seed: 40 + UInt32($0))
      }
      DerivativeCheck().check(
        { inputs in
          // Parameters are given from outside, so that derivatives at them are taken too.
          withValues(parameters, Array(inputs.dropFirst(2))) {
            network(inputs[0], self.context(.training).styled(by: Styles(inputs[1]))).squared()
          }
        }, at: [x, style] + values)
    }
  }

  /// A list is read by the first name that is a layer's, so that no setting may have such a name.
  @Test func noSettingIsCalledLikeALayer() {
    let names = LayerCatalogue.all.map { $0.key }
    #expect(Set(names).count == names.count)
    func settings<Spec: LayerSpec>(_: Spec.Type) -> [String] {
      Spec.fields.map(\.key).filter { $0 != Spec.key }
    }
    for type in LayerCatalogue.all {
      for setting in settings(type) { #expect(!names.contains(setting), "\(type.key): \(setting)") }
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
      case .glorotNormal: [300, 1750, 1750].map { (2 / $0).squareRoot() }
      case .he: [200, 750, 750].map { (2 / $0).squareRoot() }
      case .lecun: [200, 750, 750].map { (1 / $0).squareRoot() }
      // Of unit vectors: 100 rows of 200; 40 of 750 values.
      case .orthogonal: [200, 750, 750].map { (1 / $0).squareRoot() }
      case .wganGP: [2.0 / 300, 4.0 / 1000, 4.0 / 1187.5].map { $0.squareRoot() }
      }
    for (weight, deviation) in zip(
      [dense.weight, conv.weight, transposed.weight], deviations)
    {
      let values = weight.parameter.value.doubles
      let measured = (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
      // 20,000 values or more: five standard errors of a deviation are 2.5 %.
      #expect(abs(measured / deviation - 1) < 0.025, "\(initialization): \(measured)")
    }
  }

  /// Outputs are orthonormal vectors, or where there are more outputs than weights of one, the
  /// weights of an input are.
  @Test func orthogonalWeightsAreOrthonormal() {
    let scope = Scope(player: "test", seed: 1, initialization: .orthogonal, type: .float64)
    let layers = [
      ("narrow", Dense(scope / "a", 7, 5).weight.parameter),
      ("wide", Dense(scope / "b", 5, 7).weight.parameter),
      ("conv", Conv2D(scope / "c", 3, 6, window: Window(kernel: 3)).weight.parameter),
      (
        "transposed",
        ConvTranspose2D(
          scope / "d", 3, 6, window: Window(kernel: 3), height: 5, width: 5
        ).weight.parameter
      ),
    ]
    for (name, parameter) in layers {
      let values =
        name == "transposed" ? parameter.value.transposed([0, 1, 3, 2]) : parameter.value
      let outputs = values.shape[values.shape.count - 1]
      let matrix = values.detached().reshaped(to: [values.count / outputs, outputs])
      let isTall = matrix.shape[0] >= outputs
      let gram = matrix.matrixProduct(
        matrix, transposeSelf: isTall, transposeOther: !isTall)
      for row in 0..<gram.shape[0] {
        for column in 0..<gram.shape[0] {
          let product = gram.doubles[row * gram.shape[0] + column]
          // Float64's rounding, times the length of a vector.
          #expect(abs(product - (row == column ? 1 : 0)) < 1e-14, "\(name)")
        }
      }
    }
  }

  @Test func initialValuesDependOnNameAlone() {
    let alone = Scope(player: "g", seed: 1)
    let first = Dense(alone / "a", 3, 4).weight.parameter.value.floats
    let beside = Scope(player: "g", seed: 1)
    _ = Dense(beside / "b", 3, 4)
    #expect(Dense(beside / "a", 3, 4).weight.parameter.value.floats == first)
    #expect(Dense(Scope(player: "d", seed: 1) / "a", 3, 4).weight.parameter.value.floats != first)
    #expect(Dense(Scope(player: "g", seed: 2) / "a", 3, 4).weight.parameter.value.floats != first)
  }
}
