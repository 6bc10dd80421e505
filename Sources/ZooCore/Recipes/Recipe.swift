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
  package let given: JSONValue
  let registry: Registry
  let writtenOptions: JSONValue
  /// Whether the variant asks for classes where a config is silent.
  let isConditionalByDefault: Bool
  /// The networks that the variant has.
  public let roles: [NetworkRole]
  /// Whether the variant translates images of another domain.
  package let translates: Bool
  /// The variant's `build`, with its options.
  let build: @Sendable (Construction) throws(ZooError) -> Contest

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
    let reading = ConfigReading(document, adding: registry.addedLayers)
    guard let members = root.object else {
      reading.report(root, "", "a config is an object, found \(root.summary)")
      try reading.finish()
      fatalError("a fault was reported")
    }
    let base = Files.split(file).name
    let name = name ?? (base.hasSuffix(".json") ? String(base.dropLast(5)) : base)
    guard let variant = Self.variant(of: root, registry, reading) else {
      try reading.finish()
      fatalError("a fault was reported")
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
    for (key, problem, advice) in config.training.uncut {
      let block = root["training"]
      reading.report(
        block?[key]?.origin ?? block?["shards"]?.origin ?? .none, "training.\(key)", problem,
        advice: advice)
    }
    (roles, translates) = (V.networks, V.translates)
    if let stray = members.first(where: { $0.key == "discriminator" }),
      !roles.contains(.discriminator)
    {
      reading.report(
        stray.keyOrigin, stray.key, "the variant \(V.card.name) has no discriminator",
        advice: "leave it out")
    }
    self.name = name
    self.config = config
    self.document = document
    given = root
    self.registry = registry
    card = V.card
    writtenOptions = options.written
    isConditionalByDefault = V.defaults.conditioning != nil
    build = { [options] (construction) throws(ZooError) in
      try V.build(BuildRequest(options, construction))
    }
    // Names need no data to be known.
    for role in roles where !isGivenByLayers(role) {
      _ = registry.architecture(of: config.network(role), role, self, reading)
    }
    try reading.finish()
  }

  /// Whether a network is given layer by layer, or is meant to be.
  private func isGivenByLayers(_ role: NetworkRole) -> Bool {
    let block = role.keys.reduce(given as JSONValue?) { $0?[$1] }
    return !config.network(role).layers.isEmpty || block?["layers"] != nil
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

  /// By which figure the best step of a run on these data is chosen.
  ///
  /// - Throws: `.usage` if evaluations of such data do not give the figure that was asked for.
  func bestMetric(
    for dataset: any Dataset, isConditional: Bool
  ) throws(ZooError) -> BestMetric {
    guard let wanted = config.training.bestBy else { return .standard(for: dataset) }
    if !wanted.suits(dataset, conditional: isConditional) {
      let reading = reading()
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

  /// The variant's defaults, as a config that says nothing else gives them.
  func bare() throws(ZooError) -> Recipe {
    let variant = JSONValue.object([.init("variant", .string(card.name))]).compact()
    return try Recipe(parsing: Array(variant.utf8), file: "defaults", registry: registry)
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
