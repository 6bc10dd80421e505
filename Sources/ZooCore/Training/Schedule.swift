/// A setting that may change over a run: one number, or points with the values from there on.
///
/// The value is a pure function of where the run is, so a run that goes on later has the same
/// numbers. Before the first point and after the last one their values hold.
public struct Schedule: Equatable, Sendable {
  /// A place in the run, and the value there.
  public struct Point: Equatable, Sendable {
    /// Where, in the schedule's unit.
    public let place: Double
    /// What holds there.
    public let value: Double
  }

  /// How the value goes from one point to the next.
  public enum Between: String, CaseIterable, Sendable {
    /// It stays until the next point.
    case hold
    /// On a straight line.
    case linear
    /// Along half a cosine: Loshchilov & Hutter 2017, arXiv:1608.03983, equation 5.
    case cosine
  }

  /// What places are measured in.
  public enum Unit: String, CaseIterable, Sendable {
    /// Steps done.
    case steps
    /// How often the data were seen.
    case epochs
    /// Real samples seen.
    case images
    /// The share of the run's steps that is done, 0...1.
    case run
  }

  /// The points, at places that increase; a single one for a number.
  public let points: [Point]
  /// How the value goes from one point to the next.
  public let between: Between
  /// What places are measured in.
  public let unit: Unit

  /// One number throughout.
  public init(_ value: Double) {
    points = [Point(place: 0, value: value)]
    (between, unit) = (.linear, .steps)
  }

  /// A value at each of some places, which increase.
  public init(_ points: [(Double, Double)], between: Between = .linear, in unit: Unit = .steps) {
    let places = points.map(\.0)
    require(
      !places.isEmpty && zip(places, places.dropFirst()).allSatisfy { $0 < $1 },
      "a schedule needs places that increase, found \(places)")
    // Of one point nothing is left but its value.
    let isConstant = points.count == 1
    self.points = points.map { Point(place: isConstant ? 0 : $0.0, value: $0.1) }
    self.between = isConstant ? .linear : between
    self.unit = isConstant ? .steps : unit
  }

  /// Whether it is one number throughout.
  public var isConstant: Bool { points.count == 1 }

  /// The value at a place in a run.
  public func value(at position: RunPosition) -> Double {
    if isConstant { return points[0].value }
    let place = position.place(in: unit)
    guard let next = points.firstIndex(where: { $0.place > place }) else {
      return points[points.count - 1].value
    }
    guard next > 0 else { return points[0].value }
    let (a, b) = (points[next - 1], points[next])
    let share = (place - a.place) / (b.place - a.place)
    return switch between {
    case .hold: a.value
    case .linear: a.value + (b.value - a.value) * share
    case .cosine: a.value + (b.value - a.value) * (1 - UnaryFunction.cosine(.pi * share)) / 2
    }
  }

  /// The value at a place in a run, rounded to a whole number.
  public func wholeNumber(at position: RunPosition) -> Int {
    Int(value(at: position).rounded())
  }

  /// The smallest and the largest value that it ever has.
  public var bounds: ClosedRange<Double> {
    let values = points.map(\.value)
    return values.reduce(values[0], min)...values.reduce(values[0], max)
  }

  /// The largest value that it ever has, as a whole number.
  public var largest: Int { Int(bounds.upperBound.rounded()) }

  /// The smallest value that it ever has, as a whole number.
  public var smallest: Int { Int(bounds.lowerBound.rounded()) }
}

extension RunPosition {
  /// The place in a schedule's unit.
  fileprivate func place(in unit: Schedule.Unit) -> Double {
    switch unit {
    case .steps: return Double(step)
    case .images: return Double(samplesSeen)
    case .epochs:
      guard let samplesPerEpoch else { fatalError("a schedule in epochs without a dataset") }
      return Double(samplesSeen) / Double(samplesPerEpoch)
    case .run:
      guard let steps else { fatalError("a schedule over a run whose length nobody knows") }
      return Double(step) / Double(steps)
    }
  }
}

extension Schedule: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, Defaulted {
  /// Zero throughout.
  public init() { self.init(0) }
  /// One number throughout.
  public init(floatLiteral value: Double) { self.init(value) }
  /// One number throughout.
  public init(integerLiteral value: Int) { self.init(Double(value)) }
}

// MARK: - In words

extension Schedule: CustomStringConvertible {
  /// For people: `64`, or `0.0002 at 0 %, 0 at 100 % of the run, linear between`.
  public var description: String {
    func number(_ value: Double) -> String { JSONValue.number(value).compact() }
    if isConstant { return number(points[0].value) }
    let list = points.map { point in
      let place = unit == .run ? "\(number(100 * point.place)) %" : number(point.place)
      return "\(number(point.value)) at \(place)"
    }
    let measure = unit == .run ? "of the run" : unit.rawValue
    let way =
      switch between {
      case .hold: "held"
      case .linear: "linear"
      case .cosine: "along a cosine"
      }
    return "\(list.joined(separator: ", ")) \(measure), \(way) between"
  }

  /// The values in short, as whole numbers: `64`, or `16 to 64`.
  public var span: String {
    smallest == largest ? "\(largest)" : "\(smallest) to \(largest)"
  }
}
