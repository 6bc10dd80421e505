import Foundation
import Testing
import Variants
import ZooCore

/// Runs that stop and go on, for every registered variant.
@Suite struct CheckpointTests {
  static let names = tested.variants.map { $0.card.name }
  private static let digits = ByteImages.strokeDigits(count: 50)

  /// A small run with everything that has a state: batch norm, an average, labels where they count.
  private func recipe(
    _ variant: String, _ training: String = "", steps: Int = 8
  ) throws -> Recipe {
    let json = SmallConfig.json(
      variant, latent: 4,
      // ProGAN's own, which grows.
      architecture: SmallConfig.architectures(for: variant).first {
        $0 == "dcgan" && variant != "progan"
      },
      // In the fourth step one size is half there, in the sixth the next.
      (variant == "progan" ? #""objective": { "stable": 12, "fade": 30 },"# : "")
        + """
        "data": { "dataset": "stroke-digits" },
          "training": { "steps": \(steps), "batch": 6, "discriminatorSteps": 2, "averageDecay": 0.9,
            "learningRateDecay": "none"\(training) },
          "output": { "sampleEvery": 3, "checkpointEvery": 2, "grid": [1, 2] }
        """)
    return try Recipe(parsing: Array(json.utf8), file: "small.json", registry: tested)
  }

  private func start(_ recipe: Recipe, _ path: String) throws -> TrainingRun {
    try TrainingRun(
      recipe, on: SmallConfig.data(for: recipe.card.name, Self.digits), in: path,
      manifest: .object([]))
  }

  private func resume(
    _ recipe: Recipe, _ path: String, _ warn: (ZooError) -> Void = { _ in }
  ) throws -> TrainingRun {
    let directory = try RunDirectory(opening: path)
    return try TrainingRun(
      resuming: directory, from: directory.checkpointToResume(warn), recipe,
      on: SmallConfig.data(for: recipe.card.name, Self.digits))
  }

  /// Everything that two equal runs must share: the last checkpoint, pictures, and metrics but for
  /// the time they took.
  private func result(_ path: String, step: Int = 8) throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    let checkpoint = CheckpointFolder("\(path)/checkpoints").path(step: step)
    for folder in [checkpoint, "\(path)/samples"] {
      for name in try Files.list(folder) { files[name] = try Files.read("\(folder)/\(name)") }
    }
    let metrics = String(decoding: try Files.read("\(path)/metrics.jsonl"), as: UTF8.self)
    files["metrics"] = metrics.split(separator: "\n").flatMap { line in
      Array(
        line.prefix(upTo: line.range(of: "\"imagesPerSecond\"")?.lowerBound ?? line.endIndex).utf8)
    }
    return files
  }

  /// Stopped after 1, 3 (between two checkpoints, in the middle of an epoch) and 4 steps.
  @Test(arguments: names)
  func aRunThatStopsAndGoesOnEndsTheSame(_ name: String) throws {
    try inFolder { folder in
      let recipe = try recipe(name)
      try start(recipe, "\(folder)/whole").run { _ in }
      let whole = try result("\(folder)/whole")
      // A checkpoint's files, its pictures with the objective's own, and the metrics; other players have
      // other files.
      let sheets = ["sngan", "sagan", "biggan"].contains(name) ? 1 : 0
      #expect(whole.count == 4 + 1 + 4 * (1 + sheets) + 1 || !SmallConfig.games.contains(name))
      for stop in [1, 3, 4] {
        let path = "\(folder)/stopped-\(stop)"
        do {
          let run = try start(recipe, path)
          #expect(try run.run(until: { run.trainer.step == stop }) { _ in } == false)
        }
        let run = try resume(recipe, path)
        #expect(run.trainer.step == stop)
        #expect(try run.run { _ in })
        #expect(try result(path) == whole, "stopped after step \(stop)")
      }
    }
  }

