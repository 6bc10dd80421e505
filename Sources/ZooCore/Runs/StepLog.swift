/// A log beside `metrics.jsonl` with one JSON object a line, each about a step.
///
/// `sentinel.jsonl` has the sentinel's looks, `evaluations.jsonl` what evaluations found; both are
/// made when there is something to write.
struct StepLog {
  /// The lines so far, in the order of the file.
  private(set) var entries: [JSONValue] = []
  /// What was taken out of the log when it was opened.
  let cut: LogCut
  private let path: String
  private var file: LogFile?

  static let sentinel = "sentinel.jsonl"
  static let evaluations = "evaluations.jsonl"

  /// Opens a log; lines of steps after `step`, and lines that cannot be read, are cut out.
  init(_ path: String, upTo step: Int) throws(ZooError) {
    self.path = path
    var entries: [JSONValue] = []
    cut = try LogCut(path, after: step) { entries.append($0.json) }
    self.entries = entries
  }

  /// The entries of a log, and which lines could not be read; none if there is no such file.
  static func read(
    _ path: String
  ) throws(ZooError) -> (entries: [JSONValue], unreadable: StepLines.Unreadable) {
    guard Files.exists(path) else { return ([], .init()) }
    var entries: [JSONValue] = []
    let unreadable = try StepLines.forEach(of: path, kind: .data) { entries.append($0.json) }
    return (entries, unreadable)
  }

  mutating func write(_ entry: JSONValue) throws(ZooError) {
    let file = if let file { file } else { try LogFile(appendingLinesTo: path) }
    self.file = file
    try file.write(line: entry.compact())
    entries.append(entry)
  }

  /// Forces the log to the disk, before a checkpoint that counts on it.
  func synchronize() throws(ZooError) { try file?.synchronize() }
}
