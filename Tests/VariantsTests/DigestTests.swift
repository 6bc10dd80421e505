import Foundation
import Testing
import Variants
import ZooCore

/// SHA-256 of everything that training moves, after five steps of each shipped config: what a change
/// of the program must leave as it is unless it says so.
///
/// `ZOO_RECORD_DIGESTS=1 swift test -c release --filter DigestTests` writes the digests of this
/// machine's instruction sets anew. They hold for release builds: the optimizer may fuse a
/// multiplication with an addition, and does so alike on every machine.
@Suite struct DigestTests {
  private static let path = ArchitectureTests.root
    .appending(path: "Tests/VariantsTests/Fixtures/digests.json").path
  private static let isRecording =
    ProcessInfo.processInfo.environment["ZOO_RECORD_DIGESTS"] != nil
  #if DEBUG
    private static let isOptimized = false
  #else
    private static let isOptimized = true
  #endif

  @Test(.enabled(if: isOptimized, "digests hold for release builds"))
  func fiveStepsOfEveryConfig() throws {
    var known = try JSONDocument(parsing: Files.read(Self.path), name: Self.path).root
    for set in CPUBackend.instructionSets {
      let backend = CPUBackend(threads: 2, instructionSet: set)
      for config in ConfigsTests.names {
        let digest = try Backends.using(backend) { try self.digest(config) }
        if Self.isRecording {
          known.set(set, config, digest)
        } else {
          #expect(known[set]?[config]?.string == digest, "\(config) with \(set)")
        }
      }
    }
    if Self.isRecording { try Files.write(known.pretty() + "\n", to: Self.path) }
  }

  /// Five steps on the embedded data, in small batches; networks for faces are made narrow.
  private func digest(_ config: String) throws -> String {
    let path = ConfigsTests.folder.appending(path: config).path
    let recipe = try Recipe(
      parsing: Files.read(path), file: config,
      overrides: (["training.batch=6"]
        + (config == "gan-mnist-keras.json" ? ["training.discriminatorBatch=6"] : [])
        + SmallConfig.overrides(for: config)).map {
          try Recipe.Override(parsing: $0)
        }, registry: builtIn)
    let dataset = try SmallConfig.data(for: recipe)
    let trainer = try recipe.plan(for: dataset).trainer(on: dataset)
    for _ in 0..<5 { _ = try trainer.runStep() }
    var digest = SHA256()
    let contest = trainer.contest
    let stores = [contest.generatorStore, contest.discriminatorStore]
    let moving =
      stores.flatMap { ($0.parameters + $0.buffers).map(\.exported) }
      + (trainer.average?.values ?? [])
    for tensor in moving {
      digest.update(
        tensor.floats.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }[...])
    }
    return SHA256.hex(digest.finalize())
  }
}

extension JSONValue {
  /// Puts a text at two keys, one within the other.
  fileprivate mutating func set(_ outer: String, _ inner: String, _ text: String) {
    func setting(_ value: JSONValue?, _ key: String, _ new: JSONValue) -> JSONValue {
      var members = (value?.object ?? []).filter { $0.key != key }
      members.append(.init(key, new))
      return .object(members.sorted { $0.key < $1.key })
    }
    self = setting(self, outer, setting(self[outer], inner, .string(text)))
  }
}
