/// The building of one contest: it puts networks together as the config says, and notes what they
/// turned out to be and what does not fit.
final class Construction {
  let config: RunConfig
  let data: DataShape
  /// All that the generator's player trains.
  let generatorStore = ParameterStore()
  /// All that the discriminator's player trains.
  let discriminatorStore = ParameterStore()
  /// What the objective remembers.
  let objectiveStore = ParameterStore()
  /// The networks so far.
  private(set) var outlines: [NetworkOutline] = []
  /// The config with the layers of each network in place of an architecture.
  private(set) var resolved: RunConfig
  private let recipe: Recipe
  private let type: ElementType
  private let purpose: Plan.Purpose
  private let reading: ConfigReading

  init(_ recipe: Recipe, _ data: DataShape, _ type: ElementType, for purpose: Plan.Purpose) {
    self.purpose = purpose
    self.recipe = recipe
    self.data = data
    self.type = type
    config = recipe.config
    resolved = recipe.config
    reading = recipe.reading()
  }

  /// Refuses samples with whose sizes no network can reckon; a run's manifest may tell of any.
  func expectSamples() throws(ZooError) {
    guard let fault = SampleBounds.fault(of: data.sample) else { return }
    reading.report(
      recipe.given["data"]?.origin ?? .none, "data", fault, advice: "give the data another shape")
    try reading.finish()
  }

  /// Refuses a conditional recipe for data without labels.
  func expectLabels() throws(ZooError) {
    guard config.conditioning != nil, data.classes == nil else { return }
    let origin = recipe.given["conditioning"]?.origin ?? recipe.given["variant"]?.origin
    reading.report(
      origin ?? .none, "conditioning", "the dataset has no labels to condition on",
      advice: "choose a labelled dataset, or a variant without labels such as \"gan\"")
    try reading.finish()
  }

  /// Refuses to translate where there is nothing to start from, and images that nobody would use.
  func expectDomains() throws(ZooError) {
    let shapes = [data.sample] + (data.source.map { [$0] } ?? [])
    if recipe.translates, let other = shapes.first(where: { $0.count != 3 }) {
      reading.report(
        recipe.origin(leadingTo: ["data", "dataset"]), "data",
        "the variant \(recipe.card.name) translates images, found samples \(other)",
        advice: "choose a dataset of images")
      try reading.finish()
    }
    guard recipe.translates != (data.source != nil) else { return }
    let origin = recipe.origin(leadingTo: ["data", "source"])
    if recipe.translates {
      reading.report(
        origin, "data.source", "the data have no images to translate from",
        advice: "for instance \"source\": { \"made\": \"edges\" }")
    } else {
      reading.report(
        origin, "data.source", "the variant \(recipe.card.name) translates no images",
        advice: "leave \"source\" out, or choose a variant such as \"pix2pix\"")
    }
    try reading.finish()
  }

  /// Lets the variant build its contest, and tells all that did not fit.
  func contest() throws(ZooError) -> Contest {
    let contest: Contest
    do throws(ZooError) {
      contest = try recipe.build(self)
    } catch {
      // A stand-in may have been what the variant could not use.
      try reading.finish()
      throw error
    }
    try reading.finish()
    try expectMapsAreRead(by: contest)
    try expectAugmentable(contest)
    AdaptiveAugmentation.register(
      config.training.augment, in: scope(of: "objective", in: objectiveStore))
    try expectDrawable(contest)
    return contest
  }

  /// Refuses statistics of the average's own where drawing takes more than codes and classes.
  private func expectDrawable(_ contest: Contest) throws(ZooError) {
    guard config.training.averageStatistics == .standing, contest.generator.takes.source != nil
    else { return }
    reading.report(
      recipe.origin(leadingTo: ["training", "averageStatistics"]), "training.averageStatistics",
      "the variant \(recipe.card.name) starts from images, of which none are kept for statistics",
      advice: "leave it out, or set it to \"copied\"")
    try reading.finish()
  }

