/// How long, in what portions and with which optimizers.
public struct TrainingBlock: ConfigBlock, Equatable {
  /// Generator updates.
  public var steps = 20_000
  /// Samples in a batch.
  public var batch: Schedule = 64
  /// Real samples, and as many fakes, of a discriminator update; `batch` when nil.
  public var discriminatorBatch: Schedule?
  /// Equal parts that batches are cut into, each in passes of its own.
  public var shards = 1
  /// Discriminator updates for each generator update.
  public var discriminatorSteps = 1
  /// Seeds all random numbers.
  public var seed = 1
  /// The optimizer of both players.
  public var optimizer = OptimizerSettings.adam(.init())
  /// The generator's own optimizer.
  public var generatorOptimizer: OptimizerSettings?
  /// The discriminator's own optimizer.
  public var discriminatorOptimizer: OptimizerSettings?
  /// How the learning rates change over the run.
  public var learningRateDecay = LearningRateDecay.none
  /// Decay of the generator's moving average; samples are drawn from it.
  public var averageDecay: Schedule?
  /// Which statistics batch norm uses while the average draws.
  public var averageStatistics = AverageStatistics.copied
  /// What is done to images before the discriminator sees them.
  public var augment = Augmentation()
  /// How often a run that diverges may go back to its last checkpoint and halve the learning rates.
  public var rollbacks = 0
  /// Steps between evaluations of the generator; none when nil or 0.
  public var evalEvery: Int?
  /// By which figure the best checkpoint is chosen; what suits the data when nil.
  public var bestBy: BestMetric?
  /// Whether a run whose samples collapse ends.
  public var stopOnCollapse = false

  public init() {}

  public static var fields: [Field<TrainingBlock>] {
    [
      .integer("steps", \.steps, in: 1...1_000_000_000, "Generator updates."),
      .wholeSchedule("batch", \.batch, in: 1...65_536, "Samples in a batch."),
      .optionalWholeSchedule(
        "discriminatorBatch", \.discriminatorBatch, in: 1...65_536,
        "Real samples, and as many fakes, of a discriminator update; as \"batch\" when absent."),
      .integer(
        "shards", \.shards, in: 1...1024,
        "Equal parts that batches are cut into, each in passes of its own; gradients are their mean."
      ),
      .integer(
        "discriminatorSteps", \.discriminatorSteps, in: 1...1000,
        "Discriminator updates for each generator update."),
      .integer("seed", \.seed, in: 0...4_294_967_295, "Seeds all random numbers."),
      Field("optimizer", \.optimizer, .optimizer, "The optimizer of both players."),
      Field(
        "generatorOptimizer", \.generatorOptimizer, startingFrom: \.optimizer, .optimizer,
        "The generator's own optimizer."),
      Field(
        "discriminatorOptimizer", \.discriminatorOptimizer, startingFrom: \.optimizer,
        .optimizer, "The discriminator's own optimizer."),
      .choice(
        "learningRateDecay", \.learningRateDecay,
        "How the learning rates change: not at all, or linearly to zero after the last step."),
      .optionalSchedule(
        "averageDecay", \.averageDecay, in: 0...0.9999999,
        "Decay of the generator's moving average, from which samples are then drawn."),
      .choice(
        "averageStatistics", \.averageStatistics,
        "Which statistics batch norm uses while the average draws: the generator's, or its own."),
      .block(
        "augment", \.augment, "What is done to images before the discriminator sees them."),
      .integer(
        "rollbacks", \.rollbacks, in: 0...3,
        "How often a run that diverges may go back to its last checkpoint and halve the learning rates."
      ),
      .optionalInteger(
        "evalEvery", \.evalEvery, in: 0...1_000_000_000,
        "Steps between evaluations of the generator, of which the best step's checkpoint stays; 0 for none."
      ),
      Field(
        "bestBy", \.bestBy, Codec<BestMetric>.choice.optional,
        "By which figure the best step is chosen; modes for mixtures, else the Fréchet distance."),
      .flag(
        "stopOnCollapse", \.stopOnCollapse,
        "Whether a run ends when its generator's samples have collapsed."),
    ]
  }

  /// The optimizers, as one line.
  public var described: String {
    let both = written.object?.filter { $0.key.lowercased().hasSuffix("optimizer") } ?? []
    return both.map { $0.value.compact() }.joined(separator: ", ")
  }

  /// The settings as the training loop takes them.
  public var settings: TrainingSettings {
    var settings = TrainingSettings(
      steps: steps, batch: batch, discriminatorBatch: discriminatorBatch,
      discriminatorSteps: discriminatorSteps, seed: UInt32(seed),
      generatorOptimizer: generatorOptimizer ?? optimizer,
      discriminatorOptimizer: discriminatorOptimizer ?? optimizer, averageDecay: averageDecay,
      decayedAt: learningRateDecay == .linear ? steps : nil)
    settings.averageStatistics = averageStatistics
    settings.shards = shards
    return settings
  }
}

extension TrainingBlock {
  /// Samples in a pass, the fewest that there ever are, under the keys that set them.
  ///
  /// Both players see batches of either size: fakes
  /// are drawn for both updates, and may be scored apart from the real samples.
  var batches: [(key: String, size: Int)] {
    schedules.map { ($0.key, max(1, $0.schedule.smallest / shards)) }
  }

  private var schedules: [(key: String, schedule: Schedule)] {
    [("batch", batch)] + (discriminatorBatch.map { [("discriminatorBatch", $0)] } ?? [])
  }

  /// Batches that cannot be cut into equal shards: why, and what to do.
  var uncut: [(key: String, problem: String, advice: String)] {
    schedules.filter { _ in shards > 1 }.compactMap { key, schedule in
      guard schedule.isConstant || schedule.between == .hold else {
        return (
          key, "batches of \(shards) shards change from point to point, and not between",
          "set \"between\" to \"hold\""
        )
      }
      return schedule.points.map { Int($0.value) }.first { $0 % shards != 0 }.map {
        (
          key, "\($0) samples cannot be cut into \(shards) equal shards",
          "choose a multiple of \(shards), or set training.shards to a divisor of \($0)"
        )
      }
    }
  }

  /// Bytes that one network takes in training: values, gradients and two optimizer slots of its
  /// parameters; for each sample of a batch its activations and their derivatives.
  func memory(parameters: Double, activations: Double) -> Double {
    let samples = max(batch.largest, 2 * (discriminatorBatch ?? batch).largest) / shards
    return 4 * (4 * parameters + 2 * Double(samples) * activations)
  }
}
