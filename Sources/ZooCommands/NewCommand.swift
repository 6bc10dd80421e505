import ZooCore

/// `zoo new NAME`, `zoo new --config NAME`.
enum NewCommand: Command {
  static let name = "new"
  static let operands = "NAME"
  static let summary = "Writes the skeleton of a variant: source, config and test"
  static let options = [
    Option("--config", "NAME", "Write a shipped config instead, to begin one of your own."),
    Option("--in", "DIR", "The package's folder, or the config's; default the current one."),
  ]
  static let examples = ["zoo new relativistic-gan --in ../zoo", "zoo new --config wgan-gp-mnist"]

  static func run(_ arguments: Arguments, _ program: Program) throws(ZooError) {
    if let config = arguments.value("--config") {
      return try writeConfig(config, arguments, program)
    }
    let name = try arguments.only("NAME", Self.name)
    let parts = name.split(separator: "-", omittingEmptySubsequences: false)
    let isName = parts.allSatisfy { part in
      !part.isEmpty && part.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber) }
    }
    guard isName, name.first?.isLetter == true, name.count <= 40 else {
      throw ZooError(
        .usage,
        "expected lower-case words such as \"relativistic-gan\", found \"\(Text.printable(name))\"",
        at: "zoo new")
    }
    guard program.registry.variant(named: name) == nil else {
      throw ZooError(.usage, "there is a variant \"\(name)\" already", at: "zoo new")
    }
    // "relativistic-gan" becomes RelativisticGAN.
    let type = parts.map { $0 == "gan" ? "GAN" : $0.prefix(1).uppercased() + $0.dropFirst() }
      .joined()
    guard !Self.taken.contains(type) else {
      throw ZooError(
        .usage, "the type \(type) is there already", at: "zoo new",
        advice: "choose a longer name, such as \(name)-gan")
    }
    let folder = arguments.value("--in") ?? "."
    let files = [
      ("Sources/Variants/\(type).swift", source(name, type)),
      ("Configs/\(name)-mnist.json", config(name)),
      ("Tests/VariantsTests/\(type)Tests.swift", test(name, type)),
    ].map { (path: Files.join(folder, $0.0), text: $0.1) }
    for file in files where Files.isTaken(file.path) {
      throw ZooError(.usage, "is there already; nothing was written", at: file.path)
    }
    for needed in ["Sources/Variants", "Configs", "Tests/VariantsTests"]
    where !Files.isDirectory(Files.join(folder, needed)) {
      throw ZooError(
        .usage, "expected a package with \(needed)", at: folder,
        advice: "run it in the package's folder, or name that with --in")
    }
    for file in files { try Files.write(file.text, to: file.path) }
    try Console.result(
      """
      \(files.map { "wrote \($0.path)" }.joined(separator: "\n"))

      Add \(type).self to the variants in Sources/Variants/Registry.swift, then:
        swift run -c release zoo run Configs/\(name)-mnist.json
        swift test -c release --filter "\(type)|Conformance"
      """)
  }

  private static func writeConfig(
    _ name: String, _ arguments: Arguments, _ program: Program
  ) throws(ZooError) {
    guard arguments.operands.isEmpty else {
      throw ZooError(
        .usage, "takes no other name, found \(Text.printable(arguments.operands[0]))",
        at: "zoo new --config", advice: "a variant's skeleton is zoo new NAME")
    }
    guard let bytes = ShippedConfigs.bytes(name) else {
      let names = ShippedConfigs.names(program.registry)
      throw ZooError(
        .usage, "there is no shipped config \"\(Text.printable(name))\"", at: "--config",
        advice: Suggestion.closest(to: name, among: names).map { "did you mean \($0)?" }
          ?? "configs: \(names.joined(separator: ", "))")
    }
    let file = name.hasSuffix(".json") ? name : name + ".json"
    let path = arguments.value("--in").map { Files.join($0, file) } ?? file
    guard !Files.exists(path) else {
      throw ZooError(.usage, "is there already; nothing was written", at: path)
    }
    try Files.write(bytes, to: path)
    try Console.result(
      """
      wrote \(path)

      zoo run \(path) trains it; zoo schema -o schema.json beside it lets an editor complete its keys.
      """)
  }

  /// Names of types that a variant's file uses, and of Swift's own.
  private static let taken: Set<String> = [
    "Any", "Self", "Type", "Protocol", "Variant", "VariantCard", "RunConfig", "BuildRequest",
    "Contest", "Game", "Losses", "Objective", "Round", "Turn", "Loss", "Tensor", "Options",
    "Generator", "Discriminator",
    "Field", "ConfigBlock", "Network", "Backbones", "Registry", "String", "Int", "Double", "Bool",
  ]

  private static func source(_ name: String, _ type: String) -> String {
    """
    import ZooCore

    /// What it is, in one line.
    ///
    /// Source: paper, section or equation; code whose settings the defaults follow. Deviations.
    public enum \(type): Variant {
      public static let card = VariantCard(
        name: "\(name)", title: "\(type)", paper: "arXiv:0000.00000", year: 2026,
        summary: "What it changes, in one line",
        idea: \"\"\"
          The problem that it looks at. What it does about it. What that brings.
          \"\"\",
        discriminatorLoss: "mean max(0, m − D(x)) + mean max(0, m + D(G(z)))",
        generatorLoss: "−mean D(G(z))",
        sources: ["the paper"])

      /// The `objective` block.
      public struct Options: ConfigBlock {
        /// How far on its side of zero a score must be before it stops counting.
        public var margin = 1.0

        public init() {}

        public static var fields: [Field<Options>] {
          [
            .number(
              "margin", \\.margin, in: 0...100,
              "How far on its side of zero a score must be before it stops counting.")
          ]
        }
      }

      public static var defaults: RunConfig {
        var config = RunConfig()
        config.generator.network = NetworkSettings("dcgan", initialization: .dcgan)
        config.discriminator = NetworkSettings("dcgan", initialization: .dcgan)
        config.training.optimizer = .adam(.init(learningRate: 2e-4, beta1: 0.5, beta2: 0.999))
        return config
      }

      public static func build(_ request: BuildRequest<Options>) throws(ZooError) -> Contest {
        request.contest(Losses(options: request.options))
      }

      /// Both losses.
      public struct Losses: Game {
        let options: Options

        /// max(0, m − D(x)) + max(0, m + D(G(z))), means over the batch.
        public func discriminatorLoss(_ round: Round) -> Loss {
          let (real, fake) = round.scores()
          let loss = (options.margin - real).relu().mean() + (fake + options.margin).relu().mean()
          return Loss(loss, terms: ["realScore": real.mean(), "fakeScore": fake.mean()])
        }

        /// −D(G(z)).
        public func generatorLoss(_ round: Round) -> Loss {
          Loss(-round.score(round.fakes).mean())
        }
      }
    }

    """
  }

  private static func config(_ name: String) -> String {
    """
    {
      "$schema": "schema.json",
      "variant": "\(name)",
      "data": { "dataset": "mnist", "fallback": "stroke-digits" },
      "generator": { "architecture": "dcgan", "width": 32 },
      "discriminator": { "architecture": "dcgan", "width": 32 },
      "training": { "steps": 3000 },
      "output": { "sampleEvery": 100 }
    }

    """
  }

  private static func test(_ name: String, _ type: String) -> String {
    """
    import Testing
    import Variants
    import ZooCore

    /// What is special about \(name); what holds for every variant is tested by the conformance suite.
    @Suite struct \(type)Tests {
      /// Scores a sample with its own value.
      private struct Identity: Discriminator {
        func callAsFunction(
          _ samples: Tensor, given condition: Condition, _ context: Context
        ) -> Tensor {
          samples.reshaped(to: [samples.shape[0], 1])
        }
      }

      @Test func lossesInClosedForm() throws {
        let contest = try Recipe(
          parsing: Array(#"{ "variant": "\(name)" }"#.utf8), file: "c.json", registry: builtIn
        ).plan(for: [8, 8, 1]).contest
        let game = try #require(contest.objective as? any Game)
        func images(_ values: [Double]) -> Tensor {
          Tensor(values, shape: [2, 1, 1, 1], type: .float64)
        }
        let round = Round(
          step: 0, substep: 0, real: Batch(samples: images([2, 0.5])), fakes: images([-3, 0.25]),
          input: GeneratorInput(latents: Tensor(repeating: 0, shape: [2, 1])),
          context: Context(.training, random: RandomSource(seed: 1, step: 0, substep: 0)),
          discriminator: Identity())
        // (0 + 0.5) / 2 for the real samples, (0 + 1.25) / 2 for the fakes.
        #expect(abs(game.discriminatorLoss(round).total.scalar - 0.875) < 1e-12)
        #expect(abs(game.generatorLoss(round).total.scalar - 1.375) < 1e-12)
      }
    }

    """
  }
}
