/// `metrics.jsonl`: one JSON object for each logged step.
struct MetricsLog {
  private let file: LogFile
  /// Seconds of training that the log's last line tells of.
  let seconds: Double

  /// Opens the log behind its last line of a step up to `step`; later and torn lines are cut off.
  init(_ path: String, upTo step: Int) throws(ZooError) {
    seconds = try Self.cut(path, after: step)
    file = try LogFile(appendingTo: path)
  }

  private static func cut(_ path: String, after step: Int) throws(ZooError) -> Double {
    guard Files.exists(path) else { return 0 }
    let bytes = try Files.read(path)
    var (kept, seconds) = (0, 0.0)
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      guard line.endIndex < bytes.count,
        let json = try? JSONDocument(parsing: Array(line), name: path).root,
        let number = json["step"]?.int, number <= step
      else { break }
      kept = line.endIndex + 1
      seconds = json["seconds"]?.double ?? seconds
    }
    if kept < bytes.count { try Files.write(Array(bytes[..<kept]), to: path) }
    return seconds
  }

  func write(
    _ report: StepReport, imagesPerSecond: Double, seconds: Double
  ) throws(ZooError) {
    var members: [JSONValue.Member] = [.init("step", .number(report.step))]
    members += report.scalars.map { .init($0.tag, .number($0.value)) }
    // Timings with the digits that mean something.
    members.append(.init("imagesPerSecond", .number((imagesPerSecond * 100).rounded() / 100)))
    members.append(.init("seconds", .number((seconds * 1000).rounded() / 1000)))
    try file.write(line: JSONValue.object(members).compact())
  }

  /// Forces the log to the disk, before a checkpoint that counts on it.
  func synchronize() throws(ZooError) { try file.synchronize() }
}
