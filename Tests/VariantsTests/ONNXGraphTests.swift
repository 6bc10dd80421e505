import Testing
import Variants
import ZooCore

/// Exported generators as their files say, decoded by a reader of the tests' own.
@Suite struct ONNXGraphTests {
  @Test(arguments: ExportCase.all)
  func graphIsWellFormed(_ export: ExportCase) throws {
    let contest = try export.contest()
    let graph = try ONNXReader(export.model(contest))
    #expect(graph.version == 8 && graph.operatorSets == [17] && graph.name == export.name)
    try expectInputsAndOutputs(graph, contest.generator.takes, export)
    // What a graph leaves out is told.
    let isDropping = export == .random || export.name == "pix2pix-unet-64"
    #expect(graph.description?.contains("dropout") == (isDropping ? true : nil))
    expectOrder(graph)
    // Styles are made by a network of the graph, and their mean is not; equalised weights are scaled.
    let isStyled = contest.generator is any StyleDriven
    let isScaled = try export.recipe().config.generator.network.weights == .equalized
    let others = try export.recipe().roles.map { $0.name + "." }
    try expectParameters(
      graph, contest.generatorStore,
      without: export.unused ?? (isStyled ? ["style."] : others),
      transformed: isScaled ? [""] : export.name == "layers-weights" ? ["0.", "2.", "4."] : [])
    // Shapes after every node by ONNX's own formulas.
    let shapes = try ShapeInference(graph, samples: 3).shapes
    #expect(shapes["samples"] == [3] + export.sample)
  }

