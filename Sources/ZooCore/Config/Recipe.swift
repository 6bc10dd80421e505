/// A config that was read, completed by its variant's defaults, and checked as far as it can be
/// without data.
public struct Recipe: Sendable {
  /// The config's name: the file's name without folder and ending.
  public let name: String
  /// All settings.
  public let config: RunConfig
  /// The variant's card.
  public let card: VariantCard
  let document: JSONDocument
  /// What the file and the command line say.
  let given: JSONValue
  private let registry: Registry
  let writtenOptions: JSONValue
  private let build:
    @Sendable (_ networks: Networks, _ sample: Shape, _ classes: Int?, ElementType)
      throws(ZooError) -> Contest

  /// A value given on the command line: `training.steps=100`.
  public struct Override: Sendable {
    /// The keys that lead to the value.
    public let path: [String]
    /// The value.
    public let value: JSONValue

    /// Reads `path=value`; a value that is not JSON is taken for text.
    public init(parsing text: String) throws(ZooError) {
      let flag = "--set \(text)"
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      // `layers[2].kernel` is `layers.2.kernel`.
      let isPath = parts[0].wholeMatch(of: #/[^.\[\]]+(\[[0-9]+\]|\.[^.\[\]]+)*/#) != nil
      let path = parts[0].split { ".[]".contains($0) }.map(String.init)
      // A config nests a few levels; far more would only exhaust the stack.
      guard parts.count == 2, isPath, path.count <= 16 else {
        throw ZooError(
          .usage, "expected path=value, found \"\(Text.printable(text))\"", at: "--set",
          advice: "for instance --set training.steps=1000")
      }
      let source = String(parts[1])
      let parsed = (try? JSONDocument(parsing: source, name: flag))?.root ?? .string(source)
      self.init(path, parsed, flag: flag)
    }

    /// A value for a path, set by a flag of its own.
    public init(_ path: [String], _ value: JSONValue, flag: String) {
      self.path = path
      self.value = value.from(.flag(flag))
    }
  }

  /// Reads a config strictly: every fault of the file is reported at once.
  ///
  /// - Parameter name: The config's name; nil takes the file's.
  public init(
    parsing bytes: [UInt8], file: String, name: String? = nil, overrides: [Override] = [],
    registry: Registry
  ) throws(ZooError) {
    let document = try JSONDocument(parsing: bytes, name: file)
    var root = document.root
    for override in overrides { try root.set(override) }
    let reading = ConfigReading(document)
    guard let members = root.object else {
      reading.report(root, "", "a config is an object, found \(root.summary)")
      try reading.finish()
      preconditionFailure("a fault was reported")
    }
    let base = Files.split(file).name
    let name = name ?? (base.hasSuffix(".json") ? String(base.dropLast(5)) : base)
    guard let variant = Self.variant(of: root, registry, reading) else {
      try reading.finish()
      preconditionFailure("a fault was reported")
    }
    self = try Recipe(
      variant, members, of: root, name: name.isEmpty ? "run" : name, document, registry, reading)
  }

  private static func variant(
    of root: JSONValue, _ registry: Registry, _ reading: ConfigReading
  ) -> (any Variant.Type)? {
    let names = registry.variants.map { $0.card.name }
    let known = "variants: \(names.joined(separator: ", "))"
    guard let value = root["variant"] else {
      reading.report(root.origin, "", "the key \"variant\" is missing", advice: known)
      return nil
    }
    guard let name = value.string, let variant = registry.variant(named: name) else {
      let closest = value.string.flatMap { Suggestion.closest(to: $0, among: names) }
      reading.report(
        value.origin, "variant", "expected the name of a variant, found \(value.summary)",
        advice: closest.map { "did you mean \"\($0)\"?" } ?? known)
      return nil
    }
    return variant
  }

