import ZooCore

/// `zoo eval RUN`.
enum EvalCommand: Command {
  static let name = "eval"
  static let operands = "RUN|CHECKPOINT|latest"
  static let summary = "Measures how good and how varied a generator's samples are"
  static let options =
    Generators.options.filter { $0.name != "--seed" } + [
      Option("--seed", "N", "Seeds the latent codes; default 0, whatever the run's."),
      Option(
        "--samples", "N",
        "How many samples are judged; default 10000, of mixtures 2500, of stacked digits 26000."),
      Option("--inception", "FILE", "Weights of Inception, for FID, KID and IS; see metrics.md."),
      Option("--neighbours", "FILE", "Samples beside the nearest training images; default in RUN."),
      Option("--data-dir", "DIR", "Where data and classifiers are; see zoo help datasets."),
      Option("--json", nil, "Print the result, and errors, as JSON."),
      Option("--quiet", nil, "Show no progress."), TeamSession.alone,
    ]
  static let examples = [
    "zoo eval latest", "zoo eval runs/short --samples 2000 --json",
    "zoo eval latest --inception inception.safetensors",
  ]

  static func run(_ arguments: Arguments, _ program: Program) throws(ZooError) {
    try TeamSession.lead(arguments, program) { (team) throws(ZooError) in
      try Backends.using(Setup.backend(arguments, team)) { () throws(ZooError) in
        let generator = try Generators.open(arguments, program, command: name)
        try evaluate(generator, arguments, team?.messenger)
      }
    } follow: { (team) throws(ZooError) in
      try Backends.using(Setup.backend(arguments, team)) { () throws(ZooError) in
        try follow(arguments, program, team.messenger)
      }
    }
  }

  /// Does a share of what another rank evaluates.
  private static func follow(
    _ arguments: Arguments, _ program: Program, _ messenger: any Messenger
  ) throws(ZooError) {
    guard let shared = try SharedEvaluation(hearing: messenger, program.registry) else { return }
    let (training, path) = try EvaluationSetup.training(
      of: shared.generator, arguments, Warnings())
    try compare(training, arguments, messenger)
    let data = try EvaluationSetup.data(training, path: path, arguments, Warnings())
    try shared.describe(test: data.test) { () throws(ZooError) in
      var progress = PhaseProgress(quiet: true)
      return try space(for: data, arguments, &progress, Warnings())
    }
    guard try TeamBriefing.hear(messenger, program.registry) == nil else {
      throw ZooError(.failure, "the first rank began twice")
    }
  }

  /// Makes sure that all ranks have the same files.
  private static func compare(
    _ training: any Dataset, _ arguments: Arguments, _ messenger: any Messenger
  ) throws(ZooError) {
    try TeamBriefing.compare(training.digest, of: training.name, messenger)
    guard let path = arguments.value("--inception") else { return }
    try TeamBriefing.compare(SHA256.hexDigest(ofFile: path), of: path, messenger)
  }

