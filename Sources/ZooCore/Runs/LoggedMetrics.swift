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
  public init(reading path: String) throws(ZooError) {
    var places: [String: Int] = [:]
    var unreadable: [Int] = []
    var rest: [UInt8] = []
    var lineNumber = 0
    try Files.forEachChunk(of: path) { chunk, _ in
      var start = 0
      // What is left of the chunk before has no line break.
      var search = rest.count
      rest += chunk
      while let end = rest[search...].firstIndex(of: UInt8(ascii: "\n")) {
        lineNumber += 1
        if !add(rest[start..<end], &places) { unreadable.append(lineNumber) }
        start = end + 1
        search = start
      }
      rest.removeFirst(start)
    }
    let name = Files.split(path).name
    if let first = unreadable.first {
      let lines = unreadable.count == 1 ? "line" : "\(unreadable.count) lines, first"
      notes.append("\(name): \(lines) \(first) could not be read")
    }
    if !rest.isEmpty, !add(rest[...], &places) {
      notes.append("\(name): the last line is torn and was left out")
    }
  }

  /// The numbers under a name.
  public subscript(name: String) -> Series? {
    series.first { $0.name == name }
  }

  /// The last step of any series.
  public var lastStep: Int? {
    series.compactMap { $0.points.last?.step }.max()
  }

  /// Takes in one line; false if it is no object with a step.
  private mutating func add(_ line: ArraySlice<UInt8>, _ places: inout [String: Int]) -> Bool {
    if line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }) { return true }
    var parser = JSONParser(Array(line))
    guard let members = try? parser.document().object,
      let step = members.first(where: { $0.key == "step" })?.value.int, step >= 0
    else { return false }
    for member in members where member.key != "step" {
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
    return true
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
