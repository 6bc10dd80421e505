import ZooCore

/// What commands that draw share: a generator out of a run.
enum Generators {
  static let options = [
    Option("--raw", nil, "The last weights, even where there is a moving average."),
    Option("--seed", "N", "Seeds the latent codes; default the run's."),
    Option("--threads", "N", "Threads that compute; default all processors."),
  ]

  static func open(
    _ arguments: Arguments, _ program: Program, command: String
  ) throws(ZooError) -> TrainedGenerator {
    try open(run: arguments.only("RUN", command), arguments, program)
  }

  /// The same of a run that stands among other operands.
  static func open(
    run: String, _ arguments: Arguments, _ program: Program
  ) throws(ZooError) -> TrainedGenerator {
    try TrainedGenerator(
      in: RunDirectory.path(named: run), raw: arguments.has("--raw"),
      registry: program.registry, warn: Console.warn)
  }

  /// The seed that is asked for, or the run's.
  static func seed(
    _ generator: TrainedGenerator, _ arguments: Arguments
  ) throws(ZooError) -> UInt32 {
    UInt32(
      try arguments.integer("--seed", in: 0...4_294_967_295)
        ?? generator.recipe.config.training.seed)
  }
}
