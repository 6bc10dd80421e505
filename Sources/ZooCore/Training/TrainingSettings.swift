/// How the learning rates change over a run.
public enum LearningRateDecay: String, Sendable, CaseIterable {
  /// Not at all.
  case none
  /// Linearly, to zero after the last step, as in Gulrajani et al.'s code for CIFAR-10.
  case linear
}

/// Of which classes fakes are.
public enum FakeLabels: String, Sendable, CaseIterable {
  /// Those of the real batch: as frequent as in the data.
  case batch
  /// Drawn for each fake, all classes alike.
  case uniform
}

/// What the training loop needs to know.
public struct TrainingSettings: Sendable {
  /// Steps that the run has, for schedules over the run; nil where nobody knows.
  public var steps: Int?
  /// Samples in a batch.
  public var batches: Schedule
  /// Real samples, and as many fakes, of a discriminator update.
  public var discriminatorBatches: Schedule
  /// Discriminator updates for each generator update, unless the objective has a schedule.
  public var discriminatorSteps: Int
  /// Seeds all random numbers of the run.
  public var seed: UInt32
  /// The generator's optimizer.
  public var generatorOptimizer: OptimizerSettings
  /// The discriminator's optimizer.
  public var discriminatorOptimizer: OptimizerSettings
  /// Decay of the moving average of the generator; none when nil.
  public var averageDecay: Schedule?
  /// Which statistics batch norm uses while the average draws.
  public var averageStatistics = AverageStatistics.copied
  /// The step at which learning rates have fallen to zero; constant rates when nil.
  public var decayedAt: Int?
  /// Of which classes fakes are, where the generator takes classes.
  public var fakeLabels = FakeLabels.batch
  /// What is done to images before the discriminator sees them.
  public var augmentation = Augmentation()
  /// Equal parts that batches are cut into, each in passes of its own.
  public var shards = 1

  /// Settings of one run.
  public init(
    steps: Int? = nil, batch: Schedule, discriminatorBatch: Schedule? = nil,
    discriminatorSteps: Int = 1, seed: UInt32, generatorOptimizer: OptimizerSettings,
    discriminatorOptimizer: OptimizerSettings, averageDecay: Schedule? = nil,
    decayedAt: Int? = nil
  ) {
    self.steps = steps
    batches = batch
    discriminatorBatches = discriminatorBatch ?? batch
    self.discriminatorSteps = discriminatorSteps
    self.seed = seed
    self.generatorOptimizer = generatorOptimizer
    self.discriminatorOptimizer = discriminatorOptimizer
    self.averageDecay = averageDecay
    self.decayedAt = decayedAt
  }

  /// Samples in a batch, the most that there ever are.
  public var batch: Int { batches.largest }
  /// Real samples of a discriminator update, the most that there ever are.
  public var discriminatorBatch: Int { discriminatorBatches.largest }
}
