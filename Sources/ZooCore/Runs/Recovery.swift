/// A run's way back from a divergence: to an older checkpoint with lower learning rates, as often as
/// the config allows.
struct Recovery {
  /// The run's folder.
  let directory: RunDirectory
  private let allowed: Int
  /// Steps between the checkpoints that a run goes back to.
  ///
  /// Those of a stop do not count: a run that was stopped goes back as one that was not.
  private let every: Int
  /// The step that a divergence went back to, until the next checkpoint that serves for that.
  private var wentBackTo: Int?

  /// The way back of a run that has not gone it yet.
  init(_ directory: RunDirectory, _ config: RunConfig) {
    self.directory = directory
    allowed = config.training.rollbacks
    every = config.output.checkpointEvery
  }

  /// Remembers how often the run went back before it stopped.
  mutating func resume(_ trainer: Trainer, beginsAgain: Bool) throws(ZooError) {
    guard !beginsAgain, let earlier = try directory.rollback() else {
      // What an earlier beginning went through is over.
      return try directory.forgetRollback()
    }
    trainer.rollbacks = max(trainer.rollbacks, earlier.count)
    // As long as no checkpoint has followed that a run goes back to.
    if trainer.step / every == earlier.step / every { wentBackTo = earlier.step }
  }

  /// Takes the trainer back, and the folder with it.
  ///
  /// - Parameter error: The divergence; it is thrown where there is no way back.
  mutating func goBack(
    _ trainer: Trainer, after error: ZooError, _ warn: (ZooError) -> Void
  ) throws(ZooError) {
    let rollbacks = trainer.rollbacks
    guard rollbacks < allowed else {
      throw error.advised(
        allowed == 0
          ? "try a lower learning rate, or let the run go back by itself: training.rollbacks"
          : "try a lower learning rate: the run went back \(rollbacks) of \(allowed) times")
    }
    guard let checkpoint = try checkpointToGoBackTo(warn) else {
      throw error.advised("try a lower learning rate: there is no checkpoint to go back to")
    }
    try checkpoint.restore(trainer)
    trainer.rollbacks = rollbacks + 1
    wentBackTo = trainer.step
    // A kill before the next checkpoint must not forget it.
    try directory.write(rollback: trainer.rollbacks, to: trainer.step)
    // What is later than here is on the way to where it diverged.
    try directory.removeAll(after: trainer.step)
  }

  /// The newest good checkpoint, or, if that was gone back to without success, the one before it,
  /// where there is one: the newest may be too late already.
  private func checkpointToGoBackTo(_ warn: (ZooError) -> Void) throws(ZooError) -> Checkpoint? {
    if let wentBackTo,
      let older = try directory.checkpoints.newest(
        where: { $0 < wentBackTo && $0 % every == 0 }, warn)
    {
      return older
    }
    return try directory.checkpoints.newest(where: { $0 % every == 0 }, warn)
  }

  /// A checkpoint was written: if the run would go back to it, the way before it is forgotten.
  mutating func noteCheckpoint(step: Int) {
    if step % every == 0 { wentBackTo = nil }
  }
}

extension RunDirectory {
  private static let rollbackName = "rollback.json"

  /// How often the run went back after it diverged, and to which step the last time; nil if it
  /// never did.
  fileprivate func rollback() throws(ZooError) -> (count: Int, step: Int)? {
    let file = Files.join(path, Self.rollbackName)
    guard Files.exists(file) else { return nil }
    let root = try JSONDocument(
      parsing: Files.read(file, limit: 1 << 16, kind: .data), name: file, kind: .data
    ).root
    guard let count = root["rollbacks"]?.int, let step = root["step"]?.int, 0...62 ~= count,
      step >= 0
    else {
      throw ZooError(
        .data, "expected rollbacks and step, found \(root.summary)", at: file,
        advice: "remove the file: the run then goes on with the rates of its checkpoint")
    }
    return (count, step)
  }

  /// The newest good checkpoint to go on from, or nil when there is none.
  ///
  /// A kill while the run went back may have left later ones that it went back from.
  ///
  /// - Parameter warn: Is told of each newer one that is damaged, and why.
  public func checkpointToResume(_ warn: (ZooError) -> Void) throws(ZooError) -> Checkpoint? {
    guard let newest = try checkpoints.newest(warn) else { return nil }
    guard let earlier = try rollback(), newest.rollbacks < earlier.count,
      newest.step > earlier.step
    else { return newest }
    return try checkpoints.newest(where: { $0 <= earlier.step }, warn)
  }

  /// Forgets that the run went back.
  fileprivate func forgetRollback() throws(ZooError) {
    let file = Files.join(path, Self.rollbackName)
    if Files.exists(file) { try Files.remove(file) }
  }

  /// Remembers that the run went back.
  fileprivate func write(rollback count: Int, to step: Int) throws(ZooError) {
    try write(["rollbacks": .number(count), "step": .number(step)], as: Self.rollbackName)
  }
}

extension ZooError {
  /// The same with another advice.
  fileprivate func advised(_ advice: String) -> ZooError {
    ZooError(
      kind, findings.map { Finding($0.problem, at: $0.place, advice: advice, excerpt: $0.excerpt) })
  }
}
