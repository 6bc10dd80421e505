/// One update: who moves, on which data, and what is minimised.
public struct Turn {
  /// Which real batch a turn sees.
  public enum Data: Sendable {
    /// A new one.
    case next
    /// The one that the turn before it saw.
    case same
  }

  /// Whose parameters move.
  public let player: Player
  /// A line of its own in the log, for a term that has its own turn; nil for the player's loss.
  public let name: String?
  /// Which real batch it sees.
  public let data: Data
  /// What is minimised.
  public let loss: (Round) -> Loss

  /// An update with another loss.
  public func minimising(_ loss: @escaping (Round) -> Loss) -> Turn {
    Turn(player: player, name: name, data: data, loss: loss)
  }

  /// An update of the discriminator's player, on a new batch unless said otherwise.
  public static func discriminator(
    named name: String? = nil, on data: Data = .next, _ loss: @escaping (Round) -> Loss
  ) -> Turn {
    Turn(player: .discriminator, name: name, data: data, loss: loss)
  }

  /// An update of the generator's player, on the batch seen last unless said otherwise.
  public static func generator(
    named name: String? = nil, on data: Data = .same, _ loss: @escaping (Round) -> Loss
  ) -> Turn {
    Turn(player: .generator, name: name, data: data, loss: loss)
  }
}

/// What a contest is played for: the updates of each step.
public protocol Objective {
  /// The updates of a step, in order.
  ///
  /// What turns of one step share they close over; what must outlast it lies in a store, so that
  /// checkpoints have it.
  func turns(at step: Int, _ training: TrainingSettings) -> [Turn]
  /// What is done before the turns of a step: networks grow. Whether optimizers are to forget what they
  /// remember.
  func willStep(at position: RunPosition) -> Bool
  /// What is done after each update: weights clipped, a memory moved.
  func didUpdate(_ player: Player, _ store: ParameterStore)
  /// Whether a parameter of a player, by its name, waits in this step: that no gradient reaches it is
  /// then as it should be.
  func rests(_ player: Player, _ name: String, at step: Int) -> Bool
  /// Pictures beside those of the samples.
  var sheets: [Sheet] { get }
  /// Scores beside the usual ones of an evaluation; without derivatives.
  func scores(_ examination: Examination) throws(ZooError) -> [Score]
}

extension Objective {
  /// Nothing, and optimizers go on.
  public func willStep(at position: RunPosition) -> Bool { false }
  /// Nothing.
  public func didUpdate(_ player: Player, _ store: ParameterStore) {}
  /// None does.
  public func rests(_ player: Player, _ name: String, at step: Int) -> Bool { false }
  /// None.
  public var sheets: [Sheet] { [] }
  /// None.
  public func scores(_ examination: Examination) throws(ZooError) -> [Score] { [] }
}

/// The usual game: so many updates of the discriminator, each on a new batch, then one of the
/// generator.
public protocol Game: Objective {
  /// The discriminator's loss on a real and a fake batch.
  func discriminatorLoss(_ round: Round) -> Loss
  /// The generator's loss; `round.fakes` can be differentiated.
  func generatorLoss(_ round: Round) -> Loss
  /// Discriminator updates before generator update `step`; `configured` is `training.discriminatorSteps`.
  func discriminatorSteps(at step: Int, configured: Int) -> Int
}

extension Game {
  /// As configured.
  public func discriminatorSteps(at step: Int, configured: Int) -> Int { configured }

  public func turns(at step: Int, _ training: TrainingSettings) -> [Turn] {
    let count = discriminatorSteps(at: step, configured: training.discriminatorSteps)
    return Array(repeating: .discriminator(discriminatorLoss), count: count)
      + [.generator(generatorLoss)]
  }
}
