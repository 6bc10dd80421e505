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
    let operand = try arguments.only("RUN", name)
    let directory = try RunDirectory(opening: operand == "latest" ? RunDirectory.latest : operand)
    let backend = try Setup.backend(arguments)
    try Backends.using(backend) { () throws(ZooError) in
      let run = try prepare(directory, arguments, program, backend)
      if !arguments.has("--quiet") {
        Console.say(
          """
          \(operand): going on at step \(run.trainer.step) of \(run.steps) with \(backend.name)
          """)
      }
      try TrainingSession.train(run, arguments)
    }
  }

  private static func prepare(
    _ directory: RunDirectory, _ arguments: Arguments, _ program: Program, _ backend: CPUBackend
  ) throws(ZooError) -> TrainingRun {
    let recipe = try Setup.recipe(at: directory.config, arguments, program)
    let checkpoint = try directory.checkpoints.newest { Console.warn($0) }
    // The data that the run has had, should a fallback have served.
    var settings = recipe.config.data
    if let checkpoint { (settings.dataset, settings.fallback) = (checkpoint.dataset.name, nil) }
    let data = try Setup.data(arguments, settings)
    let run = try TrainingRun(
      resuming: directory, from: checkpoint, recipe, on: data.dataset)
    try Manifest.addResumption(directory, program, step: run.trainer.step, backend)
    return run
  }
}
