/// How likely images are changed, moved by what the discriminator makes of real ones: the more of them it
/// is sure of, the more it knows them by heart.
///
/// Source: Karras et al. 2020, arXiv:2006.06676, §3.1: r_t = E[sign D(x)], looked at every four batches.
package struct AdaptiveAugmentation {
  private static let name = "augmentation"
  /// Batches from one look to the next.
  private static let interval = 4.0

  /// The probability, the sum of signs since the last look, the scores and the batches in it.
  private let state: Parameter
  private let settings: Augmentation

  /// Keeps the state of settings that adapt among what a contest remembers.
  static func register(_ settings: Augmentation, in scope: Scope) {
    guard settings.target != nil else { return }
    let start = settings.probability?.points[0].value ?? 0
    _ = scope.buffer(name, shape: [4]) { [type = scope.type] _ in
      Tensor([start, 0, 0, 0], shape: [4], type: type)
    }
  }

  /// The state of a contest whose settings adapt; nil for others.
  package init?(_ settings: Augmentation, of contest: Contest) {
    guard settings.target != nil,
      let state = contest.objectiveStore.buffers.first(where: { $0.name == Self.name })
    else { return nil }
    (self.state, self.settings) = (state, settings)
  }

  /// The probability in use.
  package var probability: Double { state.value.doubles[0] }

  /// The sum of the signs of scores, and their number, `[2]`.
  package static func signs(of scores: Tensor) -> Tensor {
    let sum = scores.doubles.reduce(0.0) { $0 + ($1 > 0 ? 1 : $1 < 0 ? -1 : 0) }
    return Tensor([sum, Double(scores.count)], shape: [2], type: scores.type)
  }

  /// Notes the signs of a real batch's scores, and moves the probability after each fourth one.
  package func note(signs: Tensor, images: Int) {
    var values = state.value.doubles
    let signs = signs.doubles
    values[1] += signs[0]
    values[2] += signs[1]
    values[3] += 1
    if values[3] >= Self.interval {
      let excess = values[1] / values[2] - (settings.target ?? 0)
      let move = values[3] * Double(images) / Double(settings.adjustOver)
      let moved = values[0] + (excess > 0 ? move : excess < 0 ? -move : 0)
      values = [max(0, min(1, moved)), 0, 0, 0]
    }
    state.assign(Tensor(values, shape: [4], type: state.type))
  }
}
