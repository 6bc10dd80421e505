import Testing
import Variants
import ZooCore

/// Norms over a single value leave nothing of it: such batches are refused before anything is
/// trained, and drawing does not mind them.
@Suite struct SmallBatchTests {
  private func recipe(
    _ training: String, discriminator: String = #"[{ "dense": 1 }]"#, conditioning: String = ""
  ) throws -> Recipe {
    let json = """
      { "variant": "gan", "data": { "dataset": "ring8" },\(conditioning)
        "generator": { "latent": { "size": 2 },
          "layers": [{ "dense": 8 }, "batchNorm", "relu", { "dense": 2 }] },
        "discriminator": { "layers": \(discriminator) },
        "training": { \(training) } }
      """
    return try Recipe(parsing: Array(json.utf8), file: "small.json", registry: builtIn)
  }

  @Test(
    "batch norm over one value for each channel",
    arguments: [
      (#""batch": 1"#, "training.batch"),
      (#""batch": 8, "discriminatorBatch": 1"#, "training.discriminatorBatch"),
      (#""batch": 1, "discriminatorBatch": 8"#, "training.batch"),
      (
        #""batch": 1, "discriminatorBatch": 1"#, "training.batch and training.discriminatorBatch"
      ),
    ])
  func oneValue(_ training: String, _ keys: String) throws {
    let recipe = try recipe(training)
    let data = try ringOfEight()
    do {
      let error = #expect(throws: ZooError.self) { try recipe.plan(for: data) }
      #expect(error?.kind == .usage)
      let finding = try #require(error?.findings.first)
      #expect(finding.place == "small.json:3:32")
      #expect(
        finding.problem == "generator.layers[1]: batchNorm on [8] would see one value for each "
          + "channel in a pass of 1 sample, and nothing is left of one value")
      #expect(finding.advice == "set \(keys) to 2 or more, or leave the layer out")
    }
    // What was trained so once can still be drawn.
    _ = try Plan(recipe, for: DataShape([2]), purpose: .drawing)
  }

  @Test("the discriminator, behind the place where the class enters")
  func discriminator() throws {
    let recipe = try recipe(
      #""batch": 1"#,
      discriminator: #"["flatten", { "dense": 4 }, "batchNorm", { "dense": 1 }]"#,
      conditioning: #" "conditioning": "concatenate","#)
    let error = #expect(throws: ZooError.self) { try recipe.plan(for: [2], classes: 8) }
    #expect(
      error?.findings.map { String($0.problem.prefix { $0 != ":" }) } == [
        "generator.layers[1]", "discriminator.layers[2]",
      ])
  }

  @Test("two values, or one sample of several pixels, are enough")
  func enough() throws {
    let data = try ringOfEight()
    let trainer = try recipe(#""batch": 2, "steps": 1"#).plan(for: data).trainer(on: data)
    _ = try trainer.runStep()
    let json = """
      { "variant": "dcgan", "generator": { "width": 2 }, "discriminator": { "width": 2 },
        "training": { "batch": 1 } }
      """
    let images = try Recipe(parsing: Array(json.utf8), file: "d.json", registry: builtIn)
    let digits = ByteImages.strokeDigits(count: 4)
    _ = try images.plan(for: digits).trainer(on: digits).runStep()
  }

  @Test("an architecture's own layer is told with the place of the batch")
  func architecture() throws {
    let json = #"{ "variant": "gan", "training": { "batch": 1 } }"#
    let recipe = try Recipe(parsing: Array(json.utf8), file: "a.json", registry: builtIn)
    let error = #expect(throws: ZooError.self) { try recipe.plan(for: [28, 28, 1]) }
    #expect(error?.findings.map(\.place) == ["a.json:1:44"])
    #expect(error?.findings.first?.problem.hasPrefix("generator.layers[3]: batchNorm") == true)
  }

  @Test("layer norm over one value is refused with any batch")
  func layerNorm() throws {
    let layers = #"[{ "dense": 1 }, "layerNorm"]"#
    let recipe = try recipe(#""batch": 8"#, discriminator: layers)
    let error = #expect(throws: ZooError.self) { try recipe.plan(for: [2]) }
    #expect(
      error?.findings.first?.problem == "discriminator.layers[1]: layerNorm needs several values "
        + "in a sample, but [1] comes in: of one value nothing is left")
  }
}
