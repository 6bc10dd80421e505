/// What one generator step gave.
public struct StepReport: Sendable {
  /// Steps done, from 1.
  public let step: Int
  /// The discriminator's loss, the mean over its updates in this step; nil without one.
  public let discriminatorLoss: Double?
  /// The generator's loss; nil without an update of it.
  public let generatorLoss: Double?
  /// Named terms of both losses, means over the step's updates, in the objective's order.
  public let terms: [(name: String, value: Double)]
  /// Real images seen in this step.
  public let images: Int
  /// What is wrong with the contest although the step was done: parts that learn nothing, looked for
  /// in the first step.
  public let warnings: [ZooError]

  /// Each player's loss, where it had an update.
  public var losses: [(player: String, loss: Double?)] {
    [("discriminator", discriminatorLoss), ("generator", generatorLoss)]
  }

  /// The losses and the terms, under the names of the metrics log.
  var scalars: [(tag: String, value: Double)] {
    losses.compactMap { name, loss in loss.map { (name + "Loss", $0) } }
      + terms.map { ($0.name, $0.value) }
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
  /// The real batch.
  public let real: Batch
  /// What the fakes were made from, where the objective asked for any.
  public let input: GeneratorInput?
  /// The loss, and its named terms.
  public let loss: Loss
  /// The derivatives at the player's parameters, in their order; nil is zero.
  public let gradients: [Tensor?]
  /// All random numbers, latent codes among them, in the order they were drawn.
  public let draws: [(purpose: RandomPurpose, values: Tensor)]
}

/// Means of losses and named terms over the updates of one step.
struct UpdateLog {
  private struct Entry {
    let player: Player
    /// nil for the player's whole loss.
    let name: String?
    var sum = 0.0
    var count = 0

    var mean: Double { sum / Double(count) }
  }
  private var entries: [Entry] = []
  /// What gradients have reached; nil where nobody looks.
  var reached: ReachedParameters?

  mutating func add(_ turn: Turn, _ loss: Double, _ terms: [(name: String, value: Double)]) {
    add(turn.player, turn.name, loss)
    for term in terms { add(turn.player, term.name, term.value) }
  }

  private mutating func add(_ player: Player, _ name: String?, _ value: Double) {
    let known = entries.firstIndex { $0.player == player && $0.name == name }
    let index = known ?? entries.count
    if known == nil { entries.append(Entry(player: player, name: name)) }
    entries[index].sum += value
    entries[index].count += 1
  }

  func loss(of player: Player) -> Double? {
    entries.first { $0.player == player && $0.name == nil }?.mean
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
