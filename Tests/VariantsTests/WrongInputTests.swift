import Testing
import Variants
import ZooCore

/// What every variant makes of layers, sizes and data that do not fit it: an error that tells where,
/// and never a trap.
@Suite struct WrongInputTests {
  static let names = tested.variants.map { $0.card.name }
  static let rolesOfAll = names.flatMap { name in
    SmallConfig.roles(of: name).map { (variant: name, role: $0) }
  }

  /// A config of several lines, with these layers on the sixth for one of the networks.
  private func config(_ name: String, _ role: NetworkRole, _ layers: String) -> String {
    let network = "{\n\n\n\n\"layers\": \(layers)\n}"
    let member =
      role == .generator || role == .discriminator
      ? #""\#(role.name)": \#(network)"# : #""networks": { "\#(role.name)": \#(network) }"#
    return #"{ "variant": "\#(name)", \#(member)\#(Self.everyNetwork(of: name)) }"#
  }

  /// Options that ask for all networks of a variant.
  private static func everyNetwork(of name: String) -> String {
    name == "pix2pixhd"
      ? #", "objective": { "enhancer": true, "coarseSteps": 1, "sizes": 3, "encoder": true }"# : ""
  }

  /// What a variant starts from, where it does: maps, where it can read them.
  private func shape(for name: String, _ sample: Shape, classes: Int?) -> DataShape {
    guard name == "pix2pixhd", sample.count == 3 else {
      return SmallConfig.shape(for: name, sample, classes: classes)
    }
    return DataShape(
      sample, classes: classes, source: sample.dropLast() + [2], sourceLabels: 3)
  }

  private func findings(
    _ json: String, for sample: Shape = [28, 28, 1], classes: Int? = 10
  ) -> [ZooError.Finding] {
    do throws(ZooError) {
      let recipe = try Recipe(parsing: Array(json.utf8), file: "c.json", registry: tested)
      _ = try Plan(recipe, for: shape(for: recipe.card.name, sample, classes: classes))
      return []
    } catch {
      #expect(error.kind == .usage)
      return error.findings
    }
  }

  private static let wrong: [(layers: String, told: String)] = [
    (#"[{ "dens": 4 }]"#, "layers[0]: expected a layer"),
    (#"["flatten", { "dense": 7 }, { "reshape": [2, 2, 2] }]"#, "layers[2]: reshape to [2, 2, 2]"),
    (#"["flatten", { "residual": [{ "dense": 3 }] }]"#, "layers[1]"),
    (#"["flatten", { "dense": 17 }]"#, "the last layer gives [17]"),
    (#"["flatten", { "dense": 4 }, "adaIN"]"#, "layers[2]"),
    (#"[]"#, "found an empty list"),
  ]

  @Test(arguments: rolesOfAll, wrong)
  func layersThatDoNotFit(
    _ network: (variant: String, role: NetworkRole), _ wrong: (layers: String, told: String)
  ) {
    // Any map of scores will do for those that judge patches.
    if SmallConfig.translates(network.variant), network.role.player == .discriminator,
      wrong.told.hasPrefix("the last layer")
    {
      return
    }
    let found = findings(config(network.variant, network.role, wrong.layers))
    let told = found.first { $0.problem.contains(wrong.told) }
    #expect(told != nil, "\(wrong.layers): \(found)")
    #expect(told?.place?.hasPrefix("c.json:5:") == true, "\(told?.place ?? "nowhere")")
    #expect(told?.problem.contains(network.role.name) == true)
  }

  /// Networks for images given points, images of one pixel, of sides that no stride divides, of more
  /// pixels than a network can reckon with.
  @Test(
    arguments: names,
    [[2], [1], [1, 1, 1], [3, 5, 2], [1, 97, 3], [100_000, 100_000, 3], [0, 4, 1]] as [Shape])
  func sizesThatDoNotFit(_ name: String, _ sample: Shape) {
    let found = findings(
      #"{ "variant": "\#(name)"\#(Self.everyNetwork(of: name)) }"#, for: sample)
    #expect(found.allSatisfy { $0.place?.hasPrefix("c.json") == true && !$0.problem.isEmpty })
    // What no network can reckon with is refused whatever the variant.
    if sample.contains(100_000) || sample.contains(0) { #expect(!found.isEmpty) }
    if sample.count == 1 { #expect(!found.isEmpty, "an architecture is for images") }
  }

  /// Maps of labels for those that read pictures.
  @Test(arguments: names.filter { SmallConfig.translates($0) && $0 != "pix2pixhd" })
  func mapsOfLabelsAreNoPictures(_ name: String) throws {
    let shape = DataShape([32, 32, 3], source: [32, 32, 2], sourceLabels: 3)
    let options = name == "cyclegan" ? #""identity": 0"# : ""
    let recipe = try Recipe(
      parsing: Array(#"{ "variant": "\#(name)", "objective": { \#(options) } }"#.utf8),
      file: "c.json", registry: tested)
    let error = #expect(throws: ZooError.self) { try Plan(recipe, for: shape) }
    #expect(error?.description.contains("not maps of labels") == true)
  }

  /// A pool of which a shard would get nothing; one of nothing at all is meant.
  @Test(arguments: [(3, 1), (4, 0), (0, 0)])
  func smallPoolsOfFakes(_ size: Int, _ faults: Int) throws {
    let config = """
      { "variant": "cyclegan",
        "objective": { "pool": \(size) }, "training": { "batch": 8, "shards": 4 } }
      """
    let recipe = try Recipe(parsing: Array(config.utf8), file: "c.json", registry: tested)
    let shape = DataShape([32, 32, 1], source: [32, 32, 1])
    let found = Result { () throws(ZooError) in try Plan(recipe, for: shape) }
    guard case .failure(let error) = found else { return #expect(faults == 0) }
    // Both ways have such a pool, and it is told once.
    #expect(error.findings.count == faults)
    #expect(error.findings.first?.place == "c.json:2:26")
    #expect(
      error.findings.first?.problem == "objective.pool: 3 fakes are too few for 4 shards")
  }

  /// Data without labels for those that ask for classes.
  @Test(arguments: names)
  func dataWithoutLabels(_ name: String) throws {
    let variant = try #require(tested.variant(named: name))
    let found = findings(#"{ "variant": "\#(name)" }"#, classes: nil)
    guard variant.defaults.conditioning != nil else {
      #expect(found.isEmpty)
      let conditional = findings(
        "{ \"variant\": \"\(name)\",\n\"conditioning\": \"concatenate\" }", classes: nil)
      #expect(conditional.first?.place?.hasPrefix("c.json:2:") == true)
      return
    }
    #expect(found.first?.problem.contains("no labels to condition on") == true)
    #expect(found.first?.place?.hasPrefix("c.json:1:") == true)
  }
}
