import Testing
import Variants
import ZooCore

/// What a config says that is wrong, and what its writer is told.
@Suite struct ConfigErrorTests {
  private func findings(_ json: String, _ overrides: [String] = []) -> [String] {
    do throws(ZooError) {
      var parsed: [Recipe.Override] = []
      for text in overrides { try parsed.append(.init(parsing: text)) }
      let recipe = try Recipe(
        parsing: Array(json.utf8), file: "c.json", overrides: parsed, registry: builtIn)
      _ = try recipe.plan(for: [28, 28, 1], classes: 10).contest
      return []
    } catch {
      #expect(error.kind == .usage)
      return error.findings.map(\.description)
    }
  }

  /// Names need no data: they are checked before anything is fetched, both at once.
  @Test func architecturesAreKnownEarly() {
    let json = #"{ "variant": "gan", "generator": "dgcan", "discriminator": "nope" }"#
    let error = #expect(throws: ZooError.self) {
      try Recipe(parsing: Array(json.utf8), file: "c.json", registry: builtIn)
    }
    #expect(error?.findings.count == 2)
    #expect(error?.description.contains("did you mean \"dcgan\"?") == true)
  }

  /// What a flag has set is the flag's fault, not that of a line in the file.
  @Test(arguments: [
    ("generator.layers[9].dense=64", "generator.layers is a list of 2, found the element \"9\""),
    ("generator.layers[-1]=3", "expected path=value"),
    ("generator.layers[0=relu", "expected path=value"),
    ("generator.layers[1].reshape=[14,56,1]", "--set generator.layers[1].reshape=[14,56,1]: error"),
    ("generator=dgcan", "--set generator=dgcan: error"),
    ("generator.layers=[]", "found an empty list"),
  ])
  func flagsAreToBlame(_ flag: String, _ told: String) {
    let json = """
      { "variant": "gan", "generator": { "layers": [{ "dense": 784 }, { "reshape": [28, 28, 1] }] } }
      """
    let found = findings(json, [flag])
    #expect(found.count == 1 && found.first?.contains(told) == true, "\(found)")
    #expect(found.first?.contains("c.json:") == false)
  }

  static let wrong: [(json: String, told: [String])] = [
    (
      #"{ "variant": "gan", "data": { "dataset": "ring8", "path": "a" } }"#,
      ["c.json:1:59", "data.path: the dataset \"ring8\" takes no path"]
    ),
    (
      #"{ "variant": "gan", "data": { "dataset": "folder" } }"#,
      ["c.json:1:29", "data.path: the dataset \"folder\" needs a path"]
    ),
    ("", ["c.json:1:1"]),
    ("[1, 2]", ["c.json:1:1", "a config is an object, found an array"]),
    ("{ }", ["c.json:1:1", "the key \"variant\" is missing", "wgan-gp"]),
    (
      "{\n  \"variant\": \"wgan-pg\"\n}",
      ["c.json:2:14", "found \"wgan-pg\"", "did you mean \"wgan-gp\"?", "    ^"]
    ),
    ("{ \"variant\": 3 }", ["c.json:1:14", "expected the name of a variant, found 3"]),
    (
      "{ \"variant\": \"wgan-gp\",\n \"trainig\": {} }",
      ["c.json:2:2", "unknown key \"trainig\"", "did you mean \"training\"?"]
    ),
    (
      #"{ "variant": "wgan-gp", "training": { "batch": 0 } }"#,
      ["c.json:1:48", "training.batch: expected a whole number in 1...65536, found 0"]
    ),
    (
      #"{ "variant": "wgan-gp", "training": { "batch": 12.5 } }"#, ["whole number", "found 12.5"]
    ),
    (
      #"{ "variant": "wgan-gp", "training": { "batch": "many" } }"#, ["found \"many\""]
    ),
    (
      #"{ "variant": "wgan-gp", "training": { "optimizer": { "adma": {} } } }"#,
      ["unknown key \"adma\"", "did you mean \"adam\"?"]
    ),
    (
      #"{ "variant": "wgan-gp", "training": { "optimizer": { "adam": { "lerningRate": 1 } } } }"#,
      ["training.optimizer.adam.lerningRate", "did you mean \"learningRate\"?"]
    ),
    (
      #"{ "variant": "wgan-gp", "objective": { "gradientPenality": 1 } }"#,
      ["did you mean \"gradientPenalty\"?"]
    ),
    (
      #"{ "variant": "wgan-gp", "data": { "dataset": "folder", "path": "a", "channels": 2 } }"#,
      ["c.json:1:81", "data.channels: expected 1 or 3, found 2"]
    ),
    (
      #"{ "variant": "wgan-gp", "data": { "size": [8, 8], "dataset": "stroke-digits" } }"#,
      ["c.json:1:43", "data.size: only the dataset \"folder\" takes this", "set it to [64,64]"]
    ),
    (
      #"{ "variant": "wgan-gp", "data": { "dataset": "npy", "path": "a", "crop": "square" } }"#,
      ["c.json:1:74", "data.crop: only the dataset \"folder\" takes this"]
    ),
    (#"{ "variant": "wgan-gp", "data": { "broken": "skip" } }"#, ["data.broken: only the dataset"]),
    (#"{ "variant": "wgan-gp", "data": { "channels": 1 } }"#, ["data.channels: only the dataset"]),
    (#"{ "variant": "wgan-gp", "data": { "range": [1, 0] } }"#, ["two numbers [lower, upper]"]),
    (
      #"{ "variant": "wgan-gp", "generator": { "layers": [{ "dens": 4 }] } }"#,
      ["generator.layers[0]", "did you mean \"dense\"?"]
    ),
    (
      #"{ "variant": "wgan-gp", "generator": { "layers": [{ "kernel": 4 }] } }"#,
      ["expected a layer, found an object"]
    ),
    (
      #"{ "variant": "wgan-gp", "generator": { "layers": ["dense"] } }"#,
      ["the key \"dense\" is missing"]
    ),
    (
      #"{ "variant": "wgan-gp", "generator": { "layers": [{ "dense": 10 }, { "reshape": [2, 2, 3] }] } }"#,
      ["generator.layers[1]", "needs 12 features, but [10] comes in"]
    ),
    (
      #"{ "variant": "gan", "generator": { "layers": [{ "residual": [{ "repeat": 2, "layers": ["relu", { "reshape": [2, 2, 3] }] }] }] } }"#,
      ["c.json:1:96", "generator.layers[0].residual[0].layers[1]: reshape to [2, 2, 3] needs 12"]
    ),
    (
      #"{ "variant": "gan", "generator": { "layers": [{ "concat": [["relu"], ["rleu"]] }] } }"#,
      ["generator.layers[0].concat[1][0]: expected a layer, found \"rleu\"", "\"relu\"?"]
    ),
    (
      #"{ "variant": "gan", "generator": { "layers": [{ "residual": [] }, { "sum": [["relu"]] }] } }"#,
      [
        "layers[0].residual: expected a list of layers, found an empty list",
        "layers[1].sum: expected two lists of layers or more, found 1 of them",
      ]
    ),
    (
      #"{ "variant": "gan", "generator": { "weights": "spectral", "layers": ["adaIN"] } }"#,
      ["generator.weights", "spectralNorm"]
    ),
    (
      #"{ "variant": "wgan-gp", "generator": { "layers": [{ "dense": 10 }] } }"#,
      ["the last layer gives [10], expected [28, 28, 1]"]
    ),
    (
      #"{ "variant": "wgan-gp", "discriminator": { "layers": [{ "dense": 1 }] } }"#,
      ["discriminator.layers[0]", "dense needs a flat input", "flatten"]
    ),
    (
      #"{ "variant": "wgan-gp", "discriminator": { "layers": [{ "conv": 1, "kernel": 40, "padding": "valid" }] } }"#,
      ["a kernel of 40x40 does not fit 28x28 pixels"]
    ),
    (
      #"{ "variant": "wgan-gp", "generator": "wgan-pg" }"#,
      ["there is no architecture \"wgan-pg\"", "did you mean \"wgan-gp\"?"]
    ),
    (#"{ "variant": "wgan-gp", "training": { "seed": -1 } }"#, ["0...4294967295"]),
    (#"{ "variant": "wgan-gp", "training": { "steps": 1e400 } }"#, ["c.json:1:"]),
    (
      #"{ "variant": "wgan-gp", "generator": { "layers": [{ "relu": 5 }] } }"#,
      ["\"relu\" has no settings"]
    ),
    (
      #"{ "variant": "wgan-gp", "generator": { "layers": [{ "dense": 4 }, { "reshape": [2, 2, 1] }, { "convTranspose": 1, "outputPadding": 1 }] } }"#,
      ["outputPadding goes with padding in pixels"]
    ),
    (#"{ "variant": "wgan-gp", "training": [] }"#, ["expected an object, found an array"]),
    (#"{ "variant": "wgan-gp", "variant": "wgan-gp" }"#, ["c.json:1:25", "line 1, column 3"]),
  ]

  @Test(arguments: wrong.indices)
  func wrongConfigsAreExplained(_ index: Int) {
    let (json, told) = Self.wrong[index]
    let all = findings(json).joined(separator: "\n")
    for part in told { #expect(all.contains(part), "\"\(part)\" is not in:\n\(all)") }
  }

  @Test func allFaultsAreToldAtOnce() {
    let found = findings(
      #"{ "variant": "wgan-gp", "outptu": {}, "training": { "batch": 0, "stepps": 4 } }"#)
    #expect(found.count == 3, "\(found)")
  }

  @Test func twentyFaultsAreEnough() {
    let keys = (0..<50).map { "\"k\($0)\": 1" }.joined(separator: ", ")
    let found = findings("{ \"variant\": \"wgan-gp\", \(keys) }")
    #expect(found.count == 21)
    #expect(found.last?.contains("30 more") == true)
  }

  @Test func overridesAreTypedAndNamed() throws {
    let json = #"{ "variant": "wgan-gp", "training": { "batch": 4 } }"#
    #expect(findings(json, ["training.batch=8", "data.range=[0,1]"]).isEmpty)
    #expect(
      findings(json, ["training.batch=x"]).first?.contains(
        "--set training.batch=x: error: training.batch: expected a whole number") == true)
    #expect(findings(json, ["training.bach=1"]).first?.contains("did you mean") == true)
    #expect(findings(json, ["training"]).first?.contains("expected path=value") == true)
    let recipe = try Recipe(
      parsing: Array(json.utf8), file: "dir/c.json",
      overrides: [.init(parsing: "training.batch=8")], registry: builtIn)
    #expect(recipe.config.training.batch == 8)
    #expect(recipe.name == "c")
  }

  @Test func theResolvedConfigSaysTheSameAgain() throws {
    let json = #"{ "variant": "wgan-gp", "generator": { "width": 8 }, "training": { "steps": 5 } }"#
    let recipe = try Recipe(parsing: Array(json.utf8), file: "c.json", registry: builtIn)
    let resolved = try recipe.plan(for: [28, 28, 1]).resolved
    let again = try Recipe(
      parsing: Array(resolved.pretty().utf8), file: "config.json", registry: builtIn)
    #expect(try again.plan(for: [28, 28, 1]).resolved == resolved)
    #expect(again.config.training == recipe.config.training)
  }
}

extension ConfigErrorTests {
  /// Sizes that a config can ask for and no machine can give: an error, at once, and no trap.
  static let impossible: [(layers: String, told: String)] = [
    (
      #"{ "dense": 1 }, { "reshape": [1, 1, 1] }, \#(repeated(#"{ "upsample": 64 }"#, 12))"#,
      "a sample would grow to"
    ),
    (
      #"{ "dense": 1 }, { "reshape": [1, 1, 1] }, \#(repeated(#"{ "convTranspose": 1, "kernel": 255, "stride": 255 }"#, 9))"#,
      "a sample would grow to"
    ),
    (
      #"{ "dense": 1 }, { "reshape": [1, 1, 1] }, \#(repeated(#"{ "upsample": 64 }"#, 2)), { "upsample": 8 }, "flatten", { "dense": 784 }"#,
      "of memory"
    ),
    (#"{ "dense": 1000000 }, { "dense": 1000000 }"#, "of memory"),
    // Each pixel of 512x512 looks at 256x256 others.
    (
      #"{ "dense": 8 }, { "reshape": [1, 1, 8] }, { "upsample": 64 }, { "upsample": 8 }, "attention""#,
      "of memory"
    ),
    (#"{ "repeat": 1000, "layers": [{ "repeat": 1000, "layers": ["relu"] }] }"#, "10000 layers"),
    (
      #"{ "dense": 65536 }, { "reshape": [1, 1, 65536] }, { "conv": 65536, "kernel": 255 }"#,
      "of memory"
    ),
  ]

  private static func repeated(_ layer: String, _ count: Int) -> String {
    Array(repeating: layer, count: count).joined(separator: ", ")
  }

  @Test(arguments: impossible.indices)
  func impossibleSizesAreRefused(_ index: Int) {
    let (layers, told) = Self.impossible[index]
    let json = """
      { "variant": "wgan-gp", "training": { "batch": 1 },
        "generator": { "layers": [\(layers)] } }
      """
    let found = findings(json).joined(separator: "\n")
    #expect(found.contains(told), "\(found)")
  }

  @Test func aPlayersOptimizerStartsFromTheCommonOne() throws {
    // In either order of the keys, and from the variant's own β₂ of 0.9.
    for keys in [
      #""generatorOptimizer": { "adam": { "learningRate": 1e-3 } }, "optimizer": { "adam": { "beta1": 0.25 } }"#,
      #""optimizer": { "adam": { "beta1": 0.25 } }, "generatorOptimizer": { "adam": { "learningRate": 1e-3 } }"#,
    ] {
      let recipe = try Recipe(
        parsing: Array("{ \"variant\": \"wgan-gp\", \"training\": { \(keys) } }".utf8),
        file: "c.json", registry: builtIn)
      let settings = recipe.config.training.settings
      #expect(
        settings.generatorOptimizer
          == .adam(.init(learningRate: 1e-3, beta1: 0.25, beta2: 0.9)))
      #expect(
        settings.discriminatorOptimizer
          == .adam(.init(learningRate: 1e-4, beta1: 0.25, beta2: 0.9)))
    }
  }

  @Test func layersAndAnArchitectureExcludeEachOther() {
    let json =
      #"{ "variant": "wgan-gp", "discriminator": { "width": 7, "layers": ["flatten", { "dense": 1 }] } }"#
    #expect(findings(json).first?.contains("\"layers\" are given too") == true)
  }

  @Test(arguments: ["[-1e308, 1e308]", "[0, 1e-320]", "[0, 1e39]", "[1]", "[0, 0]", "3"])
  func rangesThatNoPixelFits(_ range: String) {
    let json = "{ \"variant\": \"wgan-gp\", \"data\": { \"range\": \(range) } }"
    #expect(findings(json).first?.contains("two numbers [lower, upper]") == true)
  }

  @Test func deepPathsAreRefused() {
    let path = Array(repeating: "a", count: 60_000).joined(separator: ".")
    #expect(findings("{}", ["\(path)=1"]).first?.contains("expected path=value") == true)
  }

  @Test func aTanhGeneratorForMinusOneToOne() throws {
    let recipe = try Recipe(
      parsing: Array(#"{ "variant": "wgan-gp", "data": { "range": [-1, 1] } }"#.utf8),
      file: "c.json", registry: builtIn)
    let layers = try #require(
      recipe.plan(for: [28, 28, 1]).resolved["generator"]?["layers"]?.array)
    #expect(layers.last == "tanh")
  }
}