  /// Refuses to change images where none are judged, and those of pairs, which would no longer fit.
  private func expectAugmentable(_ contest: Contest) throws(ZooError) {
    let augment = config.training.augment
    guard !augment.isNone else {
      guard augment.target != nil || augment.probability != nil else { return }
      reading.report(
        recipe.origin(leadingTo: ["training", "augment"]), "training.augment",
        "says how likely images are changed, but not how",
        advice: "add for instance \"translation\": 0.125, \"cutout\": 0.5")
      return try reading.finish()
    }
    guard recipe.translates || contest.discriminator == nil || data.sample.count != 3 else {
      return
    }
    reading.report(
      recipe.origin(leadingTo: ["training", "augment"]), "training.augment",
      "is for images that a discriminator judges one by one", advice: "leave it out")
    try reading.finish()
  }

  /// Refuses maps of labels for a variant that reads pictures: numbers of classes are no brightness.
  private func expectMapsAreRead(by contest: Contest) throws(ZooError) {
    guard data.sourceLabels != nil, contest.generator.takes.maps == nil else { return }
    reading.report(
      recipe.origin(leadingTo: ["data", "source"]), "data.source",
      "the variant \(recipe.card.name) reads pictures, not maps of labels",
      advice: "choose \"pix2pixhd\", or draw the maps in colours and give those")
    try reading.finish()
  }

  /// Where a network's parameters go; those of an added one lie below its name.
  func scope(_ role: NetworkRole) -> Scope {
    let store = role.player == .generator ? generatorStore : discriminatorStore
    let settings = config.network(role)
    let scope = scope(
      of: role.player.rawValue, in: store, settings.initialization, settings.weights)
    return role.isAdded ? scope / role.name : scope
  }

  /// Where parameters go that are not of a network.
  func scope(
    of owner: String, in store: ParameterStore, _ initialization: Initialization = .pytorch,
    _ weights: WeightTransform = .plain
  ) -> Scope {
    Scope(
      player: owner, seed: UInt32(config.training.seed), initialization: initialization,
      weights: weights, type: type, store: store)
  }

  /// Notes a setting that the variant cannot do with.
  func refuse(_ keys: [String], _ problem: String, advice: String?) {
    reading.report(
      recipe.origin(leadingTo: keys), keys.joined(separator: "."), problem, advice: advice)
  }

  /// Builds the network of a role.
  ///
  /// A fault is noted with its place, and a stand-in of the wanted shapes goes on, so that all faults
  /// of a config are told at once.
  ///
  /// - Parameter wanted: The shape that must come out; nil for any.
  func network(
    _ role: NetworkRole, from input: Shape, to wanted: Shape?, style: Int? = nil
  ) -> Network {
    let output = wanted ?? [1]
    guard let entries = layers(role, from: input, to: output, style: style, reading) else {
      return Network(standingFor: input, to: output)
    }
    resolved.network(role) { $0.write(entries) }
    let scope = scope(role)
    let training = config.training
    let walk = NetworkWalk(
      .init(
        owner: role.name, batches: purpose == .training ? training.batches : [],
        // One sample without gradients: each number once, at most.
        memory: purpose == .translation ? { 4 * ($0 + $1) } : training.memory),
      in: scope.store, from: input, style: style)
    do throws(ShapeMismatch) {
      let network = try walk.stack(entries, "layers", scope, from: input)
      if let wanted, network.output != wanted, let last = entries.last {
        reading.report(
          last.origin, "\(role.path).layers",
          "the last layer gives \(network.output), expected \(wanted)", advice: role.outputAdvice)
        return Network(standingFor: input, to: output)
      }
      outlines.append(
        NetworkOutline(
          role: role.name, input: input, layers: network.outline, memory: walk.memory))
      return network
    } catch {
      reading.report(
        origin(of: error), "\(role.path).\(error.path)", error.problem,
        advice: error.advice ?? "the network starts from \(input)")
      return Network(standingFor: input, to: output)
    }
  }

