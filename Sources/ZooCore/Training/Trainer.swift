/// The one training loop: it takes the turns of an objective, step by step.
public final class Trainer {
  /// The players and what they play for.
  public let contest: Contest
  /// Batch, seed, optimizers.
  public let settings: TrainingSettings
  /// Generator steps done.
  public private(set) var step = 0
  /// Samples taken from the data so far: the position in the data.
  public private(set) var samplesSeen = 0
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
  /// Batch norm's statistics of the moving average, and the step that they are of.
  var standing: (step: Int, values: [Tensor])?
  private let data: BatchSource
  /// How likely images are changed, where that adapts.
  private let adaptive: AdaptiveAugmentation?

  /// A run at its beginning.
  public init(_ contest: Contest, data: BatchSource, settings: TrainingSettings) {
    self.contest = contest
    self.data = data
    self.settings = settings
    generatorOptimizer = Optimizer(
      settings.generatorOptimizer, contest.generatorStore.parameters)
    discriminatorOptimizer = Optimizer(
      settings.discriminatorOptimizer, contest.discriminatorStore.parameters)
    adaptive = AdaptiveAugmentation(settings.augmentation, of: contest)
    average = settings.averageDecay.map { _ in MovingAverage(of: contest.generatorStore) }
  }

  /// Where the run is: what schedules look at in the next step.
  public var position: RunPosition {
    RunPosition(
      step: step, steps: settings.steps, samplesSeen: samplesSeen,
      samplesPerEpoch: data.samplesPerEpoch)
  }

  /// One step: the objective's turns, in order.
  ///
  /// - Throws: `ZooError` of kind `diverged` when a loss or a gradient is not finite; the players
  ///   keep the values they had before that update.
  public func runStep() throws(ZooError) -> StepReport {
    var log = UpdateLog()
    // What no gradient reaches at first, it does not reach later either.
    if step == 0 { log.reached = ReachedParameters() }
    var batch: Batch?
    // All turns of a step see the same place in the run.
    let position = position
    // Batch norm moves its statistics in the forward pass: a failed update takes that back.
    let statistics = contest.stores.flatMap(\.store.buffers).map { ($0, $0.value) }
    if contest.objective.willStep(at: position) {
      generatorOptimizer.forget()
      discriminatorOptimizer.forget()
    }
    do throws(ZooError) {
      for (substep, turn) in contest.objective.turns(at: step, settings).enumerated() {
        let real = if let batch, turn.data == .same { batch } else { try nextBatch(at: position) }
        batch = real
        try take(turn, on: real, at: position, substep: substep, &log)
      }
      // Names that both players use get a player's, which may be another term's.
      try TermNames.check(log.terms.map(\.name), of: "the objective")
    } catch {
      for (buffer, value) in statistics { buffer.assign(value) }
      throw error
    }
    step += 1
    if let decay = settings.averageDecay { average?.update(decay: decay.value(at: position)) }
    return StepReport(
      step: step, discriminatorLoss: log.loss(of: .discriminator),
      generatorLoss: log.loss(of: .generator), terms: log.terms,
      images: samplesSeen - position.samplesSeen,
      warnings: log.reached?.warnings(contest, step: step) ?? [])
  }

  /// Goes to where another run of the same recipe was.
  func restore(step: Int, samplesSeen: Int, rollbacks: Int) {
    (self.step, self.samplesSeen, self.rollbacks) = (step, samplesSeen, rollbacks)
    standing = nil
  }

  private func nextBatch(at position: RunPosition) throws(ZooError) -> Batch {
    let count = settings.discriminatorBatches.wholeNumber(at: position)
    let batch = try data.batch(from: samplesSeen, count: count)
    samplesSeen += count
    return batch
  }

  private func take(
    _ turn: Turn, on real: Batch, at position: RunPosition, substep: Int, _ log: inout UpdateLog
  ) throws(ZooError) {
    let draws = observer.map { _ in DrawRecord() }
    let context = context(substep, draws)
    let isGenerators = turn.player == .generator
    let round = Round(
      at: position, substep: substep, real: real, context: context,
      discriminator: contest.discriminator, augmentation: augmentation(at: position)
    ) { [self] in
      let count = isGenerators ? settings.batches.wholeNumber(at: position) : real.count
      return contest.generator.takes.input(
        count, for: real, classes: settings.fakeLabels, context.random)
    } make: { [contest] input in
      isGenerators
        ? contest.generator(input, context)
        : withoutDerivatives { contest.generator(input, context) }
    }
    var loss = turn.loss(round)
    if let adaptive, !isGenerators, let scores = round.realScores {
      loss = loss.telling(["augmentProbability": Tensor([adaptive.probability], shape: [])])
      adaptive.note(scores.detached(), images: real.count)
    }
    let fakes = round.made.map { [("a batch of the generator", $0)] } ?? []
    let gradients = try apply(
      loss, turn, at: position, &log, suspects: [("the real batch", real.samples)] + fakes)
    contest.objective.didUpdate(turn.player, contest.store(of: turn.player))
    observer?(
      Update(
        player: turn.player, real: real, input: round.drawn, loss: loss, gradients: gradients,
        draws: draws?.draws ?? []))
  }

  private func augmentation(at position: RunPosition) -> Augmentation {
    var augmentation = settings.augmentation
    augmentation.likelihood =
      adaptive?.probability ?? augmentation.probability?.value(at: position) ?? 1
    return augmentation
  }

  private func context(_ substep: Int, _ draws: DrawRecord?) -> Context {
    Context(
      .training,
      random: RandomSource(seed: settings.seed, step: step, substep: substep, record: draws),
      step: step)
  }

  /// Moves the player's parameters along their derivatives, which it returns.
  ///
  /// - Parameter suspects: What is looked through, after all parameters and before statistics, for
  ///   the first tensor with values that are not finite when the loss is not.
  private func apply(
    _ loss: Loss, _ turn: Turn, at position: RunPosition, _ log: inout UpdateLog,
    suspects: [(name: String, tensor: Tensor)]
  ) throws(ZooError) -> [Tensor?] {
    let (player, store) = (turn.player, contest.store(of: turn.player))
    let names = loss.terms.map(\.name) + (turn.name.map { [$0] } ?? [])
    try TermNames.check(names, of: "the \(player)'s loss")
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
    let optimizer = player == .generator ? generatorOptimizer : discriminatorOptimizer
    optimizer.update(gradients, at: position, scale: decay / Double(1 << rollbacks))
    log.add(turn, total, loss.terms.map { ($0.name, $0.value.scalar) })
    return gradients
  }

  private func diverged(_ what: String) -> ZooError {
    ZooError(
      .diverged, "training diverged at step \(step + 1): \(what)",
      advice: "try a lower learning rate")
  }
}
