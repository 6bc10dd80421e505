/// What the training loop needs to know.
public struct TrainingSettings: Sendable {
  /// Samples in a batch.
  public var batch: Int
  /// Discriminator updates for each generator update, unless the objective has a schedule.
  public var discriminatorSteps: Int
  /// Seeds all random numbers of the run.
  public var seed: UInt32
  /// The generator's optimizer.
  public var generatorOptimizer: OptimizerSettings
  /// The discriminator's optimizer.
  public var discriminatorOptimizer: OptimizerSettings
  /// Decay of the moving average of the generator; none when nil.
  public var averageDecay: Double?

  /// Settings of one run.
  public init(
    batch: Int, discriminatorSteps: Int = 1, seed: UInt32, generatorOptimizer: OptimizerSettings,
    discriminatorOptimizer: OptimizerSettings, averageDecay: Double? = nil
  ) {
    self.batch = batch
    self.discriminatorSteps = discriminatorSteps
    self.seed = seed
    self.generatorOptimizer = generatorOptimizer
    self.discriminatorOptimizer = discriminatorOptimizer
    self.averageDecay = averageDecay
  }
}

/// What one generator step gave.
public struct StepReport: Sendable {
  /// Steps done, from 1.
  public let step: Int
  /// The discriminator's loss, the mean over its updates in this step.
  public let discriminatorLoss: Double
  /// The generator's loss.
  public let generatorLoss: Double
  /// Named terms of both losses, means over the step's updates, in the objective's order.
  public let terms: [(name: String, value: Double)]
  /// Real images seen in this step.
  public let images: Int
}

/// The one training loop: for each step some discriminator updates and one generator update.
public final class Trainer {
  /// The players and what they play for.
  public let contest: Contest
  /// Batch, seed, optimizers.
  public let settings: TrainingSettings
  /// Generator steps done.
  public private(set) var step = 0
  /// Batches taken from the data so far: the position in the data.
  public private(set) var batchesSeen = 0
  /// The generator's moving average, if one is kept.
  public let average: MovingAverage?
  /// The generator's optimizer.
  public let generatorOptimizer: Optimizer
  /// The discriminator's optimizer.
  public let discriminatorOptimizer: Optimizer
  private let data: BatchSource

  /// A run at its beginning.
  public init(_ contest: Contest, data: BatchSource, settings: TrainingSettings) {
    self.contest = contest
    self.data = data
    self.settings = settings
    generatorOptimizer = Optimizer(
      settings.generatorOptimizer, contest.generatorStore.parameters)
    discriminatorOptimizer = Optimizer(
      settings.discriminatorOptimizer, contest.discriminatorStore.parameters)
    average = settings.averageDecay.map { MovingAverage(decay: $0, of: contest.generatorStore) }
  }

  /// One generator step, with the discriminator updates before it.
  ///
  /// - Throws: `ZooError` of kind `diverged` when a loss or a gradient is not finite; the players
  ///   keep the values they had before that update.
  public func runStep() throws(ZooError) -> StepReport {
    let updates = contest.objective.discriminatorSteps(
      at: step, configured: settings.discriminatorSteps)
    var log = TermLog()
    var batch: Batch?
    for substep in 0..<updates {
      let real = nextBatch()
      try discriminatorUpdate(real, substep, &log)
      batch = real
    }
    try generatorUpdate(batch ?? nextBatch(), substep: updates, &log)
    step += 1
    average?.update()
    return StepReport(
      step: step, discriminatorLoss: log.mean(Player.discriminator.lossName),
      generatorLoss: log.mean(Player.generator.lossName), terms: log.terms,
      images: updates * settings.batch)
  }

  private func nextBatch() -> Batch {
    defer { batchesSeen += 1 }
    return data.batch(batchesSeen)
  }

  private func discriminatorUpdate(
    _ real: Batch, _ substep: Int, _ log: inout TermLog
  ) throws(ZooError) {
    let context = context(substep)
    let input = generatorInput(for: real, context)
    let fakes = withoutDerivatives { contest.generator(input, context) }
    let loss = contest.objective.discriminatorLoss(
      round(real, fakes, input, context, substep))
    try apply(loss, .discriminator, contest.discriminatorStore, discriminatorOptimizer, &log)
    contest.objective.constrain(contest.discriminatorStore)
  }

  private func generatorUpdate(
    _ real: Batch, substep: Int, _ log: inout TermLog
  ) throws(ZooError) {
    let context = context(substep)
    let input = generatorInput(for: real, context)
    let fakes = contest.generator(input, context)
    let loss = contest.objective.generatorLoss(round(real, fakes, input, context, substep))
    try apply(loss, .generator, contest.generatorStore, generatorOptimizer, &log)
  }

  private func context(_ substep: Int) -> Context {
    Context(
      .training, random: RandomSource(seed: settings.seed, step: step, substep: substep))
  }

  private func generatorInput(for real: Batch, _ context: Context) -> GeneratorInput {
    GeneratorInput(
      latents: contest.generator.latent.draw(
        real.count, from: context.random.next(.latents), type: real.samples.type),
      labels: real.labels, source: real.source)
  }

  private func round(
    _ real: Batch, _ fakes: Tensor, _ input: GeneratorInput, _ context: Context, _ substep: Int
  ) -> Round {
    Round(
      step: step, substep: substep, real: real, fakes: fakes, input: input, context: context,
      discriminator: contest.discriminator)
  }

  private func apply(
    _ loss: Loss, _ player: Player, _ store: ParameterStore, _ optimizer: Optimizer,
    _ log: inout TermLog
  ) throws(ZooError) {
    let total = loss.total.scalar
    guard total.isFinite else {
      throw diverged("the \(player)'s loss is not finite (\(abs(total)))")
    }
    let gradients = gradient(of: loss.total, at: store.parameters.map(\.value))
    for (gradient, parameter) in zip(gradients, store.parameters) {
      if let gradient, !gradient.isFinite {
        throw diverged("the gradient of the \(player)'s \(parameter.name) is not finite")
      }
    }
    optimizer.update(gradients)
    log.add(player.lossName, total)
    for term in loss.terms { log.add(term.name, term.value.scalar) }
  }

  private func diverged(_ what: String) -> ZooError {
    ZooError(
      .diverged, "training diverged at step \(step + 1): \(what)",
      advice: "try a lower learning rate; the parameters keep their last finite values")
  }
}

/// Whose turn it is.
private enum Player: String, CustomStringConvertible {
  case generator, discriminator

  var description: String { rawValue }
  var lossName: String { rawValue + "Loss" }
}

/// Means of named values over the updates of one step, in the order of first appearance.
private struct TermLog {
  private var sums: [(name: String, sum: Double, count: Int)] = []

  mutating func add(_ name: String, _ value: Double) {
    if let index = sums.firstIndex(where: { $0.name == name }) {
      sums[index].sum += value
      sums[index].count += 1
    } else {
      sums.append((name, value, 1))
    }
  }

  func mean(_ name: String) -> Double {
    sums.first { $0.name == name }.map { $0.sum / Double($0.count) } ?? .nan
  }

  var terms: [(name: String, value: Double)] {
    sums.filter { !$0.name.hasSuffix("Loss") }.map { ($0.name, $0.sum / Double($0.count)) }
  }
}