  private init<V: Variant>(
    _: V.Type, _ members: [JSONValue.Member], of root: JSONValue, name: String,
    _ document: JSONDocument, _ registry: Registry, _ reading: ConfigReading
  ) throws(ZooError) {
    var config = V.defaults
    config.read(members, at: document.root, reading, "", ignoring: ["$schema", "objective"])
    var options = V.Options()
    if let objective = members.first(where: { $0.key == "objective" })?.value {
      Codec<V.Options>.block.read(objective, &options, reading, "objective")
    }
    for member in members where member.key == "$schema" && member.value.string == nil {
      reading.report(member.value, "$schema", "expected text, found \(member.value.summary)")
    }
    Self.check(config.data, in: root, reading)
    // Names need no data to be known.
    for (player, network) in [
      ("generator", config.generator.network), ("discriminator", config.discriminator),
    ] where network.layers.isEmpty && root[player]?["layers"] == nil {
      _ = Self.architecture(of: network, player, in: root, registry, reading)
    }
    try reading.finish()
    self.name = name
    self.config = config
    self.document = document
    given = root
    self.registry = registry
    card = V.card
    writtenOptions = options.written
    let (chosen, settings) = (options, config)
    build = { (networks, sample, classes, type) throws(ZooError) in
      let seed = UInt32(settings.training.seed)
      return try V.build(
        BuildRequest(
          options: chosen, sampleShape: sample, classes: classes,
          conditioning: settings.conditioning, latent: settings.generator.latent.space,
          generatorLayers: networks.generator.map(\.spec),
          discriminatorLayers: networks.discriminator.map(\.spec),
          generatorScope: Scope(
            player: "generator", seed: seed,
            initialization: settings.generator.network.initialization, type: type),
          discriminatorScope: Scope(
            player: "discriminator", seed: seed,
            initialization: settings.discriminator.initialization, type: type)))
    }
  }

  /// Whether the dataset needs a path; whether the path leads to something is for others to see.
  private static func check(
    _ data: DataSettings, in root: JSONValue, _ reading: ConfigReading
  ) {
    let needed = DataLibrary.paths.contains(data.dataset)
    let isGiven = root["data"]?["path"].map { !$0.isNull } ?? false
    guard needed != isGiven, DataLibrary.names.contains(data.dataset) else { return }
    reading.report(
      root["data"]?["path"]?.origin ?? root["data"]?.origin ?? .none, "data.path",
      needed
        ? "the dataset \"\(data.dataset)\" needs a path"
        : "the dataset \"\(data.dataset)\" takes no path",
      advice: needed
        ? "for instance \"path\": \"photos\""
        : "set data.dataset to \(DataLibrary.paths.joined(separator: ", ")), or leave the path out")
  }

  // MARK: With data

  /// The layers of both networks for one sample shape.
  public struct Networks: Sendable {
    /// From `[latent.size]` to the samples' shape.
    public let generator: [LayerEntry]
    /// From the samples' shape to `[1]`.
    public let discriminator: [LayerEntry]
  }

  /// The layers for samples of this shape; every layer's shape is checked.
  public func networks(for sample: Shape) throws(ZooError) -> Networks {
    let reading = ConfigReading(document)
    let generator = layers(config.generator.network, "generator", sample, reading) {
      $0.generator($1)
    }
    let discriminator = layers(config.discriminator, "discriminator", sample, reading) {
      $0.discriminator($1)
    }
    try reading.finish()
    check(generator[...], "generator", from: [generatorInput], to: sample, reading)
    let (before, input) =
      config.conditioning?.plan(discriminator.map(\.spec), sample: sample).start(sample)
      ?? (0, sample)
    check(discriminator[before...], "discriminator", from: input, to: [1], reading)
    try reading.finish()
    return Networks(generator: generator, discriminator: discriminator)
  }

  /// Numbers that the generator starts from: the latent code, and the class's if conditional.
  var generatorInput: Int {
    config.generator.latent.size + (config.conditioning?.embedding ?? 0)
  }

