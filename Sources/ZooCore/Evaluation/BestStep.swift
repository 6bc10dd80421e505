/// The best of the steps that were evaluated so far.
package struct BestStep {
  /// By which figure.
  let metric: BestMetric
  /// The step; nil while there is none.
  package private(set) var step: Int?
  private var figures: [Double?] = []

  /// No step yet.
  package init(by metric: BestMetric) { self.metric = metric }

  /// Takes in a step, and says whether it is the best so far.
  ///
  /// A step whose figure is missing or not finite is never the best, and of equal ones the first is.
  ///
  /// - Parameter value: The value of a figure.
  package mutating func consider(_ step: Int, _ value: (String) -> Double?) -> Bool {
    let found = metric.keys.map { value($0.key) }
    guard found.first??.isFinite == true, self.step == nil || isBetter(found) else { return false }
    (self.step, figures) = (step, found)
    return true
  }

  private func isBetter(_ found: [Double?]) -> Bool {
    for ((_, sense), (new, old)) in zip(metric.keys, zip(found, figures)) {
      guard let new, let old, new.isFinite, new != old else { continue }
      return sense == .lower ? new < old : new > old
    }
    return false
  }
}
