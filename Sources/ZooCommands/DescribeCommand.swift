import ZooCore

/// `zoo describe CONFIG`.
enum DescribeCommand: Command {
  static let name = "describe"
  static let operands = "CONFIG"
  static let summary =
    "Shows what a config would train: layers, sizes, losses, time; writes nothing"
  static let options = Setup.options + [Option("--json", nil, "Print JSON.")]
  static let examples = [
    "zoo describe Configs/dcgan-mnist.json",
    "zoo describe Configs/wgan-gp-mnist.json --set generator.width=64 --json",
  ]

  static func run(_ arguments: Arguments, _ program: Program) throws(ZooError) {
    try show(Setup.recipe(arguments, program, command: name), arguments)
  }

  static func show(_ recipe: Recipe, _ arguments: Arguments) throws(ZooError) {
    let backend = try Setup.backend(arguments)
    let warnings = Warnings()
    let data = try Setup.dataAtHand(arguments, recipe.config.data, warnings)
    let description = try Backends.using(backend) { () throws(ZooError) in
      try Description(recipe, data.dataset, backend: backend.name, warnings)
    }
    try Console.result(arguments.has("--json") ? description.json.pretty() : description.text)
  }
}

/// What a config would train on one dataset.
private struct Description {
  let recipe: Recipe
  let dataset: any Dataset
  let backend: String
  let players: [NetworkOutline]
  /// Of one update, measured; nil when the first steps diverge.
  private let secondsPerUpdate: Double?
  private let objective: any Objective
  private let warnings: Warnings

  init(
    _ recipe: Recipe, _ dataset: any Dataset, backend: String, _ warnings: Warnings
  ) throws(ZooError) {
    self.warnings = warnings
    self.recipe = recipe
    self.dataset = dataset
    self.backend = backend
    let plan = try recipe.plan(for: dataset)
    players = plan.outlines
    let trainer = Self.trainer(plan, dataset)
    objective = trainer.contest.objective
    secondsPerUpdate = try Self.trial(trainer, recipe.config.training, warnings)
  }

  /// Of so many steps, from the first one on.
  private func seconds(steps: Int) -> Double? {
    // Schedules are about the beginning; the rest of a very long run is like it.
    let counted = min(steps, 100_000)
    return secondsPerUpdate.map {
      $0 * Double(Self.updates(0..<counted, objective, training)) * Double(steps) / Double(counted)
    }
  }

  /// The updates of both players in some steps: a schedule may begin with many.
  private static func updates(
    _ steps: Range<Int>, _ objective: any Objective, _ training: TrainingBlock
  ) -> Int {
    let settings = training.settings
    return steps.reduce(0) { $0 + objective.turns(at: $1, settings).count }
  }

  /// The loop on random samples of the dataset's shape.
  private static func trainer(_ plan: Plan, _ dataset: any Dataset) -> Trainer {
    let samples: any Dataset =
      dataset.sampleShape.count == 3
      ? ByteImages.random(
        dataset.sampleShape, count: plan.recipe.config.training.batch.largest,
        classes: dataset.classNames?.count ?? 10)
      : dataset
    return plan.trainer(on: samples)
  }

  /// Trains for a second and forgets it.
  private static func trial(
    _ trainer: Trainer, _ training: TrainingBlock, _ warnings: Warnings
  ) throws(ZooError) -> Double? {
    let clock = ContinuousClock()
    let start = clock.now
    var ends: [Double] = []
    do throws(ZooError) {
      repeat {
        try trainer.runStep().warnings.forEach(warnings.add)
        ends.append((clock.now - start).seconds)
      } while ends[ends.count - 1] < 1
    } catch {
      guard error.kind == .diverged else { throw error }
      return nil
    }
    let objective = trainer.contest.objective
    guard ends.count > 1 else { return ends[0] / Double(updates(0..<1, objective, training)) }
    // The first step also warms up.
    return (ends[ends.count - 1] - ends[0])
      / Double(updates(1..<ends.count, objective, training))
  }

  private var training: TrainingBlock { recipe.config.training }

  private var optimizers: [(player: String, settings: OptimizerSettings)] {
    [
      ("generator", training.generatorOptimizer ?? training.optimizer),
      ("discriminator", training.discriminatorOptimizer ?? training.optimizer),
    ]
  }

  /// What changes over the run, besides what the optimizers say.
  private var changing: [(String, String)] {
    let schedules: [(key: String, schedule: Schedule?)] = [
      ("batch", training.batch), ("discriminatorBatch", training.discriminatorBatch),
      ("averageDecay", training.averageDecay),
    ]
    return schedules.compactMap { key, schedule in
      schedule.flatMap { $0.isConstant ? nil : (key, $0.description) }
    }
  }

