import ZooCore

/// What commands share: from the command line to a recipe, a backend and data.
enum Setup {
  static let options = [
    Option("--set", "PATH=VALUE", "Replace a value of the config; may be repeated."),
    Option("--threads", "N", "Threads that compute; default all processors."),
    Option("--data-dir", "DIR", "Where dataset files are; see zoo help datasets."),
    Option("--seed", "N", "Same as --set training.seed=N."),
  ]

  /// Reads the config that the command names.
  static func recipe(
    _ arguments: Arguments, _ program: Program, command: String
  ) throws(ZooError) -> Recipe {
    try recipe(at: arguments.only("CONFIG", command), arguments, program)
  }

  /// Reads the config in a file; a name of its own takes the place of the file's.
  static func recipe(
    at path: String, name own: String? = nil, _ arguments: Arguments, _ program: Program
  ) throws(ZooError) -> Recipe {
    var overrides: [Recipe.Override] = []
    for text in arguments.all("--set") { try overrides.append(.init(parsing: text)) }
    if let seed = try arguments.integer("--seed", in: 0...4_294_967_295) {
      overrides.append(.init(["training", "seed"], .number(seed), flag: "--seed"))
    }
    let (bytes, name) = try config(at: path)
    return try Recipe(
      parsing: bytes, file: name, name: own, overrides: overrides, registry: program.registry)
  }

  /// A config's bytes and what errors call it; `-` is standard input.
  static func config(at path: String) throws(ZooError) -> (bytes: [UInt8], name: String) {
    if path == "-" { return try (Files.readStandardInput(limit: 16 << 20), "stdin") }
    do throws(ZooError) {
      return try (Files.read(path, limit: 16 << 20, kind: .usage), path)
    } catch {
      guard !Files.exists(path) else { throw error }
      throw ZooError(
        .usage, "there is no such config", at: path,
        advice: nearestConfig(to: path).map { "did you mean \($0)?" }
          ?? "zoo list shows the variants and their configs")
    }
  }

  /// The config that a mistyped path, or the bare name of a shipped config, may have meant.
  private static func nearestConfig(to path: String) -> String? {
    let (directory, name) = Files.split(path)
    // Endings that all share would make strangers look alike.
    func stem(_ name: String) -> String { String(name.prefix { $0 != "." }) }
    for folder in [directory, "Configs"] {
      let names = (try? Files.list(folder))?.filter { $0.hasSuffix(".json") } ?? []
      // `dcgan` is a beginning that is no typo of anything.
      let start = names.map(stem).sorted().first { $0.hasPrefix(stem(name) + "-") }
      if let nearest = Suggestion.closest(to: stem(name), among: names.map(stem)) ?? start {
        return (folder == "." ? nearest : Files.join(folder, nearest)) + ".json"
      }
    }
    return nil
  }

  /// The processor, with the threads and the instruction set that were asked for.
  static func backend(_ arguments: Arguments) throws(ZooError) -> CPUBackend {
    let threads = try arguments.integer("--threads", in: 1...1024)
    let set = Console.environment("ZOO_ISA")
    if let set, !CPUBackend.instructionSets.contains(set) {
      throw ZooError(
        .usage, "this machine does not run \"\(Text.printable(set))\"", at: "ZOO_ISA",
        advice: "one of \(CPUBackend.instructionSets.joined(separator: ", "))")
    }
    return CPUBackend(threads: threads, instructionSet: set)
  }

  /// The config's data, fetched if they are missing, or their fallback.
  static func data(
    _ arguments: Arguments, _ settings: DataSettings
  ) throws(ZooError) -> DataLibrary.Opened {
    let library = DataLibrary(directory: dataDirectory(arguments))
    guard let missing = library.missing(settings.dataset), Console.environment("ZOO_OFFLINE") == nil
    else { return try library.open(settings) }
    do throws(ZooError) {
      try Fetching.fetch(missing, into: library.directory, quiet: arguments.has("--quiet"))
    } catch {
      // Offline is no fault where something else may serve.
      guard settings.fallback != nil, error.kind == .io else { throw error }
      Console.say("note: \(missing.name) could not be fetched: \(error.findings[0].problem)")
    }
    return try library.open(settings)
  }

  /// Refuses to hold more samples than fit the memory: pixels, bytes, and a picture of them.
  static func checkMemory(
    samples count: Int, of shape: Shape, at flag: String
  ) throws(ZooError) {
    let needed = 12 * Double(count) * shape.reduce(1) { $0 * Double($1) }
    if let shortage = Machine.memoryLimit.shortage(of: needed) {
      throw ZooError(
        .usage, "\(count) samples \(shape) need \(shortage)", at: flag, advice: "ask for fewer")
    }
  }

  static func dataDirectory(_ arguments: Arguments) -> String {
    if let directory = arguments.value("--data-dir") ?? Console.environment("ZOO_DATA_DIR") {
      return directory
    }
    if let cache = Console.environment("XDG_CACHE_HOME") { return Files.join(cache, "zoo") }
    return Files.join(Console.environment("HOME") ?? ".", ".cache/zoo")
  }
}
