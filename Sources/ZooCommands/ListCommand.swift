import ZooCore

/// `zoo list [VARIANT]`.
enum ListCommand: Command {
  static let name = "list"
  static let operands = "[VARIANT]"
  static let summary = "Lists the variants, or shows one variant's card"
  static let options = [Option("--json", nil, "Print JSON.")]
  static let examples = ["zoo list", "zoo list wgan-gp"]

  static func run(_ arguments: Arguments, _ program: Program) throws(ZooError) {
    let variants = program.registry.variants
    let configs = configsByVariant()
    guard let name = arguments.operands.first else {
      let cards = variants.map { $0.card }
      return try Console.result(
        arguments.has("--json")
          ? JSONValue.object([
            .init("schema_version", 1),
            .init("variants", .array(cards.map { json($0, configs[$0.name] ?? []) })),
          ]).pretty() : table(cards, configs))
    }
    guard arguments.operands.count == 1 else {
      throw ZooError(
        .usage, "expected one variant, found \(arguments.operands.count)", at: "zoo list")
    }
    guard let variant = program.registry.variant(named: name) else {
      let names = variants.map { $0.card.name }
      throw ZooError(
        .usage, "there is no variant \"\(Text.printable(name))\"", at: "zoo list",
        advice: Suggestion.closest(to: name, among: names).map { "did you mean \"\($0)\"?" }
          ?? "variants: \(names.joined(separator: ", "))")
    }
    let files = configs[variant.card.name] ?? []
    try Console.result(
      arguments.has("--json") ? cardJSON(variant, files).pretty() : card(variant, files))
  }

  /// The shipped configs, and those in a folder `Configs` where one is at hand, by variant.
  private static func configsByVariant() -> [String: [String]] {
    var found: [String: Set<String>] = [:]
    for config in ShippedConfigs.all {
      if let variant = ShippedConfigs.variant(config.bytes) {
        found[variant, default: []].insert(config.name)
      }
    }
    for file in ((try? Files.list("Configs")) ?? []) where file.hasSuffix(".json") {
      let bytes = try? Files.read(Files.join("Configs", file), limit: 1 << 20, kind: .usage)
      if let variant = bytes.flatMap(ShippedConfigs.variant) {
        found[variant, default: []].insert(String(file.dropLast(5)))
      }
    }
    return found.mapValues { $0.sorted() }
  }

  private static func table(_ cards: [VariantCard], _ configs: [String: [String]]) -> String {
    let widths = (
      cards.map(\.name.count).max() ?? 0, cards.map(\.paper.count).max() ?? 0
    )
    func padded(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - text.count))
    }
    return cards.map { card in
      let first =
        "\(padded(card.name, widths.0))  \(card.year)  \(padded(card.paper, widths.1))  \(card.summary)"
      guard let files = configs[card.name] else { return first }
      let indent = String(repeating: " ", count: widths.0 + 2)
      return first + "\n\(indent)configs: \(files.joined(separator: ", "))"
    }.joined(separator: "\n") + """


      zoo list VARIANT shows losses, options and sources. zoo run takes the name of a config, or of a
      variant for its own recipe; zoo new --config NAME writes a config out.
      """
  }

  private static func card(_ variant: any Variant.Type, _ configs: [String]) -> String {
    let card = variant.card
    let options = variant.options.map { option in
      (
        option.key,
        "\(option.meaning) \(option.expectation), default \(option.standard?.compact() ?? "none")"
      )
    }
    let defaults = variant.defaults
    return """
      \(card.title) (\(card.year), \(card.paper))

      \(card.idea)

      \(card.losses.map { String("\($0)                ".prefix(15)) + $1 }.joined(separator: "\n"))

      options of "objective"
      \(options.isEmpty ? "  none" : HelpCommand.table(options))

      defaults
      \(HelpCommand.table([
        ("networks", variant.networks.map { "\($0.name) \(defaults.network($0).architecture)" }.joined(separator: ", ")),
        ("latent codes", defaults.generator.latent.space.described),
        ("batch", "\(defaults.training.batch)"),
        ("discriminator steps", "\(defaults.training.discriminatorSteps)"),
        ("optimizer", defaults.training.described),
      ]))

      sources
      \(card.sources.map { "  \($0)" }.joined(separator: "\n"))\(configs.isEmpty ? "" : "\n\nconfigs\n  " + configs.joined(separator: ", "))
      """
  }

  private static func json(_ card: VariantCard, _ configs: [String]) -> JSONValue {
    .object(members(card, configs))
  }

  private static func members(_ card: VariantCard, _ configs: [String]) -> [JSONValue.Member] {
    [
      .init("name", .string(card.name)), .init("title", .string(card.title)),
      .init("paper", .string(card.paper)), .init("year", .number(card.year)),
      .init("summary", .string(card.summary)),
      .init("configs", .array(configs.map { .string($0) })),
    ]
  }

  private static func cardJSON(_ variant: any Variant.Type, _ configs: [String]) -> JSONValue {
    let card = variant.card
    let options = variant.options.map { option in
      JSONValue.object([
        .init("key", .string(option.key)),
        .init("default", option.standard ?? JSONValue(nilLiteral: ())),
        .init("expectation", .string(option.expectation)),
        .init("meaning", .string(option.meaning)),
      ])
    }
    return .object(
      [.init("schema_version", 1)] + members(card, configs) + [
        .init("idea", .string(card.idea)),
        .init("discriminatorLoss", card.discriminatorLoss.map { .string($0) } ?? nil),
        .init("generatorLoss", .string(card.generatorLoss)),
        .init("options", .array(options)),
        .init("sources", .array(card.sources.map { .string($0) })),
      ])
  }
}
