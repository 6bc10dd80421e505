import Testing
import Variants
import ZooCore

/// ProGAN's networks and how they grow.
@Suite struct GrowthTests {
  private func plan(
    _ architecture: String, _ width: Int, _ sample: Shape, _ objective: String = "{}"
  ) throws -> Plan {
    let network = #"{ "architecture": "\#(architecture)", "width": \#(width) }"#
    let json = """
      { "variant": "progan", "discriminator": \(network),
        "generator": { "architecture": "\(architecture)", "width": \(width),
          "latent": { "size": \(width) } }, "objective": \(objective) }
      """
    // One sample at a time: batches of a megapixel need more memory than most machines have.
    return try Plan(
      Recipe(parsing: Array(json.utf8), file: "c.json", registry: builtIn),
      for: DataShape(sample), purpose: .translation)
  }

  /// Parameters as the sources have them: the large discriminator's are published.
  @Test(
    arguments: [
      ("progan", 512, [1024, 1024, 3], 23_079_115, 23_087_249),
      ("progan-light", 64, [32, 32, 1], 278_180, 279_073),
      ("progan-light", 64, [32, 32, 3], 278_636, 279_521),
    ] as [(String, Int, Shape, Int, Int)])
  func counts(
    _ architecture: String, _ width: Int, _ sample: Shape, _ generator: Int, _ discriminator: Int
  ) throws {
    let contest = try plan(architecture, width, sample).contest
    #expect(contest.generatorStore.parameterCount == generator)
    #expect(contest.discriminatorStore.parameterCount == discriminator)
  }

  /// One phase after another, each stable first: the authors' level of detail from the other end.
  @Test func schedule() throws {
    let contest = try plan(
      "progan-light", 8, [32, 32, 1], #"{ "stable": 100, "fade": 50 }"#
    ).contest
    let growth = try #require(Growth.all(in: contest.generatorStore).first)
    #expect(growth.sizes == 4)
    // Images seen, the size in use, the share of the next, whether optimizers forget.
    let expected: [(Int, Int, Double, Bool)] = [
      // From fully grown, as it is before the first step.
      (0, 0, 0, true), (100, 0, 0, false), (110, 0, 0.2, true), (149, 0, 0.98, false),
      (150, 1, 0, true), (275, 1, 0.5, true), (300, 2, 0, true), (449, 2, 0.98, true),
      (450, 3, 0, true), (10_000, 3, 0, false),
    ]
    for (seen, whole, share, forgets) in expected {
      let position = RunPosition(step: 0, samplesSeen: seen)
      #expect(contest.objective.willStep(at: position) == forgets, "\(seen)")
      #expect(growth.level.whole == whole, "\(seen)")
      // Kept in Float32.
      #expect(abs(growth.level.share - share) < 1e-7, "\(seen)")
    }
  }

  /// In the middle of a fade an image is the blend of what both sizes draw, and scores see it so: at the
  /// ends nothing jumps.
  @Test func fadesAreContinuous() throws {
    let contest = try plan("progan-light", 8, [16, 16, 1]).contest
    let growths = [contest.generatorStore, contest.discriminatorStore].flatMap(Growth.all)
    #expect(growths.count == 2)
    let context = Context(.inference, random: RandomSource(seed: 1, step: 0, substep: 0))
    let codes = RandomStream(seed: 3, purpose: .latents).normal([3, 8])
    func drawn(_ place: Double) throws -> (image: [Float], score: [Float]) {
      for growth in growths { growth.move(to: place) }
      return try withoutDerivatives {
        let image = contest.generator(GeneratorInput(latents: codes), context)
        let judge = try #require(contest.discriminator)
        return (image.floats, judge(image, given: Condition(), context).floats)
      }
    }
    let (low, high) = (try drawn(1), try drawn(2))
    let middle = try drawn(1.25)
    // To the rounding of a few operations on values of order one.
    for index in middle.image.indices {
      let blend = 0.75 * low.image[index] + 0.25 * high.image[index]
      #expect(abs(middle.image[index] - blend) < 1e-5)
    }
    for (place, end) in [(1.0001, low), (1.9999, high)] {
      let near = try drawn(place)
      for (a, b) in zip(near.score, end.score) { #expect(abs(a - b) < 1e-2) }
    }
    #expect(low.image != high.image && low.score != high.score)
    // Small images are enlarged: blocks of two by two pixels are alike.
    #expect((0..<128).allSatisfy { low.image[2 * $0] == low.image[2 * $0 + 1] })
  }

  /// Real images are seen as the sizes in use show them.
  @Test func realImagesFadeToo() throws {
    let contest = try plan("progan-light", 8, [8, 8, 1]).contest
    let growth = try #require(Growth.all(in: contest.discriminatorStore).first)
    let image = Tensor((0..<64).map { Float($0 % 2) }, shape: [1, 8, 8, 1])
    growth.move(to: 0)
    #expect(growth.seen(image).floats.allSatisfy { $0 == 0.5 })
    growth.move(to: 0.5)
    #expect(growth.seen(image).floats == image.floats.map { 0.25 + $0 / 2 })
    growth.move(to: 1)
    #expect(growth.seen(image).floats == image.floats)
  }

  /// Lists that do not belong to each other, and sizes that do not double.
  @Test(
    arguments: [
      (
        #"{ "pyramid": [["relu"], ["upsample"]], "images": [[{ "conv": 1 }]] }"#,
        "this pyramid needs 2 lists"
      ),
      (
        #"{ "pyramid": [["relu"], ["relu"]], "images": [[{ "conv": 1 }], [{ "conv": 1 }]] }"#,
        "images of a pyramid double"
      ),
      (
        #"{ "funnel": [["relu"]], "images": [[{ "conv": 2 }], [{ "conv": 2 }]] }"#,
        "funnel[0] gives [6, 6, 2]"
      ),
      (
        #"{ "funnel": [["relu"], ["relu"]], "images": [["relu"], ["relu"], ["relu"]] }"#,
        "a funnel of 2 stages halves images as often, found 6x6"
      ),
    ])
  func wrongLists(_ layer: String, _ told: String) throws {
    let entries = try LayerEntry.list(parsing: "[\(layer)]")
    let error = #expect(throws: ShapeMismatch.self) {
      try Network(entries, Scope(player: "test", seed: 1), from: [6, 6, 1])
    }
    #expect(error?.problem.hasPrefix(told) == true, "\(error?.problem ?? "")")
  }
}
