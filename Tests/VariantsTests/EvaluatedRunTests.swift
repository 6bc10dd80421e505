import Foundation
import Testing
import Variants
import ZooCore

/// Runs that are evaluated and watched on the way.
@Suite struct EvaluatedRunTests {
  /// A ring of eight modes, which evaluations and the sentinel know by its name.
  private static func ring(_ seed: UInt32, _ count: Int) -> PointSet {
    let noise = RandomStream(seed: seed, purpose: .noise).normal([2 * count]).floats
    return PointSet(
      name: "ring8",
      points: (0..<count).map { index in
        let angle = Float(index % 8) * .pi / 4
        let centre = SIMD2<Float>(cos(angle), sin(angle)) * 1.4144
        return centre + SIMD2(noise[2 * index], noise[2 * index + 1]) * 0.0141
      })
  }
  private static let points = ring(1, 800)

  private func recipe(
    _ training: String, variant: String = "wgan-gp", sampleEvery: Int = 100,
    checkpointEvery: Int = 4
  ) throws -> Recipe {
    let json = """
      { "variant": "\(variant)", "data": { "dataset": "ring8" },
        "generator": { "latent": { "size": 2 },
          "layers": [{ "dense": 32 }, "relu", { "dense": 32 }, "relu", { "dense": 2 }] },
        "discriminator": { "layers": [{ "dense": 32 }, "relu", { "dense": 32 }, "relu",
          { "dense": 1 }] },
        \(variant == "wgan-gp" ? #""objective": { "gradientPenalty": 0.1 },"# : "")
        "training": { "batch": 16, "discriminatorSteps": 2, "averageDecay": 0.9,
          "learningRateDecay": "none", \(training) },
        "output": { "sampleEvery": \(sampleEvery), "checkpointEvery": \(checkpointEvery),
          "keepLast": 1 } }
      """
    return try Recipe(parsing: Array(json.utf8), file: "r.json", registry: builtIn)
  }

  private func start(_ recipe: Recipe, _ path: String) throws -> TrainingRun {
    try evaluated(TrainingRun(recipe, on: Self.points, in: path, manifest: .object([])))
  }

  private func resume(_ recipe: Recipe, _ path: String) throws -> TrainingRun {
    let directory = try RunDirectory(opening: path)
    return try evaluated(
      TrainingRun(
        resuming: directory, from: directory.checkpoints.newest { _ in }, recipe, on: Self.points))
  }

  private func evaluated(_ run: TrainingRun) throws -> TrainingRun {
    let data = try EvaluationData(Self.points, test: Self.ring(2, 200))
    run.evaluation = try TrainingEvaluation(data, .coordinates)
    return run
  }

  private func lines(_ path: String) throws -> [JSONValue] {
    try String(decoding: Files.read(path), as: UTF8.self).split(separator: "\n").map {
      try JSONDocument(parsing: String($0), name: path).root
    }
  }

  /// All files of the last checkpoint but for the manifest, which holds the config.
  private func weights(_ path: String, step: Int) throws -> [String: [UInt8]] {
    let folder = CheckpointFolder("\(path)/checkpoints").path(step: step)
    var files: [String: [UInt8]] = [:]
    for name in try Files.list(folder) where name.hasSuffix(".safetensors") {
      files[name] = try Files.read("\(folder)/\(name)")
    }
    return files
  }

