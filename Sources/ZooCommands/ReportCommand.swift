import ZooCore

/// `zoo report RUN`.
enum ReportCommand: Command {
  static let name = "report"
  static let operands = "RUN|latest"
  static let summary = "Writes a page about a run: curves, the film of its samples, config, machine"
  static let options = [
    Option("--out", "FILE", "The page, - for standard output; default RUN/report.html. Also -o."),
    Option("--json", nil, "Print the page's path, and errors, as JSON."),
    Option("--title", "TEXT", "What the page is called; default the variant and the dataset."),
  ]
  static let examples = ["zoo report latest", "zoo report runs/short -o report.html"]

  static func run(_ arguments: Arguments, _ program: Program) throws(ZooError) {
    let path = RunDirectory.path(named: try arguments.only("RUN", name))
    let output = try Output(arguments, own: Files.join(path, "report.html"))
    let report = try Report(
      run: path, title: arguments.value("--title"), changed: changes(path, program))
    try deliver(report.html(), to: output, "report", arguments)
  }

  /// Writes a page, and says where it is.
  static func deliver(
    _ page: String, to output: Output, _ what: String, _ arguments: Arguments
  ) throws(ZooError) {
    if output.isStandardOutput, arguments.has("--json") {
      throw ZooError(
        .usage, "standard output cannot have both the page and JSON", at: "--out -",
        advice: "name a file, or leave --json out")
    }
    try output.deliver(Array(page.utf8))
    guard !output.isStandardOutput else { return }
    let result = JSONValue.object([.init("schema_version", 1), .init(what, .string(output.path))])
    try Console.result(arguments.has("--json") ? result.compact() : output.path)
  }

  /// Where the run's config differs from its variant's defaults; nothing where that cannot be told.
  private static func changes(_ path: String, _ program: Program) -> Set<String> {
    let config = Files.join(path, "config.json")
    guard let bytes = try? Files.read(config, limit: 16 << 20),
      let recipe = try? Recipe(parsing: bytes, file: config, registry: program.registry),
      let manifest = try? Files.read(Files.join(path, "manifest.json"), limit: 16 << 20),
      let root = try? JSONDocument(parsing: manifest, name: "manifest.json").root,
      let dataset = root["dataset"].flatMap(DatasetIdentity.init(written:)),
      let changes = try? Plan(recipe, for: DataShape(dataset)).changes()
    else { return [] }
    return Set(changes.map(\.path))
  }
}
