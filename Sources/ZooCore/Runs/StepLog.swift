/// A log beside `metrics.jsonl` with one JSON object a line, each about a step.
///
/// `sentinel.jsonl` has the sentinel's looks, `evaluations.jsonl` what evaluations found; both are
/// made when there is something to write.
struct StepLog {
  /// The lines so far, in the order of the file.
  private(set) var entries: [JSONValue] = []
  private let path: String
  private var file: LogFile?

  static let sentinel = "sentinel.jsonl"
  static let evaluations = "evaluations.jsonl"

  /// Opens a log; lines of steps after `step`, and lines that cannot be read, are cut out.
  init(_ path: String, upTo step: Int) throws(ZooError) {
    self.path = path
    guard Files.exists(path) else { return }
    let bytes = try Files.read(path)
    var kept: [UInt8] = []
    for (line, entry) in Self.lines(bytes) where (entry["step"]?.int ?? .max) <= step {
      kept += line + [UInt8(ascii: "\n")]
      entries.append(entry)
    }
    if kept != bytes { try Files.write(kept, to: path) }
  }

  /// The entries of a log, torn or damaged lines left out; none if there is no such file.
  static func read(_ path: String) throws(ZooError) -> [JSONValue] {
    guard Files.exists(path) else { return [] }
    return lines(try Files.read(path, limit: 256 << 20, kind: .data)).map(\.entry)
  }

  private static func lines(_ bytes: [UInt8]) -> [(line: ArraySlice<UInt8>, entry: JSONValue)] {
    bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
      var parser = JSONParser(Array(line))
      guard let entry = try? parser.document(), entry.object != nil else { return nil }
      return (line, entry)
    }
  }

  mutating func write(_ entry: JSONValue) throws(ZooError) {
    let file = if let file { file } else { try LogFile(appendingTo: path) }
    self.file = file
    try file.write(line: entry.compact())
    entries.append(entry)
  }

  /// Forces the log to the disk, before a checkpoint that counts on it.
  func synchronize() throws(ZooError) { try file?.synchronize() }
}