  private static func evaluate(
    _ generator: TrainedGenerator, _ arguments: Arguments, _ messenger: (any Messenger)?
  ) throws(ZooError) {
    var progress = PhaseProgress(quiet: arguments.has("--quiet"))
    let named = try neighbours(generator, arguments)
    let warnings = Warnings()
    let (training, path) = try EvaluationSetup.training(of: generator, arguments, warnings)
    let data = try EvaluationSetup.data(training, path: path, arguments, warnings)
    let space = try space(for: data, arguments, &progress, warnings)
    let count =
      try arguments.integer("--samples", in: 20...1_000_000)
      ?? Evaluation.standardCount(for: data.training)
    // Not the run's seed: these samples are none of the pictures'.
    let seed = try arguments.integer("--seed", in: 0...4_294_967_295) ?? 0
    if let messenger {
      try SharedEvaluation.tell(generator, count: count, seed: UInt32(seed), space, messenger)
      try compare(training, arguments, messenger)
    }
    let evaluation = try Evaluation(
      of: generator, count: count, seed: UInt32(seed), data, space, with: messenger
    ) { progress.show($0, $1) }
    progress.finish()
    for remark in data.training.takeRemarks() { Console.warn(remark) }
    if let accuracy = evaluation.accuracy, accuracy < 0.6 {
      warnings.add(
        ZooError(
          .data,
          "the classifier is right on \(Text.percent(accuracy, decimals: 1)) of the test samples: figures by what it "
            + "sees say little", at: generator.checkpoint.dataset.name))
    }
    let folder = RunDirectory.path(named: try arguments.only("RUN", name))
    let result = json(evaluation, generator, seed: seed, of: folder, warnings)
    // Before anything else that may fail: minutes of work are in it.
    try Console.result(
      arguments.has("--json") ? result.compact() : text(evaluation, data, generator))
    let run = runFolder(folder)
    if let run {
      try LogFile(appendingLinesTo: Files.join(run, "evaluations.jsonl"))
        .write(line: result.compact())
    }
    guard let png = try evaluation.neighbours?.png() else { return }
    let picture: String
    if let named {
      picture = named.path
      try named.deliver(png, quiet: arguments.has("--quiet"))
    } else if let run {
      picture = Files.join(
        run, "neighbours-\(CheckpointFolder.name(of: generator.checkpoint.step)).png")
      try Files.write(png, to: picture)
    } else {
      return
    }
    if !arguments.has("--quiet") {
      Console.say("each sample beside its nearest training image: \(picture)")
    }
  }

  /// Inception's features when its weights are given, else those that suit the data.
  private static func space(
    for data: EvaluationData, _ arguments: Arguments, _ progress: inout PhaseProgress,
    _ warnings: Warnings
  ) throws(ZooError) -> FeatureSpace {
    if let path = arguments.value("--inception") {
      return try FeatureSpace(inceptionWeights: path, for: data)
    }
    return try EvaluationSetup.space(for: data, arguments, &progress, warnings)
  }

  /// Where the picture of neighbours is asked to go; what is wrong with that would else be found
  /// after minutes of work.
  private static func neighbours(
    _ generator: TrainedGenerator, _ arguments: Arguments
  ) throws(ZooError) -> Output? {
    guard let path = arguments.value("--neighbours") else { return nil }
    if generator.sampleShape.count != 3 {
      throw ZooError(
        .usage, "points have no picture of neighbours", at: "--neighbours",
        advice: "leave the flag out")
    }
    guard path != "-" else {
      throw ZooError(
        .usage, "standard output is for the figures", at: "--neighbours", advice: "name a file")
    }
    return try Output(path, flag: "--neighbours")
  }

  /// The run that the operand names or belongs to.
  private static func runFolder(_ path: String) -> String? {
    let checkpoints = Files.split(path).directory
    return [path, Files.split(checkpoints).directory].first {
      Files.exists(Files.join($0, "config.json"))
    }
  }

  private static func json(
    _ evaluation: Evaluation, _ generator: TrainedGenerator, seed: Int, of path: String,
    _ warnings: Warnings
  ) -> JSONValue {
    .object(
      [
        .init("schema_version", 1), .init("path", .string(path)),
        .init("step", .number(generator.checkpoint.step)),
        .init("movingAverage", .bool(generator.isAverage)),
        .init("dataset", .string(generator.checkpoint.dataset.name)),
        .init("seed", .number(seed)), .init("warnings", warnings.json),
      ] + (evaluation.json.object ?? []))
  }

  private static func text(
    _ evaluation: Evaluation, _ data: EvaluationData, _ generator: TrainedGenerator
  ) -> String {
    var lines = [
      "step \(generator.checkpoint.step)\(generator.isAverage ? " (moving average)" : ""): "
        + "\(evaluation.count) samples against \(evaluation.testCount) test samples of "
        + "\(data.training.name), by \(evaluation.features)"
        + (evaluation.accuracy.map { " (right on \(Text.percent($0, decimals: 1)) of these)" } ?? ""),
      evaluation.table,
    ]
    if let perClass = evaluation.generated.accuracyPerClass {
      let names = data.training.classNames ?? []
      lines.append(
        "right for their class: "
          + zip(names, perClass).map { name, share in
            "\(name) \(share.map { Text.percent($0, decimals: 1) } ?? "-")"
          }.joined(separator: ", "))
    }
    return lines.joined(separator: "\n")
  }
}
