import Testing
import Variants
import ZooCore

/// Several ranks train one contest, here each on a thread of its own.
@Suite struct TeamTests {
  private static let digits = ByteImages.strokeDigits(count: 40)
  private static let shards = 4

  /// All that two steps move, on each rank of a team.
  private func trained(_ name: String, ranks: Int) throws -> [[[Float]]] {
    let pool = name == "cyclegan" ? #""objective": { "pool": 8 }, "# : ""
    let json = SmallConfig.json(
      name, width: 4, pool + #""training": { "batch": 8, "shards": \#(Self.shards) }"#)
    return try ThreadMessenger.team(of: ranks) { messenger in
      let recipe = try Recipe(parsing: Array(json.utf8), file: "c.json", registry: tested)
      let data = SmallConfig.data(for: name, Self.digits)
      return try Backends.using(CPUBackend(threads: 1)) {
        let trainer = try recipe.plan(for: data).trainer(on: data, with: messenger)
        for _ in 0..<2 { _ = try trainer.runStep() }
        try trainer.shareMemory()
        let contest = trainer.contest
        return [contest.generatorStore, contest.discriminatorStore, contest.objectiveStore]
          .flatMap { ($0.parameters + $0.buffers).map(\.value.floats) }
      }
    }
  }

  /// The same bits, whoever computes which shard; every rank has them all.
  @Test(arguments: tested.variants.map { $0.card.name })
  func bitsDoNotDependOnRanks(_ name: String) throws {
    let alone = try trained(name, ranks: 1)[0]
    for ranks in 2...Self.shards {
      for (rank, values) in try trained(name, ranks: ranks).enumerated() {
        #expect(values == alone, "rank \(rank) of \(ranks)")
      }
    }
  }
}
