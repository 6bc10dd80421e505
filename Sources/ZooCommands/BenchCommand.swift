import ZooCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// `zoo bench CONFIG`.
enum BenchCommand: Command {
  static let name = "bench"
  static let operands = "[CONFIG]"
  static let summary = "Measures a config's training step, or with --machine the processor"
  static let options =
    Setup.options + [
      Option("--steps", "N", "Measured steps after the warm-up; default 10."),
      Option("--warmup", "N", "Steps before the measurement; default 2."),
      Option("--sample", "HxWxC", "Random images of this size in place of the dataset."),
      Option("--machine", nil, "Show instruction sets, threads and the speed of products."),
      Option("--json", nil, "Print JSON."), TeamSession.alone,
    ]
  static let examples = [
    "zoo bench Configs/wgan-gp-mnist.json --threads 1", "zoo bench --machine",
  ]

  static func run(_ arguments: Arguments, _ program: Program) throws(ZooError) {
    if arguments.has("--machine") {
      try arguments.none("bench --machine")
      for flag in ["--steps", "--warmup", "--sample", "--set", "--seed", "--data-dir"]
      where arguments.has(flag) {
        throw ZooError(.usage, "does not go with --machine", at: flag, advice: "leave it out")
      }
      return try MachineBenchmark.run(arguments, Setup.backend(arguments))
    }
    try TeamSession.lead(arguments, program) { (team) throws(ZooError) in
      try run(arguments, program, team)
    } follow: { (team) throws(ZooError) in
      try team.train(arguments, program, data: dataset)
    }
  }

  private static func run(
    _ arguments: Arguments, _ program: Program, _ team: TeamSession?
  ) throws(ZooError) {
    let backend = try Setup.backend(arguments, team)
    let recipe = try Setup.recipe(arguments, program, command: name)
    let steps = try arguments.integer("--steps", in: 1...1_000_000) ?? 10
    let warmup = try arguments.integer("--warmup", in: 0...1_000_000) ?? 2
    let warnings = Warnings()
    try team?.check(recipe)
    let dataset = try dataset(arguments, recipe, warnings)
    try team?.brief(
      recipe, Setup.settings(recipe.config.data, findingAgain: dataset.name), dataset)
    let measured = try measure(
      recipe, dataset, backend, steps: steps, warmup: warmup, team, warnings)
    let peak =
      arguments.has("--json") ? nil : Backends.using(backend) { MachineBenchmark.productRate(1024) }
    try Console.result(
      arguments.has("--json") ? measured.json.pretty() : measured.text(peak: peak))
  }

  private static func dataset(
    _ arguments: Arguments, _ recipe: Recipe, _ warnings: Warnings
  ) throws(ZooError) -> any Dataset {
    guard let text = arguments.value("--sample") else {
      return try Setup.data(arguments, recipe.config.data, warnings).dataset
    }
    let shape = try Arguments.sizes(text, ["height", "width", "channels"], at: "--sample")
    // Sizes that no network or memory fits are refused before any image is made.
    let isTranslator = recipe.translates
    _ = try Plan(
      recipe, for: DataShape(shape, classes: 10, source: isTranslator ? shape : nil))
    // One batch: what the pixels are does not matter.
    let images = ByteImages.random(
      shape, count: recipe.config.training.batch.largest, classes: 10)
    return isTranslator ? TwoDomains(images, from: images, paired: true) : images
  }

