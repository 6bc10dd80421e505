/// Runs of variants that this program does not have: their manifest tells which program does.
public enum ForeignVariant {
  /// The error of a run's config, in better words if the reason is such a variant.
  ///
  /// - Parameters:
  ///   - config: The run's config, if it could be read.
  ///   - folder: The run's folder, with the manifest.
  public static func explain(
    _ error: ZooError, _ config: JSONValue?, ofRun folder: String, _ registry: Registry
  ) -> ZooError {
    guard let variant = config?["variant"]?.string, registry.variant(named: variant) == nil,
      let maker = Maker(ofRun: folder)
    else { return error }
    let own = registry.variants.map { $0.card.name }.joined(separator: ", ")
    return ZooError(
      .usage, "the variant \"\(variant)\" is none of this program's; \(maker.words) made the run",
      at: folder, advice: "use that program for it; the variants here are \(own)")
  }

  /// The program that made a run.
  private struct Maker {
    let words: String

    init?(ofRun folder: String) {
      let path = Files.join(folder, "manifest.json")
      guard let bytes = try? Files.read(path, limit: 16 << 20),
        let manifest = try? JSONDocument(parsing: bytes, name: path).root,
        let command = manifest["command"]?.array?.first?.string
      else { return nil }
      // Older manifests have the command only.
      let program = manifest["program"]?.string ?? Files.split(command).name
      let version = manifest["version"]?.string.map { " \($0)" } ?? ""
      words = program + version + (command == program ? "" : " (called as \(command))")
    }
  }
}
