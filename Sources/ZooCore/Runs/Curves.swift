/// One or several neighbouring points of a series, as a curve shows them.
public struct CurvePoint: Sendable, Equatable {
  /// The last step.
  public let step: Int
  /// The least finite value; nil if there is none.
  public let low: Double?
  /// The greatest finite value; nil if there is none.
  public let high: Double?
  /// The mean of the finite values; nil if there is none.
  public let mean: Double?
  /// How many values are NaN or infinite.
  public let nonFinite: Int

  /// What neighbouring points, at least one, have in common.
  init(_ points: ArraySlice<LoggedMetrics.Point>) {
    step = points[points.endIndex - 1].step
    let finite = points.map(\.value).filter(\.isFinite)
    low = finite.min()
    high = finite.max()
    // Dividing first keeps sums of the largest numbers finite.
    mean = finite.isEmpty ? nil : finite.reduce(0) { $0 + $1 / Double(finite.count) }
    nonFinite = points.count - finite.count
  }
}

extension LoggedMetrics.Series {
  /// The series in at most `limit` points, each with the least and the greatest value it stands for.
  public func reduced(to limit: Int = 500) -> [CurvePoint] {
    require(limit > 0, "a curve needs at least one point, got a limit of \(limit)")
    let count = min(limit, points.count)
    return (0..<count).map { index in
      CurvePoint(points[index * points.count / count..<(index + 1) * points.count / count])
    }
  }

  /// The values that are numbers.
  var finiteValues: [Double] { points.map(\.value).filter(\.isFinite) }

  /// The name in words: `discriminatorLoss` is `discriminator loss`.
  public var title: String {
    name.reduce(into: "") { words, letter in
      words += letter.isUppercase && words.last?.isLowercase == true ? " " : ""
      words += words.last == " " ? letter.lowercased() : String(letter)
    }
  }
}

/// Round numbers along an axis.
enum Ticks {
  /// About `count` multiples of 1, 2 or 5 times a power of ten within an interval.
  static func linear(_ low: Double, _ high: Double, count: Int) -> [Double] {
    let rough = (high - low) / Double(max(count, 1))
    guard rough.isFinite, rough > 0 else { return [] }
    let power = power(of: rough)
    let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough } ?? 10 * power
    let (first, last) = ((low / step).rounded(.up), (high / step).rounded(.down))
    // An interval that is tiny beside its numbers has no round ones.
    guard last - first <= Double(2 * count + 2), last >= first else { return [] }
    return (0...Int(last - first)).map { (first + Double($0)) * step }
  }

  /// The greatest power of ten that is not above x.
  private static func power(of x: Double) -> Double {
    var power = 1.0
    while power > x, power > 1e-300 { power /= 10 }
    while power * 10 <= x { power *= 10 }
    return power
  }

  /// The number for an axis: `0.25`, `20k`, `1.5M`.
  static func label(_ value: Double) -> String {
    for (unit, name) in [(1e6, "M"), (1e3, "k")]
    where value.magnitude >= 10 * unit || (unit == 1e6 && value.magnitude >= unit) {
      guard value.magnitude < 1e9 else { break }
      return Text.figure(value / unit, digits: 5) + name
    }
    return Text.figure(value, digits: 5)
  }
}
