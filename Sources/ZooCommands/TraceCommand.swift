import ZooCore

/// `zoo trace CONFIG`.
enum TraceCommand: Command {
  static let name = "trace"
  static let operands = "CONFIG"
  static let summary = "Writes the first steps of a run, for another implementation to replay"
  static let options =
    Setup.options + [
      Option("--steps", "N", "Generator steps; default 1."),
      Option("--out", "FILE", "The file, in safetensors' format, - for standard output; needed."),
    ]
  static let examples = [
    "zoo trace Configs/wgan-gp-mnist.json --steps 2 --out trace.safetensors",
    "zoo trace Configs/gan-mnist.json --set training.batch=8 --out small.safetensors",
  ]

  static func run(_ arguments: Arguments, _ program: Program) throws(ZooError) {
    let recipe = try Setup.recipe(arguments, program, command: name)
    let steps = try arguments.integer("--steps", in: 1...10_000) ?? 1
    guard let out = arguments.value("--out") else {
      throw ZooError(
        .usage, "the file to write is missing", at: "zoo trace", advice: "add --out FILE")
    }
    let output = try Output(out, flag: "--out")
    let backend = try Setup.backend(arguments)
    let data = try Setup.data(arguments, recipe.config.data, Warnings())
    let file = try Backends.using(backend) { () throws(ZooError) in
      let plan = try recipe.plan(for: data.dataset)
      return try TrainingTrace.record(
        plan.trainer(on: data.dataset), steps: steps, config: plan.resolved)
    }
    try output.deliver(file.serialized())
    guard !output.isStandardOutput else { return }
    try Console.result("\(file.entries.count) tensors of \(steps) steps in \(out)")
  }
}
