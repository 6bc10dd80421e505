/// All that a trainer's next steps depend on, as it travels to another rank: what a checkpoint holds,
/// without files.
struct TrainerState {
  /// Counters.
  let head: JSONValue
  /// All values, part by part.
  let values: [Float]

  /// The state of a trainer between two steps.
  init(of trainer: Trainer) {
    let steps = trainer.optimizers.sorted { $0.key < $1.key }
      .map { JSONValue.Member($0.key, .array($0.value.steps.map { .number($0) })) }
    head = .object([
      .init("step", .number(trainer.step)), .init("samplesSeen", .number(trainer.samplesSeen)),
      .init("rollbacks", .number(trainer.rollbacks)), .init("optimizerSteps", .object(steps)),
    ])
    values = trainer.parts.flatMap { $0.slots.flatMap(\.values.floats) }
  }

  /// A state that came from elsewhere.
  init(head: JSONValue, values: [Float]) { (self.head, self.values) = (head, values) }

  /// How many values a trainer of this recipe has.
  static func count(of trainer: Trainer) -> Int {
    trainer.parts.reduce(0) { $0 + $1.slots.reduce(0) { $0 + $1.values.count } }
  }

  /// What tells it from any other.
  var digest: String {
    var digest = SHA256()
    digest.update(Array(head.compact().utf8))
    digest.update(values)
    return SHA256.hex(digest.finalize())
  }

  /// Puts a trainer of the same recipe to where the other was.
  func restore(_ trainer: Trainer) {
    guard let step = head["step"]?.int, let seen = head["samplesSeen"]?.int,
      let rollbacks = head["rollbacks"]?.int, values.count == Self.count(of: trainer)
    else { fatalError("a state of another recipe") }
    var rest = values[...]
    for part in trainer.parts {
      part.restore(
        part.slots.map { slot in
          defer { rest = rest.dropFirst(slot.values.count) }
          return Tensor(
            Array(rest.prefix(slot.values.count)), shape: slot.values.shape, type: slot.values.type)
        })
    }
    for (player, optimizer) in trainer.optimizers {
      optimizer.restore(
        steps: head["optimizerSteps"]?[player]?.array?.compactMap(\.int) ?? [],
        memory: optimizer.memory.map(\.values))
    }
    trainer.restore(step: step, samplesSeen: seen, rollbacks: rollbacks)
  }
}
