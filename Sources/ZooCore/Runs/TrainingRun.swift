/// A recipe, its data and its folder, carried through to the last step.
public final class TrainingRun {
  /// What a watcher is told.
  public enum Event {
    /// A step is done; the rate counts the real images of this step.
    case step(StepReport, imagesPerSecond: Double)
    /// A picture was written.
    case sample(path: String)
    /// A checkpoint was written.
    case checkpoint(path: String)
    /// The generator was judged; whether it is the best so far.
    case evaluation(Evaluation, step: Int, isBest: Bool)
    /// Training diverged, and goes on from an older step with lower learning rates.
    case rollback(ZooError, step: Int)
    /// Something is not as it should be, and the run goes on.
    case warning(ZooError)
    /// Something worth knowing that is as it should be.
    case note(String)
  }

  /// The folder.
  public let directory: RunDirectory
  /// The training loop.
  public let trainer: Trainer
  /// How many steps the run has.
  public let steps: Int
  /// The signal with which another rank of a team was asked to stop; nil while none was.
  public var signalElsewhere: Int32? { leader.signal }
  /// What judges the generator on the way; must be there if the config asks for it.
  public var evaluation: TrainingEvaluation?
  /// The best step of those that were evaluated; nil without evaluations.
  public var bestStep: Int? { best.step }
  private let leader: Leader
  private let recipe: Recipe
  private let resolved: JSONValue
  private let dataset: DatasetIdentity
  private let data: any Dataset
  private var logs: RunLogs
  private let picture: SamplePicture
  private var sentinel: Sentinel
  private var recovery: Recovery
  private var best: BestStep

  /// Prepares a run; nothing is written before recipe and data are known to fit.
  ///
  /// - Parameters:
  ///   - recipe: What to train.
  ///   - dataset: What to train on.
  ///   - path: The run's folder, which must not exist; nil for a new one below `runs/`.
  ///   - manifest: What is to be remembered of how the run came about.
  ///   - messenger: The way to those who train with it, of whom this is the first.
  public convenience init(
    _ recipe: Recipe, on dataset: any Dataset, in path: String?, manifest: JSONValue,
    messenger: (any Messenger)? = nil
  ) throws(ZooError) {
    try self.init(recipe, on: dataset, messenger) { resolved, _ throws(ZooError) in
      let directory = try RunDirectory(
        creating: path, name: recipe.name,
        files: ["config.json": resolved, "manifest.json": manifest])
      return (Recovery(directory, recipe.config), try RunLogs(directory))
    }
  }

  /// Prepares a run that has stopped to go on from a checkpoint, or, when nil, from its beginning.
  ///
  /// - Parameters:
  ///   - directory: The run's folder.
  ///   - checkpoint: The newest good one there.
  ///   - recipe: The run's own config, perhaps with more steps.
  ///   - dataset: What it was trained on.
  ///   - messenger: The way to those who train with it, of whom this is the first.
  /// - Throws: `ZooError` when recipe or data are not those of the checkpoint.
  public convenience init(
    resuming directory: RunDirectory, from checkpoint: Checkpoint?, _ recipe: Recipe,
    on dataset: any Dataset, messenger: (any Messenger)? = nil
  ) throws(ZooError) {
    try self.init(recipe, on: dataset, messenger) { resolved, trainer throws(ZooError) in
      if let checkpoint {
        try checkpoint.check(resolved)
        try checkpoint.check(dataset)
        try checkpoint.restore(trainer)
      }
      var recovery = Recovery(directory, recipe.config)
      try recovery.resume(trainer, beginsAgain: checkpoint == nil)
      try directory.removeAll(after: trainer.step)
      return (recovery, try RunLogs(directory, goingOnAfter: trainer.step))
    }
    try recall()
    try directory.write(resolved, as: "config.json")
  }

  /// - Parameter begin: Makes or opens the folder, once recipe and data are known to fit.
  private init(
    _ recipe: Recipe, on dataset: any Dataset, _ messenger: (any Messenger)?,
    _ begin: (_ resolved: JSONValue, Trainer) throws(ZooError) -> (Recovery, RunLogs)
  ) throws(ZooError) {
    self.recipe = recipe
    self.dataset = DatasetIdentity(dataset)
    data = dataset
    steps = recipe.config.training.steps
    let plan = try recipe.plan(for: dataset)
    trainer = plan.trainer(on: dataset, with: messenger)
    leader = Leader(trainer, messenger)
    picture = try SamplePicture(plan, dataset)
    sentinel = try picture.sentinel(dataset)
    best = BestStep(by: try plan.bestMetric(for: dataset))
    resolved = plan.resolved
    (recovery, logs) = try begin(resolved, trainer)
    directory = recovery.directory
  }

