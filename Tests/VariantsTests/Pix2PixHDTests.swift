import Foundation
import Testing
import Variants
import ZooCore

/// Pix2PixHD's networks as `NVIDIA/pix2pixHD` has them, counted there, and what learns when.
@Suite struct Pix2PixHDTests {
  private func plan(
    _ change: String, _ shape: DataShape, generator: String = "global-9", width: Int = 64,
    judge: String = "patch-70-hd", judgeWidth: Int = 64
  ) throws -> Plan {
    let painter = #"{ "architecture": "\#(generator)", "width": \#(width) }"#
    let judges = #"{ "architecture": "\#(judge)", "width": \#(judgeWidth) }"#
    let roles =
      ["head", "enhancerDown", "enhancerUp"].map { #""\#($0)": \#(painter)"# }
      + [#""encoder": "encoder-4""#]
    let others = ["half", "quarter"].map { #""\#($0)Discriminator": \#(judges)"# }
    let json = """
      { "variant": "pix2pixhd", "generator": \(painter), "discriminator": \(judges),
        "networks": { \((roles + others).joined(separator: ", ")) },
        "objective": { \(change) }, "training": { "batch": 1 } }
      """
    return try Plan(
      Recipe(parsing: Array(json.utf8), file: "c.json", registry: builtIn), for: shape)
  }

  private func count(_ plan: Plan, _ roles: [String]) -> Int {
    plan.outlines.filter { roles.contains($0.role) }.reduce(0) { $0 + $1.parameters }
  }

  private func maps(_ side: Int, _ classes: Int) -> DataShape {
    DataShape([side, side, 3], source: [side, side, 2], sourceLabels: classes)
  }
  private func pictures(_ side: Int) -> DataShape {
    DataShape([side, side, 3], source: [side, side, 3])
  }

  /// 35 labels and edges, or pictures; the numbers are PyTorch's.
  @Test func networksOfThePaper() throws {
    for (shape, coarse, fine, judge) in [
      (maps(64, 35), 182_546_755, 182_857_059, 2_801_601),
      (pictures(64), 182_443_267, 182_701_827, 2_767_809),
    ] {
      let alone = try plan("", shape)
      #expect(count(alone, ["generator", "head"]) == coarse)
      #expect(count(alone, ["discriminator"]) == judge)
      #expect(count(alone, ["halfDiscriminator"]) == judge)
      let both = try plan(#""enhancer": true, "sizes": 3"#, shape)
      #expect(count(both, ["generator", "enhancerDown", "enhancerUp"]) == fine)
      #expect(both.outlines.contains { $0.role == "quarterDiscriminator" })
    }
    #expect(count(try plan(#""encoder": true"#, maps(64, 35)), ["encoder"]) == 788_803)
  }

  @Test func smallNetworks() throws {
    let shape = maps(64, 11)
    let alone = try plan(
      "", shape, generator: "global-3", width: 16, judge: "patch-34-hd", judgeWidth: 16)
    #expect(count(alone, ["generator", "head"]) == 279_571)
    #expect(count(alone, ["discriminator"]) == 45_937)
    let both = try plan(
      #""enhancer": true"#, shape, generator: "global-3", width: 16, judge: "patch-34-hd",
      judgeWidth: 16)
    #expect(count(both, ["generator", "enhancerDown", "enhancerUp"]) == 294_715)
  }

  /// Sides of the maps of scores, which are padded by two.
  @Test(arguments: [(16, [19, 35, 131]), (34, [11, 19, 67]), (70, [7, 11, 35])])
  func mapsOfScores(_ field: Int, _ sides: [Int]) throws {
    for (side, map) in zip([32, 64, 256], sides) {
      let plan = try plan(
        "", pictures(side), generator: "global-3", width: 1, judge: "patch-\(field)-hd",
        judgeWidth: 1)
      let outline = plan.outlines.first { $0.role == "discriminator" }
      #expect(outline?.layers.last?.output == [map, map, 1])
    }
  }

  private func trainer(_ change: String) throws -> Trainer {
    let json = """
      { "variant": "pix2pixhd",
        "data": { "dataset": "stroke-digits", "pad": 32, "source": { "made": "scenes" } },
        "generator": { "width": 4 }, "discriminator": { "width": 4 },
        "objective": { \(change) }, "training": { "batch": 2 } }
      """
    let recipe = try Recipe(parsing: Array(json.utf8), file: "c.json", registry: builtIn)
    let dataset = try DataLibrary(directory: "nowhere").open(recipe.config.data).dataset
    return try recipe.plan(for: dataset).trainer(on: dataset)
  }

  /// First the coarse generator, then the enhancer around it, then both.
  @Test func coarseThenFineThenBoth() throws {
    let trainer = try trainer(#""enhancer": true, "coarseSteps": 1, "frozenSteps": 1"#)
    let store = trainer.contest.generatorStore
    func values() -> [String: [Float]] {
      Dictionary(uniqueKeysWithValues: store.parameters.map { ($0.name, $0.value.floats) })
    }
    for learning in [Set(["coarse", "head"]), ["enhancer"], ["enhancer", "coarse"]] {
      let before = values()
      let report = try trainer.runStep()
      // What waits is no fault.
      #expect(report.warnings.isEmpty)
      let moved = Set(
        values().filter { before[$0.key] != $0.value }.keys.map { name in
          name.hasPrefix("enhancer") ? "enhancer" : name.hasPrefix("head") ? "head" : "coarse"
        })
      #expect(moved == learning)
    }
  }

  /// While the coarse generator learns, pictures are its own at half the size.
  @Test func picturesAreOfWhoHasLearnt() throws {
    let trainer = try trainer(#""enhancer": true, "coarseSteps": 1"#)
    // A map of stripes that are narrower than two pixels.
    let map = (0..<64 * 64).flatMap { [Float($0 % 3), Float($0 % 3)] }
    let condition = Condition(source: Tensor(map, shape: [1, 64, 64, 2]))
    func drawn() -> Tensor {
      let generator = trainer.contest.generator
      return withoutDerivatives {
        generator(
          generator.takes.input(
            1, from: RandomStream(seed: 1, purpose: .samples), given: condition),
          Context(.inference, random: RandomSource(seed: 1, step: 0, substep: 0)))
      }
    }
    func isCoarse(_ image: Tensor) -> Bool {
      let halved = image.averagePooled(Window(kernel: 2, stride: 2)).upsampled(by: 2)
      return (halved - image).absolute().sum().scalar < 1e-4
    }
    #expect(isCoarse(drawn()))
    _ = try trainer.runStep()
    #expect(isCoarse(drawn()))
    _ = try trainer.runStep()
    #expect(!isCoarse(drawn()))
  }

  /// What the encoder says of an image is the same at all pixels of a thing, and what it has said lately
  /// is what things get where nobody knows the image.
  @Test func encoderSpeaksOfThings() throws {
    let trainer = try trainer(#""encoder": true"#)
    _ = try trainer.runStep()
    let store = trainer.contest.generatorStore
    let memory = try #require(store.buffers.first { $0.name == "styles.memory" }).value.floats
    let seen = try #require(store.buffers.first { $0.name == "styles.seen" }).value.floats
    // The background of both scenes, and their six digits.
    #expect(seen[0] == 2 && seen.reduce(0, +) <= 8 && seen.reduce(0, +) >= 5)
    for (label, count) in seen.enumerated() {
      for place in 0..<10 {
        let row = memory[(label * 10 + place) * 3..<(label * 10 + place + 1) * 3]
        #expect(row.allSatisfy { $0 == 0 } == (place >= Int(count)))
        #expect(row.allSatisfy { abs($0) <= 1 })
      }
    }
  }

  @Test(arguments: [
    (#""coarseSteps": 5"#, "objective.coarseSteps", "need an enhancer"),
    (#""coarseSteps": 5, "enhancer": true, "sizes": 1"#, "objective.coarseSteps", "half the size"),
    (#""perceptualWeights": "nowhere.safetensors""#, "nowhere.safetensors", "No such file"),
  ])
  func whatDoesNotGoTogetherIsTold(_ change: String, _ place: String, _ problem: String) throws {
    let error = #expect(throws: ZooError.self) { try trainer(change) }
    let told = error?.description ?? ""
    #expect(told.contains(place) && told.contains(problem), "\(told)")
  }

  /// Layers that give no image leave nothing to draw from, and are told.
  @Test func aCoarseNetworkOfPointsIsTold() throws {
    let json = """
      { "variant": "pix2pixhd",
        "generator": { "layers": ["flatten", { "dense": 7 }] },
        "objective": { "enhancer": true, "coarseSteps": 2 } }
      """
    let recipe = try Recipe(parsing: Array(json.utf8), file: "c.json", registry: builtIn)
    let error = #expect(throws: ZooError.self) { try Plan(recipe, for: maps(64, 11)) }
    #expect(error?.kind == .usage)
  }

  /// Each discriminator is built for the size that it sees, and needs features where they are compared.
  @Test(arguments: [
    (#"[{ "conv": 1, "kernel": 1 }]"#, "nothing to compare"),
    (
      #"[{ "conv": 2, "kernel": 9, "padding": 0 }, { "conv": 1, "kernel": 28, "padding": 0 }]"#,
      "does not fit"
    ),
  ])
  func discriminatorsThatDoNotFit(_ layers: String, _ told: String) throws {
    let json = """
      { "variant": "pix2pixhd", "discriminator": { "layers": \(layers) },
        "networks": { "halfDiscriminator": { "layers": \(layers) } } }
      """
    let recipe = try Recipe(parsing: Array(json.utf8), file: "c.json", registry: builtIn)
    let error = #expect(throws: ZooError.self) { try Plan(recipe, for: maps(64, 11)) }
    #expect(error?.description.contains(told) == true, "\(error?.description ?? "")")
  }

  @Test func encodersNeedThings() throws {
    let shape = DataShape([64, 64, 3], source: [64, 64, 1], sourceLabels: 3)
    let error = #expect(throws: ZooError.self) { try plan(#""encoder": true"#, shape) }
    #expect(error?.description.contains("tell things apart") == true)
  }

  /// VGG19's convolutions up to the first of the fifth group, in a file that torchvision would write:
  /// with weights that pass the first channel on, features are what arithmetic says.
  @Test func perceptualDifference() throws {
    let path = NSTemporaryDirectory() + "/vgg-" + UUID().uuidString + ".safetensors"
    defer { try? Files.remove(path) }
    var (place, inputs, entries) = (0, 3, [Safetensors.Entry]())
    for group in [[64, 64], [128, 128], [256, 256, 256, 256], [512, 512, 512, 512], [512]] {
      for outputs in group {
        var weights = [Float](repeating: 0, count: outputs * inputs * 9)
        // Output 0 is the middle of input 0.
        weights[4] = 1
        entries.append(
          .init(name: "features.\(place).weight", shape: [outputs, inputs, 3, 3], values: weights))
        entries.append(
          .init(
            name: "features.\(place).bias", shape: [outputs],
            values: [Float](repeating: 0, count: outputs)))
        (place, inputs) = (place + 2, outputs)
      }
      place += 1
    }
    try Files.write(Safetensors(entries).serialized(), to: path)
    let difference = try PerceptualDifference(weights: path, of: [32, 32, 3], range: -1...1)
    func grey(_ value: Double) -> Tensor { Tensor(repeating: value, shape: [1, 32, 32, 3]) }
    // Red of 1 and of 0.6 in 0...1, normalised; all else is zero in every feature map.
    let apart = (1 - 0.6) / 0.229
    let channels = [64.0, 128, 256, 512, 512]
    let expected = zip(channels, [1.0 / 32, 1.0 / 16, 1.0 / 8, 1.0 / 4, 1])
      .reduce(0) { $0 + apart / $1.0 * $1.1 }
    let found = withoutDerivatives { difference(grey(1), grey(0.2)) }.scalar
    // Sums in single precision.
    #expect(abs(found - expected) < 1e-5 * expected)
    entries.removeLast()
    try Files.write(Safetensors(entries).serialized(), to: path)
    let error = #expect(throws: ZooError.self) {
      try PerceptualDifference(weights: path, of: [32, 32, 3], range: -1...1)
    }
    #expect(error?.description.contains("features.28.bias") == true)
  }

  /// The zoo's own classifier sees a difference between digits, and none where there is none; one of
  /// other images is refused.
  @Test func ownClassifierAsPerception() throws {
    let path = NSTemporaryDirectory() + "/classifier-" + UUID().uuidString + ".safetensors"
    defer { try? Files.remove(path) }
    let classifier = ImageClassifier(sampleShape: [28, 28, 1], classes: 10)
    try Files.write(classifier.weights.serialized(), to: path)
    let difference = try PerceptualDifference(weights: path, of: [28, 28, 1], range: -1...1)
    let digits = ByteImages.strokeDigits(count: 2)
    func image(_ number: Int) throws -> Tensor {
      Tensor(try digits.values(of: [number]).map { 2 * $0 - 1 }, shape: [1, 28, 28, 1])
    }
    let (first, second) = (try image(0), try image(1))
    #expect(withoutDerivatives { difference(first, first) }.scalar == 0)
    let drawn = second.tracked()
    let apart = difference(drawn, first)
    #expect(apart.scalar > 0)
    let slope = try #require(gradient(of: apart, at: [drawn])[0])
    #expect(slope.isFinite && slope.absolute().sum().scalar > 0)
    let error = #expect(throws: ZooError.self) {
      try PerceptualDifference(weights: path, of: [32, 32, 1], range: -1...1)
    }
    #expect(error?.description.contains("zoo eval") == true)
    // A file that tells no class holds no classifier.
    let empty = Safetensors([.init(name: "head.1.bias", shape: [0], values: [Float]())])
    try Files.write(empty.serialized(), to: path)
    #expect(throws: ZooError.self) {
      try PerceptualDifference(weights: path, of: [28, 28, 1], range: -1...1)
    }
  }
}
