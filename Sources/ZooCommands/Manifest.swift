import ZooCore

/// `manifest.json`: how a run came about.
enum Manifest {
  static func describe(
    _ program: Program, _ recipe: Recipe, _ data: DataLibrary.Opened, _ backend: CPUBackend
  ) -> JSONValue {
    var dataset = DatasetIdentity(data.dataset).written.object ?? []
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

  /// Remembers that the run went on, where, and what was done to the data then.
  static func addResumption(
    _ directory: RunDirectory, _ program: Program, step: Int, _ backend: CPUBackend,
    notice: String?, _ warnings: Warnings
  ) throws(ZooError) {
    let known = Files.exists(path(in: directory)) ? read(directory)?.object : []
    guard var members = known else {
      // What is left of it is not to be lost as well.
      return warnings.add(
        ZooError(
          .data, "cannot be read, so that the run went on is not noted in it",
          at: path(in: directory),
          advice: "mend it or put it back; training needs none"))
    }
    let earlier = members.first { $0.key == "resumed" }?.value.array ?? []
    members.removeAll { $0.key == "resumed" }
    var resumption: [JSONValue.Member] = [
      .init("time", .string(UTC.iso8601(UTC.now()))), .init("step", .number(step)),
      .init("command", .array(program.commandLine.map { .string($0) })),
      .init("threads", .number(backend.threadCount)),
      .init("instructionSet", .string(backend.instructionSet)),
    ]
    if let notice { resumption.append(.init("notice", .string(notice))) }
    members.append(.init("resumed", .array(earlier + [.object(resumption)])))
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
    let path = path(in: directory)
    return (try? Files.read(path)).flatMap { try? JSONDocument(parsing: $0, name: path).root }
  }

  private static func path(in directory: RunDirectory) -> String {
    Files.join(directory.path, "manifest.json")
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
