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
  let networks: [NetworkOutline]
  private let contest: Contest
  private let times: TurnTimes
  /// The turns of the run's first steps.
  private let turns: [(kind: TurnTimes.Kind, count: Int)]
  /// So many of them.
  private let counted: Int
  private let warnings: Warnings

  init(
    _ recipe: Recipe, _ dataset: any Dataset, backend: String, _ warnings: Warnings
  ) throws(ZooError) {
    self.warnings = warnings
    self.recipe = recipe
    self.dataset = dataset
    self.backend = backend
    let plan = try recipe.plan(for: dataset)
    networks = plan.outlines
    contest = plan.contest
    times = TurnTimes(plan.contest.objective)
    // Schedules are about the beginning; the rest of a very long run is like it.
    counted = min(recipe.config.training.steps, 100_000)
    turns = times.counts(in: 0..<counted, recipe.config.training.settings)
    try Self.trial(Self.trainer(plan, dataset, times), times, warnings)
  }

  /// Of the run's first steps, or of all; nil when the first steps diverge.
  private func seconds(steps: Int) -> Double? {
    let first = min(steps, counted)
    var sum = 0.0
    for turn in first == counted ? turns : times.counts(in: 0..<first, training.settings) {
      guard let seconds = times.seconds(of: turn.kind) else { return nil }
      sum += seconds * Double(turn.count)
    }
    return sum * Double(steps) / Double(first)
  }

  /// The loop on random samples of the dataset's shape.
  private static func trainer(
    _ plan: Plan, _ dataset: any Dataset, _ times: TurnTimes
  ) -> Trainer {
    let samples = dataset.random(
      count: plan.recipe.config.training.batch.largest, classes: dataset.classNames?.count ?? 10)
    return plan.trainer(on: samples, objective: times)
  }

  /// Trains for a second and forgets it.
  private static func trial(
    _ trainer: Trainer, _ times: TurnTimes, _ warnings: Warnings
  ) throws(ZooError) {
    let clock = ContinuousClock()
    let start = clock.now
    do throws(ZooError) {
      repeat {
        if trainer.step == 1 { times.reset() }
        try trainer.runStep().warnings.forEach(warnings.add)
      } while (clock.now - start).seconds < 1
    } catch {
      guard error.kind == .diverged else { throw error }
      times.reset()
    }
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

  /// What each player trains, with what no network has.
  private var parameters: [(player: Player, all: Int, beside: Int)] {
    [Player.generator, .discriminator].compactMap { player in
      let names = recipe.roles.filter { $0.player == player }.map(\.name)
      let all = contest.store(of: player).parameterCount
      let inNetworks = networks.filter { names.contains($0.role) }.reduce(0) { $0 + $1.parameters }
      return all == 0 ? nil : (player, all, all - inNetworks)
    }
  }

  /// Bytes of one checkpoint, about: single precision, with two moments of each parameter.
  private var checkpoint: Double {
    parameters.reduce(0) { bytes, player in
      let averaged = player.player == .generator && training.averageDecay != nil
      return bytes + 4 * Double(player.all) * (averaged ? 4 : 3)
    }
  }

  private var memory: Double { networks.reduce(0) { $0 + $1.memory } }

  /// The turns of a step, each with what it costs.
  private var turnRows: [(String, String)] {
    turns.map { kind, count in
      let each = Double(count) / Double(counted)
      let often =
        each == 1
        ? "once"
        : each > 1
          ? "\(Text.formatted(each, decimals: each == each.rounded() ? 0 : 2)) times"
          : "every \(Text.formatted(1 / each, decimals: 0)) steps"
      let time = times.seconds(of: kind).map { ", about \(Text.duration(seconds: $0))" } ?? ""
      return (kind.described, "\(often)\(time)\(count > counted ? " each" : "")")
    }
  }

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

      \(networks.map(\.table).joined(separator: "\n\n"))

      parameters
      \(HelpCommand.table(parameters.map { player, all, beside in
        (
          player.description,
          "\(all)\(beside > 0 ? ", \(beside) of them beside the networks: codes of classes" : "")"
        )
      }))

      losses
      \(HelpCommand.table(recipe.card.losses))

      turns of a step
      \(HelpCommand.table(turnRows))

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
      .init("players", .array(networks.map(\.json))),
      .init(
        "parameters",
        .object(parameters.map { .init($0.player.description, .number($0.all)) })),
      .init(
        "turns",
        .array(
          turns.map { kind, count in
            .object([
              .init("player", .string(kind.player.description)),
              .init("name", kind.name.map { .string($0) } ?? nil),
              .init("perStep", .number(Double(count) / Double(counted))),
              .init(
                "seconds",
                times.seconds(of: kind).map { .number(($0 * 1e6).rounded() / 1e6) } ?? nil),
            ])
          })),
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
