/// The rank that is the run: what it does to its trainer, the others do to theirs (`Follower`).
///
/// It alone has the run's folder, the logs, the pictures. A run on one machine has one as well, and nobody
/// who follows.
package final class Leader {
  private let trainer: Trainer
  private let messenger: (any Messenger)?
  /// The signal with which another rank was asked to stop; nil while none was.
  package private(set) var signal: Int32?

  /// The leader of a team, or of nobody.
  package init(_ trainer: Trainer, _ messenger: (any Messenger)?) {
    (self.trainer, self.messenger) = (trainer, messenger)
  }

  /// A step of all.
  package func runStep() throws(ZooError) -> StepReport {
    try order(.step)
    return try trainer.runStep()
  }

  /// Brings together what ranks keep apart, and makes sure that all have the same values.
  func share() throws(ZooError) {
    guard let messenger else { return }
    try order(.share)
    try trainer.shareMemory()
    let own = TrainerState(of: trainer).digest
    let digests = try messenger.tell(Array(own.utf8)).map { String(decoding: $0, as: UTF8.self) }
    guard let other = digests.firstIndex(where: { $0 != own }) else { return }
    throw ZooError(
      .failure,
      "\(messenger.name(of: other)) has other values than \(messenger.name(of: 0)) at step \(trainer.step)",
      advice:
        "this is a fault of the program or of a machine; please report it. The checkpoints so "
        + "far are whole: zoo resume goes on from them")
  }

  /// Lets the others begin where this trainer is.
  func bringAlong() throws(ZooError) {
    guard let messenger else { return }
    let state = TrainerState(of: trainer)
    try order(.adopt, state.head)
    _ = try messenger.broadcast(state.values, count: state.values.count, from: 0)
  }

  private func order(_ order: TeamOrder, _ more: JSONValue? = nil) throws(ZooError) {
    guard let messenger else { return }
    for answer in try messenger.tell(order.word(more)).dropFirst() {
      if let signal = answer.first, signal != 0 { self.signal = Int32(signal) }
    }
  }
}