  private func layers(
    _ network: NetworkSettings, _ player: String, _ sample: Shape, _ reading: ConfigReading,
    _ choose: (Architecture, Architecture.Request) -> [JSONValue]
  ) -> [LayerEntry] {
    if !network.layers.isEmpty { return network.layers }
    guard let architecture = Self.architecture(of: network, player, in: given, registry, reading)
    else { return [] }
    guard sample.count == 3 else {
      reading.report(
        .none, player, "the architecture \"\(architecture.name)\" draws images, not \(sample)",
        advice: "give \"layers\"")
      return []
    }
    let request = Architecture.Request(
      height: sample[0], width: sample[1], channels: sample[2],
      features: network.width ?? architecture.defaultWidth, latent: generatorInput,
      range: config.data.range)
    return choose(architecture, request).enumerated()
      .compactMap { LayerEntry.read($1, reading, "\(player).layers[\($0)]") }
  }

  private static func architecture(
    of network: NetworkSettings, _ player: String, in root: JSONValue, _ registry: Registry,
    _ reading: ConfigReading
  ) -> Architecture? {
    if let known = registry.architectures.first(where: { $0.name == network.architecture }) {
      return known
    }
    let names = registry.architectures.map(\.name)
    let origin = root[player]?["architecture"]?.origin ?? root[player]?.origin
    let closest = Suggestion.closest(to: network.architecture, among: names)
    reading.report(
      origin ?? .none, player, "there is no architecture \"\(network.architecture)\"",
      advice: closest.map { "did you mean \"\($0)\"?" }
        ?? "architectures: \(names.joined(separator: ", ")); or give \"layers\"")
    return nil
  }

  private static let largestAxis = 65_536
  private static let largestSample = 1 << 31

  private func check(
    _ layers: ArraySlice<LayerEntry>, _ player: String, from input: Shape, to output: Shape,
    _ reading: ConfigReading
  ) {
    var shape = input
    var parameters = 0.0
    var activations = Double(input.elementCount)
    for (index, layer) in zip(layers.indices, layers) {
      let path = "\(player).layers[\(index)]"
      do throws(ShapeMismatch) {
        let next = try layer.spec.outputShape(for: shape)
        // Bounded axes keep every later computation with sizes within an Int.
        guard next.allSatisfy({ $0 <= Self.largestAxis || next.count == 1 }),
          next.elementCount <= Self.largestSample
        else { throw ShapeMismatch("a sample would grow to \(next)") }
        parameters += Double(layer.spec.parameterCount(input: shape))
        activations += Double(next.elementCount)
        shape = next
      } catch {
        return reading.report(
          layer.origin, path, error.problem, advice: "the network starts from \(input)")
      }
      let bytes = config.training.memory(parameters: parameters, activations: activations)
      if let shortage = Machine.memoryLimit.shortage(of: bytes) {
        return reading.report(
          layer.origin, path, "up to here the \(player) needs \(shortage)",
          advice: "make layers narrower or the batch smaller")
      }
    }
    if shape != output, let last = layers.last {
      reading.report(
        last.origin, "\(player).layers", "the last layer gives \(shape), expected \(output)",
        advice: player == "generator"
          ? "the generator must draw what the dataset holds" : "a score is one number per sample")
    }
  }

  /// The players and the objective for samples of this shape, with so many classes if labelled.
  public func contest(
    for sample: Shape, classes: Int?, type: ElementType = .float32
  ) throws(ZooError) -> Contest {
    let networks = try networks(for: sample)
    if config.conditioning != nil && classes == nil {
      let reading = ConfigReading(document)
      let origin = given["conditioning"]?.origin ?? given["variant"]?.origin
      reading.report(
        origin ?? .none, "conditioning", "the dataset has no labels to condition on",
        advice: "choose a labelled dataset, or a variant without labels such as \"gan\"")
      try reading.finish()
    }
    return try build(networks, sample, classes, type)
  }

