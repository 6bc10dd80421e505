import Testing
import Variants
import ZooCore

/// Labels in both networks, with every objective and architecture.
@Suite struct ConditioningTests {
  private func recipe(
    _ variant: String, _ architecture: String, _ conditioning: String
  ) throws -> Recipe {
    let json = """
      { "variant": "\(variant)", "conditioning": \(conditioning),
        "generator": { "architecture": "\(architecture)", "width": 4, "latent": { "size": 6 } },
        "discriminator": { "architecture": "\(architecture)", "width": 4 },
        "training": { "batch": 10, "discriminatorSteps": 1 } }
      """
    return try Recipe(parsing: Array(json.utf8), file: "c.json", registry: builtIn)
  }

  private let digits = ByteImages.strokeDigits(count: 40)
  private let context = Context(.inference, random: RandomSource(seed: 1, step: 0, substep: 0))

  static let ways = [
    #""concatenate""#, #""projection""#,
    #"{ "discriminator": "projection", "embedding": 3 }"#,
  ]

  /// Objective, architecture and conditioning are independent: all of them train, and both players
  /// learn their labels.
  @Test(arguments: SmallConfig.games, ways)
  func everyObjectiveTrainsWithLabels(_ variant: String, _ way: String) throws {
    for architecture in SmallConfig.architectures(for: variant) {
      let recipe = try recipe(variant, architecture, way)
      let contest = try recipe.plan(for: digits.sampleShape, classes: 10).contest
      let settings = recipe.config.training.settings
      let trainer = Trainer(
        contest,
        data: BatchSource(
          digits, batch: settings.batch, seed: 1, range: recipe.config.data.range),
        settings: settings)
      let labels = [contest.generatorStore, contest.discriminatorStore].compactMap { store in
        store.parameters.first { $0.name == "label.weight" }
      }
      let before = labels.map(\.value.floats)
      // Norms that are told the class have rows of their own.
      let hasRows = contest.generatorStore.parameters.contains { $0.name.hasSuffix("gain.weight") }
      #expect(labels.count == 2 || hasRows && labels.count == 1)
      // In the first, rows of zeros keep the derivative from what they multiply.
      for _ in 0..<2 { _ = try trainer.runStep() }
      for (parameter, old) in zip(labels, before) {
        #expect(parameter.value.floats != old, "\(variant), \(architecture): \(parameter.name)")
      }
    }
  }

  @Test(arguments: SmallConfig.architectures(for: "cgan"), ways)
  func anotherLabelIsAnotherSample(_ architecture: String, _ way: String) throws {
    let contest = try recipe("cgan", architecture, way).plan(for: [28, 28, 1], classes: 10).contest
    let latents = contest.generator.takes.latent?.draw(
      2, from: RandomStream(seed: 1, purpose: .latents))
    func images(_ labels: [Int32]) -> Tensor {
      contest.generator(
        GeneratorInput(latents: latents, condition: Condition(labels: labels)), context)
    }
    let first = images([3, 3])
    #expect(images([3, 4]).rows(0..<1).floats == first.rows(0..<1).floats)
    #expect(images([3, 4]).rows(1..<2).floats != first.rows(1..<2).floats)
    let scores = try contest.judge().callAsFunction(
      first, given: Condition(labels: [3, 3]), context
    ).floats
    let others = try contest.judge().callAsFunction(
      first, given: Condition(labels: [3, 4]), context
    ).floats
    #expect(scores[0] == others[0] && scores[1] != others[1])
  }

  /// Miyato & Koyama's equation: the score moves by ⟨v_y, φ(x)⟩ from class to class, with φ the
  /// flattened image where the network is one dense layer.
  @Test func projectionAddsAnInnerProduct() throws {
    let json = """
      { "variant": "gan", "conditioning": "projection", "generator": { "width": 2 },
        "discriminator": { "layers": ["flatten", { "dense": 1 }] } }
      """
    try Backends.using(ReferenceBackend.shared) {
      let contest = try Recipe(parsing: Array(json.utf8), file: "c.json", registry: builtIn)
        .plan(for: [3, 2, 1], classes: 2, type: .float64).contest
      let parameters = contest.discriminatorStore.parameters
      let codes = try #require(parameters.first { $0.name == "label.weight" })
      #expect(codes.shape == [2, 6] && parameters.map(\.name).contains("1.weight"))
      let x = RandomStream(seed: 2, purpose: .noise).uniform([1, 3, 2, 1], type: .float64)
      let scores = try [0, 1].map {
        try contest.judge().callAsFunction(x, given: Condition(labels: [$0]), context).scalar
      }
      let match = codes.value.matrixProduct(x.reshaped(to: [6, 1])).doubles
      #expect(abs((scores[1] - scores[0]) - (match[1] - match[0])) < 1e-12)
    }
  }

  @Test func labelsMustExist() throws {
    let error = #expect(throws: ZooError.self) {
      _ = try recipe("lsgan", "dcgan", #""projection""#).plan(for: [28, 28, 1]).contest
    }
    #expect(error?.kind == .usage)
    let text = error?.description ?? ""
    #expect(text.contains("c.json:1:39") && text.contains("no labels"))
  }
}
