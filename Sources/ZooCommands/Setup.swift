import ZooCore

/// What `run` and `bench` share: from the command line to a recipe, a backend and data.
enum Setup {
  static let options = [
    Option("--set", "PATH=VALUE", "Replace a value of the config; may be repeated."),
    Option("--threads", "N", "Threads that compute; default all processors."),
    Option("--data-dir", "DIR", "Where dataset files are; see zoo help data."),
    Option("--seed", "N", "Same as --set training.seed=N."),
  ]

  /// Reads the config that the command names.
  static func recipe(
    _ arguments: Arguments, _ program: Program, command: String
  ) throws(ZooError) -> Recipe {
    try recipe(at: arguments.only("CONFIG", command), arguments, program)
  }

  /// Reads the config in a file.
  static func recipe(
    at path: String, _ arguments: Arguments, _ program: Program
  ) throws(ZooError) -> Recipe {
    var overrides: [Recipe.Override] = []
    for text in arguments.all("--set") { try overrides.append(.init(parsing: text)) }
    if let seed = try arguments.integer("--seed", in: 0...4_294_967_295) {
      overrides.append(.init(["training", "seed"], .number(seed), flag: "--seed"))
    }
    let bytes = try Files.read(path, limit: 16 << 20, kind: .usage)
    return try Recipe(
      parsing: bytes, file: path, overrides: overrides, registry: program.registry)
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

  /// The config's data, or its fallback.
  static func data(_ arguments: Arguments, _ recipe: Recipe) throws(ZooError) -> DataLibrary.Opened
  {
    try DataLibrary(directory: dataDirectory(arguments)).open(recipe.config.data)
  }

  static func dataDirectory(_ arguments: Arguments) -> String {
    if let directory = arguments.value("--data-dir") ?? Console.environment("ZOO_DATA_DIR") {
      return directory
    }
    if let cache = Console.environment("XDG_CACHE_HOME") { return Files.join(cache, "zoo") }
    return Files.join(Console.environment("HOME") ?? ".", ".cache/zoo")
  }
}
