import ZooCore

/// `zoo run CONFIG`.
enum RunCommand: Command {
  static let name = "run"
  static let operands = "CONFIG"
  static let summary = "Trains what a config describes, and writes pictures as it goes"
  static let options = [
    Option("--set", "PATH=VALUE", "Replace a value of the config; may be repeated."),
    Option(
      "--out", "DIR", "The run's folder, which must not exist; default runs/<time>-<name>-<tag>."),
    Option("--threads", "N", "Threads that compute; default all processors."),
    Option("--data-dir", "DIR", "Where dataset files are; see zoo help data."),
    Option("--seed", "N", "Same as --set training.seed=N."),
    Option("--quiet", nil, "Say nothing but errors."),
    Option("--json", nil, "Print the result, and errors, as JSON."),
  ]
  static let examples = [
    "zoo run Configs/wgan-gp-mnist.json",
    "zoo run Configs/wgan-gp-mnist.json --set training.steps=100 --out runs/short --threads 1",
  ]

  static func run(_ arguments: Arguments, _ program: Program) throws(ZooError) {
    let path = try arguments.only("CONFIG", name)
    var overrides: [Recipe.Override] = []
    for text in arguments.all("--set") { try overrides.append(.init(parsing: text)) }
    if let seed = try arguments.integer("--seed", in: 0...4_294_967_295) {
      overrides.append(.init(["training", "seed"], .number(seed), flag: "--seed"))
    }
    let bytes = try Files.read(path, limit: 16 << 20, kind: .usage)
    let recipe = try Recipe(
      parsing: bytes, file: path, overrides: overrides, registry: program.registry)
    let backend = try makeBackend(arguments)
    try Backends.using(backend) { () throws(ZooError) in
      try train(recipe, arguments, program, backend)
    }
  }

  private static func makeBackend(_ arguments: Arguments) throws(ZooError) -> CPUBackend {
    let threads = try arguments.integer("--threads", in: 1...1024)
    let set = Console.environment("ZOO_ISA")
    if let set, !CPUBackend.instructionSets.contains(set) {
      throw ZooError(
        .usage, "this machine does not run \"\(Text.printable(set))\"", at: "ZOO_ISA",
        advice: "one of \(CPUBackend.instructionSets.joined(separator: ", "))")
    }
    return CPUBackend(threads: threads, instructionSet: set)
  }

  private static func train(
    _ recipe: Recipe, _ arguments: Arguments, _ program: Program, _ backend: CPUBackend
  ) throws(ZooError) {
    let quiet = arguments.has("--quiet")
    let data = try DataLibrary(directory: dataDirectory(arguments)).open(recipe.config.data)
    let run = try TrainingRun(
      recipe, on: data.dataset, in: arguments.value("--out"),
      manifest: Manifest.describe(program, recipe, data, backend))
    if !quiet {
      if let notice = data.notice { Console.say("note: \(notice)") }
      Console.say(opening(recipe, data.dataset, run, backend))
    }
    var progress = Progress(steps: run.steps, quiet: quiet)
    do throws(ZooError) {
      try run.run { progress.show($0) }
    } catch {
      progress.finish()
      throw error
    }
    progress.finish()
    if arguments.has("--json") {
      try Console.result(progress.summary(run.directory.path).compact())
    } else if !quiet {
      try Console.result(
        """
        done: \(run.steps) steps in \(progress.elapsed)
        pictures  \(Files.join(run.directory.path, "samples"))
        weights   \(Files.join(run.directory.path, "weights"))
        metrics   \(run.directory.metrics)
        """)
    }
  }

  private static func opening(
    _ recipe: Recipe, _ dataset: any Dataset, _ run: TrainingRun, _ backend: CPUBackend
  ) -> String {
    let contest = run.trainer.contest
    return """
      \(recipe.card.title) on \(dataset.name) (\(dataset.count) samples \(dataset.sampleShape)), \
      \(run.steps) steps of batch \(run.trainer.settings.batch) with \(backend.name)
      generator \(contest.generatorStore.parameterCount) parameters, \
      discriminator \(contest.discriminatorStore.parameterCount)
      writing to \(run.directory.path)
      """
  }

  private static func dataDirectory(_ arguments: Arguments) -> String {
    if let directory = arguments.value("--data-dir") ?? Console.environment("ZOO_DATA_DIR") {
      return directory
    }
    if let cache = Console.environment("XDG_CACHE_HOME") { return Files.join(cache, "zoo") }
    return Files.join(Console.environment("HOME") ?? ".", ".cache/zoo")
  }
}
