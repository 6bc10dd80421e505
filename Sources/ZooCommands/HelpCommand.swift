import ZooCore

/// `zoo help [COMMAND|TOPIC]`.
enum HelpCommand: Command {
  static let name = "help"
  static let operands = "[COMMAND|TOPIC]"
  static let summary =
    "Explains a command, or a topic: configs, variants, exit-codes, datasets, outputs, environment"
  static let options: [Option] = []
  static let examples = ["zoo help run", "zoo help exit-codes"]

  static func run(_ arguments: Arguments, _ program: Program) throws(ZooError) {
    try run(about: arguments.operands.first, program)
  }

  static func run(about subject: String?, _ program: Program) throws(ZooError) {
    guard let subject else { return try Console.result(overview) }
    if subject == "--markdown" {
      return try Console.result(CommandReference.markdown(program.registry))
    }
    if let command = CommandTable.all.first(where: { $0.name == subject }) {
      return try Console.result(page(command))
    }
    if let topic = HelpTopics.all.first(where: { $0.name == subject }) {
      return try Console.result(topic.text(program))
    }
    let subjects = CommandTable.all.map { $0.name } + HelpTopics.all.map(\.name)
    throw ZooError(
      .usage, "there is no help about \"\(Text.printable(subject))\"", at: "zoo help",
      advice: Suggestion.closest(to: subject, among: subjects).map { "did you mean \($0)?" }
        ?? "subjects: \(subjects.joined(separator: ", "))")
  }

  private static var overview: String {
    """
    zoo \(Zoo.version): a collection of GAN variants that trains on a CPU

    Usage: zoo COMMAND [OPTIONS]

    \(table(CommandTable.all.map { ($0.name, $0.summary) }))

    Try: zoo run Configs/wgan-gp-mnist.json
    --color auto|always|never goes with every command.
    Topics: \(HelpTopics.all.map { "zoo help \($0.name)" }.joined(separator: ", "))
    """
  }

  private static func page(_ command: any Command.Type) -> String {
    var parts = [
      command.summary,
      "Usage: zoo \(command.name) \(command.operands)"
        + (command.options.isEmpty ? "" : " [OPTIONS]"),
    ]
    if !command.options.isEmpty {
      parts.append(
        table(
          command.options.map { option in
            (option.name + (option.value.map { " \($0)" } ?? ""), option.meaning)
          }))
    }
    parts.append("Examples:\n" + command.examples.map { "  \($0)" }.joined(separator: "\n"))
    return parts.joined(separator: "\n\n")
  }

  /// Two columns, aligned.
  static func table(_ rows: [(String, String)]) -> String {
    let width = rows.map(\.0.count).max() ?? 0
    return rows.map { left, right in
      "  \(left)\(String(repeating: " ", count: width - left.count + 2))\(right)"
    }.joined(separator: "\n")
  }
}
