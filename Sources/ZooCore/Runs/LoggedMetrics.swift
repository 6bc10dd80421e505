/// What a run logged: the numbers of `metrics.jsonl`, one series for each name.
public struct LoggedMetrics: Sendable {
  /// The numbers under one name, by rising step.
  public struct Series: Sendable, Equatable {
    /// The name in the log.
    public let name: String
    /// The numbers; NaN and infinities are among them.
    public internal(set) var points: [Point]
  }

  /// A logged number.
  public struct Point: Sendable, Equatable {
    /// The step, not negative.
    public let step: Int
    /// The number; NaN where the log says null.
    public let value: Double

    /// A number at a step.
    public init(step: Int, value: Double) {
      self.step = step
      self.value = value
    }
  }

  /// The series in the order of their first appearance.
  public private(set) var series: [Series] = []
  /// What in the file could not be used, in words.
  public private(set) var notes: [String] = []

  /// Nothing logged.
  public init() {}

  /// Reads a log; one that a crash left behind may end in a torn line.
  ///
  /// - Parameter step: Lines of steps up to this one are passed by; nil for none.
  public init(reading path: String, after step: Int? = nil) throws(ZooError) {
    var (found, places) = (LoggedMetrics(), [String: Int]())
    let unreadable = try StepLines.forEach(of: path) { entry in
      if entry.step > step ?? -1 { found.add(entry, &places) }
    }
    self = found
    notes += Self.notes(of: unreadable, in: path)
  }

  /// What is to be said of lines that cannot be read.
  static func notes(of unreadable: StepLines.Unreadable, in path: String) -> [String] {
    unreadable.problems.map { "\(Files.split(path).name): \($0)" }
  }

  /// The numbers under a name.
  public subscript(name: String) -> Series? {
    series.first { $0.name == name }
  }

  /// The last step of any series.
  public var lastStep: Int? {
    series.compactMap { $0.points.last?.step }.max()
  }

  /// Takes in one line.
  private mutating func add(_ entry: StepLines.Entry, _ places: inout [String: Int]) {
    let step = entry.step
    for member in entry.json.object ?? [] where member.key != "step" {
      guard let value = Self.number(member.value) else { continue }
      if places[member.key] == nil {
        places[member.key] = series.count
        series.append(Series(name: member.key, points: []))
      }
      guard let place = places[member.key] else { continue }
      // A run that went back to a checkpoint logs steps again: the later word counts.
      while let last = series[place].points.last, last.step >= step {
        series[place].points.removeLast()
      }
      series[place].points.append(Point(step: step, value: value))
    }
  }

  /// A number; JSON has no NaN, so null and the usual words stand for what is not finite.
  private static func number(_ json: JSONValue) -> Double? {
    if json.isNull { return .nan }
    if let number = json.double { return number }
    switch json.string?.lowercased() {
    case "nan": return .nan
    case "inf", "infinity": return .infinity
    case "-inf", "-infinity": return -.infinity
    default: return nil
    }
  }
}
