/// All that a run needs to go on as if it had never stopped, in one directory.
///
/// `generator.safetensors`, `discriminator.safetensors` and `generator-average.safetensors` hold
/// weights and statistics with PyTorch's names and layouts, `objective.safetensors` what an objective
/// remembers, `optimizers.safetensors` what the optimizers do, `manifest.json` the counters, the
/// config and every file's size and SHA-256.
/// Random numbers and the order of the data need nothing: they are functions of seed and step.
public struct Checkpoint: Sendable {
  /// Generator steps done.
  public let step: Int
  /// The config of the run, every value written out.
  public let config: JSONValue
  /// What was trained on.
  public let dataset: DatasetIdentity
  private let samplesSeen: Int
  /// How often the run had gone back by then.
  let rollbacks: Int
  private let optimizerSteps: [String: [Int]]
  private let files: [String: Safetensors]

  /// The state of a trainer between two steps.
  ///
  /// - Throws: `ZooError` of kind `diverged` when a value is not finite: nothing bad is kept.
  public init(
    of trainer: Trainer, config: JSONValue, dataset: DatasetIdentity
  ) throws(ZooError) {
    step = trainer.step
    samplesSeen = trainer.samplesSeen
    rollbacks = trainer.rollbacks
    self.config = config
    self.dataset = dataset
    if let bad = trainer.contest.tensors.first(where: { !$0.tensor.isFinite }) {
      throw ZooError(
        .diverged, "training diverged at step \(step): \(bad.name) has values that are not finite",
        advice: "try a lower learning rate")
    }
    for (player, optimizer) in trainer.optimizers.sorted(by: { $0.key < $1.key }) {
      guard let bad = optimizer.memory.first(where: { !$0.values.isFinite }) else { continue }
      throw ZooError(
        .diverged,
        "training diverged at step \(step): what the \(player)'s optimizer remembers, \(bad.name), has values that are not finite",
        advice: "try a lower learning rate")
    }
    optimizerSteps = trainer.optimizers.mapValues(\.steps)
    var files: [String: Safetensors] = [:]
    for part in trainer.parts {
      files[part.file] = Safetensors(
        part.slots.map { slot in
          let values = slot.parameter.exported(slot.values)
          return .init(name: slot.name, shape: values.shape, values: values.floats)
        }, metadata: ["format": "pt", "step": "\(step)"])
    }
    self.files = files
  }

  /// Puts the trainer, of the same recipe, to where this checkpoint's was.
  ///
  /// - Throws: `ZooError` of kind `data` when a tensor is missing, left over or of another shape; the
  ///   trainer is then as it was.
  public func restore(_ trainer: Trainer) throws(ZooError) {
    var found: [[Tensor]] = []
    for part in trainer.parts {
      guard let file = files[part.file] else {
        throw Self.fault("\(part.file) is missing")
      }
      found.append(try part.slots.map { slot throws(ZooError) in try slot.read(file, part.file) })
      let names = Set(part.slots.map(\.name))
      if let left = file.entries.first(where: { !names.contains($0.name) }) {
        throw Self.fault("\(part.file) holds \"\(left.name)\", which this recipe does not have")
      }
    }
    let optimizers = trainer.optimizers
    for (player, optimizer) in optimizers {
      guard optimizerSteps[player]?.count == optimizer.steps.count else {
        throw Self.fault("the \(player)'s optimizer has \(optimizer.steps.count) parameters here")
      }
    }
    for (part, tensors) in zip(trainer.parts, found) { part.restore(tensors) }
    for (player, optimizer) in optimizers {
      // Their memory is back already.
      optimizer.restore(
        steps: optimizerSteps[player] ?? [], memory: optimizer.memory.map(\.values))
    }
    trainer.restore(step: step, samplesSeen: samplesSeen, rollbacks: rollbacks)
  }