  /// Bytes of one checkpoint, about: single precision, with two moments of each parameter.
  private var checkpoint: Double {
    players.reduce(0) { bytes, player in
      let averaged = player.role == "generator" && training.averageDecay != nil
      return bytes + 4 * Double(player.parameters) * (averaged ? 4 : 3)
    }
  }

  private var memory: Double { players.reduce(0) { $0 + $1.memory } }

  var text: String {
    let classes = dataset.classNames.map { ", \($0.count) classes" } ?? ""
    let learning = optimizers.map { player, settings in
      (player, settings.described)
    }
    let time = seconds(steps: 1000).flatMap { some in
      seconds(steps: training.steps).map { all in
        "about \(Text.duration(seconds: some)) for 1,000 steps, "
          + "\(Text.duration(seconds: all)) for all \(training.steps), with \(backend)"
      }
    }
    return """
      \(recipe.card.title) on \(dataset.name): \(dataset.count) samples \(dataset.sampleShape)\(classes)

      \(players.map(\.table).joined(separator: "\n\n"))

      losses
      \(HelpCommand.table(recipe.card.losses))

      training
      \(HelpCommand.table([
        ("steps", "\(training.steps) of batch \(training.batch.span), \(training.discriminatorSteps) discriminator updates each"),
      ] + changing + learning + [
        ("memory", "about \(Text.byteSize(Int(memory))) for parameters, their optimizers and activations"),
        (
          "disk",
          "about \(Text.byteSize(Int(checkpoint))) for each of \(recipe.config.output.keepLast) checkpoints"
        ),
        ("time", time ?? "unknown: the first steps diverge"),
      ]))
      """
  }

  var json: JSONValue {
    .object([
      .init("schema_version", 1), .init("variant", .string(recipe.card.name)),
      .init(
        "dataset",
        [
          "name": .string(dataset.name), "count": .number(dataset.count),
          "shape": .array(dataset.sampleShape.map { .number($0) }),
          "classes": dataset.classNames.map { .number($0.count) } ?? nil,
        ]),
      .init("players", .array(players.map(\.json))),
      .init("losses", .object(recipe.card.losses.map { .init($0.0, .string($0.1)) })),
      .init("steps", .number(training.steps)), .init("batch", training.written["batch"] ?? nil),
      .init("discriminatorSteps", .number(training.discriminatorSteps)),
      .init(
        "optimizers", .object(optimizers.map { .init($0.player, $0.settings.written) })),
      .init("memoryBytes", .number(memory.rounded())),
      .init("checkpointBytes", .number(checkpoint.rounded())),
      .init(
        "secondsPer1000Steps",
        seconds(steps: 1000).map { .number(($0 * 1e3).rounded() / 1e3) } ?? nil),
      .init("backend", .string(backend)), .init("warnings", warnings.json),
    ])
  }
}

extension NetworkOutline {
  fileprivate var table: String {
    let rows =
      [["", "layer", "output", "parameters", "multiply-adds"]]
      + Self.rows(layers) + [["", "total", "", "\(parameters)", Self.shortened(multiplyAdds)]]
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      let cells = zip(row, widths).enumerated().map { column, cell in
        let space = String(repeating: " ", count: cell.1 - cell.0.count)
        // Words to the left, numbers to the right.
        return column == 1 || column == 2 ? cell.0 + space : space + cell.0
      }
      return "  " + cells.joined(separator: "  ")
    }
    return "\(role), from \(input)\n" + lines.joined(separator: "\n")
  }

  /// A row for each layer, those within it below it and further in.
  private static func rows(_ layers: [Layer], _ indent: String = "") -> [[String]] {
    layers.enumerated().flatMap { index, layer in
      let row = [
        indent.isEmpty ? "\(index)" : "", indent + layer.text, "\(layer.output)",
        "\(layer.parameters)", shortened(layer.multiplyAdds),
      ]
      return [row]
        + layer.parts.flatMap { part in
          [["", "\(indent)  \(part.name):", "", "", ""]] + rows(part.layers, indent + "    ")
        }
    }
  }

  /// A count with its first three digits: `1.05 M`.
  private static func shortened(_ count: Double) -> String {
    let units = [(1e9, " G"), (1e6, " M"), (1e3, " k")]
    guard let (size, unit) = units.first(where: { count >= $0.0 }) else { return "\(Int(count))" }
    let value = count / size
    return Text.formatted(value, decimals: value < 9.995 ? 2 : value < 99.95 ? 1 : 0) + unit
  }

  fileprivate var json: JSONValue {
    [
      "player": .string(role), "input": .array(input.map { .number($0) }),
      "layers": .array(
        layers.map { layer in
          [
            "layer": layer.written, "output": .array(layer.output.map { .number($0) }),
            "parameters": .number(layer.parameters),
            "multiplyAdds": .number(layer.multiplyAdds),
          ]
        }),
      "parameters": .number(parameters), "multiplyAdds": .number(multiplyAdds),
    ]
  }
}
