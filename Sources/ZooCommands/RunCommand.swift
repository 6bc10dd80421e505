import ZooCore

/// `zoo run CONFIG`.
enum RunCommand: Command {
  static let name = "run"
  static let operands = "CONFIG|-"
  static let summary = "Trains what a config describes, and writes pictures as it goes"
  static let options =
    Setup.options + [
      Option(
        "--dry-run", nil, "Show what would be trained, as zoo describe does, and write nothing."),
      Option("--print-config", nil, "Show every value that holds and who said so, and stop."),
      Option("--from-manifest", "FILE", "Repeat the run of a manifest.json, with the same data."),
      Option(
        "--out", "DIR", "The run's folder, which must not exist; default runs/<time>-<name>-<tag>."),
    ] + TrainingSession.options
  static let examples = [
    "zoo run Configs/wgan-gp-mnist.json",
    "zoo run Configs/wgan-gp-mnist.json --set training.steps=100 --out runs/short --threads 1",
  ]

  static func run(_ arguments: Arguments, _ program: Program) throws(ZooError) {
    Interruption.shared.watch()
    try TeamSession.lead(arguments, program) { (team) throws(ZooError) in
      try run(arguments, program, team)
    } follow: { (team) throws(ZooError) in
      try team.train(arguments, program)
    }
  }

  private static func run(
    _ arguments: Arguments, _ program: Program, _ team: TeamSession?
  ) throws(ZooError) {
    let earlier = try arguments.value("--from-manifest").map(EarlierRun.init(manifest:))
    if earlier != nil, let config = arguments.operands.first {
      throw ZooError(
        .usage, "a manifest has its own config; also given: \(Text.printable(config))",
        at: "--from-manifest", advice: "give one of them")
    }
    let recipe =
      if let earlier {
        try Setup.recipe(at: earlier.config, name: earlier.name, arguments, program)
      } else {
        try Setup.recipe(arguments, program, command: name)
      }
    if arguments.has("--print-config") {
      return try ConfigPrint.show(recipe, json: arguments.has("--json"))
    }
    if let path = arguments.value("--out") { try RunDirectory.refuse(path) }
    if arguments.has("--dry-run") { return try DescribeCommand.show(recipe, arguments) }
    try team?.check(recipe)
    let backend = try Setup.backend(arguments, team)
    try TrainingSession.measured(backend, arguments) { () throws(ZooError) in
      try train(recipe, repeating: earlier, arguments, program, backend, team)
    }
  }

  private static func train(
    _ recipe: Recipe, repeating earlier: EarlierRun?, _ arguments: Arguments, _ program: Program,
    _ backend: CPUBackend, _ team: TeamSession?
  ) throws(ZooError) {
    let warnings = Warnings()
    let data = try Setup.data(arguments, recipe.config.data, warnings)
    try earlier?.check(data.dataset, backend, warnings)
    try team?.brief(
      recipe, Setup.settings(recipe.config.data, findingAgain: data.dataset.name), data.dataset)
    // Before there is a folder: this may take a minute, fail, or be interrupted.
    let evaluation = try EvaluationSetup.onTheWay(recipe, on: data.dataset, arguments, warnings)
    let run = try TrainingRun(
      recipe, on: data.dataset, in: arguments.value("--out"),
      manifest: Manifest.describe(program, recipe, data, backend), messenger: team?.messenger)
    if !arguments.has("--quiet") {
      Console.say(opening(recipe, data.dataset, run, backend))
      if let team { Console.say(team.opening) }
    }
    run.evaluation = evaluation
    try TrainingSession.train(run, arguments, warnings)
  }

  private static func opening(
    _ recipe: Recipe, _ dataset: any Dataset, _ run: TrainingRun, _ backend: CPUBackend
  ) -> String {
    let contest = run.trainer.contest
    return """
      \(recipe.card.title) on \(dataset.name) (\(dataset.count) samples \(dataset.sampleShape)), \
      \(run.steps) steps of batch \(recipe.config.training.batch.span) with \(backend.name)
      \(contest.parameterCounts)
      writing to \(run.directory.path)
      """
  }
}

extension Contest {
  /// What each player trains, as people read it.
  fileprivate var parameterCounts: String {
    [Player.generator, .discriminator].map { ($0, store(of: $0).parameterCount) }
      .filter { $0.1 > 0 }.map { "\($0) \($1) parameters" }.joined(separator: ", ")
  }
}