  /// Puts only the generator back, for drawing.
  ///
  /// - Parameter average: Its moving average, where there is one.
  /// - Returns: Whether it is the moving average.
  func restoreGenerator(_ contest: Contest, average: Bool) throws(ZooError) -> Bool {
    let isAverage = average && files[Self.averageName] != nil
    let part = CheckpointPart(
      isAverage ? Self.averageName : Self.generatorName, contest.generatorStore)
    guard let file = files[part.file] else { throw Self.fault("\(part.file) is missing") }
    part.restore(try part.slots.map { slot throws(ZooError) in try slot.read(file, part.file) })
    return isAverage
  }

  /// What drawing needs of it, without files: as JSON, and the generator's values.
  ///
  /// - Parameter average: Those of its moving average.
  func forDrawing(average: Bool) throws(ZooError) -> (head: JSONValue, generator: Safetensors) {
    let file = average ? Self.averageName : Self.generatorName
    guard let generator = files[file] else { throw Self.fault("\(file) is missing") }
    let head: JSONValue = [
      "step": .number(step), "config": config, "dataset": dataset.written,
      "isAverage": .bool(average),
    ]
    return (head, generator)
  }

  /// One that came from elsewhere: enough for drawing, not for training.
  init(drawing head: JSONValue, generator: Safetensors) throws(ZooError) {
    guard let step = head["step"]?.int, let config = head["config"],
      let dataset = head["dataset"].flatMap(DatasetIdentity.init(written:)),
      let isAverage = head["isAverage"]?.bool
    else { throw ZooError(.failure, "a generator came that nobody understands") }
    (self.step, self.config, self.dataset) = (step, config, dataset)
    (samplesSeen, rollbacks, optimizerSteps) = (0, 0, [:])
    files = [isAverage ? Self.averageName : Self.generatorName: generator]
  }

  private static let generatorName = "generator.safetensors"
  private static let averageName = "generator-average.safetensors"

  static func fault(_ problem: String, at place: String? = nil) -> ZooError {
    ZooError(
      .data, problem, at: place,
      advice:
        "the checkpoint is damaged or of another recipe; `zoo resume` falls back to the one before"
    )
  }
}

// MARK: - On disk

extension Checkpoint {
  static let manifest = "manifest.json"
  // Far more than any manifest has, far less than would trouble a machine.
  private static let manifestLimit = 64 << 20

  /// Writes the checkpoint so that `path` either has all of it or does not exist.
  ///
  /// Everything goes to a hidden directory beside `path`, each file synced, the manifest last; then
  /// the directory is renamed and its parent synced.
  public func write(to path: String) throws(ZooError) {
    try Files.stage(path) { staged throws(ZooError) in
      var list: [JSONValue] = []
      for (name, file) in files.sorted(by: { $0.key < $1.key }) {
        let bytes = file.serialized()
        try Files.write(bytes, to: Files.join(staged, name))
        list.append([
          "name": .string(name), "bytes": .number(bytes.count),
          "sha256": .string(SHA256.hexDigest(of: bytes)),
        ])
      }
      let steps = optimizerSteps.sorted { $0.key < $1.key }
        .map { JSONValue.Member($0.key, .array($0.value.map { .number($0) })) }
      let members: [JSONValue.Member] = [
        .init("schema_version", 1), .init("step", .number(step)),
        .init("samplesSeen", .number(samplesSeen)), .init("rollbacks", .number(rollbacks)),
        .init("optimizerSteps", .object(steps)),
        .init("dataset", dataset.written),
        .init("config", config), .init("files", .array(list)),
      ]
      try Files.write(Self.sealed(members), to: Files.join(staged, Self.manifest))
    }
  }

  /// A manifest's bytes, the digest of all before it as the last member.
  private static func sealed(_ members: [JSONValue.Member]) -> [UInt8] {
    let digest = SHA256.hexDigest(of: Array(JSONValue.object(members).compact().utf8))
    let sealed = JSONValue.object(members + [.init("sha256", .string(digest))])
    return Array((sealed.compact() + "\n").utf8)
  }

