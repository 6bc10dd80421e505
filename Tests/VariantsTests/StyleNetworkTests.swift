import Testing
import Variants
import ZooCore

/// StyleGAN's and StyleGAN2's networks, and what styles do.
@Suite struct StyleNetworkTests {
  struct Size: Sendable, CustomTestStringConvertible {
    let name, architecture: String
    let width: Int
    let sample: Shape
    let generator, discriminator: Int
    var testDescription: String { name }
  }

  /// Parameters as the sources have them; the first discriminator's are published, and those of the
  /// two-core forms are the reference's.
  static let sizes: [Size] = [
    Size(
      name: "configuration F, 1024", architecture: "stylegan2", width: 512,
      sample: [1024, 1024, 3], generator: 30_370_060, discriminator: 29_012_513),
    Size(
      name: "two cores, 32", architecture: "stylegan2-light", width: 64, sample: [32, 32, 1],
      generator: 263_531, discriminator: 288_929),
    Size(
      name: "two cores, digits", architecture: "stylegan2-light", width: 64, sample: [28, 28, 1],
      generator: 179_240, discriminator: 346_145),
    // Without growth there is one layer from and one to colours: 3 · 2,528 + 24 and 4 · 2,528 parameters
    // fewer than the sum over all sizes, of which the discriminator's is published.
    Size(
      name: "StyleGAN, 1024", architecture: "stylegan", width: 512, sample: [1024, 1024, 3],
      generator: 26_219_627 - 7_608, discriminator: 23_087_249 - 10_112),
    Size(
      name: "StyleGAN, two cores", architecture: "stylegan-light", width: 64,
      sample: [32, 32, 1], generator: 288_996 - 195, discriminator: 279_073 - 384),
  ]

  /// Networks that grow have a layer from and one to colours for each size: the published totals.
  static let growing: [Size] = [
    Size(
      name: "StyleGAN growing, 1024", architecture: "stylegan-growing", width: 512,
      sample: [1024, 1024, 3], generator: 26_219_627, discriminator: 23_087_249),
    Size(
      name: "StyleGAN growing, two cores", architecture: "stylegan-growing-light", width: 64,
      sample: [32, 32, 1], generator: 288_996, discriminator: 279_073),
  ]

  private func plan(_ size: Size) throws -> Plan {
    let variant = size.architecture.hasPrefix("stylegan2") ? "stylegan2" : "stylegan"
    let network = #"{ "architecture": "\#(size.architecture)", "width": \#(size.width) }"#
    let json = """
      { "variant": "\(variant)", "discriminator": \(network),
        "generator": { "architecture": "\(size.architecture)", "width": \(size.width),
          "latent": { "size": \(size.width) } },
        "networks": { "mapping": { "architecture": "\(size.architecture)" } },
        "objective": { "style": \(size.width) } }
      """
    // One sample at a time: batches of a megapixel need more memory than most machines have.
    return try Plan(
      Recipe(parsing: Array(json.utf8), file: "c.json", registry: builtIn),
      for: DataShape(size.sample), purpose: .translation)
  }

  @Test(arguments: sizes + growing) func counts(_ size: Size) throws {
    let contest = try plan(size).contest
    #expect(contest.generatorStore.parameterCount == size.generator)
    #expect(contest.discriminatorStore.parameterCount == size.discriminator)
  }

  private func drawn(
    _ contest: Contest, _ codes: Tensor, _ truncation: StyleTruncation? = nil,
    _ mode: Mode = .inference
  ) -> Tensor {
    withoutDerivatives {
      contest.generator(
        GeneratorInput(latents: codes, truncation: truncation),
        Context(mode, random: RandomSource(seed: 1, step: 0, substep: 0)))
    }
  }

  /// Drawn all the way to the mean, all samples are one; with a cutoff they differ in what later styles
  /// do; not drawn at all, nothing changes.
  @Test func truncationDrawsStylesToTheirMean() throws {
    let contest = try plan(Self.sizes[2]).contest
    let codes = RandomStream(seed: 3, purpose: .latents).normal([4, 64])
    let mean = try #require(contest.generatorStore.buffers.first { $0.name == "style.mean" })
    #expect(mean.value.floats.allSatisfy { $0 == 0 })
    _ = drawn(contest, codes, nil, .training)
    // 0.005 of the way from zero to a batch's mean.
    #expect(mean.value.floats.contains { $0 != 0 })
    let plain = drawn(contest, codes)
    func spread(_ images: Tensor) -> Double {
      let mean = images.mean(over: [0], keepingAxes: true)
      return (images - mean).squared().sum().scalar
    }
    let nearest = drawn(contest, codes, StyleTruncation(share: 0))
    #expect(spread(nearest) == 0)
    let first = drawn(contest, codes, StyleTruncation(share: 0, places: 2))
    #expect(spread(first) > 0 && first.floats != plain.floats)
    #expect(drawn(contest, codes, StyleTruncation(share: 0, places: 0)).floats == plain.floats)
  }

