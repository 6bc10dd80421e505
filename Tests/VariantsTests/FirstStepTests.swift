import Foundation
import Testing
import Variants
import ZooCore

/// What the first step finds out about a variant: players that learn nothing, and names of loss terms
/// that a log cannot take.
@Suite struct FirstStepTests {
  /// A fault of an objective or of its networks.
  struct Flaw: Sendable {
    /// The variant below is built by a static function: this is how it learns its flaw.
    @TaskLocal static var chosen = Flaw()

    /// The player whose loss is `factor` times what it should be, and apart from its networks.
    var player: Player?
    var isDetached = false
    /// Whether the generator has a parameter that nothing uses.
    var hasSpare = false
    var discriminatorTerms: [String] = []
    var generatorTerms: [String] = []
  }

  /// Trains two steps, or less, in a folder of its own.
  private func train(
    _ flaw: Flaw, in folder: String
  ) throws -> (warnings: [ZooError], fault: ZooError?, path: String) {
    let json = """
      { "variant": "flawed", "data": { "dataset": "ring8" },
        "generator": { "latent": { "size": 2 }, "layers": [{ "dense": 4 }, "relu", { "dense": 2 }] },
        "discriminator": { "layers": [{ "dense": 4 }, "relu", { "dense": 1 }] },
        "training": { "steps": 2, "batch": 4 } }
      """
    let registry = Registry(variants: [Flawed.self], architectures: builtIn.architectures)
    let recipe = try Recipe(parsing: Array(json.utf8), file: "f.json", registry: registry)
    let data = try ringOfEight()
    let path = "\(folder)/run"
    let run = try Flaw.$chosen.withValue(flaw) {
      try TrainingRun(recipe, on: data, in: path, manifest: .object([]))
    }
    var warnings: [ZooError] = []
    do throws(ZooError) {
      try run.run { if case .warning(let warning) = $0 { warnings.append(warning) } }
      return (warnings, nil, path)
    } catch {
      return (warnings, error, path)
    }
  }

