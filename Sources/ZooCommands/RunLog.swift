import ZooCore

/// `log.txt`: what was said of a run, and when.
struct RunLog {
  private let file: LogFile?

  init(in directory: RunDirectory) {
    // What matters is in the metrics and checkpoints: without its log a run goes on.
    file = try? LogFile(appendingLinesTo: Files.join(directory.path, "log.txt"))
  }

  func write(warning: ZooError) { write(warning.text(as: .warning, coloured: false)) }

  func write(_ text: String) {
    let time = UTC.iso8601(UTC.now())
    for line in text.split(whereSeparator: \.isNewline) {
      try? file?.write(line: "\(time) \(line)")
    }
  }
}