  /// The first row and column are unmixed: each is what its style alone draws, and all else has the
  /// coarse styles of its row.
  @Test(arguments: ["stylegan", "stylegan2"]) func mixingSheet(_ variant: String) throws {
    let contest = try plan(Self.sizes[variant == "stylegan" ? 4 : 2]).contest
    let sheet = try #require(contest.objective.sheets.first { $0.name == "mixing" })
    let images = try sheet.images(
      Easel(seed: 5, step: 0) { _ throws(ZooError) in
        throw ZooError(.usage, "a mixing sheet needs no data")
      })
    #expect(images.shape.first == 64)
    func image(_ row: Int, _ column: Int) -> [Float] {
      images.rows(8 * row + column..<8 * row + column + 1).floats
    }
    // Untrained, the mean is zero.
    #expect(image(3, 0) != image(0, 0) && image(0, 3) != image(0, 0))
    #expect(image(3, 2) != image(3, 0) && image(3, 2) != image(0, 2))
    #expect(Set((0..<64).map { image($0 / 8, $0 % 8) }).count == 64)
  }

  /// Networks that no style steers are told, and not drawn with.
  @Test(
    arguments: ["stylegan", "stylegan2"],
    [#""dcgan""#, #"{ "layers": [{ "dense": 784 }, { "reshape": [28, 28, 1] }] }"#])
  func generatorsWithoutStyles(_ variant: String, _ generator: String) throws {
    let json = "{ \"variant\": \"\(variant)\",\n\"generator\": \(generator) }"
    let recipe = try Recipe(parsing: Array(json.utf8), file: "c.json", registry: builtIn)
    let error = #expect(throws: ZooError.self) { try recipe.plan(for: [28, 28, 1]) }
    #expect(error?.kind == .usage)
    let told = error?.findings.first { $0.problem.contains("steered by a style") }
    #expect(told?.place?.hasPrefix("c.json:2:") == true, "\(told?.place ?? "nowhere")")
  }

  /// The penalties take their turns behind whom they hold back, the path length not without a weight.
  @Test func turns() throws {
    func names(_ objective: String, _ step: Int) throws -> [String] {
      let json = #"{ "variant": "stylegan2", "objective": \#(objective) }"#
      let plan = try Recipe(parsing: Array(json.utf8), file: "c.json", registry: builtIn)
        .plan(for: [28, 28, 1])
      let settings = TrainingSettings(
        batch: 4, seed: 1, generatorOptimizer: .adam(.init()),
        discriminatorOptimizer: .adam(.init()))
      return plan.contest.objective.turns(at: step, settings).map { $0.name ?? "\($0.player)" }
    }
    let both = ["generator", "pathPenalty", "discriminator", "slopePenalty"]
    #expect(try names("{}", 0) == both)
    #expect(try names("{}", 16) == both)
    #expect(try names("{}", 4) == ["generator", "pathPenalty", "discriminator"])
    #expect(try names("{}", 5) == ["generator", "discriminator"])
    #expect(
      try names(#"{ "pathLength": 0 }"#, 16) == ["generator", "discriminator", "slopePenalty"])
  }

  /// A network that grows draws what its smallest sizes say first; fully grown it is the plain one.
  @Test func stylesGrow() throws {
    let small = Size(
      name: "", architecture: "stylegan-growing-light", width: 8, sample: [16, 16, 1],
      generator: 0, discriminator: 0)
    let plain = Size(
      name: "", architecture: "stylegan-light", width: 8, sample: [16, 16, 1], generator: 0,
      discriminator: 0)
    let (growing, other) = (try plan(small).contest, try plan(plain).contest)
    let growth = try #require(Growth.all(in: growing.generatorStore).first)
    #expect(growth.sizes == 3 && growth.sizesInUse == 3)
    // The same layers under other names, and other first values: those are given over in their order.
    let last =
      growing.generatorStore.parameters.filter { !$0.name.contains("images.") }
      + growing.generatorStore.parameters.filter { $0.name.contains("images.2") }
    let theirs = other.generatorStore.parameters
    #expect(last.map(\.shape) == theirs.map(\.shape))
    for (mine, parameter) in zip(last, theirs) { mine.assign(parameter.value.detached()) }
    let codes = RandomStream(seed: 3, purpose: .latents).normal([4, 8])
    #expect(drawn(growing, codes).floats == drawn(other, codes).floats)
    growth.move(to: 0.5)
    #expect(growth.sizesInUse == 2)
    let images = drawn(growing, codes).floats
    // Half the size at most: blocks of two by two pixels are alike.
    #expect((0..<512).allSatisfy { images[2 * $0] == images[2 * $0 + 1] })
  }
}
