import Testing
import Variants
import ZooCore

/// SNGAN's, SAGAN's and BigGAN's networks at the sizes of their sources.
@Suite struct ResidualNetworkTests {
  struct Size: Sendable, CustomTestStringConvertible {
    let name, variant, changes: String
    let sample: Shape
    let classes: Int
    let generator, discriminator: Int
    var testDescription: String { name }
  }

  private static func widths(_ architecture: String, _ generator: Int, _ discriminator: Int)
    -> String
  {
    """
    "generator": { "architecture": "\(architecture)", "width": \(generator) },
    "discriminator": { "architecture": "\(architecture)", "width": \(discriminator) }
    """
  }

  /// Parameters as the sources have them; those of BigGAN at 128 pixels are published.
  static let sizes: [Size] = [
    Size(
      name: "SNGAN, 32", variant: "sngan", changes: widths("sngan", 256, 128),
      sample: [32, 32, 3], classes: 10, generator: 4_304_387, discriminator: 1_055_105),
    Size(
      name: "SNGAN, 32, no classes", variant: "sngan",
      changes: widths("sngan", 256, 128) + #", "conditioning": null"#, sample: [32, 32, 3],
      classes: 10, generator: 4_276_739, discriminator: 1_053_825),
    Size(
      name: "SAGAN, 128", variant: "sagan", changes: widths("sagan", 64, 64),
      sample: [128, 128, 3], classes: 1000, generator: 42_078_852, discriminator: 39_463_618),
    Size(
      name: "SAGAN, 32", variant: "sagan", changes: widths("sagan-32", 256, 128),
      sample: [32, 32, 3], classes: 10, generator: 4_386_308, discriminator: 1_075_586),
    Size(
      name: "BigGAN, 128", variant: "biggan",
      changes: """
        "generator": { "architecture": "biggan", "width": 96, "latent": { "size": 120 } },
        "discriminator": { "architecture": "biggan", "width": 96 },
        "objective": { "chunks": 6 }, "conditioning": { "embedding": 128 }
        """, sample: [128, 128, 3], classes: 1000, generator: 70_433_988,
      discriminator: 87_982_370),
    Size(
      name: "BigGAN, 32, BigGAN-PyTorch", variant: "biggan",
      changes: """
        "generator": { "architecture": "sngan", "width": 256, "latent": { "size": 128 } },
        "discriminator": { "architecture": "sngan", "width": 256 },
        "objective": { "chunks": 1, "sharedCode": false }
        """, sample: [32, 32, 3], classes: 10, generator: 4_304_387, discriminator: 4_207_361),
    Size(
      name: "BigGAN, 32, StudioGAN", variant: "biggan",
      changes: """
        "generator": { "architecture": "biggan-32", "width": 384, "latent": { "size": 80 } },
        "discriminator": { "architecture": "biggan-32", "width": 192 },
        "objective": { "chunks": 4 }, "conditioning": { "embedding": 128 }
        """, sample: [32, 32, 3], classes: 10, generator: 9_416_196, discriminator: 2_415_170),
    // The default forms.
    Size(
      name: "SAGAN, digits", variant: "sagan", changes: widths("sagan", 32, 32),
      sample: [28, 28, 1], classes: 10, generator: 522_306, discriminator: 143_010),
    Size(
      name: "SAGAN, 28 in colour", variant: "sagan", changes: widths("sagan", 32, 32),
      sample: [28, 28, 3], classes: 10, generator: 522_884, discriminator: 143_650),
    Size(
      name: "BigGAN, digits", variant: "biggan", changes: widths("biggan", 32, 32),
      sample: [28, 28, 1], classes: 10, generator: 188_418, discriminator: 143_010),
    Size(
      name: "BigGAN, 28 in colour", variant: "biggan", changes: widths("biggan", 32, 32),
      sample: [28, 28, 3], classes: 10, generator: 188_996, discriminator: 143_650),
  ]

  private func plan(
    _ variant: String, _ changes: String, _ sample: Shape, classes: Int? = 10
  ) throws -> Plan {
    let json = #"{ "variant": "\#(variant)", \#(changes) }"#
    let recipe = try Recipe(parsing: Array(json.utf8), file: "c.json", registry: builtIn)
    return try recipe.plan(for: sample, classes: classes)
  }

