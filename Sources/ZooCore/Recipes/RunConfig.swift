/// Everything that a run is made of, as a config says it and the variant's defaults complete it.
public struct RunConfig: ConfigBlock {
  /// The variant's name.
  public var variant = ""
  /// Where samples come from.
  public var data = DataSettings()
  /// The generator's network.
  public var generator = GeneratorSettings()
  /// The discriminator's network.
  public var discriminator = NetworkSettings()
  /// Networks that the variant adds, by role.
  public var networks: NamedNetworks = [:]
  /// How labels enter both networks; nil where they do not.
  public var conditioning: ConditioningSettings?
  /// How long, in what portions and with which optimizers.
  public var training = TrainingBlock()
  /// What is shown and kept.
  public var output = OutputSettings()

  /// A config that says nothing; a variant's defaults fill it.
  public init() {}

  public static var fields: [Field<RunConfig>] {
    [
      Field(
        "variant", \.variant, .text("the name of a variant", schema: .reference("variant")),
        required: true,
        "Which kind of GAN; see `zoo list`."),
      .block("data", \.data, "Where samples come from."),
      Field("generator", \.generator, .network, "The generator's network."),
      Field("discriminator", \.discriminator, .network, "The discriminator's network."),
      Field("networks", \.networks, .networks, "Networks that the variant adds, by role."),
      Field(
        "conditioning", \.conditioning, .conditioning,
        "How the labels of the data enter both networks."),
      .block("training", \.training, "How long, in what portions and with which optimizers."),
      .block("output", \.output, "What is shown and kept."),
    ]
  }
}

/// Where samples come from.
public struct DataSettings: ConfigBlock, Equatable {
  /// What is cut from the middle of a picture of a folder.
  public enum Crop: Equatable, Sendable {
    /// Only what does not fit the shape of `size`.
    case none
    /// The largest square.
    case square
    /// A square of so many pixels.
    case pixels(Int)
  }

  /// What happens when pictures of a folder cannot be used.
  public enum Broken: String, CaseIterable, Sendable {
    /// They are an error.
    case fail
    /// They are left out, and counted.
    case skip
  }

  /// The dataset's name, or the kind of what `path` leads to.
  public var dataset = "mnist"
  /// The folder or file, for `folder`, `npy` and `pack`.
  public var path: String?
  /// Rows and columns that the pictures of a folder get.
  public var size = [64, 64]
  /// What is cut from the middle of each first.
  public var crop = Crop.none
  /// 1 for grey, 3 for colour.
  public var channels = 3
  /// What happens to pictures that cannot be used.
  public var broken = Broken.fail
  /// Whether images are turned left to right half of the time.
  public var mirror = false
  /// What is used when the dataset is not on disk and cannot be fetched.
  public var fallback: String?
  /// What pixels of 0...1 are mapped to; −1...1 for a tanh generator.
  public var range = -1.0...1.0

  public init() {}

  public static var fields: [Field<DataSettings>] {
    let name = Codec.name(among: DataLibrary.names)
    func ofFolders(_ field: Field<DataSettings>) -> Field<DataSettings> {
      field.refused(
        unless: { $0.dataset == "folder" }, "only the dataset \"folder\" takes this")
    }
    return [
      Field("dataset", \.dataset, name, "The dataset; see `zoo data list`."),
      Field(
        "path", \.path, Codec.text("a path").optional,
        "The folder or file, for the datasets `folder`, `npy` and `pack`."),
      ofFolders(
        .integers(
          "size", \.size, count: 2...2, in: 1...4096,
          "Rows and columns that the pictures of a folder get.")),
      ofFolders(
        Field(
          "crop", \.crop, .crop,
          "What is cut from the middle of a folder's pictures before they are resized.")),
      ofFolders(
        Field(
          "channels", \.channels, .channels, "1 for grey pictures of a folder, 3 for colour.")),
      ofFolders(
        .choice("broken", \.broken, "What happens when pictures of a folder cannot be used.")),
      .flag("mirror", \.mirror, "Whether images are turned left to right half of the time."),
      Field(
        "fallback", \.fallback, Codec.name(among: DataLibrary.fallbacks).optional,
        "What is used instead when the dataset is not at hand."),
      Field("range", \.range, .interval, "What pixels of 0...1 are mapped to."),
    ]
  }
}

