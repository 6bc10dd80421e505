/// `metrics.jsonl`: one JSON object for each logged step.
struct MetricsLog {
  private let file: LogFile
  /// Seconds of training that the log's last line tells of.
  let seconds: Double

  /// What was taken out of the log when it was opened.
  let cut: LogCut

  /// Opens the log; lines of steps after `step`, and lines that cannot be read, are cut out.
  init(_ path: String, upTo step: Int) throws(ZooError) {
    var last = 0.0
    cut = try LogCut(path, after: step) { last = $0.json["seconds"]?.double ?? last }
    seconds = last
    file = try LogFile(appendingLinesTo: path)
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
