import Foundation
import Testing
import Variants
import ZooCore

/// The configs that ship.
@Suite struct ConfigsTests {
  static let folder = ArchitectureTests.root.appending(path: "Configs")
  static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
    .filter { $0.hasSuffix(".json") && $0 != "schema.json" }.sorted()

  @Test func thereAreConfigs() { #expect(Self.names.count >= 15) }

  /// Three steps with small batches, in a run directory with pictures and a checkpoint.
  @Test(arguments: names)
  func everyConfigRunsThreeSteps(_ name: String) throws {
    let bytes = try Files.read(Self.folder.appending(path: name).path, limit: 1 << 20, kind: .usage)
    let recipe = try Recipe(
      parsing: bytes, file: name,
      overrides: ([
        "training.steps=3", "training.batch=8", "training.discriminatorSteps=1",
        "output.sampleEvery=3",
      ] + SmallConfig.overrides(for: name)).map {
        try Recipe.Override(parsing: $0)
      }, registry: builtIn)
    let settings = recipe.config.data
    // A config for a set with files names what takes its place where they are missing.
    // Drawn digits are no pairs of photos.
    #expect(
      !["mnist", "cifar-10", "folder"].contains(settings.dataset) || settings.source != nil
        || settings.fallback == "stroke-digits")
    let dataset = try SmallConfig.data(for: recipe)
    let out = FileManager.default.temporaryDirectory.appending(path: "zoo-\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: out) }
    let run = try TrainingRun(recipe, on: dataset, in: out, manifest: .object([]))
    var pictures: [String] = []
    try run.run { if case .sample(let path) = $0 { pictures.append(path) } }
    #expect(run.trainer.step == 3 && pictures.count == 2)
    #expect(pictures.allSatisfy { FileManager.default.fileExists(atPath: $0) })
  }
}