  /// How many places of styles the network of a role names, without building it; nil where its layers do
  /// not fit.
  func stylePlaces(_ role: NetworkRole, from input: Shape, to output: Shape) -> Int? {
    // Faults are reported when the network is built. No layer minds how long a style is.
    guard
      let entries = layers(role, from: input, to: output, style: 1, recipe.reading())
    else { return nil }
    let store = ParameterStore()
    return try? NetworkWalk(.init(), in: store, from: input, style: 1)
      .stack(entries, "layers", scope(of: role.name, in: store), from: input).stylePlaces
  }

  /// Where the layer stands, or, if an architecture gave it, the settings that do not suit it.
  private func origin(of error: ShapeMismatch) -> JSONValue.Origin {
    if case .none = error.origin {
      return error.settings.lazy.compactMap { [recipe] in recipe.given["training"]?[$0]?.origin }
        .first ?? .none
    }
    return error.origin
  }

  /// The first layer of a role's network, where there is one.
  func firstLayer(_ role: NetworkRole) -> (any LayerSpec)? {
    // Faults are reported when the network is built.
    layers(role, from: [1], to: [1], style: nil, recipe.reading())?.first?.spec
  }

  /// The layers as the config gives them, or the architecture that it names.
  private func layers(
    _ role: NetworkRole, from input: Shape, to output: Shape, style: Int?, _ reading: ConfigReading
  ) -> [LayerEntry]? {
    let settings = config.network(role)
    if !settings.layers.isEmpty { return settings.layers }
    guard
      let (architecture, choose) = recipe.registry.architecture(of: settings, role, recipe, reading)
    else { return nil }
    guard data.sample.count == 3 else {
      reading.report(
        .none, role.path,
        "the architecture \"\(architecture.name)\" is for images, not for \(data.sample)",
        advice: "give \"layers\"")
      return nil
    }
    let request = Architecture.Request(
      height: data.sample[0], width: data.sample[1], channels: data.sample[2],
      features: settings.width ?? architecture.defaultWidth, input: input, output: output,
      style: style, range: config.data.range)
    let entries = choose(request).enumerated()
      .map { LayerEntry.read($1, reading, "\(role.path).layers[\($0)]") }
    return entries.contains { $0 == nil } ? nil : entries.compactMap { $0 }
  }
}

extension Registry {
  /// The architecture that a network's settings name, and its layers for this role; what is not there
  /// is reported.
  func architecture(
    of network: NetworkSettings, _ role: NetworkRole, _ recipe: Recipe, _ reading: ConfigReading
  ) -> (Architecture, Architecture.Layers)? {
    let fitting = architectures.filter { $0.networks[role.layersOf] != nil }
    let names = fitting.map(\.name)
    if let known = fitting.first(where: { $0.name == network.architecture }),
      let layers = known.networks[role.layersOf]
    {
      return (known, layers)
    }
    let isKnown = architectures.contains { $0.name == network.architecture }
    let closest = Suggestion.closest(to: network.architecture, among: names)
    reading.report(
      recipe.origin(leadingTo: role.keys + ["architecture"]), role.path,
      isKnown
        ? "the architecture \"\(network.architecture)\" has no \(role.name)"
        : "there is no architecture \"\(network.architecture)\"",
      advice: closest.map { "did you mean \"\($0)\"?" }
        ?? "architectures: \(names.joined(separator: ", ")); or give \"layers\"")
    return nil
  }
}

extension Recipe {
  /// Notes faults of this config, and knows the layers of its program.
  func reading() -> ConfigReading { ConfigReading(document, adding: registry.addedLayers) }

  /// The place of a setting, or of the nearest block around it that the config gives.
  func origin(leadingTo keys: [String]) -> JSONValue.Origin {
    var (value, origin) = (given, JSONValue.Origin.none)
    for key in keys {
      guard let inner = value[key] else { break }
      (value, origin) = (inner, inner.origin)
    }
    return origin
  }
}
