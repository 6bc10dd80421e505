import ZooCore

/// `manifest.json`: how a run came about.
enum Manifest {
  static func describe(
    _ program: Program, _ recipe: Recipe, _ data: DataLibrary.Opened, _ backend: CPUBackend
  ) -> JSONValue {
    var dataset = DatasetIdentity(data.dataset).written.object ?? []
    dataset.append(.init("count", .number(data.dataset.count)))
    if let notice = data.notice { dataset.append(.init("notice", .string(notice))) }
    return .object([
      .init("schema_version", 1),
      .init("command", .array(program.commandLine.map { .string($0) })),
      .init("program", .string(Files.split(program.executable).name)),
      .init("version", .string(Zoo.version)), .init("compiler", .string(compiler)),
      .init("source", SourceState.here?.json ?? nil),
      .init("started", .string(UTC.iso8601(UTC.now()))),
      .init("name", .string(recipe.name)), .init("variant", .string(recipe.card.name)),
      .init("seed", .number(recipe.config.training.seed)),
      .init("threads", .number(backend.threadCount)),
      .init("instructionSet", .string(backend.instructionSet)),
      .init("cpu", .string(processorName)),
      .init("dataset", .object(dataset)),
      .init("parent", nil),
    ])
  }

  /// Remembers that the run went on, and where.
  static func addResumption(
    _ directory: RunDirectory, _ program: Program, step: Int, _ backend: CPUBackend
  ) throws(ZooError) {
    var members = read(directory)?.object ?? []
    let earlier = members.first { $0.key == "resumed" }?.value.array ?? []
    members.removeAll { $0.key == "resumed" }
    let resumption: JSONValue = [
      "time": .string(UTC.iso8601(UTC.now())), "step": .number(step),
      "command": .array(program.commandLine.map { .string($0) }),
      "threads": .number(backend.threadCount), "instructionSet": .string(backend.instructionSet),
    ]
    members.append(.init("resumed", .array(earlier + [resumption])))
    try directory.write(.object(members), as: "manifest.json")
  }

  /// The Swift that compiled the program.
  private static var compiler: String {
    #if compiler(>=6.5)
      "Swift 6.5 or newer"
    #elseif compiler(>=6.4)
      "Swift 6.4"
    #elseif compiler(>=6.3)
      "Swift 6.3"
    #else
      "Swift 6.2"
    #endif
  }

  /// The instruction set that the run had last; nil when the manifest does not tell.
  static func instructionSet(of directory: RunDirectory) -> String? {
    let manifest = read(directory)
    let last = manifest?["resumed"]?.array?.last ?? manifest
    return last?["instructionSet"]?.string
  }

  /// The manifest as it is; one that was lost is no reason not to train.
  private static func read(_ directory: RunDirectory) -> JSONValue? {
    let path = Files.join(directory.path, "manifest.json")
    return (try? Files.read(path, limit: 16 << 20))
      .flatMap { try? JSONDocument(parsing: $0, name: path).root }
  }

  /// The processor's name as Linux tells it.
  private static var processorName: String {
    guard let bytes = try? Files.read("/proc/cpuinfo", limit: 1 << 20) else { return "unknown" }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    guard let line = lines.first(where: { $0.hasPrefix("model name") }),
      let colon = line.firstIndex(of: ":")
    else { return "unknown" }
    return String(line[line.index(after: colon)...].drop { $0 == " " })
  }
}