  @Test(arguments: sizes) func counts(_ size: Size) throws {
    // Batches of two need less memory than any machine has.
    let changes = size.changes + #", "training": { "batch": 2 }"#
    let contest = try plan(size.variant, changes, size.sample, classes: size.classes).contest
    #expect(contest.generatorStore.parameterCount == size.generator)
    #expect(contest.discriminatorStore.parameterCount == size.discriminator)
  }

  /// Sides that are halved to something odd, and images that are not square.
  @Test(
    arguments: ["sngan", "sagan", "biggan"], [[20, 12, 2], [48, 32, 3], [30, 30, 1]] as [Shape])
  func anySize(_ variant: String, _ sample: Shape) throws {
    let json = """
      "generator": { "width": 8, "latent": { "size": 12 } }, "discriminator": { "width": 8 },
      "training": { "batch": 4 }
      """
    let contest = try plan(variant, json, sample).contest
    let context = Context(.inference, random: RandomSource(seed: 1, step: 0, substep: 0))
    let input = contest.generator.takes.input(
      3, from: RandomStream(seed: 1, purpose: .latents), given: Condition(labels: [0, 9, 4]))
    let fakes = withoutDerivatives { contest.generator(input, context) }
    #expect(fakes.shape == [3] + sample)
    let scores = withoutDerivatives {
      contest.discriminator?(fakes, given: input.condition, context)
    }
    #expect(scores?.shape == [3, 1])
  }

  /// Classes start out alike in SNGAN and SAGAN: rows of ones and zeros (compare_gan once forgot the
  /// one: its issue 54).
  @Test(arguments: ["sngan", "sagan"]) func classesStartAlike(_ variant: String) throws {
    let contest = try plan(
      variant, #""generator": { "width": 8 }, "discriminator": { "width": 8 }"#, [28, 28, 1]
    ).contest
    let input = GeneratorInput(
      latents: RandomStream(seed: 1, purpose: .latents).normal([1, 128]).gathered([0, 0]),
      condition: Condition(labels: [2, 7]))
    let context = Context(.inference, random: RandomSource(seed: 1, step: 0, substep: 0))
    let fakes = withoutDerivatives { contest.generator(input, context) }
    #expect(fakes.rows(0..<1).floats == fakes.rows(1..<2).floats)
    // Not because nothing is drawn.
    #expect(Set(fakes.floats).count > 100)
  }

  /// A chunk of BigGAN's latent code steers one block: it changes the image, and so does the class.
  @Test func chunksAndClassesSteer() throws {
    let contest = try plan(
      "biggan", #""generator": { "width": 8 }, "discriminator": { "width": 8 }"#, [28, 28, 1]
    ).contest
    let context = Context(.inference, random: RandomSource(seed: 1, step: 0, substep: 0))
    func drawn(_ codes: [Float], _ label: Int32) -> [Float] {
      let input = GeneratorInput(
        latents: Tensor(codes, shape: [1, 48]), condition: Condition(labels: [label]))
      return withoutDerivatives { contest.generator(input, context).floats }
    }
    let codes = RandomStream(seed: 3, purpose: .latents).normal([1, 48]).floats
    let plain = drawn(codes, 1)
    #expect(drawn(codes, 2) != plain)
    for place in [0, 16, 32] {
      var other = codes
      other[place] += 1
      #expect(drawn(other, 1) != plain, "chunk \(place / 16)")
    }
  }

  /// ‖W Wᵀ ⊙ (1 − I)‖² / 2, and its gradient, that of BigGAN's code: 2 (W Wᵀ ⊙ (1 − I)) W.
  @Test(arguments: [(3, 2), (2, 3)]) func orthogonality(_ inputs: Int, _ outputs: Int) throws {
    let store = ParameterStore()
    let scope = Scope(player: "generator", seed: 1, store: store)
    let values = (0..<inputs * outputs).map { Float($0 * $0 % 7) - 2 }
    let weight = scope.parameter("weight", shape: [inputs, outputs]) { _ in
      Tensor(values, shape: [inputs, outputs])
    }
    _ = scope.parameter("bias", shape: [outputs]) { _ in Tensor(repeating: 5, shape: [outputs]) }
    let penalty = Orthogonality(1e-4, of: store).penalty()
    // Filters are columns.
    func column(_ place: Int) -> [Double] {
      (0..<inputs).map { Double(values[$0 * outputs + place]) }
    }
    func product(_ a: Int, _ b: Int) -> Double {
      zip(column(a), column(b)).reduce(0) { $0 + $1.0 * $1.1 }
    }
    var (sum, slope) = (0.0, [Double](repeating: 0, count: values.count))
    for a in 0..<outputs {
      for b in 0..<outputs where a != b {
        sum += product(a, b) * product(a, b) / 2
        for row in 0..<inputs { slope[row * outputs + a] += 2 * product(a, b) * column(b)[row] }
      }
    }
    // Small whole numbers: nothing is rounded.
    #expect(penalty.scalar == sum)
    #expect(gradient(of: penalty, at: [weight.value])[0]?.doubles == slope)
  }

