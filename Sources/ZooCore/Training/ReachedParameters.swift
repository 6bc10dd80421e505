/// Which parameters a step's gradients reach: a loss that does not depend on a network trains
/// nothing, and looks like any other.
struct ReachedParameters {
  /// What the updates of a player have shown of one parameter.
  private enum Reach: Int {
    /// No derivative at all.
    case none
    /// One that is zero everywhere.
    case zero
    case some
  }

  private var seen: [Player: [Reach]] = [:]

  /// Takes in the derivatives of an update at the player's parameters.
  mutating func note(_ gradients: [Tensor?], of player: Player) {
    let now = gradients.map { gradient -> Reach in
      guard let gradient else { return .none }
      return gradient.floats.contains { $0 != 0 } ? .some : .zero
    }
    seen[player] = zip(seen[player] ?? now, now).map { $0.rawValue > $1.rawValue ? $0 : $1 }
  }

  /// What is to be said of players that the step has updated.
  func warnings(_ contest: Contest, step: Int) -> [ZooError] {
    [Player.discriminator, .generator].map { ($0, contest.store(of: $0)) }
      .compactMap { player, store in
        let parameters = zip(store.parameters, seen[player] ?? [])
        let isUnreached = !parameters.contains { $0.1 == .some }
        // A derivative of zero may be chance, none at all is how the network is built.
        let names = parameters.filter { isUnreached || $0.1 == .none }.map(\.0.name)
          .filter { !contest.objective.rests(player, $0, at: step - 1) }
        guard !names.isEmpty else { return nil }
        let what = isUnreached ? "the \(player)" : "a part of the \(player)"
        return ZooError(
          .failure,
          "no gradient reaches \(what), which therefore learns nothing: \(Self.list(names))",
          at: "step \(step)",
          advice: "the \(player)'s loss must depend on them: look for a detached tensor, a factor "
            + "of zero, or a network that the objective does not use")
      }
  }

  /// The first names, and how many more there are.
  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(6).joined(separator: ", ")
    return names.count > 6 ? "\(shown) and \(names.count - 6) more" : shown
  }
}
