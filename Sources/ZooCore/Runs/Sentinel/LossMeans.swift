/// Means of what the losses of some steps tell.
struct LossMeans {
  private var sums: [String: (sum: Double, count: Int)] = [:]
  /// Terms that the sentinel judges, by the names of the metrics log.
  static let terms = ["realProbability", "fakeProbability", "gradientPenalty"]
  private static let losses = ["discriminatorLoss", "generatorLoss"]

  /// Takes in a value of a step; of losses the magnitude.
  mutating func note(_ name: String, _ value: Double) {
    let isLoss = Self.losses.contains(name)
    guard isLoss || Self.terms.contains(name) else { return }
    let before = sums[name] ?? (0, 0)
    sums[name] = (before.sum + (isLoss ? value.magnitude : value), before.count + 1)
  }

  /// The mean of a term, or of a loss's magnitude.
  subscript(name: String) -> Double? { sums[name].map { $0.sum / Double($0.count) } }

  /// The mean magnitudes of both losses.
  var sizes: (discriminator: Double, generator: Double)? {
    guard let discriminator = self["discriminatorLoss"], let generator = self["generatorLoss"]
    else { return nil }
    return (discriminator, generator)
  }
}
