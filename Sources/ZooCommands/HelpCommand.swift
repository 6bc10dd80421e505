import ZooCore

/// `zoo help [COMMAND|TOPIC]`.
enum HelpCommand: Command {
  static let name = "help"
  static let operands = "[COMMAND|TOPIC]"
  static let summary = "Explains a command, or a topic: exit-codes, datasets, environment"
  static let options: [Option] = []
  static let examples = ["zoo help run", "zoo help exit-codes"]

  static func run(_ arguments: Arguments, _ program: Program) throws(ZooError) {
    try run(about: arguments.operands.first)
  }

  static func run(about subject: String?) throws(ZooError) {
    guard let subject else { return try Console.result(overview) }
    if let command = CommandTable.all.first(where: { $0.name == subject }) {
      return try Console.result(page(command))
    }
    if let topic = topics.first(where: { $0.name == subject }) {
      return try Console.result(topic.text)
    }
    let subjects = CommandTable.all.map { $0.name } + topics.map(\.name)
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
    Topics: \(topics.map { "zoo help \($0.name)" }.joined(separator: ", "))
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

  private static let topics: [(name: String, text: String)] = [
    (
      "exit-codes",
      """
      0    everything went well
      1    something failed that is none of the below
      2    the command line or a config is wrong
      3    training diverged: a loss or a gradient was not finite
      4    data or weights are missing, broken or do not fit
      5    the disk, another device or a download failed
      6    another process uses the run
      130  interrupted (Ctrl-C), 143 terminated
      """
    ),
    (
      "datasets",
      """
      Datasets: \(DataLibrary.names.joined(separator: ", "))

      zoo data list tells what each is and whether it is here, zoo data fetch NAME downloads it, and
      zoo run fetches what its config needs. Files are looked for in --data-dir, else $ZOO_DATA_DIR,
      else $XDG_CACHE_HOME/zoo, else ~/.cache/zoo. Without a network a config's data.fallback serves;
      stroke-digits, ring8, grid25 and swiss-roll are drawn by the program and need no file.

      Pictures of your own: "data": { "dataset": "folder", "path": "photos", "size": [64, 64] }, with a
      sub-folder for each class or none. Arrays: "npy". Large sets: zoo data import, then "pack".
      """
    ),
    (
      "environment",
      """
      ZOO_DATA_DIR    where dataset files are
      XDG_CACHE_HOME  dataset files are in $XDG_CACHE_HOME/zoo when ZOO_DATA_DIR is not set
      ZOO_OFFLINE     set to anything: nothing is ever downloaded
      ZOO_ISA         the instruction set of the kernels: \(CPUBackend.instructionSets.joined(separator: ", "))
      """
    ),
  ]
}
