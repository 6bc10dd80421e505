import ZooCore

/// A curve of one line of text: `▁▃▅▇`.
package struct Sparkline {
  private static let bars = Array("▁▂▃▄▅▆▇█")
  private let width: Int
  /// Means of `span` values each; the last may have seen fewer.
  private var means: [Double] = []
  private var span = 1
  private var inLast = 0

  /// A curve of at most so many characters.
  package init(width: Int) {
    require(width >= 2 && width.isMultiple(of: 2), "a width of \(width) cannot be halved")
    self.width = width
  }

  /// Adds a value; one that is not finite leaves no mark.
  package mutating func append(_ value: Double) {
    guard value.isFinite else { return }
    if inLast == span || means.isEmpty {
      if means.count == width {
        // The whole run stays in sight: two bars become one.
        means = stride(from: 0, to: width, by: 2).map { (means[$0] + means[$0 + 1]) / 2 }
        span *= 2
      }
      means.append(0)
      inLast = 0
    }
    inLast += 1
    means[means.count - 1] += (value - means[means.count - 1]) / Double(inLast)
  }

  /// The curve so far.
  package var text: String {
    guard let low = means.min(), let high = means.max() else { return "" }
    // A difference of two finite numbers may not be finite.
    let range = high - low
    return String(
      means.map { mean in
        guard range > 0, range.isFinite else { return Self.bars[0] }
        return Self.bars[min(7, Int((mean - low) / range * 8))]
      })
  }
}
