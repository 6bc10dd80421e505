import Foundation
import Synchronization
import Testing
import Variants
import ZooCore

/// Commands that read a run while it trains: a checkpoint is always there, whatever is removed.
@Suite struct ReadersBesideARunTests {
  private static func recipe() throws -> Recipe {
    let json = """
      { "variant": "gan", "data": { "dataset": "ring8" },
        "generator": { "latent": { "size": 2 }, "layers": [{ "dense": 4 }, "relu", { "dense": 2 }] },
        "discriminator": { "layers": [{ "dense": 4 }, "relu", { "dense": 1 }] },
        "training": { "steps": 1000000, "batch": 2 },
        "output": { "checkpointEvery": 1, "keepLast": 1, "sampleEvery": 1000000 } }
      """
    return try Recipe(parsing: Array(json.utf8), file: "beside.json", registry: builtIn)
  }

  private static func data() throws -> any Dataset {
    try DataLibrary(directory: "/nowhere").open(recipe().config.data).dataset
  }

  /// A thread that trains until it is told to stop.
  private final class Writer: Sendable {
    private let stopped = Atomic<Bool>(false)
    private let failure = Mutex<String?>(nil)
    private let ended = DispatchSemaphore(value: 0)

    init(_ train: @escaping @Sendable (_ shouldStop: () -> Bool) throws -> Void) {
      Thread.detachNewThread { [self] in
        do {
          try train { stopped.load(ordering: .relaxed) }
        } catch {
          failure.withLock { $0 = "\(error)" }
        }
        ended.signal()
      }
    }

    /// Waits for its beginning.
    func wait(until hasBegun: () throws -> Bool) throws {
      for _ in 0..<6000 {
        if try hasBegun() { return }
        usleep(10_000)
      }
    }

    /// Stops, and returns what went wrong.
    func stop() -> String? {
      stopped.store(true, ordering: .relaxed)
      ended.wait()
      return failure.withLock { $0 }
    }
  }

  /// Reads a thousand times, and returns how many checkpoints were met.
  private func read(_ path: String) -> Int {
    var steps: Set<Int> = []
    for reading in 0..<1000 {
      #expect(throws: Never.self, "reading \(reading)") {
        let generator = try TrainedGenerator(in: path, raw: true, registry: builtIn) {
          Issue.record("reading \(reading): \($0)")
        }
        steps.insert(generator.checkpoint.step)
      }
    }
    return steps.count
  }

  @Test func aThousandReadingsFindACheckpoint() throws {
    try inFolder { folder in
      let path = "\(folder)/run"
      let writer = Writer { shouldStop in
        let run = try TrainingRun(
          Self.recipe(), on: Self.data(), in: path, manifest: .object([]))
        try run.run(until: shouldStop) { _ in }
      }
      try writer.wait { try !CheckpointFolder("\(path)/checkpoints").steps().isEmpty }
      // Few would prove nothing.
      #expect(read(path) > 20)
      #expect(writer.stop() == nil)
    }
  }

  /// The link to the best checkpoint moves on, and what it led to is removed.
  @Test func aLinkThatMovesOnIsFollowed() throws {
    try inFolder { folder in
      let checkpoints = CheckpointFolder("\(folder)/checkpoints")
      try Files.createDirectory(checkpoints.path)
      let writer = Writer { shouldStop in
        let (recipe, data) = try (Self.recipe(), Self.data())
        let trainer = try recipe.plan(for: data).trainer(on: data)
        let config = try recipe.plan(for: data).resolved
        while !shouldStop() {
          _ = try trainer.runStep()
          try checkpoints.write(
            Checkpoint(of: trainer, config: config, dataset: DatasetIdentity(data)),
            best: trainer.step, keepLast: 1, keepEvery: nil)
        }
      }
      try writer.wait { Files.exists(checkpoints.best) }
      #expect(read(checkpoints.best) > 20)
      #expect(writer.stop() == nil)
    }
  }
}