  private func expectInputsAndOutputs(
    _ graph: ONNXReader, _ takes: Ingredients, _ export: ExportCase
  ) throws {
    var inputs = [
      takes.source.map { .init(name: "source", type: 1, axes: ["N"] + $0.map(String.init)) }
        ?? ONNXReader.Value(name: "latents", type: 1, axes: ["N", "\(takes.latent?.size ?? 0)"])
    ]
    if takes.classes != nil { inputs.append(.init(name: "labels", type: 7, axes: ["N"])) }
    #expect(graph.inputs == inputs)
    #expect(
      graph.outputs
        == [.init(name: "samples", type: 1, axes: ["N"] + export.sample.map(String.init))])
  }

  /// Every value is made once, before it is read; every input and constant is read.
  private func expectOrder(_ graph: ONNXReader) {
    var known = Set(graph.inputs.map(\.name))
    for (name, _) in graph.constants {
      #expect(known.insert(name).inserted, "\(name) is there twice")
    }
    for node in graph.nodes {
      for input in node.inputs where !input.isEmpty {
        #expect(known.contains(input), "\(node.type) reads \(input) before it is made")
      }
      for output in node.outputs {
        #expect(known.insert(output).inserted, "\(output) is made twice")
      }
    }
    #expect(graph.nodes.last?.outputs == ["samples"])
    let read = Set(graph.nodes.flatMap(\.inputs))
    #expect(graph.constants.allSatisfy { read.contains($0.name) })
    #expect(graph.inputs.allSatisfy { read.contains($0.name) })
  }

  /// All parameters and statistics, in PyTorch's layout, and none else.
  private func expectParameters(
    _ graph: ONNXReader, _ store: ParameterStore, without others: [String],
    transformed: [String]
  ) throws {
    // Vectors of spectral normalisation are in the weights that are written.
    let own = (store.parameters + store.buffers).filter { parameter in
      // Networks beside the generator play no part in drawing.
      !parameter.name.hasSuffix("weight_u") && !others.contains { parameter.name.hasPrefix($0) }
        // Sizes that are outgrown, and how far that is.
        && !parameter.name.hasSuffix("growth")
        && !(parameter.name.contains("images.") && graph.constant(parameter.name) == nil)
    }
    for parameter in own {
      let constant = try #require(graph.constant(parameter.name))
      let values = parameter.exported
      // Layer norm's scale and shift have ones behind them, to stretch over rows and columns.
      #expect(constant.shape.filter { $0 > 1 } == values.shape.filter { $0 > 1 })
      let bytes = values.floats.withUnsafeBytes { [UInt8]($0) }
      #expect(constant.type == 1, "\(parameter.name)")
      // Weights that something is made of differ; ONNX Runtime shows whether by the right amount.
      let isNormalised = store.buffers.contains { $0.name == parameter.name + "_u" }
      if !isNormalised, !transformed.contains(where: parameter.name.hasPrefix) {
        // Not the arrays themselves: their difference would be looked for, for minutes.
        let isWritten = Array(constant.data) == bytes
        #expect(isWritten, "\(parameter.name)")
      }
    }
    let named = graph.constants.filter { !$0.name.hasPrefix("constant_") }
    #expect(named.count == own.count)
  }

  @Test func everyLayerIsCovered() {
    let configs = ExportCase.layers.map { $0.config + ($0.styled ?? "") }.joined()
    // Discriminators' layers: one sees the other samples of a batch, one the image at all sizes.
    for type in LayerCatalogue.all where !["minibatchDeviation", "funnel"].contains(type.key) {
      #expect(configs.contains("\"\(type.key)\""), "no export of \(type.key)")
    }
  }

  @Test(arguments: [
    (
      "gan", "mlp",
      "Gemm LeakyRelu Gemm BatchNormalization LeakyRelu Gemm BatchNormalization LeakyRelu Gemm "
        + "BatchNormalization LeakyRelu Gemm Tanh Reshape Transpose Sub Div Clip"
    ),
    (
      "cgan", "dcgan",
      "Gather Concat Reshape ConvTranspose BatchNormalization Relu ConvTranspose "
        + "BatchNormalization Relu ConvTranspose Tanh Transpose Sub Div Clip"
    ),
    (
      "lsgan", "lucic",
      "Gemm BatchNormalization LeakyRelu Gemm BatchNormalization LeakyRelu Reshape ConvTranspose "
        + "BatchNormalization LeakyRelu ConvTranspose Tanh Transpose Sub Div Clip"
    ),
    // Pixels in [0, 1] already.
    (
      "wgan-gp", "wgan-gp",
      "Gemm Relu Reshape ConvTranspose Slice Relu ConvTranspose Relu ConvTranspose Sigmoid "
        + "Transpose Clip"
    ),
  ])
  func operatorsAreThoseOfTheLayers(
    _ variant: String, _ architecture: String, _ operators: String
  ) throws {
    let export = ExportCase(
      name: architecture,
      config: """
        { "variant": "\(variant)", "generator": { "architecture": "\(architecture)", "width": 2 } }
        """, sample: [28, 28, 1])
    let graph = try ONNXReader(export.model(export.contest()))
    #expect(graph.nodes.map(\.type).joined(separator: " ") == operators)
  }

  @Test func settingsReachTheirOperators() throws {
    func node(_ type: String, _ layers: String) throws -> ONNXReader.Node {
      let export = try #require(ExportCase.layers.first { $0.name == "layers-\(layers)" })
      let graph = try ONNXReader(export.model(export.contest()))
      return try #require(graph.nodes.first { $0.type == type })
    }
    #expect(try node("LeakyRelu", "dense").floats == ["alpha": 0.1])
    #expect(try node("InstanceNormalization", "dense").floats == ["epsilon": 1e-3])
    #expect(try node("BatchNormalization", "points").floats == ["epsilon": 1e-5])
    #expect(try node("Gemm", "points").ints == ["transB": [1]])
    #expect(
      try node("Conv", "conv-padded").ints
        == ["kernel_shape": [4, 4], "strides": [2, 2], "pads": [1, 2, 0, 3]])
    #expect(
      try node("ConvTranspose", "transpose-padded").ints
        == [
          "kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1],
          "output_padding": [1, 1],
        ])
    #expect(
      try node("AveragePool", "pooling").ints
        == [
          "kernel_shape": [2, 3], "strides": [1, 1], "pads": [1, 2, 0, 0], "count_include_pad": [1],
        ])
  }

  @Test func theSameNetworkGivesTheSameBytes() throws {
    let export = try #require(ExportCase.layers.first)
    #expect(try export.model(export.contest()) == export.model(export.contest()))
  }

  // MARK: Networks of a variant's own

  private func file(_ generator: any Generator, sample: Shape, store: ParameterStore) throws
    -> ONNXReader
  {
    let other = try Recipe(
      parsing: Array(#"{ "variant": "gan", "generator": { "width": 1 } }"#.utf8), file: "c.json",
      registry: builtIn
    ).plan(for: [8, 8, 1]).contest
    let contest = Contest(
      generator: generator, discriminator: other.discriminator, objective: other.objective,
      generatorStore: store, discriminatorStore: other.discriminatorStore)
    return try ONNXReader(
      ONNXModel.generator(of: contest, sample: sample, range: 0...1, name: "own"))
  }

  private struct Square: Layer {
    func callAsFunction(_ input: Tensor, _ context: Context) -> Tensor { input.squared() }
  }

  private struct Formless: Generator {
    let takes = Ingredients(latent: LatentSpace(size: 2))
    func callAsFunction(_ input: GeneratorInput, _ context: Context) -> Tensor { input.codes() }
  }

  @Test func whatHasNoFormIsAnErrorThatNamesIt() throws {
    let layers = SequentialGenerator(
      latent: LatentSpace(size: 2), network: Square())
    for (generator, name) in [(layers, "Square"), (Formless(), "Formless")] as [(any Generator, _)]
    {
      let error = #expect(throws: ZooError.self) {
        _ = try file(generator, sample: [2], store: ParameterStore())
      }
      #expect(error?.kind == .failure)
      let text = error?.description ?? ""
      #expect(text.contains("\(name) has no ONNX form") && text.contains("own"), "\(text)")
    }
  }

  /// One layer used twice, and labels asked for twice.
  private struct Sharing: Generator {
    let takes = Ingredients(latent: LatentSpace(size: 3), classes: 4)
    let layer: Dense
    let table: Embedding

    func callAsFunction(_ input: GeneratorInput, _ context: Context) -> Tensor { input.codes() }

    func export(to graph: GraphBuilder) {
      for _ in 0..<2 {
        layer.export(to: graph)
        graph.append(
          "Add", [graph.value(of: "Gather", [graph.weight(table.weight), graph.labels()])])
      }
    }
  }

  @Test func sharedParametersAndLabelsAreThereOnce() throws {
    let scope = Scope(player: "generator", seed: 1)
    let graph = try file(
      Sharing(
        layer: Dense(scope / "fc", 3, 3), table: Embedding(scope / "label", classes: 4, size: 3)),
      sample: [3], store: scope.store)
    #expect(graph.constants.map(\.name) == ["fc.weight", "fc.bias", "label.weight"])
    #expect(graph.inputs.map(\.name) == ["latents", "labels"])
    #expect(
      graph.nodes.map(\.type) == ["Gemm", "Gather", "Add", "Gemm", "Gather", "Add", "Identity"])
  }
}