  /// Samples taken from the data; earlier versions counted batches, which were all of one size.
  private static func samplesSeen(_ root: JSONValue) -> Int? {
    if let samples = root["samplesSeen"]?.int { return samples }
    let training = root["config"]?["training"]
    guard let batches = root["batchesSeen"]?.int,
      let size = (training?["discriminatorBatch"] ?? training?["batch"])?.int
    else { return nil }
    let (samples, overflow) = batches.multipliedReportingOverflow(by: size)
    return overflow ? nil : samples
  }

  /// Reads and checks the checkpoint in `path`: every size, every digest, every tensor.
  ///
  /// - Throws: `ZooError` of kind `data` when anything is not as it was written, `usage` when another
  ///   version of the program wrote it.
  public init(reading path: String) throws(ZooError) {
    let place = Files.join(path, Self.manifest)
    let bytes = try Files.read(place, limit: Self.manifestLimit, kind: .data)
    func damaged(_ what: String) -> ZooError { Self.fault(what, at: place) }
    let root: JSONValue
    do throws(ZooError) {
      root = try JSONDocument(parsing: bytes, name: place).root
    } catch {
      throw damaged("the manifest is not what was written: \(error.findings[0].problem)")
    }
    guard let members = root.object, members.last?.key == "sha256",
      bytes == Self.sealed(Array(members.dropLast()))
    else { throw damaged("the manifest is not what was written: its digest differs") }
    // Whole, but another program's: to take an older one in its place would throw it away.
    guard root["schema_version"]?.int == 1 else {
      throw ZooError(
        .usage, "expected schema_version 1, found \(root["schema_version"]?.compact() ?? "none")",
        at: place, advice: "use the version of zoo that wrote it")
    }
    guard let step = root["step"]?.int, let samplesSeen = Self.samplesSeen(root),
      let rollbacks = root["rollbacks"]?.int, (0...62).contains(rollbacks),
      // No run is longer.
      0...1_000_000_000 ~= step, 0...1 << 56 ~= samplesSeen,
      let dataset = root["dataset"].flatMap(DatasetIdentity.init(written:)),
      let config = root["config"],
      let steps = root["optimizerSteps"]?.object, let list = root["files"]?.array
    else { throw damaged("the manifest lacks a member") }
    self.step = step
    self.samplesSeen = samplesSeen
    self.rollbacks = rollbacks
    self.config = config
    self.dataset = dataset
    optimizerSteps = Dictionary(
      steps.map { player in
        (player.key, (player.value.array ?? []).compactMap(\.int).filter { 0...1 << 56 ~= $0 })
      }, uniquingKeysWith: { $1 })
    // All are opened before the first is read: what a process that trains removes meanwhile stays
    // readable.
    var opened: [(name: String, size: Int, digest: String, file: OpenFile)] = []
    for entry in list {
      guard let name = entry["name"]?.string, Files.split(name).name == name,
        let size = entry["bytes"]?.int, let digest = entry["sha256"]?.string
      else { throw damaged("the manifest's list of files makes no sense") }
      let file = try OpenFile(Files.join(path, name), limit: max(size, 0), kind: .data)
      opened.append((name, size, digest, file))
    }
    var files: [String: Safetensors] = [:]
    for (name, size, digest, file) in opened {
      let bytes = try file.bytes()
      let file = file.path
      guard bytes.count == size else {
        throw Self.fault(
          "the file is not what was written: it had \(size) bytes, here are \(bytes.count)",
          at: file)
      }
      guard SHA256.hexDigest(of: bytes) == digest else {
        throw Self.fault(
          "the file is not what was written: \(size) bytes as before, but another SHA-256",
          at: file)
      }
      files[name] = try Safetensors(parsing: bytes, name: file)
    }
    self.files = files
  }
}
