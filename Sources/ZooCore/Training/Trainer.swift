/// What the training loop needs to know.
public struct TrainingSettings: Sendable {
  /// Samples in a batch.
  public var batch: Int
  /// Real samples, and as many fakes, of a discriminator update.
  public var discriminatorBatch: Int
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
    batch: Int, discriminatorBatch: Int? = nil, discriminatorSteps: Int = 1, seed: UInt32,
    generatorOptimizer: OptimizerSettings,
    discriminatorOptimizer: OptimizerSettings, averageDecay: Double? = nil
  ) {
    self.batch = batch
    self.discriminatorBatch = discriminatorBatch ?? batch
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
  /// Is told of every update, with all that went into it.
  public var observer: ((Update) -> Void)?
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
    var log = UpdateLog()
    var batch: Batch?
    // Batch norm moves its statistics in the forward pass: a failed update takes that back.
    let statistics = (contest.generatorStore.buffers + contest.discriminatorStore.buffers)
      .map { ($0, $0.value) }
    do throws(ZooError) {
      for substep in 0..<updates {
        let real = try nextBatch()
        try discriminatorUpdate(real, substep, &log)
        batch = real
      }
      let last = if let batch { batch } else { try nextBatch() }
      try generatorUpdate(last, substep: updates, &log)
    } catch {
      for (buffer, value) in statistics { buffer.assign(value) }
      throw error
    }
    step += 1
    average?.update()
    return StepReport(
      step: step, discriminatorLoss: log.loss(of: .discriminator),
      generatorLoss: log.loss(of: .generator), terms: log.terms,
      images: updates * settings.discriminatorBatch)
  }

  private func nextBatch() throws(ZooError) -> Batch {
    let batch = try data.batch(batchesSeen)
    batchesSeen += 1
    return batch
  }

  private func discriminatorUpdate(
    _ real: Batch, _ substep: Int, _ log: inout UpdateLog
  ) throws(ZooError) {
    let draws = observer.map { _ in DrawRecord() }
    let context = context(substep, draws)
    let input = generatorInput(real.count, for: real, context)
    let fakes = withoutDerivatives { contest.generator(input, context) }
    let loss = contest.objective.discriminatorLoss(
      round(real, fakes, input, context, substep))
    let gradients = try apply(
      loss, .discriminator, contest.discriminatorStore, discriminatorOptimizer, &log)
    contest.objective.constrain(contest.discriminatorStore)
    observer?(
      Update(
        player: .discriminator, real: real, input: input, loss: loss, gradients: gradients,
        draws: draws?.draws ?? []))
  }

  private func generatorUpdate(
    _ real: Batch, substep: Int, _ log: inout UpdateLog
  ) throws(ZooError) {
    let draws = observer.map { _ in DrawRecord() }
    let context = context(substep, draws)
    let input = generatorInput(settings.batch, for: real, context)
    let fakes = contest.generator(input, context)
    let loss = contest.objective.generatorLoss(round(real, fakes, input, context, substep))
    let gradients = try apply(
      loss, .generator, contest.generatorStore, generatorOptimizer, &log)
    observer?(
      Update(
        player: .generator, real: real, input: input, loss: loss, gradients: gradients,
        draws: draws?.draws ?? []))
  }

  private func context(_ substep: Int, _ draws: DrawRecord?) -> Context {
    Context(
      .training,
      random: RandomSource(seed: settings.seed, step: step, substep: substep, record: draws),
      step: step)
  }

  /// Latent codes for `count` fakes, with the labels of the real batch, over again where it is
  /// smaller.
  private func generatorInput(_ count: Int, for real: Batch, _ context: Context) -> GeneratorInput {
    GeneratorInput(
      latents: contest.generator.latent.draw(
        count, from: context.random.next(.latents), type: real.samples.type),
      labels: real.labels.map { labels in (0..<count).map { labels[$0 % labels.count] } },
      source: real.source)
  }

  private func round(
    _ real: Batch, _ fakes: Tensor, _ input: GeneratorInput, _ context: Context, _ substep: Int
  ) -> Round {
    Round(
      step: step, substep: substep, real: real, fakes: fakes, input: input, context: context,
      discriminator: contest.discriminator)
  }

  /// Moves the player's parameters along their derivatives, which it returns.
  private func apply(
    _ loss: Loss, _ player: Player, _ store: ParameterStore, _ optimizer: Optimizer,
    _ log: inout UpdateLog
  ) throws(ZooError) -> [Tensor?] {
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
    log.add(player, total, loss.terms.map { ($0.name, $0.value.scalar) })
    return gradients
  }

  private func diverged(_ what: String) -> ZooError {
    ZooError(
      .diverged, "training diverged at step \(step + 1): \(what)",
      advice: "try a lower learning rate")
  }
}

/// Whose turn it is.
public enum Player: String, Sendable, CustomStringConvertible {
  /// The one that judges.
  case discriminator
  /// The one that draws.
  case generator

  /// The name in messages and files.
  public var description: String { rawValue }
}

/// One update of a player, as an observer sees it after it is done.
public struct Update {
  /// Whose parameters moved.
  public let player: Player
  /// The real batch: in the generator's update the one that the discriminator saw last.
  public let real: Batch
  /// What the fakes were made from.
  public let input: GeneratorInput
  /// The loss, and its named terms.
  public let loss: Loss
  /// The derivatives at the player's parameters, in their order; nil is zero.
  public let gradients: [Tensor?]
  /// All random numbers, latent codes among them, in the order they were drawn.
  public let draws: [(purpose: RandomPurpose, values: Tensor)]
}

/// Means of losses and named terms over the updates of one step.
private struct UpdateLog {
  private struct Entry {
    let player: Player
    /// nil for the player's whole loss.
    let name: String?
    var sum = 0.0
    var count = 0

    var mean: Double { sum / Double(count) }
  }
  private var entries: [Entry] = []

  mutating func add(_ player: Player, _ loss: Double, _ terms: [(name: String, value: Double)]) {
    add(player, nil, loss)
    for term in terms { add(player, term.name, term.value) }
  }

  private mutating func add(_ player: Player, _ name: String?, _ value: Double) {
    let known = entries.firstIndex { $0.player == player && $0.name == name }
    let index = known ?? entries.count
    if known == nil { entries.append(Entry(player: player, name: name)) }
    entries[index].sum += value
    entries[index].count += 1
  }

  func loss(of player: Player) -> Double {
    entries.first { $0.player == player && $0.name == nil }?.mean ?? .nan
  }

  /// The terms in the order of first appearance; a name that both players use gets the player's.
  var terms: [(name: String, value: Double)] {
    entries.compactMap { entry in
      guard let name = entry.name else { return nil }
      let shared = entries.contains { $0.name == name && $0.player != entry.player }
      return (shared ? "\(entry.player).\(name)" : name, entry.mean)
    }
  }
}
