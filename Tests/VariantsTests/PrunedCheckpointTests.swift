import Foundation
import Synchronization
import Testing
import Variants
import ZooCore

/// A reader beside a run that saves at every step and keeps one checkpoint.
@Suite struct PrunedCheckpointTests {
  private static let recipe = #"""
    { "variant": "gan", "data": { "dataset": "ring8" },
      "generator": { "latent": { "size": 2 }, "layers": [{ "dense": 4 }, "relu", { "dense": 2 }] },
      "discriminator": { "layers": [{ "dense": 4 }, "relu", { "dense": 1 }] },
      "training": { "batch": 4 } }
    """#

  @Test func aThousandReadingsMeetAGoodCheckpoint() throws {
    try inFolder { path in
      let folder = CheckpointFolder(path)
      let isOver = Atomic(false)
      let failure = Mutex<String?>(nil)
      let (begun, ended) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
      Thread.detachNewThread {
        defer {
          begun.signal()
          ended.signal()
        }
        do {
          let recipe = try Recipe(
            parsing: Array(Self.recipe.utf8), file: "ring.json", registry: builtIn)
          let data = try ringOfEight()
          let plan = try recipe.plan(for: data)
          let trainer = plan.trainer(on: data)
          while !isOver.load(ordering: .relaxed) {
            _ = try trainer.runStep()
            try folder.write(
              Checkpoint(of: trainer, config: plan.resolved, dataset: DatasetIdentity(data)),
              keepLast: 1, keepEvery: nil)
            if trainer.step == 1 { begun.signal() }
          }
        } catch {
          failure.withLock { $0 = "\(error)" }
        }
      }
      begun.wait()
      var steps: Set<Int> = []
      for _ in 0..<1000 {
        let newest = try folder.newest { Issue.record("warned of \($0)") }
        steps.insert(try #require(newest).step)
      }
      isOver.store(true, ordering: .relaxed)
      ended.wait()
      #expect(failure.withLock { $0 } == nil)
      // The run did go on meanwhile.
      #expect(steps.count > 10)
    }
  }
}
