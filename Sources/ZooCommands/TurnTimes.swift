import ZooCore

/// An objective whose turns are timed: what each costs, for `zoo describe`.
final class TurnTimes: Objective {
  /// Turns that are alike: of one player, with one name.
  struct Kind: Hashable {
    let player: Player
    let name: String?

    init(_ turn: Turn) { (player, name) = (turn.player, turn.name) }

    /// For people.
    var described: String { name.map { "\(player), \($0)" } ?? "\(player)" }
  }

  private let objective: any Objective
  private let clock = ContinuousClock()
  private var start: ContinuousClock.Instant
  private var coming: [Kind] = []
  private var times: [Kind: (seconds: Double, count: Int)] = [:]

  init(_ objective: any Objective) {
    self.objective = objective
    start = clock.now
  }

  func turns(at step: Int, _ training: TrainingSettings) -> [Turn] {
    let turns = objective.turns(at: step, training)
    (coming, start) = (turns.map(Kind.init), clock.now)
    return turns
  }

  func didUpdate(_ player: Player, _ store: ParameterStore) {
    objective.didUpdate(player, store)
    let now = clock.now
    defer { start = now }
    guard !coming.isEmpty else { return }
    let kind = coming.removeFirst()
    times[kind, default: (0, 0)].seconds += (now - start).seconds
    times[kind, default: (0, 0)].count += 1
  }

  func willStep(at position: RunPosition) -> Bool { objective.willStep(at: position) }

  func rests(_ player: Player, _ name: String, at step: Int) -> Bool {
    objective.rests(player, name, at: step)
  }

  /// Forgets what was measured: the first step also warms up.
  func reset() { times = [:] }

  /// Seconds of a turn of this kind; of its player's others where none came by.
  func seconds(of kind: Kind) -> Double? {
    let alike =
      times[kind].map { [$0] } ?? times.filter { $0.key.player == kind.player }.map(\.value)
    let count = alike.reduce(0) { $0 + $1.count }
    return count == 0 ? nil : alike.reduce(0) { $0 + $1.seconds } / Double(count)
  }

  /// How many turns of each kind some steps have, in the order in which they come.
  func counts(in steps: Range<Int>, _ training: TrainingSettings) -> [(kind: Kind, count: Int)] {
    var counts: [(kind: Kind, count: Int)] = []
    for step in steps {
      for kind in objective.turns(at: step, training).map(Kind.init) {
        guard let place = counts.firstIndex(where: { $0.kind == kind }) else {
          counts.append((kind, 1))
          continue
        }
        counts[place].count += 1
      }
    }
    return counts
  }
}
