import ZooCore

/// `zoo eval RUN`.
enum EvalCommand: Command {
  static let name = "eval"
  static let operands = "RUN|CHECKPOINT|latest"
  static let summary = "Measures how good and how varied a generator's samples are"
  static let options =
    Generators.options + [
      Option("--samples", "N", "How many samples are judged; default 10000, 26000 if stacked."),
      Option("--inception", "FILE", "Weights of Inception, for FID, KID and IS; see metrics.md."),
      Option("--neighbours", "FILE", "Samples beside the nearest training images; default in RUN."),
      Option("--data-dir", "DIR", "Where data and classifiers are; see zoo help datasets."),
      Option("--json", nil, "Print the result, and errors, as JSON."),
      Option("--quiet", nil, "Show no progress."),
    ]
  static let examples = [
    "zoo eval latest", "zoo eval runs/short --samples 2000 --json",
    "zoo eval latest --inception inception.safetensors",
  ]

  static func run(_ arguments: Arguments, _ program: Program) throws(ZooError) {
    try Backends.using(Setup.backend(arguments)) { () throws(ZooError) in
      let generator = try Generators.open(arguments, program, command: name)
      try evaluate(generator, arguments)
    }
  }

  private static func evaluate(
    _ generator: TrainedGenerator, _ arguments: Arguments
  ) throws(ZooError) {
    var progress = PhaseProgress(quiet: arguments.has("--quiet"))
    let data = try data(of: generator, arguments)
    let space = try space(for: data, arguments, &progress)
    let standard = data.training.name.hasPrefix("stacked-") ? 26_000 : 10_000
    let count = try arguments.integer("--samples", in: 20...1_000_000) ?? standard
    // Not the run's seed: these samples are none of the pictures'.
    let seed = try arguments.integer("--seed", in: 0...4_294_967_295) ?? 0
    let evaluation = try Evaluation(
      of: SampleSource(generator, count: count, seed: UInt32(seed)), data, space
    ) { progress.show($0, $1) }
    progress.finish()
    let run = try runFolder(arguments)
    let result = json(evaluation, generator, seed: seed, of: try arguments.only("RUN", name))
    if let run {
      try LogFile(appendingTo: Files.join(run, "evaluations.jsonl"))
        .write(line: result.compact())
    }
    let picture = try deliverNeighbours(evaluation, generator, run, arguments)
    guard !arguments.has("--json") else { return try Console.result(result.compact()) }
    try Console.result(text(evaluation, data, generator, picture: picture))
  }

  /// Inception's features when its weights are given, else those that suit the data.
  private static func space(
    for data: EvaluationData, _ arguments: Arguments, _ progress: inout PhaseProgress
  ) throws(ZooError) -> FeatureSpace {
    if let path = arguments.value("--inception") {
      return try FeatureSpace(inceptionWeights: path, for: data)
    }
    return try EvaluationSetup.space(for: data, arguments, &progress)
  }

  /// The data that the generator was trained on, and what they are compared with.
  private static func data(
    of generator: TrainedGenerator, _ arguments: Arguments
  ) throws(ZooError) -> EvaluationData {
    let known = generator.checkpoint.dataset
    var settings = generator.recipe.config.data
    // The data that the run has had, should a fallback have served.
    if settings.path == nil || settings.fallback == known.name {
      (settings.dataset, settings.path, settings.fallback) = (known.name, nil, nil)
    }
    let training = try Setup.data(arguments, settings).dataset
    guard training.digest == known.digest else {
      throw ZooError(
        .data, "the dataset \(known.name) is not what the run was trained on: its digest differs",
        at: Text.printable(settings.path ?? Setup.dataDirectory(arguments)),
        advice: "point --data-dir to the data of the run")
    }
    return try EvaluationSetup.data(training, path: settings.path, arguments)
  }

  /// The run that the operand names or belongs to.
  private static func runFolder(_ arguments: Arguments) throws(ZooError) -> String? {
    let path = RunDirectory.path(named: try arguments.only("RUN", name))
    let checkpoints = Files.split(path).directory
    return [path, Files.split(checkpoints).directory].first {
      Files.exists(Files.join($0, "config.json"))
    }
  }

  private static func deliverNeighbours(
    _ evaluation: Evaluation, _ generator: TrainedGenerator, _ run: String?,
    _ arguments: Arguments
  ) throws(ZooError) -> String? {
    let number = String(1_000_000 + generator.checkpoint.step).dropFirst()
    let standard = run.map { Files.join($0, "neighbours-step-\(number).png") }
    guard let path = arguments.value("--neighbours") ?? standard,
      let neighbours = evaluation.neighbours
    else { return nil }
    try Console.deliver(neighbours.png(), to: path)
    return path
  }

  private static func json(
    _ evaluation: Evaluation, _ generator: TrainedGenerator, seed: Int, of path: String
  ) -> JSONValue {
    .object(
      [
        .init("schema_version", 1), .init("path", .string(path)),
        .init("step", .number(generator.checkpoint.step)),
        .init("movingAverage", .bool(generator.isAverage)),
        .init("dataset", .string(generator.checkpoint.dataset.name)),
        .init("seed", .number(seed)),
      ] + (evaluation.json.object ?? []))
  }

  private static func text(
    _ evaluation: Evaluation, _ data: EvaluationData, _ generator: TrainedGenerator,
    picture: String?
  ) -> String {
    var lines = [
      "step \(generator.checkpoint.step)\(generator.isAverage ? " (moving average)" : ""): "
        + "\(evaluation.count) samples against \(evaluation.testCount) test samples of "
        + "\(data.training.name), by \(evaluation.features)"
        + (evaluation.accuracy.map { " (right on \(percent($0)) of these)" } ?? ""),
      evaluation.table,
    ]
    if let perClass = evaluation.generated.accuracyPerClass {
      let names = data.training.classNames ?? []
      lines.append(
        "right for their class: "
          + zip(names, perClass).map { "\($0) \($1.map(percent) ?? "-")" }.joined(separator: ", "))
    }
    if let picture { lines.append("each sample beside its nearest training image: \(picture)") }
    return lines.joined(separator: "\n")
  }

  private static func percent(_ share: Double) -> String {
    Text.formatted(100 * share, decimals: 1) + " %"
  }
}

/// What a person sees of work in phases: a line that changes on a terminal, else one for each phase.
struct PhaseProgress {
  private let quiet: Bool
  private let isTerminal = Console.errorIsTerminal
  private let clock = ContinuousClock()
  private var lastShown: ContinuousClock.Instant?
  private var phase = ""

  /// A display of nothing yet.
  init(quiet: Bool) { self.quiet = quiet }

  /// Shows how much of a phase is done, 0 to 1.
  mutating func show(_ phase: String, _ share: Double) {
    guard !quiet else { return }
    let isNew = phase != self.phase
    self.phase = phase
    guard isTerminal else {
      if isNew { Console.say(phase) }
      return
    }
    let now = clock.now
    if !isNew, let lastShown, (now - lastShown).seconds < 0.1 { return }
    lastShown = now
    Console.status("\(phase) \(Int(100 * share)) %")
  }

  /// Leaves an empty line.
  func finish() {
    if !quiet && isTerminal { Console.status("") }
  }
}
