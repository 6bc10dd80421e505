/// The folder of one run: what was asked for, what happened, what came out.
///
/// `config.json` (resolved), `manifest.json`, `metrics.jsonl`, `samples/step-000500.png`,
/// `checkpoints/step-001000/`. While a run writes to it, it holds the lock in `lock`.
public struct RunDirectory: Sendable {
  /// Where the folder is.
  public let path: String
  private let lock: FileLock

  /// Makes a new folder with its first files at `path`, or, when nil, below `runs/`.
  ///
  /// - Throws: `ZooError` when the folder exists already, is in use, or cannot be made.
  public init(
    creating path: String?, name: String, files: KeyValuePairs<String, JSONValue>
  ) throws(ZooError) {
    if let path {
      try Self.refuse(path)
      let folder = Files.split(path).directory
      try Files.createDirectory(folder)
      self.path = path
      lock = try Self.make(path, files)
      if folder == Files.split(Self.latest).directory { linkLatest() }
      return
    }
    try Files.createDirectory("runs")
    while true {
      let unused = Self.unusedName(for: name)
      do throws(ZooError) {
        lock = try Self.make(unused, files)
        self.path = unused
        break
      } catch {
        // Another run may have drawn the same name in this very moment.
        guard Files.exists(unused) else { throw error }
      }
    }
    linkLatest()
  }

  private func linkLatest() {
    // A convenience: that `latest` is something else is no reason not to train.
    try? Files.link(Self.latest, to: Files.split(path).name)
  }

  /// The folder with its first files; it appears with its lock taken, so that whoever starts at the
  /// same time finds it in use.
  private static func make(
    _ path: String, _ files: KeyValuePairs<String, JSONValue>
  ) throws(ZooError) -> FileLock {
    var lock: FileLock?
    do throws(ZooError) {
      try Files.stage(path) { staged throws(ZooError) in
        lock = try FileLock(Files.join(staged, lockName))
        for name in [samplesName, checkpointsName] {
          try Files.createDirectory(Files.join(staged, name))
        }
        try Files.write([], to: Files.join(staged, metricsName))
        for (name, json) in files {
          try Files.write(json.pretty() + "\n", to: Files.join(staged, name))
        }
      }
    } catch {
      // Another run may have taken the name in this very moment.
      try refuse(path)
      throw error
    }
    guard let lock else { fatalError("a staged folder without its lock") }
    return lock
  }

  /// Opens the folder of a run that has stopped.
  ///
  /// - Throws: `ZooError` when there is no such run, or when a process is still at it.
  public init(opening path: String) throws(ZooError) {
    guard Files.exists(Files.join(path, Self.configName)) else { throw Self.missing(at: path) }
    self.path = path
    lock = try FileLock(Files.join(path, Self.lockName))
    try Files.removeLeftovers(in: path)
    for folder in [samples, checkpoints.path] { try Files.createDirectory(folder) }
    for folder in [samples, checkpoints.path] { try Files.removeLeftovers(in: folder) }
    try Files.synchronize(directory: path)
  }

  /// The error of a path that is no run's.
  static func missing(at path: String) -> ZooError {
    if isRun(path) {
      let last = (try? CheckpointFolder(Files.join(path, checkpointsName)).steps())?.last
      let checkpoint = last.map {
        CheckpointFolder(Files.join(path, checkpointsName)).path(step: $0)
      }
      return ZooError(
        .data, "the run has lost its \(configName)", at: path,
        advice: checkpoint.map {
          "it is \"config\" in \(Files.join($0, Checkpoint.manifest)): put it back; zoo sample "
            + "\(Shell.quoted($0)) needs none"
        } ?? "put it back, or start a new run")
    }
    return ZooError(
      .usage, "there is no run here", at: path,
      advice: path == latest
        ? "nothing was trained from this folder yet; zoo run CONFIG begins"
        : "name the folder of a run, which has a \(configName), or `latest`")
  }

  /// Whether a folder is a run's, be it one that has lost its config.
  static func isRun(_ path: String) -> Bool {
    [configName, checkpointsName, metricsName].contains { Files.exists(Files.join(path, $0)) }
  }

  /// The path that an operand means: `latest` is the run that was started last in this folder.
  ///
  /// The run's own name, since another one may be the latest when a message is read.
  public static func path(named operand: String) -> String {
    guard operand == "latest" else { return operand }
    return Files.target(ofLink: latest).map { Files.join(Files.split(latest).directory, $0) }
      ?? latest
  }

  private static let latest = "runs/latest"

  private static let lockName = "lock"
  private static let samplesName = "samples"
  private static let checkpointsName = "checkpoints"
  private static let metricsName = "metrics.jsonl"
  private static let configName = "config.json"

  /// Refuses to make a run where something is already.
  package static func refuse(_ path: String) throws(ZooError) {
    guard Files.exists(path) else { return }
    if Files.exists(Files.join(path, lockName)) {
      _ = try FileLock(Files.join(path, lockName))
    }
    let isRun = Files.exists(Files.join(path, configName))
    throw ZooError(
      .usage, "the folder exists already; a run never overwrites another",
      at: Text.printable(path),
      advice: isRun
        ? "continue it with zoo resume \(Shell.quoted(path)), or choose another --out"
        : "choose another --out, or remove the folder")
  }

  /// A name that nobody has: of runs that start in one second, each gets a tag of its own.
  private static func unusedName(for name: String) -> String {
    while true {
      let tag = hexadecimal(UInt16.random(in: 0...UInt16.max))
      let path = Files.join("runs", "\(UTC.stamp(UTC.now()))-\(name)-\(tag)")
      if !Files.exists(path) { return path }
    }
  }

  private static func hexadecimal(_ value: UInt16) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 4 - digits.count) + digits
  }

  private var samples: String { Files.join(path, Self.samplesName) }
  /// The config, every value written out.
  public var config: String { Files.join(path, Self.configName) }
  /// One JSON object for each logged step.
  public var metrics: String { Files.join(path, Self.metricsName) }
  /// One JSON object for each look of the sentinel.
  public var looks: String { Files.join(path, StepLog.sentinel) }
  /// One JSON object for each evaluation, on the way or by `zoo eval`.
  public var evaluations: String { Files.join(path, StepLog.evaluations) }
  /// All that is needed to go on.
  public var checkpoints: CheckpointFolder {
    CheckpointFolder(Files.join(path, Self.checkpointsName))
  }

  /// Where the picture of a step goes.
  ///
  /// - Parameter sheet: The name of a picture that the objective adds; nil for the samples.
  public func sample(step: Int, sheet: String? = nil) -> String {
    let name = CheckpointFolder.name(of: step)
    return Files.join(samples, "\(sheet.map { "\(name)-\($0)" } ?? name).png")
  }

  /// Takes away checkpoints and pictures that are later than a step.
  func removeAll(after step: Int) throws(ZooError) {
    try checkpoints.removeAll(after: step)
    for name in try Files.list(samples) {
      // Sheets have a name behind the step's.
      let isSheet = name.count { $0 == "-" } > 1
      let picture = isSheet ? name.split(separator: "-").prefix(2).joined(separator: "-") : name
      guard let later = CheckpointFolder.step(of: picture), later > step else { continue }
      try Files.remove(Files.join(samples, name))
    }
  }

  /// Writes one of the run's JSON files.
  public func write(_ json: JSONValue, as name: String) throws(ZooError) {
    try Files.write(json.pretty() + "\n", to: Files.join(path, name))
  }
}