  /// By which figure the best step of a run on these data is chosen.
  ///
  /// - Throws: `.usage` if evaluations of such data do not give the figure that was asked for.
  package func bestMetric(for dataset: any Dataset) throws(ZooError) -> BestMetric {
    let isConditional = config.conditioning != nil
    guard let wanted = config.training.bestBy else { return .standard(for: dataset) }
    if !wanted.suits(dataset, conditional: isConditional) {
      let reading = ConfigReading(document)
      let known = BestMetric.allCases.filter { $0.suits(dataset, conditional: isConditional) }
      reading.report(
        given["training"]?["bestBy"]?.origin ?? .none, "training.bestBy",
        "evaluations of \(isConditional ? "a conditional" : "this") generator of \(dataset.name) "
          + "do not give \"\(wanted.rawValue)\"",
        advice: "one of \(known.map(\.rawValue).joined(separator: ", "))")
      try reading.finish()
    }
    return wanted
  }

  /// A run at its beginning: the contest, its batches, and the loop.
  public func trainer(on dataset: any Dataset) throws(ZooError) -> Trainer {
    let settings = config.training.settings
    return Trainer(
      try contest(for: dataset.sampleShape, classes: dataset.classNames?.count),
      data: BatchSource(
        dataset, batch: settings.discriminatorBatch, seed: settings.seed,
        range: config.data.range,
        mirrored: config.data.mirror && dataset.sampleShape.count == 3), settings: settings)
  }

  /// Where the config differs from the variant's defaults.
  public func changes(for sample: Shape) throws(ZooError) -> [ConfigDifference] {
    let bare = JSONValue.object([.init("variant", .string(card.name))]).compact()
    let defaults = try Recipe(parsing: Array(bare.utf8), file: "defaults", registry: registry)
    // A default architecture may not fit these samples: all is then the config's own.
    let old = (try? defaults.resolved(for: sample)) ?? defaults.config.written
    return ConfigDifference.between(old, try resolved(for: sample))
  }

  /// The config with every value that holds, layers written out.
  public func resolved(for sample: Shape) throws(ZooError) -> JSONValue {
    let networks = try networks(for: sample)
    var full = config
    full.generator.network.write(networks.generator)
    full.discriminator.write(networks.discriminator)
    return written(full)
  }
}

extension JSONValue {
  /// Replaces a value, adding objects where they are missing.
  ///
  /// - Throws: `.usage` where the path leads into a list that has no such element.
  fileprivate mutating func set(_ override: Recipe.Override) throws(ZooError) {
    try set(override.path, override.path[...], to: override.value)
  }

  private mutating func set(
    _ whole: [String], _ path: ArraySlice<String>, to value: JSONValue
  ) throws(ZooError) {
    guard let key = path.first else {
      self = value
      return
    }
    if var elements = array {
      guard let index = Int(key), elements.indices.contains(index) else {
        let list = whole[..<path.startIndex].joined(separator: ".")
        var place: String?
        if case .flag(let flag) = value.origin { place = flag }
        throw ZooError(
          .usage, "\(list) is a list of \(elements.count), found the element \"\(key)\"", at: place,
          advice: "elements count from 0; a longer list is given whole: \(list)=[…]")
      }
      try elements[index].set(whole, path.dropFirst(), to: value)
      // What fits no longer there is the flag's doing.
      elements[index].origin = value.origin
      payload = .array(elements)
      return
    }
    // Anything but an object is replaced: decoding then reports what does not belong there.
    var members = object ?? []
    let place = members.firstIndex { $0.key == key }
    var inner = place.map { members[$0].value } ?? .object([]).from(value.origin)
    try inner.set(whole, path.dropFirst(), to: value)
    if let place {
      members[place].value = inner
    } else {
      members.append(Member(key, inner, keyOrigin: value.origin))
    }
    payload = .object(members)
  }
}