  /// Trains to the last step, and leaves a film of the pictures, the curves and a report.
  ///
  /// - Parameter shouldStop: Asked after each step; the run then saves and returns.
  /// - Returns: Whether the last step was reached.
  /// - Throws: `ZooError` when training diverges or the disk fails.
  @discardableResult
  public func run(
    until shouldStop: () -> Bool = { false }, _ watch: (Event) -> Void
  ) throws(ZooError) -> Bool {
    do throws(ZooError) {
      let finished = try train(until: shouldStop, watch)
      writePages(finished ? [] : ["stopped at step \(trainer.step) of \(steps)"], watch)
      return finished
    } catch {
      writePages(error.findings.map(\.problem), watch)
      throw error
    }
  }

  private func train(
    until shouldStop: () -> Bool, _ watch: (Event) -> Void
  ) throws(ZooError) -> Bool {
    let output = recipe.config.output
    let clock = ContinuousClock()
    let start = clock.now
    let secondsBefore = logs.metrics.seconds
    let evalEvery = recipe.config.training.evalEvery ?? 0
    require(evalEvery == 0 || evaluation != nil, "nobody to judge every \(evalEvery) steps")
    var saved = trainer.step
    if trainer.step > 0 { try leader.bringAlong() }
    for cut in logs.cuts {
      if let warning = cut.warning { watch(.warning(warning)) }
      if let note = cut.note { watch(.note(note)) }
    }
    if trainer.step == 0 {
      try writeSample(watch)
      // A run that may go back has something to go back to.
      if recipe.config.training.rollbacks > 0 { try save(watch) }
    }
    while trainer.step < steps {
      let stepStart = clock.now
      guard let report = try unlessDiverged(watch, { () throws(ZooError) in try leader.runStep() })
      else { continue }
      for remark in data.takeRemarks() { watch(.warning(remark)) }
      let now = clock.now
      let rate = Double(report.images) / max((now - stepStart).seconds, 1e-9)
      let last = report.step == steps
      // A run that stops early logs and draws no more than it would have: going on later leaves the
      // same files as never stopping.
      let stopping = !last && (shouldStop() || leader.signal != nil)
      if report.step % output.logEvery == 0 || last {
        try logs.metrics.write(
          report, imagesPerSecond: rate, seconds: secondsBefore + (now - start).seconds)
        try logs.board.write(report.scalars, step: report.step)
        sentinel.note(report.scalars)
      }
      for warning in report.warnings { watch(.warning(warning)) }
      watch(.step(report, imagesPerSecond: rate))
      var collapse: ZooError?
      if report.step % output.sampleEvery == 0 || last { collapse = try writeSample(watch) }
      if last || !recipe.config.training.stopOnCollapse { collapse = nil }
      var isBest = false
      if evalEvery > 0, report.step % evalEvery == 0 || last { isBest = try evaluate(watch) }
      if report.step % output.checkpointEvery == 0 || last || stopping || isBest
        || collapse != nil
      {
        // Saving looks at every value, which a step does not.
        let isSaved: Void? = try unlessDiverged(watch) { () throws(ZooError) in try save(watch) }
        guard isSaved != nil else { continue }
        saved = report.step
      }
      if stopping { return false }
      if let collapse { throw Self.stopped(by: collapse, steps: steps) }
    }
    if saved != trainer.step { try save(watch) }
    return true
  }

  /// What `body` returns, or nil when training has diverged and the run went back.
  private func unlessDiverged<Result>(
    _ watch: (Event) -> Void, _ body: () throws(ZooError) -> Result
  ) throws(ZooError) -> Result? {
    do throws(ZooError) {
      return try body()
    } catch {
      guard error.kind == .diverged else { throw error }
      try recovery.goBack(trainer, after: error) { watch(.warning($0)) }
      logs = try RunLogs(directory, goingOnAfter: trainer.step)
      try recall()
      try leader.bringAlong()
      watch(.rollback(error, step: trainer.step))
      return nil
    }
  }

  private func save(_ watch: (Event) -> Void) throws(ZooError) {
    let output = recipe.config.output
    try leader.share()
    let checkpoint = try Checkpoint(
      of: trainer, config: resolved, dataset: dataset)
    // What the checkpoint counts on is on the disk before it.
    try logs.synchronize()
    try directory.checkpoints.write(
      checkpoint, best: best.step, keepLast: output.keepLast, keepEvery: output.keepEvery)
    recovery.noteCheckpoint(step: checkpoint.step)
    watch(.checkpoint(path: directory.checkpoints.path(step: checkpoint.step)))
  }

