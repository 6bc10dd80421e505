import ZooCore

/// A run that `zoo run --from-manifest` repeats: its manifest, and the config beside it.
struct EarlierRun {
  let config: String
  let name: String
  private let manifest: JSONValue
  private let dataset: DatasetIdentity
  private let path: String

  init(manifest path: String) throws(ZooError) {
    let bytes = try Files.read(path, limit: 16 << 20, kind: .usage)
    manifest = try JSONDocument(parsing: bytes, name: path).root
    guard let name = manifest["name"]?.string,
      let dataset = manifest["dataset"].flatMap(DatasetIdentity.init(written:))
    else {
      throw ZooError(
        .usage, "this is no manifest of a run: \"name\" or \"dataset\" is missing",
        at: Text.printable(path), advice: "name the manifest.json that zoo run wrote")
    }
    (self.name, self.path, self.dataset) = (name, path, dataset)
    config = Files.join(Files.split(path).directory, "config.json")
  }

  /// Refuses other data; warns where the same config need not give the same bits.
  func check(
    _ data: any Dataset, _ backend: CPUBackend, _ warnings: Warnings
  ) throws(ZooError) {
    if let difference = dataset.difference(from: data) {
      throw ZooError(
        .data, "the run had other data than these: \(difference)",
        at: Text.printable(path), advice: "point --data-dir to the data of that run")
    }
    for (what, now) in [("version", Zoo.version), ("instructionSet", backend.instructionSet)] {
      guard let then = manifest[what]?.string, then != now else { continue }
      warnings.add(
        ZooError(
          .usage, "the run had \(what) \(then), this is \(now): bits may differ",
          at: Text.printable(path)))
    }
  }
}
