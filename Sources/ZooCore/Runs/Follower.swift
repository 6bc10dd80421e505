/// A rank that is not the first: it does to its trainer what the first rank orders, and writes nothing.
package struct Follower {
  private let trainer: Trainer
  private let messenger: any Messenger

  /// A rank at the beginning of a run.
  package init(_ trainer: Trainer, _ messenger: any Messenger) {
    (self.trainer, self.messenger) = (trainer, messenger)
  }

  /// Follows until there is nothing left to do.
  ///
  /// - Parameter signal: The signal that asked this rank to stop, which the first one learns.
  package func follow(signal: () -> Int32?) throws(ZooError) {
    while true {
      let word = try messenger.tell([UInt8(clamping: signal() ?? 0)])[0]
      let (order, more) = try TeamOrder.read(word)
      switch order {
      case .begin, .describe: throw ZooError(.failure, "the first rank began twice")
      case .step: try takeStep()
      case .share:
        try trainer.shareMemory()
        _ = try messenger.tell(Array(TrainerState(of: trainer).digest.utf8))
      case .adopt:
        let head = try JSONDocument(parsing: more, name: "the first rank's state").root
        let values = try messenger.broadcast(
          [], count: TrainerState.count(of: trainer), from: 0)
        TrainerState(head: head, values: values).restore(trainer)
      case .finish: return
      }
    }
  }

  private func takeStep() throws(ZooError) {
    do throws(ZooError) {
      _ = try trainer.runStep()
    } catch {
      // All have met the same sum; the first rank says how to go on.
      guard error.kind == .diverged else { throw error }
    }
  }
}
