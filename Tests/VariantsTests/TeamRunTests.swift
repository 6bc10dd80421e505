import Testing
import Variants
import ZooCore

/// A run whose first rank leads others, here each on a thread of its own.
@Suite struct TeamRunTests {
  private static let digits = ByteImages.strokeDigits(count: 40)

  private static func recipe(
    _ name: String = "gan", shards: Int = 4, rollbacks: Int = 0
  ) throws -> Recipe {
    let json = SmallConfig.json(
      name, latent: 4,
      """
      "data": { "dataset": "stroke-digits" },
        "training": { "steps": 6, "batch": 8, "averageDecay": 0.9, "shards": \(shards),
          "rollbacks": \(rollbacks) },
        "output": { "sampleEvery": 3, "checkpointEvery": 2, "grid": [1, 2] }
      """)
    return try Recipe(parsing: Array(json.utf8), file: "small.json", registry: tested)
  }

  /// Trains in a folder: the first rank by `lead`, the others follow.
  private static func train(
    ranks: Int, _ recipe: @escaping @Sendable () throws -> Recipe = { try Self.recipe() },
    otherData: ByteImages? = nil,
    signal: Int32? = nil, in path: String,
    _ lead: @escaping @Sendable (TrainingRun) throws -> Void = { try $0.run { _ in } }
  ) throws {
    _ = try ThreadMessenger.team(of: ranks) { messenger in
      try Backends.using(CPUBackend(threads: 1)) {
        guard messenger.rank > 0 else {
          let recipe = try recipe()
          if ranks > 1 {
            try TeamBriefing.tell(recipe, recipe.config.data, digits, messenger)
          }
          let run: TrainingRun
          if Files.exists(path) {
            let directory = try RunDirectory(opening: path)
            run = try TrainingRun(
              resuming: directory, from: directory.checkpointToResume { _ in }, recipe, on: digits,
              messenger: messenger)
          } else {
            run = try TrainingRun(
              recipe, on: digits, in: path, manifest: .object([]), messenger: messenger)
          }
          try lead(run)
          return try TeamBriefing.dismiss(messenger)
        }
        let heard = try TeamBriefing.hear(messenger, tested)
        let recipe = try #require(heard)
        let data = otherData ?? digits
        try TeamBriefing.answer(with: data, messenger)
        let trainer = try recipe.plan(for: data).trainer(on: data, with: messenger)
        try Follower(trainer, messenger).follow { signal }
      }
    }
  }

  /// The bytes of a checkpoint's files, by name.
  private func checkpoint(_ path: String, step: Int) throws -> [String: [UInt8]] {
    let folder = CheckpointFolder("\(path)/checkpoints").path(step: step)
    var files: [String: [UInt8]] = [:]
    for name in try Files.list(folder) { files[name] = try Files.read("\(folder)/\(name)") }
    return files
  }

  @Test(arguments: ["gan", "dcgan", "wgan-gp", "acgan"])
  func aTeamWritesTheFilesOfOne(_ name: String) throws {
    try inFolder { folder in
      let recipe: @Sendable () throws -> Recipe = { try Self.recipe(name) }
      try Self.train(ranks: 1, recipe, in: "\(folder)/alone")
      let alone = try checkpoint("\(folder)/alone", step: 6)
      for ranks in 2...4 {
        try Self.train(ranks: ranks, recipe, in: "\(folder)/\(ranks)")
        #expect(try checkpoint("\(folder)/\(ranks)", step: 6) == alone, "\(ranks) ranks")
      }
    }
  }