  @Test func evaluationsDisturbNothing() throws {
    try inFolder { folder in
      try start(recipe(#""steps": 12"#), "\(folder)/plain").run { _ in }
      try start(recipe(#""steps": 12, "evalEvery": 3"#), "\(folder)/judged").run { _ in }
      let plain = try weights("\(folder)/plain", step: 12)
      #expect(try plain.count == 4 && plain == weights("\(folder)/judged", step: 12))
      #expect(!Files.exists("\(folder)/plain/evaluations.jsonl"))
      #expect(!Files.exists("\(folder)/plain/checkpoints/best"))
    }
  }

  /// By the least Fréchet distance, whichever step that is, and it stays.
  @Test func theBestCheckpointStays() throws {
    try inFolder { folder in
      let path = "\(folder)/run"
      let recipe = try recipe(
        #""steps": 14, "evalEvery": 2, "bestBy": "frechetDistance", "#
          + #""optimizer": { "adam": { "learningRate": 0.1 } }"#, variant: "gan")
      var told: [(step: Int, isBest: Bool)] = []
      try start(recipe, path).run { event in
        if case .evaluation(_, let step, let isBest) = event { told.append((step, isBest)) }
      }
      let entries = try lines("\(path)/evaluations.jsonl")
      #expect(entries.map { $0["step"]?.int } == [2, 4, 6, 8, 10, 12, 14])
      #expect(told.map(\.step) == [2, 4, 6, 8, 10, 12, 14])
      #expect(entries.map { $0["best"]?.bool } == told.map(\.isBest))
      let distances = try entries.map {
        try #require($0["generated"]?["frechetDistance"]?.double)
      }
      let least = try #require(distances.min())
      let best = 2 + 2 * (try #require(distances.firstIndex(of: least)))
      // With such a rate the run gets better at first, and then much worse.
      #expect(best < 14)
      let steps = try CheckpointFolder("\(path)/checkpoints").steps()
      #expect(steps == [best, 14])
      let generator = try TrainedGenerator(
        in: "\(path)/checkpoints/best", raw: false, registry: builtIn
      ) { _ in }
      #expect(generator.checkpoint.step == best)
    }
  }

  /// Stopped before, at and after the best step: the same evaluations, the same best step.
  @Test(arguments: [1, 5, 6, 7, 11])
  func aResumedRunKnowsTheBestStep(_ stop: Int) throws {
    try inFolder { folder in
      let recipe = try recipe(
        #""steps": 12, "evalEvery": 2, "optimizer": { "adam": { "learningRate": 0.02 } }"#)
      try start(recipe, "\(folder)/whole").run { _ in }
      let path = "\(folder)/stopped"
      do {
        let run = try start(recipe, path)
        try run.run(until: { run.trainer.step == stop }) { _ in }
      }
      // As if killed: the checkpoint of the stop is not there, its log lines are.
      let written = try CheckpointFolder("\(path)/checkpoints").steps()
      if stop % 2 == 1, written.count > 1 {
        try Files.remove(CheckpointFolder("\(path)/checkpoints").path(step: stop))
      }
      try resume(recipe, path).run { _ in }
      for name in ["evaluations.jsonl", "sentinel.jsonl"] {
        #expect(try Files.read("\(path)/\(name)") == Files.read("\(folder)/whole/\(name)"))
      }
      func best(_ run: String) throws -> String {
        try FileManager.default.destinationOfSymbolicLink(atPath: "\(run)/checkpoints/best")
      }
      #expect(try best(path) == best("\(folder)/whole"))
      #expect(try weights(path, step: 12) == weights("\(folder)/whole", step: 12))
    }
  }

  /// The scores of a linear discriminator have its weights as derivatives, everywhere.
  @Test func theCriticsSlopeIsTheNormOfItsGradient() throws {
    let json = """
      { "variant": "wgan", "generator": { "latent": { "size": 2 }, "layers": [{ "dense": 2 }] },
        "discriminator": { "layers": [{ "dense": 1 }] }, "training": { "batch": 4 } }
      """
    let trainer = try Recipe(parsing: Array(json.utf8), file: "r.json", registry: builtIn)
      .plan(for: Self.points).trainer(on: Self.points)
    let weights = try #require(trainer.contest.discriminatorStore.parameters.first).value
    let norm = weights.doubles.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let samples = Tensor(try Self.points.values(of: Array(0..<9)), shape: [9, 2])
    // Two squares and a root in single precision.
    #expect(
      abs(try #require(trainer.criticSlope(at: samples, given: Condition())) / norm - 1) < 1e-6)
    trainer.contest.discriminatorStore.parameters[0].assign(
      Tensor(repeating: 0, shape: weights.shape))
    #expect(trainer.criticSlope(at: samples, given: Condition()) == 0)
  }

  @Test func notANumberIsNeverTheBest() {
    var best = BestStep(by: .frechetDistance)
    func consider(_ step: Int, _ value: Double?) -> Bool {
      best.consider(step) { $0 == "frechetDistance" ? value : nil }
    }
    #expect(!consider(1, .nan) && !consider(2, nil) && !consider(3, -.infinity))
    #expect(best.step == nil)
    #expect(consider(4, 3) && !consider(5, 3) && !consider(6, .nan) && !consider(7, 4))
    #expect(best.step == 4 && consider(8, 2.5) && best.step == 8)
  }

  /// More modes are better; of as many, those of higher quality.
  @Test func equalModesAreToldApartByQuality() {
    var best = BestStep(by: .modes)
    func consider(_ step: Int, _ modes: Double, _ share: Double) -> Bool {
      best.consider(step) { ["modes": modes, "highQualityShare": share][$0] }
    }
    #expect(consider(1, 7, 0.9) && consider(2, 8, 0.1) && !consider(3, 7, 0.95))
    #expect(consider(4, 8, 0.2) && !consider(5, 8, 0.2) && best.step == 4)
  }

  @Test func aFigureThatTheDataDoNotGiveIsRefused() throws {
    try inFolder { folder in
      let error = #expect(throws: ZooError.self) {
        try start(recipe(#""steps": 2, "bestBy": "classifierScore""#), "\(folder)/run")
      }
      #expect(error?.kind == .usage)
      #expect(error?.description.contains("highQualityShare") == true)
      #expect(!Files.exists("\(folder)/run"))
    }
  }

  /// A generator that cannot learn is a collapse; the run ends by its own rule and can be resumed.
  @Test(arguments: [true, false])
  func aCollapsedRunEndsIfAsked(_ stops: Bool) throws {
    try inFolder { folder in
      let path = "\(folder)/run"
      let recipe = try recipe(
        #""steps": 800, "stopOnCollapse": \#(stops), "#
          + #""generatorOptimizer": { "adam": { "learningRate": 0 } }"#,
        variant: "gan", sampleEvery: 250, checkpointEvery: 800)
      var warnings = 0
      func train() throws {
        try start(recipe, path).run { event in
          if case .warning = event { warnings += 1 }
        }
      }
      if stops {
        let error = #expect(throws: ZooError.self) { try train() }
        #expect(error?.kind == .diverged && error?.exitCode == 3)
        #expect(error?.description.contains("training.stopOnCollapse") == true)
      } else {
        try train()
      }
      #expect(warnings == 1)
      let steps = try CheckpointFolder("\(path)/checkpoints").steps()
      #expect(steps == [stops ? 750 : 800])
    }
  }

  /// Runs that learn raise no alarm.
  @Test(arguments: ["wgan-gp", "gan"])
  func aTrainedStretchIsHealthy(_ variant: String) throws {
    try inFolder { folder in
      let rate = #""optimizer": { "adam": { "learningRate": 0.001 } }"#
      let recipe = try recipe(
        #""steps": 900, "evalEvery": 450, \#(rate)"#, variant: variant,
        checkpointEvery: 900)
      try start(recipe, "\(folder)/run").run { event in
        if case .warning(let fault) = event { Issue.record("\(fault)") }
      }
      let looks = try lines("\(folder)/run/sentinel.jsonl")
      #expect(looks.map { $0["step"]?.int } == Array(stride(from: 100, through: 900, by: 100)))
      #expect(looks.last?["verdict"]?.string == "healthy")
      let page = String(decoding: try Files.read("\(folder)/run/report.html"), as: UTF8.self)
      #expect(page.contains("Samples and losses were healthy at"))
      #expect(page.contains("<h2>Evaluation</h2>") && page.contains("Samples beside real ones"))
    }
  }
}