  /// What the logs tell of the steps so far: what the sentinel saw, and the best step.
  private func recall() throws(ZooError) {
    let entries = logs.looks.entries
    // What came before the last look is in its entry.
    let last = entries.last?["step"]?.int ?? 0
    sentinel.recall(entries, try LoggedMetrics(reading: directory.metrics, after: last))
    best = BestStep(by: best.metric)
    let kept = try directory.checkpoints.steps()
    for entry in logs.evaluations.entries where entry["during"]?.string == "training" {
      // Steps that were the best once, and are no longer on the disk, cannot be it again.
      guard let step = entry["step"]?.int, kept.contains(step) else { continue }
      _ = best.consider(step) { entry["generated"]?[$0]?.double }
    }
    try directory.checkpoints.setBest(best.step)
  }

  /// Judges the generator, and says whether it is the best so far.
  private func evaluate(_ watch: (Event) -> Void) throws(ZooError) -> Bool {
    guard let evaluation else { return false }
    let found: Evaluation
    do throws(ZooError) {
      found = try evaluation.judge(trainer, range: recipe.config.data.range)
    } catch {
      // Samples that are not finite are never the best; the next step or save tells more.
      guard error.kind == .diverged else { throw error }
      watch(.warning(error))
      return false
    }
    let step = trainer.step
    let isBest = best.consider(step) { found.generated[$0] }
    let head: [JSONValue.Member] = [
      .init("schema_version", 1), .init("during", "training"), .init("step", .number(step)),
      .init("movingAverage", .bool(trainer.average != nil)),
      .init("dataset", .string(dataset.name)), .init("best", .bool(isBest)),
    ]
    try logs.evaluations.write(.object(head + (found.json.object ?? [])))
    let scores = found.generated.list.compactMap { score in
      score.value.map { (tag: "evaluation/\(score.key)", value: $0) }
    }
    try logs.board.write(scores, step: step)
    watch(.evaluation(found, step: step, isBest: isBest))
    return isBest
  }

  private static func stopped(by collapse: ZooError, steps: Int) -> ZooError {
    let finding = collapse.findings[0]
    return ZooError(
      .diverged, "training.stopOnCollapse ended the run of \(steps) steps: \(finding.problem)",
      at: finding.place, advice: finding.advice)
  }

  /// Draws the picture of this step, and says whether it shows a collapse that lasts.
  @discardableResult
  private func writeSample(_ watch: (Event) -> Void) throws(ZooError) -> ZooError? {
    let path = directory.sample(step: trainer.step)
    let samples = try picture.draw(trainer)
    let png = picture.png(samples)
    try Files.write(png, to: path)
    try logs.board.write(picture: png, tag: "samples", step: trainer.step)
    watch(.sample(path: path))
    try writeSheets()
    guard trainer.step > 0 else { return nil }
    let look = sentinel.look(
      at: samples, step: trainer.step, criticSlope: try picture.criticSlope(trainer, at: samples))
    try logs.looks.write(look.entry)
    for (_, warning) in look.news { watch(.warning(warning)) }
    return look.collapse
  }

  /// Draws the pictures that the objective adds.
  private func writeSheets() throws(ZooError) {
    for sheet in trainer.contest.objective.sheets {
      let images = try trainer.draw(sheet) { [data, recipe] count throws(ZooError) in
        try SheetPicture.real(count, of: data, range: recipe.config.data.range)
      }
      let png = SheetPicture.png(images, sheet, range: recipe.config.data.range)
      try Files.write(png, to: directory.sample(step: trainer.step, sheet: sheet.name))
      try logs.board.write(picture: png, tag: sheet.name, step: trainer.step)
    }
  }

  /// What can be made again at any time from the run's files: that it fails loses nothing.
  private func writePages(_ verdict: [String], _ watch: (Event) -> Void) {
    do throws(ZooError) {
      try Self.writePages(
        of: directory, recipe, data: DataShape(dataset), verdict: verdict)
    } catch {
      watch(.warning(error))
    }
  }

  /// Writes the film, the losses' picture and the report of a run from its other files.
  ///
  /// - Parameter verdict: How the run ended, where not as it should.
  public static func writePages(
    of directory: RunDirectory, _ recipe: Recipe, data: DataShape, verdict: [String] = []
  ) throws(ZooError) {
    let path = directory.path
    try Files.write(SampleFrames(run: path).film().bytes, to: Files.join(path, "samples.apng"))
    let losses = try LoggedMetrics(reading: directory.metrics).series
    try Files.write(
      CurvePlot(losses.filter { $0.name.hasSuffix("Loss") }, title: recipe.card.title).svg(),
      to: Files.join(path, "losses.svg"))
    let changed = try Set(Plan(recipe, for: data).changes().map(\.path))
    try Files.write(
      Report(run: path, changed: changed, verdict: verdict).html(),
      to: Files.join(path, "report.html"))
  }
}
