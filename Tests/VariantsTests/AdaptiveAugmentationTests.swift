import Testing
import Variants
import ZooCore

/// A probability of changes that follows the discriminator's scores.
@Suite struct AdaptiveAugmentationTests {
  /// Every four batches the probability moves by their share of images, up where more scores are positive
  /// than the target says, down to zero at most.
  @Test func adaption() throws {
    let json = """
      { "variant": "gan", "training": {
          "augment": { "cutout": 0.5, "target": 0.5, "adjustOver": 100 } } }
      """
    let recipe = try Recipe(
      parsing: Array(json.utf8), file: "c.json", registry: builtIn)
    let contest = try Plan(recipe, for: DataShape([4, 4, 1])).contest
    let adaptive = try #require(AdaptiveAugmentation(recipe.config.training.augment, of: contest))
    #expect(adaptive.probability == 0)
    func show(_ signs: [Double]) {
      let scores = Tensor(signs, shape: [signs.count])
      adaptive.note(signs: AdaptiveAugmentation.signs(of: scores), images: signs.count)
    }
    for _ in 0..<3 { show([3, 2, 1, 1]) }
    #expect(adaptive.probability == 0)
    show([3, 2, 1, 1])
    // 16 images of 100.
    #expect(abs(adaptive.probability - 0.16) < 1e-7)
    // A mean sign of exactly the target changes nothing.
    for _ in 0..<4 { show([1, 1, 1, -1]) }
    #expect(abs(adaptive.probability - 0.16) < 1e-7)
    for _ in 0..<8 { show([1, 1, -1, -1]) }
    #expect(adaptive.probability == 0)
    for _ in 0..<40 { show([1, 1, 1, 1]) }
    #expect(adaptive.probability == 1)
  }

  /// In a run the probability is a term of the log, and what a step that failed has noted does not count.
  @Test func aRunTellsItsProbability() throws {
    let json = """
      { "variant": "lsgan", "data": { "dataset": "stroke-digits" },
        "generator": { "architecture": "mlp", "width": 4 },
        "discriminator": { "architecture": "mlp", "width": 4 },
        "training": { "steps": 9, "batch": 4,
          "augment": { "translation": 0.125, "target": 0, "adjustOver": 160 } } }
      """
    let recipe = try Recipe(parsing: Array(json.utf8), file: "c.json", registry: builtIn)
    let dataset = ByteImages.strokeDigits(count: 40)
    let trainer = try Plan(recipe, for: DataShape(dataset)).trainer(on: dataset)
    let told = try (0..<9).map { _ in
      try trainer.runStep().terms.first { $0.name == "augmentProbability" }?.value
    }
    #expect(told[..<4].allSatisfy { $0 == 0 })
    // 16 of 160 images in four steps: up, or down where zero is the end.
    #expect(told[4] == told[7] && [0, 0.1].contains { abs((told[8] ?? 1) - $0) <= 0.1001 })
    #expect(told.allSatisfy { $0 != nil })
  }

  @Test(arguments: [#"{ "target": 0.6 }"#, #"{ "probability": 0.5 }"#])
  func aProbabilityOfNothingIsTold(_ augment: String) throws {
    let json = #"{ "variant": "lsgan", "training": { "augment": \#(augment) } }"#
    let recipe = try Recipe(parsing: Array(json.utf8), file: "c.json", registry: builtIn)
    let error = #expect(throws: ZooError.self) { try Plan(recipe, for: DataShape([8, 8, 1])) }
    #expect(error?.findings.first?.problem.contains("but not how") == true)
  }
}
