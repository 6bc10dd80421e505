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
    let (bytes, name) = try config(at: path, program)
    do throws(ZooError) {
      return try Recipe(
        parsing: bytes, file: name, name: own, overrides: overrides, registry: program.registry)
    } catch {
      throw ForeignVariant.explain(
        error, try? JSONDocument(parsing: bytes, name: name).root,
        ofRun: Files.split(path).directory, program.registry)
    }
  }

  /// A config's bytes and what errors call it: a file, else a shipped config, else a variant's own
  /// recipe; `-` is standard input.
  static func config(
    at path: String, _ program: Program
  ) throws(ZooError) -> (bytes: [UInt8], name: String) {
    if path == "-" { return try (Files.readStandardInput(limit: 16 << 20), "stdin") }
    // A folder that happens to have a variant's name is no config that was meant.
    if !Files.exists(path) || Files.isDirectory(path) {
      if let bytes = ShippedConfigs.bytes(path) {
        return (bytes, path.hasSuffix(".json") ? path : path + ".json")
      }
      if program.registry.variant(named: path) != nil {
        return (ShippedConfigs.recipe(of: path), path + ".json")
      }
    }
    do throws(ZooError) {
      return try (Files.read(path, limit: 16 << 20, kind: .usage), path)
    } catch {
      guard !Files.exists(path) else { throw error }
      throw ZooError(
        .usage, "there is no such config", at: path,
        advice: nearestConfig(to: path, program).map { "did you mean \($0)?" }
          ?? "zoo list shows the variants and their configs")
    }
  }

  /// The config that a mistyped path or name may have meant.
  private static func nearestConfig(to path: String, _ program: Program) -> String? {
    let (directory, name) = Files.split(path)
    // Endings that all share would make strangers look alike.
    let stem = String(name.prefix { $0 != "." })
    let files = ((try? Files.list(directory)) ?? []).filter { $0.hasSuffix(".json") }
      .map { String($0.dropLast(5)) }
    let known =
      ShippedConfigs.names(program.registry) + program.registry.variants.map { $0.card.name }
    for (names, isFile) in [(files, true), (known, false)] {
      // `dcgan-` is a beginning that is no typo of anything.
      let start = names.sorted().first { $0.hasPrefix(stem.hasSuffix("-") ? stem : stem + "-") }
      guard let nearest = Suggestion.closest(to: stem, among: names) ?? (stem.isEmpty ? nil : start)
      else { continue }
      return isFile ? (directory == "." ? "" : directory + "/") + nearest + ".json" : nearest
    }
    return nil
  }

  /// The processor, with the threads and the instruction set that were asked for, or that a team has.
  static func backend(
    _ arguments: Arguments, _ team: TeamSession? = nil
  ) throws(ZooError) -> CPUBackend {
    let threads = try arguments.integer("--threads", in: 1...1024)
    if let team {
      return CPUBackend(threads: threads ?? team.threads, instructionSet: team.instructionSet)
    }
    let set = CPUBackend.requestedInstructionSet
    if let set, !CPUBackend.instructionSets.contains(set) {
      throw ZooError(
        .usage, "this machine does not run \"\(Text.printable(set))\"", at: "ZOO_ISA",
        advice: "one of \(CPUBackend.instructionSets.joined(separator: ", "))")
    }
    return CPUBackend(threads: threads, instructionSet: set)
  }

  /// The config's data, fetched if they are missing, or their fallback.
  ///
  /// - Parameter warnings: Gets what of the data is not as the config has it.
  static func data(
    _ arguments: Arguments, _ settings: DataSettings, _ warnings: Warnings
  ) throws(ZooError) -> DataLibrary.Opened {
    let library = DataLibrary(directory: dataDirectory(arguments))
    if let missing = library.missing(settings.dataset), Console.environment("ZOO_OFFLINE") == nil {
      do throws(ZooError) {
        try Fetching.fetch(
          missing, into: library.directory, quiet: arguments.has("--quiet"), warnings)
      } catch {
        // Offline is no fault where something else may serve.
        guard settings.fallback != nil, error.kind == .io else { throw error }
        warnings.add(
          notice: "\(missing.name) could not be fetched: \(error.findings[0].problem)")
      }
    }
    return try open(settings, in: library, warnings)
  }

  /// The config's data as they are at hand, never fetched.
  static func dataAtHand(
    _ arguments: Arguments, _ settings: DataSettings, _ warnings: Warnings
  ) throws(ZooError) -> DataLibrary.Opened {
    try open(settings, in: DataLibrary(directory: dataDirectory(arguments)), warnings)
  }

  private static func open(
    _ settings: DataSettings, in library: DataLibrary, _ warnings: Warnings
  ) throws(ZooError) -> DataLibrary.Opened {
    let data = try library.open(settings)
    warnings.add(notice: data.notice)
    return data
  }

  /// The settings that find the data that a run has had, should a fallback have served.
  static func settings(_ settings: DataSettings, findingAgain name: String?) -> DataSettings {
    var settings = settings
    if let name, settings.fallback == name { (settings.dataset, settings.path) = (name, nil) }
    settings.fallback = nil
    return settings
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
      // A service's environment has been through no shell.
      return Files.expandingHome(directory)
    }
    if let cache = Console.environment("XDG_CACHE_HOME") { return Files.join(cache, "zoo") }
    return Files.join(Console.environment("HOME") ?? ".", ".cache/zoo")
  }
}
