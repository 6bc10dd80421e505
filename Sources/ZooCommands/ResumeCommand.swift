import ZooCore

/// `zoo resume RUN`.
enum ResumeCommand: Command {
  static let name = "resume"
  static let operands = "RUN|latest"
  static let summary = "Continues a run that was stopped, from its newest good checkpoint"
  static let options = Setup.options.filter { $0.name != "--seed" } + TrainingSession.options
  static let examples = [
    "zoo resume latest",
    "zoo resume runs/short --set training.steps=500",
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
    let path = RunDirectory.path(named: try arguments.only("RUN", name))
    let directory = try RunDirectory(opening: path)
    let backend = try Setup.backend(arguments, team)
    try TrainingSession.measured(backend, arguments) { () throws(ZooError) in
      let warnings = Warnings()
      guard let run = try prepare(directory, arguments, program, backend, team, warnings)
      else { return }
      if !arguments.has("--quiet") {
        Console.say(
          """
          \(directory.path): going on at step \(run.trainer.step) of \(run.steps) with \(backend.name)
          """)
        if let team { Console.say(team.opening) }
      }
      try TrainingSession.train(run, arguments, warnings)
    }
  }

  private static func prepare(
    _ directory: RunDirectory, _ arguments: Arguments, _ program: Program, _ backend: CPUBackend,
    _ team: TeamSession?, _ warnings: Warnings
  ) throws(ZooError) -> TrainingRun? {
    let recipe = try Setup.recipe(at: directory.config, arguments, program)
    try team?.check(recipe)
    let checkpoint = try directory.checkpointToResume(warnings.add)
    let (done, steps) = (checkpoint?.step ?? 0, recipe.config.training.steps)
    guard done <= steps else {
      throw ZooError(
        .usage, "the run is at step \(done) already, found \(steps)", at: "training.steps",
        advice: "give more steps, or start a new run")
    }
    if let checkpoint, done == steps {
      let plan = try Plan(recipe, for: DataShape(checkpoint.dataset))
      try checkpoint.check(plan.resolved)
      try directory.write(plan.resolved, as: "config.json")
      // A kill may have come between the last checkpoint and these.
      do throws(ZooError) {
        try TrainingRun.writePages(of: directory, recipe, data: plan.data)
      } catch {
        warnings.add(error)
      }
      let result: JSONValue = [
        "schema_version": 1, "run": .string(directory.path), "steps": .number(done),
        "bestStep": directory.checkpoints.bestStep.map { .number($0) } ?? nil, "complete": true,
        "warnings": warnings.json,
      ]
      try Console.result(
        arguments.has("--json")
          ? result.compact()
          : "\(directory.path) is complete at step \(done); train on with --set "
            + "training.steps=\(2 * done)")
      return nil
    }
    let settings =
      checkpoint.map { Setup.settings(recipe.config.data, findingAgain: $0.dataset.name) }
      ?? recipe.config.data
    let data = try Setup.data(arguments, settings, warnings)
    try team?.brief(
      recipe, Setup.settings(settings, findingAgain: data.dataset.name), data.dataset)
    let run = try TrainingRun(
      resuming: directory, from: checkpoint, recipe, on: data.dataset,
      messenger: team?.messenger)
    let (earlier, present) = (Manifest.instructionSet(of: directory), backend.instructionSet)
    if let earlier, earlier != present {
      warnings.add(
        ZooError(
          .usage,
          "the run had the instruction set \(earlier) and goes on with \(present): other bits follow",
          at: directory.path, advice: "ZOO_ISA=\(earlier) chooses it, where the machine has it"))
    }
    run.evaluation = try EvaluationSetup.onTheWay(recipe, on: data.dataset, arguments, warnings)
    try Manifest.addResumption(
      directory, program, step: run.trainer.step, backend, notice: data.notice, warnings)
    return run
  }
}