  /// What the average draws is seen by batch norm with statistics of its own, and training goes on with
  /// those of before; portions and times do not matter.
  @Test func standingStatisticsAreTheAverages() throws {
    func run(_ statistics: String) throws -> (drawn: [[Float]], buffers: [[Float]]) {
      let digits = ByteImages.strokeDigits(count: 16)
      let changes = """
        "generator": { "width": 8 }, "discriminator": { "width": 8 },
        "training": { "batch": 4, "averageStatistics": "\(statistics)" }
        """
      let trainer = try plan("biggan", changes, digits.sampleShape).trainer(on: digits)
      for _ in 0..<3 { _ = try trainer.runStep() }
      let inputs = trainer.contest.generator.takes.inputs(
        6, from: RandomStream(seed: 1, purpose: .samples))
      let drawn = try [0..<6, 0..<2, 2..<6].map { try trainer.draw($0, of: inputs).floats }
      return (drawn, trainer.contest.generatorStore.buffers.map(\.value.floats))
    }
    let (standing, copied) = (try run("standing"), try run("copied"))
    #expect(standing.drawn[0] == standing.drawn[1] + standing.drawn[2])
    #expect(standing.drawn[0] != copied.drawn[0])
    #expect(standing.buffers == copied.buffers)
  }

  /// A translator has no codes of which statistics could be made.
  @Test func standingStatisticsAreNotForTranslators() throws {
    let json = #"""
      { "variant": "pix2pix", "training": { "averageDecay": 0.9, "averageStatistics": "standing" } }
      """#
    let recipe = try Recipe(parsing: Array(json.utf8), file: "c.json", registry: builtIn)
    let shape = DataShape([32, 32, 1], classes: nil, source: [32, 32, 1])
    let error = #expect(throws: ZooError.self) { try Plan(recipe, for: shape) }
    #expect(error?.description.contains("training.averageStatistics") == true)
  }

  static let faults: [(String, String, Shape, Int?, [String])] = [
    ("sngan", "", [28, 28, 1], nil, ["conditioning", "no labels"]),
    (
      "biggan", #""generator": { "latent": { "size": 50 } }"#, [28, 28, 1], 10,
      ["generator.latent.size", "50 numbers do not make 3 equal chunks", "48"]
    ),
    (
      "biggan", #""objective": { "chunks": 4 }"#, [28, 28, 1], 10,
      ["objective.chunks", "name 2 styles", "leave it out"]
    ),
    (
      "sagan",
      #""training": { "batch": 1 }, "generator": { "layers": [{ "dense": 784 }, "batchNorm", { "reshape": [28, 28, 1] }] }"#,
      [28, 28, 1], 10, ["generator.layers[1]", "batch"]
    ),
    (
      "sagan",
      #""discriminator": { "layers": [{ "conv": 8 }, "attention", "globalSum", { "dense": 1 }] }, "training": { "batch": 2 }"#,
      [512, 512, 3], 10, ["discriminator.layers[1]", "memory"]
    ),
    (
      "vae", #""training": { "augment": { "colour": true } }"#, [28, 28, 1], 10,
      ["training.augment", "leave it out"]
    ),
  ]

  @Test(arguments: faults)
  func whatDoesNotFitIsTold(
    _ variant: String, _ changes: String, _ sample: Shape, _ classes: Int?, _ words: [String]
  ) throws {
    let text = changes.isEmpty ? #""training": { "batch": 8 }"# : changes
    let error = #expect(throws: ZooError.self) {
      try plan(variant, text, sample, classes: classes)
    }
    let told = error?.description ?? ""
    for word in words { #expect(told.contains(word), "\(told)") }
  }
}
