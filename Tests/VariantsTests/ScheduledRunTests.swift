import Testing
import Variants
import ZooCore

/// Runs whose settings change on the way.
@Suite struct ScheduledRunTests {
  private static let digits = ByteImages.strokeDigits(count: 50)

  /// Everything that can change does, in every unit and on every way.
  private func recipe(_ training: String, _ objective: String = "{}") throws -> Recipe {
    let json = """
      { "variant": "wgan-gp", "data": { "dataset": "stroke-digits" }, "objective": \(objective),
        "generator": { "latent": { "size": 4 }, "architecture": "dcgan", "width": 2 },
        "discriminator": { "architecture": "wgan-gp", "width": 2 },
        "training": { "steps": 8, "discriminatorSteps": 2, \(training) },
        "output": { "sampleEvery": 8, "checkpointEvery": 4, "grid": [1, 2] } }
      """
    return try Recipe(parsing: Array(json.utf8), file: "small.json", registry: builtIn)
  }

  private let changing = #"""
    "batch": { "points": [[2, 4], [3, 7], [5, 3]], "between": "hold" },
    "averageDecay": { "points": [[0, 0], [60, 0.9]], "in": "images" },
    "optimizer": { "adam": {
      "learningRate": { "points": [[0, 1e-3], [1, 0]], "between": "cosine", "in": "run" },
      "beta2": { "points": [[0, 0.5], [1, 0.9]], "in": "epochs" } } }
    """#

  private func last(_ path: String) throws -> [String: [UInt8]] {
    let checkpoint = CheckpointFolder("\(path)/checkpoints").path(step: 8)
    return Dictionary(
      uniqueKeysWithValues: try Files.list(checkpoint).map {
        ($0, try Files.read("\(checkpoint)/\($0)"))
      })
  }

  /// Stopped in the middle of every decay, at a checkpoint and between two, a run ends the same.
  @Test func aRunThatStopsGoesOnWithTheSameNumbers() throws {
    try inFolder { folder in
      let recipe = try recipe(
        changing, #"{ "gradientPenalty": { "points": [[0, 1], [6, 10]] } }"#)
      let whole = try TrainingRun(
        recipe, on: Self.digits, in: "\(folder)/whole", manifest: .object([]))
      try whole.run { _ in }
      for stop in [3, 4, 6] {
        let path = "\(folder)/stopped-\(stop)"
        do {
          let run = try TrainingRun(recipe, on: Self.digits, in: path, manifest: .object([]))
          #expect(try run.run(until: { run.trainer.step == stop }) { _ in } == false)
        }
        let directory = try RunDirectory(opening: path)
        let run = try TrainingRun(
          resuming: directory, from: directory.checkpointToResume { _ in }, recipe,
          on: Self.digits)
        #expect(run.trainer.step == stop)
        #expect(try run.run { _ in })
        #expect(run.trainer.position == whole.trainer.position)
        #expect(try last(path) == last("\(folder)/whole"), "stopped after step \(stop)")
      }
    }
  }

  /// Two discriminator updates a step: 8 samples of the first batches, then 14, then 6.
  @Test func batchesHaveTheirSizes() throws {
    let trainer = try recipe(changing).plan(for: Self.digits).trainer(on: Self.digits)
    var sizes: [Int] = []
    trainer.observer = {
      if $0.player == .generator { sizes.append($0.input?.latents?.shape[0] ?? 0) }
    }
    let images = try (0..<7).map { _ in try trainer.runStep().images }
    #expect(images == [8, 8, 8, 14, 14, 6, 6])
    #expect(sizes == [4, 4, 4, 7, 7, 3, 3])
    #expect(trainer.samplesSeen == 64)
    #expect(
      trainer.position
        == RunPosition(step: 7, steps: 8, samplesSeen: 64, samplesPerEpoch: 50))
  }

  private func weights(_ training: String, _ objective: String = "{}") throws -> [[Float]] {
    let trainer = try recipe(training, objective).plan(for: Self.digits).trainer(on: Self.digits)
    for _ in 0..<4 { _ = try trainer.runStep() }
    return trainer.contest.generatorStore.parameters.map(\.value.floats)
      + (trainer.average?.values.map(\.floats) ?? [])
  }

  /// Points that all have one value give the bits of a number.
  @Test func aScheduleThatDoesNotMoveIsANumber() throws {
    let still = #"""
      "batch": { "points": [[0, 5], [9, 5]] }, "averageDecay": { "points": [[0, 0.5], [9, 0.5]] },
      "optimizer": { "adam": { "learningRate": { "points": [[0, 1e-3], [9, 1e-3]] },
        "beta2": { "points": [[0, 0.9], [9, 0.9]], "between": "cosine" } } }
      """#
    let number = #"""
      "batch": 5, "averageDecay": 0.5,
      "optimizer": { "adam": { "learningRate": 1e-3, "beta2": 0.9 } }
      """#
    #expect(
      try weights(still, #"{ "gradientPenalty": { "points": [[0, 7], [1, 7]] } }"#)
        == weights(number, #"{ "gradientPenalty": 7 }"#))
  }

  /// Each of them counts: without it the run is another one.
  @Test(arguments: [
    (#""batch": 5"#, #""batch": { "points": [[0, 5], [2, 6]], "between": "hold" }"#),
    (
      #""batch": 5, "averageDecay": 0.5"#,
      #""batch": 5, "averageDecay": { "points": [[0, 0.5], [2, 0.9]] }"#
    ),
    (
      #""batch": 5, "optimizer": { "adam": { "learningRate": 1e-3 } }"#,
      #""batch": 5, "optimizer": { "adam": { "learningRate": { "points": [[0, 1e-3], [9, 0]] } } }"#
    ),
    (
      #""batch": 5, "optimizer": { "adam": { "beta2": 0.9 } }"#,
      #""batch": 5, "optimizer": { "adam": { "beta2": { "points": [[0, 0.9], [9, 0.5]] } } }"#
    ),
  ])
  func whatChangesChangesTheRun(_ constant: String, _ schedule: String) throws {
    #expect(try weights(constant) != weights(schedule))
  }
}