extension Codec where Value == Int {
  /// 1 or 3.
  static var channels: Codec {
    Codec(
      "1 or 3", schema: ["enum": [1, 3]],
      parse: { json in json.int.flatMap { [1, 3].contains($0) ? $0 : nil } },
      write: { .number($0) })
  }
}

extension Codec where Value == DataSettings.Crop {
  /// `"none"`, `"square"`, or a number of pixels.
  static var crop: Codec {
    let expectation = "\"none\", \"square\" or a whole number of pixels in 1...65500"
    return Codec(
      expectation,
      schema: ["anyOf": [["enum": ["none", "square"]], .integerSchema(in: 1...65_500)]],
      read: { json, value, reading, path in
        if let pixels = json.int, 1...65_500 ~= pixels {
          value = .pixels(pixels)
        } else if json.string == "none" {
          value = .none
        } else if json.string == "square" {
          value = .square
        } else {
          reading.report(json, path, "expected \(expectation), found \(json.summary)")
        }
      },
      write: { crop in
        switch crop {
        case .none: "none"
        case .square: "square"
        case .pixels(let pixels): .number(pixels)
        }
      })
  }
}

/// A network: a named architecture, or a list of layers.
public struct NetworkSettings: ConfigBlock {
  /// An architecture that fits any image size; ignored when `layers` are given.
  public var architecture = ""
  /// The architecture's base width; nil for its own.
  public var width: Int?
  /// The layers, first to last; empty for a named architecture.
  public var layers: [LayerEntry] = []
  /// How parameters start.
  public var initialization = Initialization.pytorch
  /// How weights are made of parameters.
  public var weights = WeightTransform.plain

  public init() {}

  /// Puts layers in place of an architecture.
  mutating func write(_ layers: [LayerEntry]) {
    (self.layers, architecture, width) = (layers, "", nil)
  }

  /// A named architecture.
  public init(_ architecture: String, initialization: Initialization) {
    self.architecture = architecture
    self.initialization = initialization
  }

  public static var fields: [Field<NetworkSettings>] {
    [
      Field(
        "architecture", \.architecture,
        .text("the name of an architecture", schema: .reference("architecture")),
        "A network that fits any image size."),
      .optionalInteger("width", \.width, in: 1...8192, "The architecture's base width."),
      Field(
        "layers", \.layers, .layers, "The layers, first to last, instead of an architecture."),
      .choice("initialization", \.initialization, "How parameters start."),
      .choice("weights", \.weights, "How weights are made of parameters."),
    ]
  }
}

/// Settings that hold a network, which a config may also give by its architecture's name alone.
protocol NetworkHolder: ConfigBlock {
  var network: NetworkSettings { get set }
}

extension NetworkSettings: NetworkHolder {
  var network: NetworkSettings {
    get { self }
    set { self = newValue }
  }
}

extension GeneratorSettings: NetworkHolder {}

extension Codec where Value: NetworkHolder {
  /// The name of an architecture, or an object.
  static var network: Codec {
    Codec(
      "the name of an architecture, or an object",
      schema: ["anyOf": [.reference("architecture"), Value.networkSchema]],
      read: { json, value, reading, path in
        if let name = json.string {
          value.network.architecture = name
          value.network.layers = []
          return
        }
        // A network is an architecture with a width, or layers: what is given replaces the other.
        let named = json.object?.first { $0.key == "architecture" || $0.key == "width" }
        if json["layers"] == nil {
          if named != nil { value.network.layers = [] }
        } else {
          if let named {
            reading.report(
              named.keyOrigin, "\(path).\(named.key)", "\"layers\" are given too",
              advice: "keep one of the two")
          }
          (value.network.architecture, value.network.width) = ("", nil)
        }
        Codec<Value>.block.read(json, &value, reading, path)
      }, write: { $0.written })
  }
}

