import Testing
import Variants
import ZooCore

/// Settings that change over a run, as configs give them.
@Suite struct ScheduleConfigTests {
  private func recipe(_ training: String) throws(ZooError) -> Recipe {
    try Recipe(
      parsing: Array(#"{ "variant": "wgan-gp", "training": { \#(training) } }"#.utf8),
      file: "c.json", registry: builtIn)
  }

  @Test func everyFormIsReadAndWritten() throws {
    let recipe = try recipe(
      #"""
      "steps": 100, "batch": { "points": [[0, 16], [50, 64]], "between": "hold" },
      "averageDecay": { "points": [[0, 0], [2, 0.999]], "in": "epochs" },
      "optimizer": { "adam": {
        "learningRate": { "points": [[0, 2e-4], [0.5, 2e-4], [1, 0]], "between": "linear", "in": "run" },
        "beta2": { "points": [[0, 0.9], [1000, 0.99]], "between": "cosine", "in": "images" } } }
      """#)
    let training = recipe.config.training
    #expect(training.batch == Schedule([(0, 16), (50, 64)], between: .hold))
    #expect(training.averageDecay == Schedule([(0, 0), (2, 0.999)], in: .epochs))
    let rate = Schedule([(0, 2e-4), (0.5, 2e-4), (1, 0)], in: .run)
    let memory = Schedule([(0, 0.9), (1000, 0.99)], between: .cosine, in: .images)
    #expect(training.optimizer == .adam(.init(learningRate: rate, beta1: 0.5, beta2: memory)))
    #expect(
      training.optimizer.described
        == "adam learningRate (\(rate)), beta1 0.5, beta2 (\(memory)), epsilon 1e-08")
    let again = try Recipe(
      parsing: Array(recipe.written.pretty().utf8), file: "again.json", registry: builtIn)
    #expect(again.config.training == training)
    #expect(again.written == recipe.written)
    // Rates start from the common optimizer as numbers do.
    #expect(training.settings.steps == 100 && training.settings.batch == 64)
  }

  @Test func numbersStayNumbers() throws {
    let recipe = try recipe(#""batch": 8, "averageDecay": 0.9"#)
    #expect(recipe.config.training.batch == 8 && recipe.config.training.averageDecay == 0.9)
    let written = recipe.written["training"]
    #expect(written?["batch"]?.compact() == "8" && written?["averageDecay"]?.compact() == "0.9")
    // A single point is a number as well.
    let single = try self.recipe(#""batch": { "points": [[5, 8]], "in": "images" }"#)
    #expect(single.config.training.batch == 8)
  }

  static let wrong: [(training: String, told: String)] = [
    (#""batch": "many""#, "training.batch: expected a whole number in 1...65536, or a schedule"),
    (#""batch": 0"#, "training.batch: expected a whole number in 1...65536, found 0"),
    (#""batch": {}"#, "training.batch: the key \"points\" is missing"),
    (
      #""batch": { "points": [] }"#,
      "training.batch.points: expected a list of [place, value], found an array"
    ),
    (#""batch": { "points": [[1, 2, 3]] }"#, "expected a list of [place, value]"),
    (#""batch": { "points": [[1, 2], 3] }"#, "expected a list of [place, value]"),
    (
      #""batch": { "points": [[0, 2], [10, 2.5]] }"#,
      "training.batch.points[1][1]: expected a whole number in 1...65536, found 2.5"
    ),
    (
      #""averageDecay": { "points": [[0, 0.5], [10, 1]] }"#,
      "training.averageDecay.points[1][1]: expected a number in 0...0.9999999, found 1"
    ),
    (
      #""batch": { "points": [[5, 2], [5, 3]] }"#,
      "training.batch.points[1][0]: expected places that increase, here more than 5, found 5"
    ),
    (
      #""batch": { "points": [[-1, 2], [5, 3]] }"#,
      "points[0][0]: expected steps from 0 on, found -1"
    ),
    (
      #""batch": { "points": [[0, 2], [50, 3]], "in": "run" }"#,
      "points[1][0]: expected a share of the run in 0...1, found 50"
    ),
    (#""batch": { "points": [[0, 2]], "between": "linaer" }"#, "did you mean \"linear\"?"),
    (#""batch": { "points": [[0, 2]], "unit": "run" }"#, "training.batch.unit: unknown key"),
  ]

  @Test(arguments: wrong.indices)
  func faultsAreToldWithTheirPlace(_ index: Int) {
    let (training, told) = Self.wrong[index]
    let error = #expect(throws: ZooError.self) { try recipe(training) }
    #expect(error?.findings.count == 1)
    #expect(error?.description.contains(told) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("c.json:1:") == true)
  }

  /// Batch norm cannot learn of one sample, be it of the smallest batch of a schedule.
  @Test func theSmallestBatchCounts() throws {
    let json = #"""
      { "variant": "gan", "generator": "mlp", "discriminator": "mlp",
        "training": { "batch": { "points": [[0, 8], [3, 1], [4, 8]] } } }
      """#
    let recipe = try Recipe(parsing: Array(json.utf8), file: "c.json", registry: builtIn)
    let error = #expect(throws: ZooError.self) { try recipe.plan(for: [28, 28, 1]) }
    #expect(error?.description.contains("set training.batch") == true)
  }
}
