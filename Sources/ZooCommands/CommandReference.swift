import ZooCore

/// `Documentation/commands.md`, from the command table.
package enum CommandReference {
  /// The page, for a program with these variants.
  package static func markdown(_ registry: Registry) -> String {
    let program = Program(registry: registry, commandLine: [])
    let overview = CommandTable.all.map { ("[\($0.name)](#\($0.name))", $0.summary) }
    let parts =
      [
        "# Commands",
        "`zoo help --markdown` writes this page. `zoo` is short for `swift run -c release zoo`.",
        rows([("Command", "What it does")] + overview),
        "Every command also takes `--help`, and `--color auto|always|never`.",
      ] + CommandTable.all.map { section($0) } + HelpTopics.all.map { topic($0, program) }
    return parts.joined(separator: "\n\n")
  }

  private static func section(_ command: any Command.Type) -> String {
    var parts = [
      "## \(command.name)",
      "\(command.summary).",
      "```sh\n\(command.examples.joined(separator: "\n"))\n```",
    ]
    if !command.operands.isEmpty {
      parts.insert("Usage: `zoo \(command.name) \(command.operands)`", at: 2)
    }
    if !command.options.isEmpty {
      parts.append(
        rows(
          [("Option", "Meaning")]
            + command.options.map { option in
              ("`\(option.name)\(option.value.map { " \($0)" } ?? "")`", option.meaning)
            }))
    }
    return parts.joined(separator: "\n\n")
  }

  private static func topic(_ topic: HelpTopics.Topic, _ program: Program) -> String {
    "## Topic: \(topic.name)\n\n```text\n\(topic.text(program))\n```"
  }

  private static func rows(_ rows: [(String, String)]) -> String {
    let lines = rows.map { left, right in
      "| \(left.replacing("|", with: "\\|")) | \(right.replacing("|", with: "\\|")) |"
    }
    return (lines.prefix(1) + ["| --- | --- |"] + lines.dropFirst()).joined(separator: "\n")
  }
}