/// The generator: a network and where its latent codes come from.
public struct GeneratorSettings: ConfigBlock {
  /// Where latent codes come from.
  public var latent = LatentSettings()
  /// The network.
  public var network = NetworkSettings()

  public init() {}

  public static var fields: [Field<GeneratorSettings>] {
    [.block("latent", \.latent, "Where latent codes come from.")]
      + NetworkSettings.fields.map { $0.lifted(to: \.network) }
  }
}

/// Where latent codes come from, as a config says it.
public struct LatentSettings: ConfigBlock, Equatable {
  /// Numbers in one code.
  public var size = 100
  /// How they are drawn.
  public var distribution = LatentSpace.Distribution.normal

  public init() {}

  public static var fields: [Field<LatentSettings>] {
    [
      .integer("size", \.size, in: 1...65_536, "Numbers in one latent code."),
      .choice("distribution", \.distribution, "How they are drawn."),
    ]
  }

  /// The latent space that these settings describe.
  public var space: LatentSpace { LatentSpace(size: size, distribution: distribution) }
}

/// How long, in what portions and with which optimizers.
public struct TrainingBlock: ConfigBlock, Equatable {
  /// Generator updates.
  public var steps = 20_000
  /// Samples in a batch.
  public var batch: Schedule = 64
  /// Real samples, and as many fakes, of a discriminator update; `batch` when nil.
  public var discriminatorBatch: Schedule?
  /// Discriminator updates for each generator update.
  public var discriminatorSteps = 1
  /// Seeds all random numbers.
  public var seed = 1
  /// The optimizer of both players.
  public var optimizer = OptimizerSettings.adam(.init())
  /// The generator's own optimizer.
  public var generatorOptimizer: OptimizerSettings?
  /// The discriminator's own optimizer.
  public var discriminatorOptimizer: OptimizerSettings?
  /// How the learning rates change over the run.
  public var learningRateDecay = LearningRateDecay.none
  /// Decay of the generator's moving average; samples are drawn from it.
  public var averageDecay: Schedule?
  /// How often a run that diverges may go back to its last checkpoint and halve the learning rates.
  public var rollbacks = 0
  /// Steps between evaluations of the generator; none when nil or 0.
  public var evalEvery: Int?
  /// By which figure the best checkpoint is chosen; what suits the data when nil.
  public var bestBy: BestMetric?
  /// Whether a run whose samples collapse ends.
  public var stopOnCollapse = false

  public init() {}

  public static var fields: [Field<TrainingBlock>] {
    [
      .integer("steps", \.steps, in: 1...1_000_000_000, "Generator updates."),
      .wholeSchedule("batch", \.batch, in: 1...65_536, "Samples in a batch."),
      .optionalWholeSchedule(
        "discriminatorBatch", \.discriminatorBatch, in: 1...65_536,
        "Real samples, and as many fakes, of a discriminator update; as \"batch\" when absent."),
      .integer(
        "discriminatorSteps", \.discriminatorSteps, in: 1...1000,
        "Discriminator updates for each generator update."),
      .integer("seed", \.seed, in: 0...4_294_967_295, "Seeds all random numbers."),
      Field("optimizer", \.optimizer, .optimizer, "The optimizer of both players."),
      Field(
        "generatorOptimizer", \.generatorOptimizer, startingFrom: \.optimizer, .optimizer,
        "The generator's own optimizer."),
      Field(
        "discriminatorOptimizer", \.discriminatorOptimizer, startingFrom: \.optimizer,
        .optimizer, "The discriminator's own optimizer."),
      .choice(
        "learningRateDecay", \.learningRateDecay,
        "How the learning rates change: not at all, or linearly to zero after the last step."),
      .optionalSchedule(
        "averageDecay", \.averageDecay, in: 0...0.9999999,
        "Decay of the generator's moving average, from which samples are then drawn."),
      .integer(
        "rollbacks", \.rollbacks, in: 0...3,
        "How often a run that diverges may go back to its last checkpoint and halve the learning rates."
      ),
      .optionalInteger(
        "evalEvery", \.evalEvery, in: 0...1_000_000_000,
        "Steps between evaluations of the generator, of which the best step's checkpoint stays; 0 for none."
      ),
      Field(
        "bestBy", \.bestBy, Codec<BestMetric>.choice.optional,
        "By which figure the best step is chosen; modes for mixtures, else the Fréchet distance."),
      .flag(
        "stopOnCollapse", \.stopOnCollapse,
        "Whether a run ends when its generator's samples have collapsed."),
    ]
  }

