import ZooCore

/// `zoo compare RUN RUN…`.
enum CompareCommand: Command {
  static let name = "compare"
  static let operands = "RUN RUN…"
  static let summary = "Lays runs side by side in one page: curves, last samples, configs"
  static let options = [
    Option(
      "--out", "FILE", "The page, - for standard output; default a new comparison.html. Also -o."),
    Option("--json", nil, "Print the page's path, and errors, as JSON."),
  ]
  static let examples = [
    "zoo compare runs/one latest", "zoo compare runs/one runs/two -o both.html",
  ]

  static func run(_ arguments: Arguments, _ program: Program) throws(ZooError) {
    guard arguments.operands.count >= 2 else {
      throw ZooError(
        .usage, "expected two runs or more, found \(arguments.operands.count)", at: "zoo compare",
        advice: "see zoo help compare")
    }
    let output = try Output(arguments, standard: "comparison.html")
    let page = try ComparisonReport(arguments.operands.map(RunDirectory.path(named:)))
    try ReportCommand.deliver(page.html(), to: output, "comparison", arguments)
  }
}
