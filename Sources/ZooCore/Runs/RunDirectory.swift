/// The folder of one run: what was asked for, what happened, what came out.
///
/// `config.json` (resolved), `manifest.json`, `metrics.jsonl`, `samples/step-000500.png`,
/// `weights/`.
public struct RunDirectory: Sendable {
  /// Where the folder is.
  public let path: String

  /// Makes a new folder with its first files at `path`, or, when nil, below `runs/`.
  ///
  /// - Throws: `ZooError` when the folder exists already or cannot be made.
  public init(
    creating path: String?, name: String, files: KeyValuePairs<String, JSONValue>
  ) throws(ZooError) {
    if let path {
      if Files.exists(path) {
        throw ZooError(
          .usage, "the folder exists already; a run never overwrites another", at: path,
          advice: "choose another --out, or remove the folder")
      }
      let parent = Files.split(path).directory
      try Files.createDirectory(parent)
      try Files.createNewDirectory(path)
      self.path = path
    } else {
      let tag = Self.hexadecimal(UInt16.random(in: 0...UInt16.max))
      let folder = "\(UTC.stamp(UTC.now()))-\(name)-\(tag)"
      try Files.createDirectory("runs")
      self.path = Files.join("runs", folder)
      try Files.createNewDirectory(self.path)
    }
    do throws(ZooError) {
      try Files.createDirectory(samples)
      for (name, json) in files { try write(json, as: name) }
    } catch {
      // A run that could not begin leaves nothing behind.
      try? Files.remove(self.path)
      throw error
    }
    if path == nil {
      // A convenience: that `latest` is something else is no reason not to train.
      try? Files.link("runs/latest", to: Files.split(self.path).name)
    }
  }

  private static func hexadecimal(_ value: UInt16) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 4 - digits.count) + digits
  }

  private var samples: String { Files.join(path, "samples") }
  /// One JSON object for each logged step.
  public var metrics: String { Files.join(path, "metrics.jsonl") }

  /// Where the picture of a step goes.
  public func sample(step: Int) -> String {
    let digits = String(step)
    let padded = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    return Files.join(samples, "step-\(padded).png")
  }

  /// Writes one of the run's JSON files.
  public func write(_ json: JSONValue, as name: String) throws(ZooError) {
    try Files.write(json.pretty() + "\n", to: Files.join(path, name))
  }

  /// Writes the players' weights with PyTorch's names and layouts, and returns their folder.
  public func writeWeights(of trainer: Trainer) throws(ZooError) -> String {
    let folder = Files.join(path, "weights")
    try Files.createDirectory(folder)
    func write(_ store: ParameterStore, as name: String) throws(ZooError) {
      let entries = (store.parameters + store.buffers).map { parameter in
        let values = parameter.exported
        return Safetensors.Entry(name: parameter.name, shape: values.shape, values: values.floats)
      }
      let file = Safetensors(entries, metadata: ["format": "pt", "step": "\(trainer.step)"])
      try Files.write(file.serialized(), to: Files.join(folder, "\(name).safetensors"))
    }
    try write(trainer.contest.generatorStore, as: "generator")
    try write(trainer.contest.discriminatorStore, as: "discriminator")
    if let average = trainer.average {
      try average.whileInUse { () throws(ZooError) in
        try write(trainer.contest.generatorStore, as: "generator-average")
      }
    }
    return folder
  }
}