  /// The optimizers, as one line.
  public var described: String {
    let both = written.object?.filter { $0.key.lowercased().hasSuffix("optimizer") } ?? []
    return both.map { $0.value.compact() }.joined(separator: ", ")
  }

  /// The settings as the training loop takes them.
  public var settings: TrainingSettings {
    TrainingSettings(
      steps: steps, batch: batch, discriminatorBatch: discriminatorBatch,
      discriminatorSteps: discriminatorSteps, seed: UInt32(seed),
      generatorOptimizer: generatorOptimizer ?? optimizer,
      discriminatorOptimizer: discriminatorOptimizer ?? optimizer, averageDecay: averageDecay,
      decayedAt: learningRateDecay == .linear ? steps : nil)
  }
}

extension RunConfig {
  /// The settings of a role's network.
  package func network(_ role: NetworkRole) -> NetworkSettings {
    switch role {
    case .generator: generator.network
    case .discriminator: discriminator
    default: networks[role.name] ?? NetworkSettings()
    }
  }

  /// Changes the settings of a role's network.
  mutating func network(_ role: NetworkRole, _ change: (inout NetworkSettings) -> Void) {
    switch role {
    case .generator: change(&generator.network)
    case .discriminator: change(&discriminator)
    default:
      var settings = network(role)
      change(&settings)
      networks[role.name] = settings
    }
  }
}

extension TrainingBlock {
  /// Samples in a pass, the fewest that there ever are, under the keys that set them.
  ///
  /// Both players see batches of either size: fakes
  /// are drawn for both updates, and may be scored apart from the real samples.
  var batches: [(key: String, size: Int)] {
    [("batch", batch.smallest)]
      + (discriminatorBatch.map { [("discriminatorBatch", $0.smallest)] } ?? [])
  }

  /// Bytes that one network takes in training: values, gradients and two optimizer slots of its
  /// parameters; for each sample of a batch its activations and their derivatives.
  func memory(parameters: Double, activations: Double) -> Double {
    let samples = max(batch.largest, 2 * (discriminatorBatch ?? batch).largest)
    return 4 * (4 * parameters + 2 * Double(samples) * activations)
  }
}

/// What is shown and kept.
public struct OutputSettings: ConfigBlock, Equatable {
  /// Steps between sample grids.
  public var sampleEvery = 500
  /// Steps between checkpoints.
  public var checkpointEvery = 1000
  /// How many of the last checkpoints stay.
  public var keepLast = 3
  /// Checkpoints at multiples of this stay for good.
  public var keepEvery: Int?
  /// Steps between lines of the metrics log.
  public var logEvery = 1
  /// Rows and columns of a sample grid.
  public var grid = [8, 8]

  public init() {}

  public static var fields: [Field<OutputSettings>] {
    [
      .integer("sampleEvery", \.sampleEvery, in: 1...1_000_000_000, "Steps between sample grids."),
      .integer(
        "checkpointEvery", \.checkpointEvery, in: 1...1_000_000_000,
        "Steps between checkpoints."),
      .integer("keepLast", \.keepLast, in: 1...1_000_000, "How many of the last checkpoints stay."),
      .optionalInteger(
        "keepEvery", \.keepEvery, in: 1...1_000_000_000,
        "Checkpoints at multiples of this stay for good."),
      .integer(
        "logEvery", \.logEvery, in: 1...1_000_000_000, "Steps between lines of the metrics log."),
      .integers(
        "grid", \.grid, count: 2...2, in: 1...64, "Rows and columns of a sample grid."),
    ]
  }
}
