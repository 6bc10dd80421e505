import Testing
import Variants
import ZooCore

/// Batches that are cut into shards, each in passes of its own.
@Suite struct ShardTests {
  private static let digits = ByteImages.strokeDigits(count: 40)

  private func trainer(_ json: String, on dataset: any Dataset = digits) throws -> Trainer {
    try Recipe(parsing: Array(json.utf8), file: "c.json", registry: tested)
      .plan(for: dataset).trainer(on: dataset)
  }

  private func json(_ variant: String, shards: Int) -> String {
    """
    { "variant": "\(variant)", "generator": { "architecture": "wgan-gp", "width": 4 },
      "discriminator": { "architecture": "wgan-gp", "width": 4 },
      "training": { "batch": 12, "discriminatorSteps": 2, "shards": \(shards) } }
    """
  }

  /// The largest difference of two values, as a share of the largest value.
  private func difference(_ a: [Tensor], _ b: [Tensor]) -> Double {
    let pairs = zip(a.flatMap(\.doubles), b.flatMap(\.doubles))
    let scale = pairs.reduce(0) { max($0, abs($1.0)) }
    return pairs.reduce(0) { max($0, abs($1.0 - $1.1)) } / scale
  }

  /// Where no layer mixes samples, shards change nothing but the order of sums: each draws its rows of
  /// what the whole batch draws.
  @Test(arguments: ["gan", "lsgan", "wgan-gp", "r3gan"], [2, 3, 4])
  func shardsMakeTheBatch(_ variant: String, _ shards: Int) throws {
    let one = try trainer(json(variant, shards: 1))
    let cut = try trainer(json(variant, shards: shards))
    let (a, b) = (try one.runStep(), try cut.runStep())
    #expect(a.images == b.images)
    func named(_ report: StepReport) -> [(name: String, value: Double)] {
      report.losses.map { ($0.player, $0.loss ?? 0) } + report.terms
    }
    for (one, cut) in zip(named(a), named(b)) {
      #expect(one.name == cut.name)
      // Means of twelve single-precision values.
      #expect(abs(one.value - cut.value) <= 1e-5 * max(1, abs(one.value)), "\(one.name)")
    }
    for player in [Player.generator, .discriminator] {
      func values(_ trainer: Trainer) -> [Tensor] {
        trainer.contest.store(of: player).parameters.map(\.value)
      }
      // Adam divides by a gradient's size: where that is near zero, its last digits steer a whole step.
      #expect(difference(values(one), values(cut)) < 2e-3, "\(player)")
    }
  }

  /// Statistics are the mean of the shards', whose moments are their own.
  @Test func statisticsAreMeans() throws {
    func statistics(_ shards: Int) throws -> [Tensor] {
      let trainer = try trainer(
        """
        { "variant": "gan", "generator": { "architecture": "wgan-gp", "width": 4 },
          "discriminator": { "layers": [{ "batchNorm": 1e-5 }, "flatten", { "dense": 1 }] },
          "training": { "batch": 12, "shards": \(shards) } }
        """)
      _ = try trainer.runStep()
      return trainer.contest.discriminatorStore.buffers.filter { $0.name.hasSuffix("mean") }
        .map(\.value)
    }
    let one = try statistics(1)
    // One channel's mean over images and fakes: linear, so that of the whole batch.
    #expect(one.count == 1 && one[0].doubles[0] != 0)
    // Means of 9,408 single-precision pixels.
    for shards in [2, 3, 4] {
      let cut = try statistics(shards)
      #expect(difference(one, cut) < 1e-5, "\(one[0].doubles) \(cut[0].doubles)")
    }
  }

  /// Every variant learns in shards, and the same numbers come out again.
  @Test(arguments: tested.variants.map { $0.card.name })
  func everyVariantTrainsInShards(_ name: String) throws {
    let json = SmallConfig.json(
      name, width: 4, #""training": { "batch": 6, "discriminatorBatch": 6, "shards": 3 }"#)
    let data = SmallConfig.data(for: name, Self.digits)
    func trained() throws -> [[Float]] {
      let trainer = try trainer(json, on: data)
      let before = trainer.contest.generatorStore.parameters.map(\.value.floats)
      for _ in 0..<3 {
        let report = try trainer.runStep()
        #expect(report.losses.contains { $0.loss != nil })
      }
      let contest = trainer.contest
      let after = [contest.generatorStore, contest.discriminatorStore, contest.objectiveStore]
        .flatMap { ($0.parameters + $0.buffers).map(\.value.floats) }
      #expect(before != Array(after.prefix(before.count)))
      return after
    }
    #expect(try trained() == trained())
  }

  /// What an update remembers is the mean of what its shards say; a pool is parted among them.
  @Test func memoryOfShards() throws {
    let path = try trainer(
      """
      { "variant": "stylegan2", "generator": { "width": 4 }, "discriminator": { "width": 4 },
        "training": { "batch": 4, "shards": 2 } }
      """)
    _ = try path.runStep()
    let mean = try #require(
      path.contest.objectiveStore.buffers.first { $0.name == "path.mean" })
    #expect(mean.value.scalar > 0)

    let pool = try trainer(
      SmallConfig.json(
        "cyclegan", #""objective": { "pool": 5 }, "training": { "batch": 4, "shards": 2 }"#),
      on: SmallConfig.data(for: "cyclegan", Self.digits))
    func filled() -> [Double] {
      pool.contest.objectiveStore.buffers.filter { $0.name.hasSuffix("filled") }
        .map(\.value.scalar)
    }
    func used() -> [Bool] {
      pool.contest.objectiveStore.buffers.filter { $0.name.hasPrefix("pool.") }
        .filter { !$0.name.hasSuffix("filled") }.map { $0.value.doubles.contains { $0 != 0 } }
    }
    _ = try pool.runStep()
    // Two places each, filled by the two images of each shard; the odd place stays empty.
    #expect(filled() == [2, 2])
    #expect(used() == [true, true, true, true, false])
  }

  @Test(arguments: [
    (#""batch": 12, "shards": 5"#, "12 samples cannot be cut into 5 equal shards"),
    (
      #""batch": 12, "discriminatorBatch": 9, "shards": 4"#,
      "9 samples cannot be cut into 4 equal shards"
    ),
    (
      #""batch": { "points": [[0, 4], [10, 8]] }, "shards": 2"#,
      "change from point to point, and not between"
    ),
    (#""batch": 4, "shards": 0"#, "expected a whole number in 1...1024"),
  ])
  func unequalShardsAreRefused(_ training: String, _ message: String) {
    let json = #"{ "variant": "gan", "training": { \#(training) } }"#
    let error = #expect(throws: ZooError.self) {
      try Recipe(parsing: Array(json.utf8), file: "c.json", registry: builtIn)
    }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  /// Batch norm sees a shard by itself, and of one value nothing is left.
  @Test func shardsOfOneSampleAreTooFew() throws {
    let json = """
      { "variant": "gan", "generator": { "layers": [
          { "dense": 8 }, { "batchNorm": 1e-5 }, { "dense": 784 }, { "reshape": [28, 28, 1] }] },
        "training": { "batch": 4, "shards": 4 } }
      """
    let error = #expect(throws: ZooError.self) { try trainer(json) }
    #expect(error?.description.contains("a pass of 1 sample") == true)
  }
}