  /// As after a kill: no checkpoint at the last step, a torn line, a half-written checkpoint.
  @Test func whatAKillLeavesIsRepaired() throws {
    try inFolder { folder in
      let recipe = try recipe("wgan-gp")
      try start(recipe, "\(folder)/whole").run { _ in }
      let path = "\(folder)/killed"
      do {
        let run = try start(recipe, path)
        try run.run(until: { run.trainer.step == 5 }) { _ in }
      }
      try Files.remove("\(path)/checkpoints/step-000005")
      let log = try LogFile(appendingTo: "\(path)/metrics.jsonl")
      try log.write(Array(#"{"step":6,"discrimi"#.utf8))
      try Files.createDirectory("\(path)/checkpoints/.step-000006.1-1-1.tmp")
      let run = try resume(recipe, path)
      #expect(run.trainer.step == 4)
      try run.run { _ in }
      #expect(try result(path) == result("\(folder)/whole"))
      let names = try Files.list("\(path)/checkpoints")
      #expect(names == ["step-000004", "step-000006", "step-000008"])
    }
  }

  @Test func aRunWithoutCheckpointBeginsAgain() throws {
    try inFolder { folder in
      let recipe = try recipe("gan")
      do { _ = try start(recipe, "\(folder)/run") }
      let run = try resume(recipe, "\(folder)/run")
      #expect(run.trainer.step == 0)
      try run.run { _ in }
      #expect(run.trainer.step == 8)
    }
  }

  @Test func checkpointsToKeepStay() throws {
    try inFolder { folder in
      let json =
        #"{ "variant": "gan", "generator": { "width": 2 }, "discriminator": { "width": 2 }, "#
        + #""training": { "steps": 12, "batch": 2 }, "#
        + #""output": { "checkpointEvery": 1, "keepLast": 2, "keepEvery": 5, "grid": [1, 1] } }"#
      let recipe = try Recipe(parsing: Array(json.utf8), file: "k.json", registry: tested)
      try start(recipe, "\(folder)/run").run { _ in }
      #expect(try CheckpointFolder("\(folder)/run/checkpoints").steps() == [5, 10, 11, 12])
    }
  }

  @Test func aDamagedCheckpointFallsBackToTheOneBefore() throws {
    try inFolder { folder in
      let recipe = try recipe("dcgan")
      try start(recipe, "\(folder)/run").run { _ in }
      let file = "\(folder)/run/checkpoints/step-000008/optimizers.safetensors"
      var bytes = try Files.read(file)
      bytes[bytes.count / 2] ^= 1
      let whole = try result("\(folder)/run")
      try Files.write(bytes, to: file)
      var warnings: [ZooError] = []
      let run = try resume(recipe, "\(folder)/run") { warnings.append($0) }
      #expect(run.trainer.step == 6)
      #expect(warnings.count == 1 && warnings[0].description.contains("optimizers.safetensors"))
      try run.run { _ in }
      #expect(try result("\(folder)/run") == whole)
    }
  }

  @Test func anotherRecipeOrOtherDataAreExplained() throws {
    try inFolder { folder in
      do { try start(recipe("gan"), "\(folder)/run").run { _ in } }
      let error = #expect(throws: ZooError.self) {
        try resume(try recipe("gan", #", "optimizer": { "sgd": {} }, "seed": 2"#), "\(folder)/run")
      }
      #expect(error?.kind == .usage)
      #expect(
        error?.findings.map(\.place) == [
          "training.seed", "training.optimizer.sgd", "training.optimizer.adam",
        ])
      let directory = try RunDirectory(opening: "\(folder)/run")
      let checkpoint = try directory.checkpoints.newest { _ in }
      let other = #expect(throws: ZooError.self) {
        try TrainingRun(
          resuming: directory, from: checkpoint, recipe("gan"),
          on: ByteImages.strokeDigits(count: 51))
      }
      #expect(other?.kind == .data && other?.description.contains("digest") == true)
    }
  }

  @Test func moreStepsExtendARun() throws {
    try inFolder { folder in
      try start(recipe("lsgan", steps: 4), "\(folder)/run").run { _ in }
      try start(recipe("lsgan"), "\(folder)/whole").run { _ in }
      try resume(recipe("lsgan"), "\(folder)/run").run { _ in }
      // The picture and the config of the shorter run's end are its own.
      var (extended, whole) = (try result("\(folder)/run"), try result("\(folder)/whole"))
      #expect(extended.removeValue(forKey: "step-000004.png") != nil)
      #expect(whole.removeValue(forKey: "step-000004.png") == nil)
      #expect(extended == whole)
    }
  }

  @Test func twoRunsNeverShareAFolder() throws {
    try inFolder { folder in
      let recipe = try recipe("gan")
      let first = try start(recipe, "\(folder)/run")
      for attempt in [
        { try start(recipe, "\(folder)/run") }, { try resume(recipe, "\(folder)/run") },
      ] {
        let error = #expect(throws: ZooError.self) { try attempt() }
        #expect(error?.kind == .locked)
        #expect(error?.description.contains("\(ProcessInfo.processInfo.processIdentifier)") == true)
      }
      #expect(first.trainer.step == 0)
    }
  }

  /// A value that is not finite in the weights, between two steps.
  private func poison(_ trainer: Trainer) throws {
    let parameter = try #require(trainer.contest.generatorStore.parameters.first)
    var values = parameter.value.floats
    values[0] = .infinity
    parameter.assign(Tensor(values, shape: parameter.shape))
  }

  @Test func nothingBadIsSaved() throws {
    try inFolder { folder in
      let run = try start(recipe("gan", steps: 2), "\(folder)/run")
      let error = #expect(throws: ZooError.self) {
        try run.run(until: {
          try? poison(run.trainer)
          return true
        }) { _ in }
      }
      #expect(error?.kind == .diverged)
      #expect(
        error?.description.contains("the generator's 0.weight") == true
          || error?.description.contains("the generator's 1.weight") == true)
      #expect(try run.directory.checkpoints.steps().isEmpty)
    }
  }

  /// Diverges after step 5 until the learning rate was halved often enough: goes back to step 4,
  /// then, since that was no help, to step 2, from where step 4 is saved anew.
  @Test(arguments: [(allowed: 1, needed: 1), (2, 2), (3, 3), (1, 2), (0, 1)])
  func aDivergedRunGoesBack(_ rollbacks: (allowed: Int, needed: Int)) throws {
    try inFolder { folder in
      let recipe = try recipe("gan", #", "rollbacks": \#(rollbacks.allowed)"#)
      let run = try start(recipe, "\(folder)/run")
      var back: [Int] = []
      func train() throws {
        try run.run { event in
          switch event {
          case .step(let report, _):
            if report.step == 5, run.trainer.rollbacks < rollbacks.needed {
              try? poison(run.trainer)
            }
          case .rollback(let error, let step):
            #expect(error.kind == .diverged)
            back.append(step)
          default: break
          }
        }
      }
      if rollbacks.allowed >= rollbacks.needed {
        try train()
        #expect(back == Array([4, 2, 4].prefix(rollbacks.needed)))
        #expect(try run.directory.checkpoints.steps() == [4, 6, 8])
        #expect(run.trainer.step == 8 && run.trainer.rollbacks == rollbacks.needed)
        let lines = try Files.read("\(folder)/run/metrics.jsonl").count { $0 == UInt8(ascii: "\n") }
        #expect(lines == 8)
        // A resumed run remembers how far its rates were lowered.
        let path = "\(folder)/run/checkpoints/step-000008"
        let other = try recipe.plan(for: Self.digits).trainer(on: Self.digits)
        try Checkpoint(reading: path).restore(other)
        #expect(other.rollbacks == rollbacks.needed)
      } else {
        let error = #expect(throws: ZooError.self) { try train() }
        // Rollbacks are recommended to those who do not have them.
        #expect(error?.description.contains("training.rollbacks") == (rollbacks.allowed == 0))
        #expect(back.count == rollbacks.allowed)
        #expect(
          try run.directory.checkpoints.steps() == (rollbacks.allowed > 0 ? [0, 2, 4] : [2, 4]))
      }
    }
  }

  /// Killed just after it went back, or stopped and continued there: the halved rates stay, and the
  /// result is that of a run to which nothing else happened.
  @Test(arguments: [true, false])
  func aKillAfterARollbackChangesNothing(_ kill: Bool) throws {
    try inFolder { folder in
      let recipe = try recipe("gan", #", "rollbacks": 1"#)
      func train(_ run: TrainingRun, _ went: (Int) -> Void = { _ in }) throws {
        try run.run { event in
          if case .step(let report, _) = event, report.step == 5, run.trainer.rollbacks == 0 {
            try? poison(run.trainer)
          }
          if case .rollback(_, let step) = event { went(step) }
        }
      }
      try train(start(recipe, "\(folder)/whole"))
      let path = "\(folder)/cut"
      if kill {
        // What a killed process leaves behind is what is on the disk at that moment.
        try train(start(recipe, "\(folder)/victim")) { _ in
          try? FileManager.default.copyItem(atPath: "\(folder)/victim", toPath: path)
        }
      } else {
        let run = try start(recipe, path)
        var isBack = false
        try run.run(until: { isBack && run.trainer.step == 5 }) { event in
          if case .step(let report, _) = event, report.step == 5, !isBack {
            try? poison(run.trainer)
          }
          if case .rollback = event { isBack = true }
        }
        #expect(try run.directory.checkpoints.steps().last == 5)
      }
      let resumed = try resume(recipe, path)
      #expect(resumed.trainer.rollbacks == 1)
      try train(resumed)
      #expect(try result(path) == result("\(folder)/whole"))
    }
  }

  /// A kill between the word that the run went back and the removal of what it went back from.
  @Test func whatARunWentBackFromIsNotResumed() throws {
    try inFolder { folder in
      let recipe = try recipe("gan", #", "rollbacks": 1"#)
      let path = "\(folder)/run"
      try start(recipe, path).run { _ in }
      try Files.write(#"{ "rollbacks": 1, "step": 4 }"#, to: "\(path)/rollback.json")
      let run = try resume(recipe, path)
      #expect(run.trainer.step == 4 && run.trainer.rollbacks == 1)
      #expect(try run.directory.checkpoints.steps() == [4])
    }
  }

  /// Before the first regular checkpoint there is the one of step 0, and what it went on to is gone.
  @Test func aRunGoesBackToItsBeginning() throws {
    try inFolder { folder in
      let recipe = try recipe("gan", #", "rollbacks": 1"#)
      let run = try start(recipe, "\(folder)/run")
      var back: [Int] = []
      try run.run { event in
        if case .step(let report, _) = event, report.step == 1, back.isEmpty {
          try? poison(run.trainer)
        }
        if case .rollback(_, let step) = event { back.append(step) }
      }
      #expect(back == [0] && run.trainer.step == 8)
    }
  }

  /// A later version's checkpoint is not damaged: nothing is resumed from, and nothing is removed.
  @Test func aCheckpointOfAnotherVersionStays() throws {
    try inFolder { folder in
      let recipe = try recipe("gan", steps: 4)
      try start(recipe, "\(folder)/run").run { _ in }
      let manifest = "\(folder)/run/checkpoints/step-000004/manifest.json"
      let text = String(decoding: try Files.read(manifest), as: UTF8.self)
        .replacing(#""schema_version":1"#, with: #""schema_version":2"#)
      let body =
        text.prefix(
          upTo: try #require(text.range(of: #","sha256":"#, options: .backwards)).lowerBound) + "}"
      let digest = SHA256.hexDigest(of: Array(body.utf8))
      try Files.write(body.dropLast() + #","sha256":"\#(digest)"}"# + "\n", to: manifest)
      let error = #expect(throws: ZooError.self) { try resume(recipe, "\(folder)/run") }
      #expect(error?.kind == .usage && error?.description.contains("found 2") == true)
      #expect(try CheckpointFolder("\(folder)/run/checkpoints").steps() == [2, 4])
    }
  }
}
