import ZooCore

/// `zoo list`.
enum ListCommand: Command {
  static let name = "list"
  static let operands = ""
  static let summary = "Lists the variants"
  static let options = [Option("--json", nil, "Print JSON.")]
  static let examples = ["zoo list", "zoo list --json"]

  static func run(_ arguments: Arguments, _ program: Program) throws(ZooError) {
    if let extra = arguments.operands.first {
      throw ZooError(
        .usage, "takes no operand, found \"\(Text.printable(extra))\"", at: "zoo list")
    }
    let cards = program.registry.variants.map { $0.card }
    if arguments.has("--json") {
      let variants = cards.map { card in
        JSONValue.object([
          .init("name", .string(card.name)), .init("title", .string(card.title)),
          .init("paper", .string(card.paper)), .init("year", .number(card.year)),
          .init("summary", .string(card.summary)),
        ])
      }
      return try Console.result(
        JSONValue.object([
          .init("schema_version", 1), .init("variants", .array(variants)),
        ]).pretty())
    }
    try Console.result(
      HelpCommand.table(cards.map { ($0.name, "\($0.year)  \($0.summary) (\($0.paper))") }))
  }
}
