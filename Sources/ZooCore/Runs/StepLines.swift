/// The lines of a log that has one JSON object a line, each about a step.
///
/// Whoever reads such a log or cuts it goes through here, so that all see the same lines.
enum StepLines {
  /// A line that can be read.
  struct Entry {
    /// The step that it tells of, not negative.
    let step: Int
    let json: JSONValue
    /// The line as it is in the file.
    let bytes: ArraySlice<UInt8>
  }

  /// Lines that cannot be read: they are no JSON objects, or tell of no step.
  struct Unreadable: Equatable {
    /// How many, a torn one left out.
    private(set) var count = 0
    /// The number of the first of these, from 1.
    private(set) var first = 0
    /// Whether the last line has no end, as a crash leaves it.
    private(set) var isTorn = false

    fileprivate mutating func note(line: Int, isEnded: Bool) {
      guard isEnded else {
        isTorn = true
        return
      }
      count += 1
      if count == 1 { first = line }
    }

    /// What is wrong, in words; empty if nothing is.
    var problems: [String] {
      let lines =
        switch count {
        case 0: [String]()
        case 1: ["line \(first) could not be read"]
        default: ["\(count) lines could not be read, the first is line \(first)"]
        }
      return lines + (isTorn ? ["the last line is torn"] : [])
    }
  }

  /// Hands over the lines of a log that can be read, in the order of the file.
  static func forEach(
    of path: String, kind: ZooError.Kind = .io, _ body: (Entry) throws(ZooError) -> Void
  ) throws(ZooError) -> Unreadable {
    var unreadable = Unreadable()
    var number = 0
    try LogLines.forEach(of: path, kind: kind) { line, isEnded throws(ZooError) in
      number += 1
      if let line, line.allSatisfy(isBlank) { return }
      guard let line, let entry = entry(line) else {
        return unreadable.note(line: number, isEnded: isEnded)
      }
      try body(entry)
    }
    return unreadable
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\r")
  }

  private static func entry(_ line: ArraySlice<UInt8>) -> Entry? {
    var parser = JSONParser(Array(line))
    guard let json = try? parser.document(), json.object != nil, let step = json["step"]?.int,
      step >= 0
    else { return nil }
    return Entry(step: step, json: json, bytes: line)
  }
}
