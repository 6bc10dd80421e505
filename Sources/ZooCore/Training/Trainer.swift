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
  /// Who trains, and which shards here.
  private let team: Team
  /// What shards here alone have moved since all ranks last had it.
  private var moved: Set<ObjectIdentifier> = []
  /// How likely images are changed, where that adapts.
  private let adaptive: AdaptiveAugmentation?

  /// A run at its beginning.
  public convenience init(_ contest: Contest, data: BatchSource, settings: TrainingSettings) {
    self.init(contest, data: data, settings: settings, team: Team(shards: settings.shards))
  }

  /// This rank's part of a team's run.
  package init(
    _ contest: Contest, data: BatchSource, settings: TrainingSettings, team: Team
  ) {
    require(
      team.shards == settings.shards, "\(settings.shards) shards, \(team.shards) in the team")
    self.team = team
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
    var parts: [Batch] = []
    // All turns of a step see the same place in the run.
    let position = position
    // Batch norm moves its statistics in the forward pass: a failed update takes that back.
    let statistics = keptTensors.map { ($0, $0.value) }
    if contest.objective.willStep(at: position) {
      generatorOptimizer.forget()
      discriminatorOptimizer.forget()
    }
    do throws(ZooError) {
      // What the turns of a step share is a shard's own.
      let shards = team.own.map { _ in contest.objective.turns(at: step, settings) }
      for (substep, turn) in shards[0].enumerated() {
        if turn.data == .next || parts.isEmpty { parts = try nextBatch(at: position) }
        try take(shards.map { $0[substep] }, on: parts, at: position, substep: substep, &log)
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

  /// This rank's shards of the next real batch.
  private func nextBatch(at position: RunPosition) throws(ZooError) -> [Batch] {
    let count = settings.discriminatorBatches.wholeNumber(at: position) / settings.shards
    var parts: [Batch] = []
    for shard in team.own {
      // Of the batch after this one the own shards are the ones to prepare.
      let next = shard + 1 < team.own.upperBound ? shard + 1 : team.own.lowerBound + team.shards
      parts.append(
        try data.batch(
          from: samplesSeen + shard * count, count: count, then: samplesSeen + next * count))
    }
    samplesSeen += count * team.shards
    return parts
  }

  /// One update along the mean of what each shard of the batch gives, each from the same values.
  ///
  /// - Parameter turns: The same turn for each of this rank's shards.
  private func take(
    _ turns: [Turn], on parts: [Batch], at position: RunPosition, substep: Int,
    _ log: inout UpdateLog
  ) throws(ZooError) {
    let (turn, draws) = (turns[0], observer.map { _ in DrawRecord() })
    let before = keptTensors.map { ($0, $0.value) }
    var (input, samples): (GeneratorInput?, [(name: String, tensor: Tensor)]) = (nil, [])
    let sum = try team.sum { (shard) throws(ZooError) in
      let index = shard - team.own.lowerBound
      if index > 0 {
        for (buffer, value) in before where buffer.merging != .own { buffer.assign(value) }
      }
      let random = RandomSource(
        seed: settings.seed, step: step, substep: substep,
        shard: team.shards > 1 ? Shard(index: shard, count: team.shards) : nil,
        record: index == 0 ? draws : nil)
      let round = self.round(turn.player, on: parts[index], at: position, substep, random)
      let pass = try self.pass(turns[index], round, from: before)
      if index == 0 { input = round.drawn }
      samples.append(("the real batch", round.real.samples))
      if let made = round.made { samples.append(("a batch of the generator", made.detached())) }
      return pass
    }
    let mean = sum.mean(over: team.shards)
    for (buffer, value) in mean.kept { buffer.assign(value) }
    if let adaptive, let signs = mean.signs {
      adaptive.note(signs: signs, images: parts[0].count * team.shards)
    }
    try apply(mean, turn, at: position, &log, samples)
    contest.objective.didUpdate(turn.player, contest.store(of: turn.player))
    observer?(
      Update(
        player: turn.player, real: parts[0], input: input, loss: mean.loss,
        gradients: mean.gradients, draws: draws?.draws ?? []))
  }

  /// Lets all ranks of a team have what is kept by only one of them; before anything is saved.
  package func shareMemory() throws(ZooError) {
    let own = keptTensors.filter { $0.merging == .own }
    try team.share(own, moved: own.map { moved.contains(ObjectIdentifier($0)) })
    moved = []
  }

  private var keptTensors: [Parameter] { contest.stores.flatMap(\.store.buffers) }

  /// What an objective sees of a shard.
  private func round(
    _ player: Player, on real: Batch, at position: RunPosition, _ substep: Int,
    _ random: RandomSource
  ) -> Round {
    let context = Context(.training, random: random, step: step)
    let isGenerators = player == .generator
    return Round(
      at: position, substep: substep, real: real, context: context,
      discriminator: contest.discriminator, augmentation: augmentation(at: position)
    ) { [self] in
      let count =
        isGenerators
        ? settings.batches.wholeNumber(at: position) / settings.shards : real.count
      return contest.generator.takes.input(
        count, for: real, classes: settings.fakeLabels, context.random)
    } make: { [contest] input in
      isGenerators
        ? contest.generator(input, context)
        : withoutDerivatives { contest.generator(input, context) }
    }
  }

  /// The loss of a shard and its derivatives, and what it has moved.
  private func pass(
    _ turn: Turn, _ round: Round, from before: [(buffer: Parameter, value: Tensor)]
  ) throws(ZooError) -> Pass {
    var loss = turn.loss(round)
    var signs: Tensor?
    if let adaptive, turn.player == .discriminator, let scores = round.realScores {
      loss = loss.telling(["augmentProbability": Tensor([adaptive.probability], shape: [])])
      signs = AdaptiveAugmentation.signs(of: scores.detached())
    }
    let names = loss.terms.map(\.name) + (turn.name.map { [$0] } ?? [])
    try TermNames.check(names, of: "the \(turn.player)'s loss")
    let changed = before.filter { $0.buffer.value.buffer !== $0.value.buffer }.map(\.buffer)
    moved.formUnion(changed.filter { $0.merging == .own }.map(ObjectIdentifier.init))
    let kept = changed.filter { $0.merging != .own }.map { ($0, $0.value.detached()) }
    let parameters = contest.store(of: turn.player).parameters
    return Pass(
      loss: loss.mapped { $0.detached() },
      gradients: gradient(of: loss.total, at: parameters.map(\.value)), signs: signs,
      kept: kept + round.remembered)
  }

  private func augmentation(at position: RunPosition) -> Augmentation {
    var augmentation = settings.augmentation
    augmentation.likelihood =
      adaptive?.probability ?? augmentation.probability?.value(at: position) ?? 1
    return augmentation
  }

  /// Moves the player's parameters along their derivatives.
  private func apply(
    _ pass: Pass, _ turn: Turn, at position: RunPosition, _ log: inout UpdateLog,
    _ samples: [(name: String, tensor: Tensor)]
  ) throws(ZooError) {
    let (player, store, gradients) = (turn.player, contest.store(of: turn.player), pass.gradients)
    let total = pass.loss.total.scalar
    guard total.isFinite else {
      // Statistics last: the forward pass moves them, so what is bad in them came from elsewhere.
      let culprit = (contest.named(\.parameters) + samples + contest.named(\.buffers))
        .first { !$0.tensor.isFinite }
      let found = culprit.map { "\($0.name) has values that are not finite, so " } ?? ""
      throw diverged("\(found)the \(player)'s loss is not finite (\(abs(total)))")
    }
    for (gradient, parameter) in zip(gradients, store.parameters) {
      if let gradient, !gradient.isFinite {
        throw diverged("the gradient of the \(player)'s \(parameter.name) is not finite")
      }
    }
    log.reached?.note(gradients, of: player)
    let decay = settings.decayedAt.map { max(0, 1 - Double(step) / Double($0)) } ?? 1
    let optimizer = player == .generator ? generatorOptimizer : discriminatorOptimizer
    optimizer.update(gradients, at: position, scale: decay / Double(1 << rollbacks))
    log.add(turn, total, pass.loss.terms.map { ($0.name, $0.value.scalar) })
  }

  private func diverged(_ what: String) -> ZooError {
    ZooError(
      .diverged, "training diverged at step \(step + 1): \(what)",
      advice: "try a lower learning rate")
  }
}
