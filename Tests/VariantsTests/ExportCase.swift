import Foundation
import Testing
import Variants
import ZooCore

/// A generator to export, with parameters that are not where they start.
struct ExportCase: CustomTestStringConvertible, Equatable, Sendable {
  let name: String
  let config: String
  let sample: Shape
  /// The generator's layers where its latent codes are their style too, which no variant of the
  /// configs does.
  var styled: String?
  /// What a translator starts from; nil for others.
  var source: Shape?
  /// How the names of parameters begin that play no part in drawing; by itself those of the networks
  /// beside the generator.
  var unused: [String]?
  /// The number of classes, where that is a map of labels.
  var labels: Int?

  var testDescription: String { name }

  /// DCGAN's own size, and the configs that ship for the samples of their datasets.
  static let shipped: [ExportCase] =
    [
      ExportCase(name: "dcgan-64", config: #"{ "variant": "dcgan" }"#, sample: [64, 64, 3])
    ]
    + ConfigsTests.names.compactMap { file in
      let url = ConfigsTests.folder.appending(path: file)
      guard let config = try? String(contentsOf: url, encoding: .utf8),
        let recipe = try? Recipe(parsing: Array(config.utf8), file: file, registry: builtIn)
      else { return nil }
      // Translators are below, with narrow networks.
      if SmallConfig.translates(recipe.card.name) { return nil }
      let sample: Shape =
        switch recipe.config.data.dataset {
        case "ring8", "grid25", "swiss-roll": [2]
        case "cifar-10": [32, 32, 3]
        default: [28, 28, 1]
        }
      return ExportCase(name: String(file.dropLast(5)), config: config, sample: sample)
    }

  /// Every architecture, plain and conditional, on sizes that halve evenly and on ones that do not.
  static let architectures: [ExportCase] = SmallConfig.architectures(for: "gan").flatMap { name in
    ([[28, 28, 1], [64, 64, 3], [7, 9, 1], [20, 12, 2]] as [Shape]).flatMap { sample in
      ["gan", "cgan"].map { variant in
        ExportCase(
          name: "\(variant)-\(name)-" + sample.map(String.init).joined(separator: "x"),
          config: """
            { "variant": "\(variant)",
              "generator": { "architecture": "\(name)", "width": 3, "latent": { "size": 6 } },
              "discriminator": { "width": 2 } }
            """, sample: sample)
      }
    }
  }

  /// Translators from grey to colour and back, on squares and others.
  static let translators: [ExportCase] = plainTranslators + scenePainters

  private static let plainTranslators: [ExportCase] = [
    ("unet-64", [64, 64, 1], 1),
    ("unet", [16, 16, 3], 1), ("unet-instance", [32, 16, 1], 3), ("resnet-3", [12, 20, 3], 1),
  ].map { name, sample, channels in
    ExportCase(
      name: "pix2pix-\(name)",
      config: """
        { "variant": "pix2pix",
          "generator": { "architecture": "\(name.replacing("-64", with: ""))", "width": 3 },
          "discriminator": { "architecture": "patch-1", "width": 2 } }
        """, sample: sample, source: sample.dropLast() + [channels])
  }

  /// Coarse, with an enhancer, and before that has learnt; of maps with and without things, of pictures.
  private static let scenePainters: [ExportCase] = [
    ("coarse", "", 2, 5), ("fine", #""enhancer": true"#, 1, 4),
    ("photo", #""enhancer": true"#, 3, nil),
    ("unfinished", #""enhancer": true, "coarseSteps": 9"#, 2, 5),
  ].map { name, objective, channels, labels in
    ExportCase(
      name: "pix2pixhd-\(name)",
      config: """
        { "variant": "pix2pixhd", "generator": { "width": 4 }, "discriminator": { "width": 2 },
          "objective": { \(objective) } }
        """, sample: [16, 24, 3], source: [16, 24, channels],
      unused: name == "unfinished" ? ["enhance"] : [], labels: labels)
  }

  /// Every layer that a config can name and that has an ONNX form, with what is special about its
  /// settings.
  static let layers: [ExportCase] = plainLayers + styledLayers

  private static let plainLayers: [ExportCase] = [
    (
      "dense",
      #"{ "dense": 24, "bias": false }, { "layerNorm": 1e-3 }, { "leakyRelu": 0.1 }"#
        + #", { "maxout": 12, "pieces": 3 }, "sigmoid", { "reshape": [2, 3, 2] }"#, [2, 3, 2]
    ),
    ("points", #"{ "dense": 9 }, "relu", "dropout", "batchNorm", { "dense": 3 }"#, [3]),
    (
      "conv-same",
      #"{ "dense": 189 }, { "reshape": [7, 9, 3] }, { "conv": 4, "kernel": 5, "stride": 2 }"#
        + #", "layerNorm", { "conv": 3, "kernel": [2, 4], "stride": [1, 3], "bias": false }"#,
      [4, 2, 3]
    ),
    (
      "conv-padded",
      #"{ "dense": 96 }, { "reshape": [6, 8, 2] }, "#
        + #"{ "conv": 5, "kernel": 4, "stride": 2, "padding": [1, 0, 2, 3] }, "tanh", "#
        + #"{ "conv": 2, "kernel": [1, 2], "padding": "valid" }"#, [2, 4, 2]
    ),
    // A stride beyond the kernel leaves rows that only the bias reaches.
    (
      "transpose-same",
      #"{ "dense": 12 }, { "reshape": [2, 2, 3] }, { "convTranspose": 4, "kernel": 5, "stride": 2 }"#
        + #", "relu", { "convTranspose": 3, "kernel": 2, "stride": 3 }, "relu", "#
        + #"{ "convTranspose": 2, "kernel": [4, 3], "stride": [2, 1] }"#, [24, 12, 2]
    ),
    (
      "transpose-padded",
      #"{ "dense": 12 }, { "reshape": [2, 3, 2] }, "#
        + #"{ "convTranspose": 3, "kernel": 3, "stride": 2, "padding": 1, "outputPadding": 1 }, "#
        + #"{ "convTranspose": 4, "kernel": 4, "stride": [1, 2], "padding": [0, 1, 2, 1] }, "#
        + #"{ "convTranspose": 1, "kernel": 3, "padding": "valid", "bias": false }"#, [8, 13, 1]
    ),
    (
      "pooling",
      #"{ "dense": 126 }, { "reshape": [7, 9, 2] }, "#
        + #"{ "maxPool": 3, "stride": 2, "padding": "same" }, "#
        + #"{ "avgPool": [2, 3], "stride": 1, "padding": [1, 0, 2, 0] }"#, [4, 5, 2]
    ),
    (
      "pooling-uneven",
      #"{ "dense": 126 }, { "reshape": [7, 9, 2] }, { "maxPool": 2 }, "#
        + #"{ "avgPool": 2, "stride": [1, 2], "padding": "same" }"#, [3, 2, 2]
    ),
    (
      "upsample-crop-flatten",
      #"{ "dense": 12 }, { "reshape": [2, 3, 2] }, { "upsample": 3 }, { "crop": [5, 7] }, "#
        + #"{ "dropout": 0.3, "byChannel": true }, "flatten", { "dense": 6 }, "#
        + #"{ "reshape": [1, 2, 3] }"#, [1, 2, 3]
    ),
    (
      "composites",
      #"{ "residual": [{ "dense": 6 }, "relu"], "factor": 0.5 }, { "skip": ["tanh"] }, "#
        + #"{ "dense": 12 }, { "reshape": [2, 3, 2] }, "#
        + #"{ "residual": ["relu", { "conv": 4, "kernel": 3 }], "#
        + #""shortcut": [{ "conv": 4, "kernel": 1 }] }, "#
        + #"{ "repeat": 2, "layers": [{ "conv": 4, "kernel": 3 }, { "leakyRelu": 0.2, "gain": 1.4 }] }, "#
        + #"{ "skip": [{ "conv": 2, "kernel": 1 }] }, "#
        + #"{ "concat": [["tanh"], [{ "conv": 1, "kernel": 3 }], []] }, "#
        + #"{ "sum": [[{ "conv": 3, "kernel": 3 }], [{ "conv": 3, "kernel": 1 }, "tanh"]] }"#,
      [2, 3, 3]
    ),
    (
      "norms-and-sums",
      #""pixelNorm", { "dense": 12 }, { "reshape": [2, 3, 2] }, "instanceNorm", "#
        + #"{ "instanceNorm": 1e-3, "affine": true }, { "pixelNorm": 1e-3 }, "noise", "#
        + #"{ "noise": "channel" }, "channelBias", "globalSum", "#
        + #"{ "constant": [2, 2, 2], "scaled": true }, "#
        + #"{ "sum": [[], [{ "constant": [2, 2, 2] }]] }"#, [2, 2, 2]
    ),
    (
      "filters-and-borders",
      #"{ "dense": 64 }, { "reshape": [2, 4, 8] }, { "blur": [1, 3, 2, 1], "up": 2 }, "#
        + #"{ "blur": [1, 2, 4], "padding": 2 }, { "reflectPad": [1, 2, 3, 0] }, "replicatePad", "#
        + #"{ "blur": [1, 3, 2, 1], "down": 2 }, { "conv": 16, "kernel": 3, "groups": 4 }, "#
        + #""attention", { "avgPool": 3, "stride": 2, "padding": 1, "countPadding": false }"#,
      [3, 4, 16]
    ),
    (
      "pyramid",
      #"{ "dense": 12 }, { "reshape": [2, 3, 2] }, "#
        + #"{ "pyramid": [["relu"], ["upsample", { "conv": 4, "kernel": 3 }]], "#
        + #""images": [[{ "conv": 3, "kernel": 1 }], [{ "conv": 3, "kernel": 1 }, "tanh"]] }"#,
      [4, 6, 3]
    ),
    (
      "weights",
      #"{ "dense": 12, "weights": "spectralNorm" }, { "reshape": [2, 3, 2] }, "#
        + #"{ "conv": 4, "kernel": 3, "weights": "equalized", "gain": 1.5, "rate": 0.5 }, "relu", "#
        + #"{ "convTranspose": 2, "kernel": 4, "stride": 2, "padding": 1, "weights": "spectralNorm" }"#,
      [4, 6, 2]
    ),
  ].map { name, layers, sample in
    ExportCase(name: "layers-\(name)", config: config(layers), sample: sample)
  }

  private static let styledLayers: [ExportCase] = [
    (
      "styles",
      #"{ "constant": [2, 3, 3] }, { "modulatedConv": 4, "kernel": 3 }, "adaIN", "relu", "#
        + #"{ "modulatedConv": 4, "kernel": 3, "up": true }, "conditionalBatchNorm", "#
        + #"{ "modulatedConv": 3, "kernel": 1, "demodulate": false, "bias": false }"#, [4, 6, 3]
    ),
    (
      "styled-rows",
      #"{ "dense": 5 }, "conditionalBatchNorm", { "dense": 3 }"#, [3]
    ),
  ].map { name, layers, sample in
    ExportCase(
      name: "layers-\(name)", config: config(#"{ "dense": 1 }"#), sample: sample, styled: layers)
  }

  /// Layers that draw random numbers in inference, whose samples nobody can foretell.
  static let random = ExportCase(
    name: "layers-random",
    config: config(
      #"{ "dense": 12 }, { "dropout": 0.5, "always": true }, { "reshape": [2, 3, 2] }, "noise", "#
        + #"{ "dropout": 0.3, "byChannel": true, "always": true }"#), sample: [2, 3, 2])

  /// All of them.
  static let all = shipped + architectures + translators + layers + [random]

  private static func config(_ layers: String) -> String {
    """
    { "variant": "gan", "data": { "range": [-3, 5] },
      "generator": { "latent": { "size": 6, "distribution": "uniform" },
                     "layers": [\(layers)] },
      "discriminator": { "layers": ["flatten", { "dense": 1 }] } }
    """
  }

  func recipe() throws -> Recipe {
    try Recipe(parsing: Array(config.utf8), file: name, registry: builtIn)
  }

  /// The contest with other parameters than at the start: values of order one in every layer,
  /// statistics far from 0 and 1.
  func contest() throws -> Contest {
    let contest =
      try styled.map { try steered($0) }
      ?? Plan(recipe(), for: DataShape(sample, classes: 10, source: source, sourceLabels: labels))
      .contest
    let store = contest.generatorStore
    // Growth is no weight.
    let filled = (store.parameters + store.buffers).filter { !$0.name.hasSuffix("growth") }
    for (index, parameter) in filled.enumerated() {
      let stream = RandomStream(seed: 7, purpose: .noise, draw: index)
      let shape = parameter.shape
      let name = parameter.name.split(separator: ".").last ?? ""
      let value: Tensor =
        switch (name, shape.count) {
        case ("running_var", _): stream.uniform(shape, in: 0.5..<2)
        // The runtime draws other noise.
        case ("strength", _): Tensor(repeating: 0, shape: shape)
        case ("enhanced", _): Tensor(repeating: 0, shape: shape)
        case ("weight", 3): stream.normal(shape)
        case ("weight", 1): stream.uniform(shape, in: 0.5..<1.5)
        case ("weight", 2) where parameter.layout == .dense:
          stream.normal(shape, deviation: (2 / Double(shape[0])).squareRoot())
        case ("weight", 2): stream.normal(shape)
        // Most are of transposed convolutions, where a stride of 2 reaches each pixel with a quarter
        // of the kernel.
        case ("weight", _):
          stream.normal(
            shape, deviation: (8 / Double(shape[0] * shape[1] * shape[3])).squareRoot())
        default: stream.normal(shape, deviation: 0.3)
        }
      parameter.assign(value)
    }
    return contest
  }

  private func steered(_ layers: String) throws -> Contest {
    let store = ParameterStore()
    let latent = try recipe().config.generator.latent.space
    let network = try Network(
      LayerEntry.list(parsing: "[\(layers)]"),
      Scope(player: "generator", seed: 1, store: store), from: [latent.size], style: latent.size)
    return Contest(
      generator: SteeredGenerator(latent: latent, network: network), discriminator: nil,
      objective: NoObjective(), generatorStore: store, discriminatorStore: ParameterStore())
  }

  func model(_ contest: Contest) throws -> [UInt8] {
    try ONNXModel.generator(
      of: contest, sample: sample, range: recipe().config.data.range, name: name)
  }
}

/// A generator whose latent codes are its styles.
private struct SteeredGenerator: Generator {
  let latent: LatentSpace
  let network: Network

  var takes: Ingredients { Ingredients(latent: latent) }

  func callAsFunction(_ input: GeneratorInput, _ context: Context) -> Tensor {
    network(input.codes(), context.styled(by: Styles(input.codes())))
  }

  func export(to graph: GraphBuilder) throws(ZooError) {
    graph.styles = [graph.fork {}]
    try network.export(to: graph)
  }
}

private struct NoObjective: Objective {
  func turns(at step: Int, _ training: TrainingSettings) -> [Turn] { [] }
}
