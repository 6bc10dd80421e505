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
  /// How often the run went back to a checkpoint after it diverged; each time halves the learning
  /// rates.
  public var rollbacks = 0
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
    // What no gradient reaches at first, it does not reach later either.
    if step == 0 { log.reached = ReachedParameters() }
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
      // Names that both players use get a player's, which may be another term's.
      try TermNames.check(log.terms.map(\.name), of: "the objective")
    } catch {
      for (buffer, value) in statistics { buffer.assign(value) }
      throw error
    }
    step += 1
    average?.update()
    return StepReport(
      step: step, discriminatorLoss: log.loss(of: .discriminator),
      generatorLoss: log.loss(of: .generator), terms: log.terms,
      images: updates * settings.discriminatorBatch,
      warnings: log.reached?.warnings(contest, step: step) ?? [])
  }

  /// Goes to where another run of the same recipe was.
  func restore(step: Int, batchesSeen: Int, rollbacks: Int) {
    (self.step, self.batchesSeen, self.rollbacks) = (step, batchesSeen, rollbacks)
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
      loss, .discriminator, contest.discriminatorStore, discriminatorOptimizer, &log,
      suspects: [("the real batch", real.samples), ("a batch of the generator", fakes)])
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
      loss, .generator, contest.generatorStore, generatorOptimizer, &log,
      suspects: [("the real batch", real.samples), ("a batch of the generator", fakes)])
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
  ///
  /// - Parameter suspects: What is looked through, after all parameters and before statistics, for
  ///   the first tensor with values that are not finite when the loss is not.
  private func apply(
    _ loss: Loss, _ player: Player, _ store: ParameterStore, _ optimizer: Optimizer,
    _ log: inout UpdateLog, suspects: [(name: String, tensor: Tensor)]
  ) throws(ZooError) -> [Tensor?] {
    try TermNames.check(loss.terms.map(\.name), of: "the \(player)'s loss")
    let total = loss.total.scalar
    guard total.isFinite else {
      // Statistics last: the forward pass moves them, so what is bad in them came from elsewhere.
      let culprit = (contest.named(\.parameters) + suspects + contest.named(\.buffers))
        .first { !$0.tensor.isFinite }
      let found = culprit.map { "\($0.name) has values that are not finite, so " } ?? ""
      throw diverged("\(found)the \(player)'s loss is not finite (\(abs(total)))")
    }
    let gradients = gradient(of: loss.total, at: store.parameters.map(\.value))
    for (gradient, parameter) in zip(gradients, store.parameters) {
      if let gradient, !gradient.isFinite {
        throw diverged("the gradient of the \(player)'s \(parameter.name) is not finite")
      }
    }
    log.reached?.note(gradients, of: player)
    let decay = settings.decayedAt.map { max(0, 1 - Double(step) / Double($0)) } ?? 1
    optimizer.update(gradients, scale: decay / Double(1 << rollbacks))
    log.add(player, total, loss.terms.map { ($0.name, $0.value.scalar) })
    return gradients
  }

  private func diverged(_ what: String) -> ZooError {
    ZooError(
      .diverged, "training diverged at step \(step + 1): \(what)",
      advice: "try a lower learning rate")
  }
}
