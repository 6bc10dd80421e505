/// Everything that a report tells of a run, read from the run's folder.
///
/// A file that is missing or damaged leaves a note instead of stopping the report.
struct RunRecord: Sendable {
  let path: String
  let config: JSONValue
  let manifest: JSONValue
  let metrics: LoggedMetrics
  let frames: SampleFrames
  /// The last lines of the log.
  let log: [String]
  /// The lines of the whole log that tell of something wrong; of many the first and the last.
  private let marked: [String]
  let evaluation: ReportEvaluation
  let sentinel: ReportSentinel
  /// What could not be read.
  private(set) var notes: [String] = []

  private static let jsonLimit = 16 << 20
  private static let logLines = 200
  private static let mostMarked = 20

  init(_ path: String) throws(ZooError) {
    let files = ["config.json", "metrics.jsonl"].map { Files.join(path, $0) }
    guard Files.isDirectory(path), files.contains(where: Files.exists) else {
      throw RunDirectory.missing(at: path)
    }
    self.path = path
    var notes: [String] = []
    func attempt<Value>(
      _ name: String, otherwise fallback: Value, _ read: (String) throws(ZooError) -> Value
    ) -> Value {
      let file = Files.join(path, name)
      do throws(ZooError) { return try read(file) } catch {
        notes.append("\(name): \(error.findings[0].problem)")
        return fallback
      }
    }
    func json(_ name: String) -> JSONValue {
      attempt(name, otherwise: .object([])) { file throws(ZooError) in
        let bytes = try Files.read(file, limit: Self.jsonLimit, kind: .data)
        return try JSONDocument(parsing: bytes, name: file, kind: .data).root
      }
    }
    config = json("config.json")
    manifest = json("manifest.json")
    metrics = attempt("metrics.jsonl", otherwise: LoggedMetrics()) { file throws(ZooError) in
      try LoggedMetrics(reading: file)
    }
    frames = attempt("samples", otherwise: SampleFrames()) { _ throws(ZooError) in
      try SampleFrames(run: path)
    }
    func entries(_ name: String) -> [JSONValue] {
      let log = attempt(name, otherwise: (entries: [], unreadable: .init())) {
        file throws(ZooError) in try StepLog.read(file)
      }
      notes += LoggedMetrics.notes(of: log.unreadable, in: name)
      return log.entries
    }
    evaluation = ReportEvaluation(
      entries(StepLog.evaluations),
      best: CheckpointFolder(Files.join(path, "checkpoints")).bestStep)
    sentinel = ReportSentinel(entries(StepLog.sentinel))
    // Not every run has a log.
    (log, marked) =
      Files.exists(Files.join(path, "log.txt"))
      ? attempt("log.txt", otherwise: ([], [])) { file throws(ZooError) in
        try Self.lines(of: file)
      } : ([], [])
    self.notes = notes + metrics.notes
  }

  /// The last lines of a log, and those of all that tell of something wrong.
  private static func lines(
    of path: String
  ) throws(ZooError) -> (last: [String], marked: [String]) {
    var (last, first, later): ([String], [String], [String]) = ([], [], [])
    var between = 0
    try LogLines.forEach(of: path) { bytes, _ in
      guard let bytes, !bytes.isEmpty else { return }
      let text = String(decoding: bytes.prefix(2000), as: UTF8.self)
      let line = text.count > 400 ? text.prefix(400) + "…" : text
      last.append(line)
      if last.count > 2 * logLines { last.removeFirst(logLines) }
      guard line.contains("warning:") || line.contains("error:") else { return }
      guard first.count >= mostMarked / 2 else { return first.append(line) }
      later.append(line)
      guard later.count > mostMarked / 2 else { return }
      later.removeFirst()
      between += 1
    }
    let gap = between > 0 ? ["… and \(grouped(between)) more in log.txt …"] : []
    return (last.suffix(logLines), first + gap + later)
  }
}

// MARK: - In words

extension RunRecord {
  /// The folder's name.
  var name: String { Files.split(path).name }

  /// The variant and the dataset.
  var title: String {
    let variant = manifest["variant"]?.string ?? config["variant"]?.string
    return [variant, datasetName].compactMap { $0 }.joined(separator: " on ")
  }

  var datasetName: String? {
    manifest["dataset"]?["name"]?.string ?? config["data"]?["dataset"]?.string
  }

  /// How many steps the config asks for.
  var plannedSteps: Int? { config["training"]?["steps"]?.int }

  /// Seconds of training; a run that was resumed starts to count again.
  var seconds: Double? {
    guard let times = metrics["seconds"]?.finiteValues, let last = times.last else { return nil }
    return zip(times, times.dropFirst()).reduce(last) { $1.1 < $1.0 ? $0 + $1.0 : $0 }
  }

  /// Images per second: the middle one of the logged rates.
  var rate: String? {
    let rates = metrics["imagesPerSecond"]?.finiteValues.sorted() ?? []
    guard !rates.isEmpty else { return nil }
    let rate = rates[rates.count / 2]
    return (100..<1e15).contains(rate)
      ? Self.grouped(Int(rate.rounded())) : Text.formatted(rate, significantDigits: 2)
  }

  /// Whether there is something to go on from, or to draw samples with.
  var hasCheckpoints: Bool { Files.isDirectory(Files.join(path, "checkpoints")) }

  /// How many steps were done, and of how many if some are left.
  var steps: String {
    let steps = metrics.lastStep ?? 0
    guard let plan = plannedSteps, steps < plan else { return Self.grouped(steps) }
    return "\(Self.grouped(steps)) of \(Self.grouped(plan))"
  }

  /// How far the run came.
  var progress: String {
    let time = seconds.map { " in \(Text.duration(seconds: $0))" } ?? ""
    let isFinished = plannedSteps.map { (metrics.lastStep ?? 0) >= $0 } ?? false
    return "\(isFinished ? "Finished: " : "")\(steps) steps\(time)."
  }

  /// What the reader must not overlook.
  var warnings: [String] {
    var warnings: [String] = []
    // What was done to the data, once, however often it was said.
    let resumed = (manifest["resumed"]?.array ?? []).map { $0["notice"]?.string }
    var notices: [String] = []
    for case let notice? in [manifest["dataset"]?["notice"]?.string] + resumed
    where !notices.contains(notice) { notices.append(notice) }
    warnings += notices
    for series in metrics.series {
      let odd = series.points.filter { !$0.value.isFinite }
      guard let first = odd.first else { continue }
      let times = odd.count == 1 ? "once" : "\(Self.grouped(odd.count)) times, first"
      warnings.append("The \(series.title) was not finite \(times) at step \(first.step).")
    }
    warnings += notes
    return warnings
      + marked.filter { line in !notices.contains { line.contains($0.prefix(300)) } }
  }

  /// A whole number with thin spaces between thousands.
  static func grouped(_ number: Int) -> String {
    let digits = Array(String(number))
    return digits.indices.map { index in
      let left = digits.count - index
      let gap = index > 0 && left % 3 == 0 && digits[index - 1] != "-" ? "\u{202F}" : ""
      return gap + String(digits[index])
    }.joined()
  }
}