  @Test(
    "a network that no gradient reaches is named, once",
    arguments: [Player.generator, .discriminator], [true, false])
  func nothingLearns(_ player: Player, _ isDetached: Bool) throws {
    try inFolder { folder in
      let (warnings, fault, path) = try train(
        Flaw(player: player, isDetached: isDetached), in: folder)
      #expect(fault == nil)
      let finding = try #require(warnings.first?.findings.first)
      #expect(warnings.count == 1 && finding.place == "step 1")
      #expect(
        finding.problem == "no gradient reaches the \(player), which therefore learns nothing: "
          + "0.weight, 0.bias, 2.weight, 2.bias")
      // A warning only: the run has both steps.
      #expect(try LoggedMetrics(reading: "\(path)/metrics.jsonl").lastStep == 2)
    }
  }

  @Test("a part that nothing uses is named")
  func aPartDoesNotLearn() throws {
    try inFolder { folder in
      let found = try train(Flaw(hasSpare: true), in: folder)
      #expect(
        found.warnings.map { $0.findings[0].problem } == [
          "no gradient reaches a part of the generator, which therefore learns nothing: spare"
        ])
    }
  }

  @Test("every variant and architecture learns from its first step on")
  func allLearn() throws {
    for variant in builtIn.variants {
      for architecture in SmallConfig.architectures(for: variant.card.name) {
        let json = SmallConfig.json(
          variant.card.name, latent: 4, architecture: architecture, #""training": { "batch": 4 }"#)
        let recipe = try Recipe(parsing: Array(json.utf8), file: "v.json", registry: builtIn)
        let digits = ByteImages.strokeDigits(count: 20)
        let report = try recipe.plan(for: digits).trainer(on: digits).runStep()
        #expect(report.warnings.isEmpty, "\(variant.card.name) on \(architecture)")
      }
    }
  }

  @Test(
    "names that a log has for something else, or twice, are refused before the log has them",
    arguments: [
      (Flaw(generatorTerms: ["step"]), #"the generator's loss has a term named "step": the logs"#),
      (
        Flaw(discriminatorTerms: ["seconds", "fine", "imagesPerSecond"]),
        #"the discriminator's loss has terms named "seconds", "imagesPerSecond": the logs"#
      ),
      (
        Flaw(discriminatorTerms: ["generatorLoss"]),
        #"the discriminator's loss has a term named "generatorLoss": the logs"#
      ),
      (
        Flaw(generatorTerms: ["a", "a"]),
        #"the generator's loss has a term named "a": the log would mix up"#
      ),
      (
        Flaw(discriminatorTerms: ["a"], generatorTerms: ["a", "generator.a"]),
        #"the objective has a term named "generator.a": the log would mix up"#
      ),
      (
        Flaw(generatorTerms: ["evaluation/modes"]),
        #"the generator's loss has a term named "evaluation/modes": the logs"#
      ),
    ])
  func collidingNames(_ flaw: Flaw, _ problem: String) throws {
    try inFolder { folder in
      let (_, fault, path) = try train(flaw, in: folder)
      #expect(fault?.kind == .failure)
      #expect(fault?.findings[0].problem.hasPrefix(problem) == true, "\(fault?.description ?? "")")
      #expect(try Files.read("\(path)/metrics.jsonl").isEmpty)
      #expect(try Files.list("\(path)/checkpoints").isEmpty)
    }
  }

  /// A log has no member that is neither a term's nor refused as one.
  @Test func theLogsOwnNamesAreAllRefused() throws {
    try inFolder { folder in
      let path = try train(Flaw(generatorTerms: ["fine"]), in: folder).path
      let line = try Files.read("\(path)/metrics.jsonl").prefix { $0 != UInt8(ascii: "\n") }
      let keys = try JSONDocument(parsing: Array(line), name: "m").root.object?.map(\.key) ?? []
      #expect(keys.contains("fine") && keys.count == 6)
      for key in keys where key != "fine" {
        try Files.remove(path)
        #expect(try train(Flaw(discriminatorTerms: [key]), in: folder).fault != nil, "\(key)")
      }
    }
  }
}

/// The original game with what `Flaw.chosen` says wrong with it.
private enum Flawed: Variant {
  struct Options: ConfigBlock {
    static var fields: [Field<Options>] { [] }
  }

  static let card = VariantCard(
    name: "flawed", title: "Flawed", paper: "none", year: 2026, summary: "Has a flaw",
    idea: "None.", discriminatorLoss: "none", generatorLoss: "none", sources: [])
  static var defaults: RunConfig { GAN.defaults }

  static func build(_ request: BuildRequest<Options>) throws(ZooError) -> Contest {
    let flaw = FirstStepTests.Flaw.chosen
    let contest = request.contest(FlawedGame(flaw: flaw))
    if flaw.hasSpare {
      _ = request.scope(.generator).parameter("spare", shape: [3]) { _ in
        Tensor(repeating: 1, shape: [3])
      }
    }
    return contest
  }
}

private struct FlawedGame: Game {
  let flaw: FirstStepTests.Flaw

  func discriminatorLoss(_ round: Round) -> Loss {
    let (real, fake) = round.scores()
    return loss((-real).softplus().mean() + fake.softplus().mean(), .discriminator)
  }

  func generatorLoss(_ round: Round) -> Loss {
    loss((-round.score(round.fakes)).softplus().mean(), .generator)
  }

  private func loss(_ right: Tensor, _ player: Player) -> Loss {
    var total = right
    if flaw.player == player { total = flaw.isDetached ? total.detached() : total * 0 }
    let names = player == .generator ? flaw.generatorTerms : flaw.discriminatorTerms
    // A literal is the only way to terms; as many as a test has.
    switch names.count {
    case 0: return Loss(total)
    case 1: return Loss(total, terms: [names[0]: right])
    case 2: return Loss(total, terms: [names[0]: right, names[1]: right])
    default: return Loss(total, terms: [names[0]: right, names[1]: right, names[2]: right])
    }
  }
}