  private static func measure(
    _ recipe: Recipe, _ dataset: any Dataset, _ backend: CPUBackend, steps: Int, warmup: Int,
    _ team: TeamSession?, _ warnings: Warnings
  ) throws(ZooError) -> Measurement {
    try Backends.using(backend) { () throws(ZooError) in
      let plan = try recipe.plan(for: dataset)
      let messenger = team?.messenger
      let trainer = plan.trainer(on: dataset, with: messenger)
      let leader = Leader(trainer, messenger)
      func step() throws(ZooError) -> Int {
        let report = try leader.runStep()
        report.warnings.forEach(warnings.add)
        return report.images
      }
      for _ in 0..<warmup { _ = try step() }
      let clock = ContinuousClock()
      var seconds: [Double] = []
      var images = 0
      for _ in 0..<steps {
        let start = clock.now
        images = try step()
        seconds.append((clock.now - start).seconds)
      }
      // Profiled apart, so that the clock's own cost stays out of the times above.
      let profile = ProfilingBackend(backend)
      try Backends.using(profile) { () throws(ZooError) in _ = try leader.runStep() }
      return Measurement(
        seconds: seconds.sorted(), imagesPerStep: images, profile: profile.report,
        backend: backend.name, config: plan.resolved, warnings: warnings.json)
    }
  }
}

/// What a benchmark found.
private struct Measurement {
  /// Of each measured step, sorted.
  let seconds: [Double]
  let imagesPerStep: Int
  /// One step, by operation.
  let profile: [(name: String, entry: ProfilingBackend.Entry)]
  let backend: String
  /// The resolved config that was measured.
  let config: JSONValue
  /// What was warned of meanwhile.
  let warnings: JSONValue

  private var median: Double { seconds[seconds.count / 2] }
  private var gflop: Double { profile.reduce(0) { $0 + $1.entry.operations } / 1e9 }

  /// The most memory that the process had, in MB.
  private var peakMemory: Double {
    var usage = rusage()
    #if canImport(Darwin)
      getrusage(RUSAGE_SELF, &usage)
      return Double(usage.ru_maxrss) / 1e6
    #else
      // The C library declares the constant as another type than the parameter; it is 0.
      getrusage(0, &usage)
      return Double(usage.ru_maxrss) * 1024 / 1e6
    #endif
  }

  var json: JSONValue {
    func rounded(_ value: Double) -> JSONValue { .number((value * 1e6).rounded() / 1e6) }
    return .object([
      .init("schema_version", 1), .init("backend", .string(backend)),
      .init(
        "secondsPerStep",
        .object([
          .init("median", rounded(median)), .init("min", rounded(seconds.first ?? .nan)),
          .init("max", rounded(seconds.last ?? .nan)),
        ])),
      .init("imagesPerSecond", rounded(Double(imagesPerStep) / median)),
      .init("gflopPerStep", rounded(gflop)),
      .init("peakMemoryMB", rounded(peakMemory)),
      .init(
        "operations",
        .array(
          profile.map { name, entry in
            .object([
              .init("name", .string(name)), .init("calls", .number(entry.calls)),
              .init("seconds", rounded(entry.seconds)),
              .init("gflop", rounded(entry.operations / 1e9)),
            ])
          })),
      .init("warnings", warnings), .init("config", config),
    ])
  }

  func text(peak: Double?) -> String {
    let total = profile.reduce(0) { $0 + $1.entry.seconds }
    let rows = profile.map { name, entry in
      let share = Text.percent(entry.seconds / total, decimals: 1)
      let rate =
        entry.operations > 0
        ? "  \(Text.formatted(entry.operations / entry.seconds / 1e9, decimals: 1)) GFLOP/s" : ""
      return (name, "\(share)  \(entry.calls) calls\(rate)")
    }
    let rate = gflop / median
    let share = peak.map {
      ", \(Text.percent(rate / $0)) of a 1024³ product's rate"
    }
    func time(_ seconds: Double?) -> String { Text.formatted(seconds ?? .nan, decimals: 4) }
    return """
      step       \(time(median)) s (\(time(seconds.first)) to \(time(seconds.last)), \(seconds.count) steps)
      images/s   \(Text.figure(Double(imagesPerStep) / median, digits: 3))
      work       \(Text.formatted(gflop, decimals: 2)) GFLOP a step, \
      \(Text.formatted(rate, decimals: 1)) GFLOP/s\(share ?? "")
      memory     \(Text.formatted(peakMemory, decimals: 0)) MB at most
      backend    \(backend)
      by operation
      \(HelpCommand.table(rows))
      """
  }
}
