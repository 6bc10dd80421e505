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
    let operand = try arguments.only("RUN", command)
    return try TrainedGenerator(
      in: RunDirectory.path(named: operand), raw: arguments.has("--raw"),
      registry: program.registry, warn: Console.warn)
  }
}