  /// Stopped after three steps as one of so many, and gone on with as one of others.
  @Test(arguments: [(2, 1), (1, 3), (3, 2)])
  func aRunGoesOnWithOtherRanks(_ before: Int, _ after: Int) throws {
    try inFolder { folder in
      try Self.train(ranks: 1, in: "\(folder)/alone")
      let path = "\(folder)/stopped"
      try Self.train(ranks: before, in: path) { run in
        let finished = try run.run(until: { run.trainer.step == 3 }) { _ in }
        #expect(!finished)
      }
      try Self.train(ranks: after, in: path)
      #expect(
        try checkpoint(path, step: 6) == checkpoint("\(folder)/alone", step: 6))
    }
  }

  /// A signal that only one rank gets stops all, after the step in which the first one learns of it.
  @Test func aSignalElsewhereStopsTheRun() throws {
    try inFolder { folder in
      try Self.train(ranks: 2, signal: 10, in: "\(folder)/run") { run in
        let finished = try run.run { _ in }
        #expect(!finished)
        #expect(run.signalElsewhere == 10)
        let steps = try run.directory.checkpoints.steps()
        #expect(steps == [1])
      }
    }
  }

  /// All ranks go back with the first one, and come to what a run alone comes to.
  @Test func aTeamGoesBackTogether() throws {
    try inFolder { folder in
      for ranks in [1, 2] {
        let recipe: @Sendable () throws -> Recipe = { try Self.recipe(rollbacks: 1) }
        try Self.train(ranks: ranks, recipe, in: "\(folder)/\(ranks)") { run in
          try run.run { event in
            guard case .step(let report, _) = event, report.step == 5, run.trainer.rollbacks == 0
            else { return }
            let weight = run.trainer.contest.generatorStore.parameters[0]
            weight.assign(Tensor(repeating: .nan, shape: weight.shape))
          }
          #expect(run.trainer.rollbacks == 1)
        }
      }
      #expect(try checkpoint("\(folder)/1", step: 6) == checkpoint("\(folder)/2", step: 6))
    }
  }

  /// A rank whose values went astray is found out before anything is saved.
  @Test func otherValuesAreNotSaved() throws {
    try inFolder { folder in
      let error = #expect(throws: ZooError.self) {
        try Self.train(ranks: 2, in: "\(folder)/run") { run in
          try run.run { event in
            guard case .step = event else { return }
            let weight = run.trainer.contest.generatorStore.parameters[0]
            weight.assign(weight.value + 1)
          }
        }
      }
      #expect(error?.description.contains("rank 1 has other values than rank 0") == true)
      let kept = try Files.list("\(folder)/run/checkpoints")
      #expect(kept.isEmpty)
    }
  }

  /// Samples that several ranks draw and describe get the figures of one: by pixels and, with a
  /// classifier that travels, by what it sees; of classes too.
  @Test(arguments: ["dcgan", "acgan"])
  func anEvaluationIsShared(_ name: String) throws {
    try inFolder { folder in
      let path = "\(folder)/run"
      try Self.train(ranks: 1, { try Self.recipe(name) }, in: path)
      let figures = try (1...3).map { ranks in
        try ThreadMessenger.team(of: ranks) { messenger in
          try Backends.using(CPUBackend(threads: 1)) { try Self.evaluate(path, messenger) }
        }.joined()
      }
      #expect(figures[0].contains("frechetDistance"))
      #expect(figures[1] == figures[0] && figures[2] == figures[0])
    }
  }

  /// What the first rank finds; of the others nothing.
  private static func evaluate(_ path: String, _ messenger: ThreadMessenger) throws -> String {
    let data = try EvaluationData(digits, test: nil)
    guard messenger.rank == 0 else {
      for _ in 0..<2 {
        let heard = try SharedEvaluation(hearing: messenger, tested)
        try #require(heard).describe(test: data.test) { () throws(ZooError) in
          throw ZooError(.failure, "nobody asked for Inception")
        }
      }
      return ""
    }
    let generator = try TrainedGenerator(in: path, raw: false, registry: tested) { _ in }
    let classifier = ImageClassifier(sampleShape: [28, 28, 1], classes: 10)
    return try [FeatureSpace.pixels, .classifier(classifier)].map { space in
      // Three portions: of two ranks one has more to do.
      let count = 600
      try SharedEvaluation.tell(generator, count: count, seed: 7, space, messenger)
      return try Evaluation(
        of: generator, count: count, seed: 7, data, space, with: messenger
      ).json.compact()
    }.joined()
  }

  @Test func otherDataAreRefused() throws {
    try inFolder { folder in
      let error = #expect(throws: ZooError.self) {
        try Self.train(
          ranks: 3, otherData: ByteImages.strokeDigits(count: 41), in: "\(folder)/run")
      }
      #expect(error?.kind == .data)
      #expect(error?.description.contains("rank 1 has other data than rank 0") == true)
      #expect(!Files.exists("\(folder)/run"))
    }
  }

  @Test func tooFewShardsAreRefusedWithAdvice() throws {
    let error = #expect(throws: ZooError.self) {
      try TeamBriefing.check(Self.recipe(shards: 2), ranks: 5)
    }
    #expect(error?.kind == .usage)
    // The first number from 5 on that divides 8.
    #expect(error?.description.contains("--set training.shards=8") == true)
    #expect(error?.description.contains("--alone") == true)
  }
}
