import Testing
import Variants
import ZooCore

/// What holds for everything that is registered; a new variant is covered by its line there.
@Suite struct ConformanceTests {
  static let names = tested.variants.map { $0.card.name }
  static let shapes: [Shape] = [[28, 28, 1], [32, 32, 3], [20, 12, 2]]

  @Test(arguments: names)
  func cardIsComplete(_ name: String) throws {
    let variant = try #require(tested.variant(named: name))
    let card = variant.card
    for text in [card.title, card.paper, card.summary] + card.losses.map(\.formula) {
      #expect(!text.isEmpty)
    }
    #expect((1990...2100).contains(card.year) && !card.sources.isEmpty)
    let sentences = card.idea.split(separator: ".", omittingEmptySubsequences: true).count
    #expect((2...5).contains(sentences), "the idea in about three sentences, found \(sentences)")
    #expect(variant.options.allSatisfy { !$0.meaning.isEmpty })
  }

  private func contest(_ name: String, _ sample: Shape, _ type: ElementType) throws -> Contest {
    let json = SmallConfig.json(name)
    let recipe = try Recipe(parsing: Array(json.utf8), file: "c.json", registry: tested)
    return try Plan(recipe, for: SmallConfig.shape(for: name, sample), type: type).contest
  }

  private func round(_ contest: Contest, _ sample: Shape, trackingFakes: Bool) -> Round {
    let context = Context(.training, random: RandomSource(seed: 5, step: 3, substep: 0))
    let labels: [Int32] = [0, 3, 9, 3]
    var known = Condition(labels: labels)
    if let source = contest.generator.takes.source {
      known.source = RandomStream(seed: 6, purpose: .noise).uniform([4] + source, type: .float64)
    }
    let input = contest.generator.takes.input(
      4, from: context.random.next(.latents), given: known, type: .float64)
    let fakes =
      trackingFakes
      ? contest.generator(input, context)
      : withoutDerivatives { contest.generator(input, context) }
    let real = RandomStream(seed: 4, purpose: .noise).uniform([4] + sample, type: .float64)
    return Round(
      step: 3, of: 10, substep: 0, real: Batch(samples: real, condition: known), fakes: fakes,
      input: input,
      context: context, discriminator: contest.discriminator)
  }

  /// The turns of the first steps, each kind once.
  private func distinctTurns(_ contest: Contest) throws -> [Turn] {
    let settings = TrainingSettings(
      batch: 4, seed: 1, generatorOptimizer: .adam(.init()), discriminatorOptimizer: .adam(.init()))
    var kinds: Set<String> = []
    return (0...16).flatMap { contest.objective.turns(at: $0, settings) }
      .filter { kinds.insert("\($0.player) \($0.name ?? "")").inserted }
  }

  /// The loss of every turn beside central differences in Float64, along a direction in all parameters.
  @Test(arguments: names, shapes)
  func lossesHaveTheirDerivatives(_ name: String, _ sample: Shape) throws {
    try Backends.using(ReferenceBackend.shared) {
      let contest = try contest(name, sample, .float64)
      if name == "stylegan" {
        // It starts from maps without any deviation, which instance norms divide by.
        for (index, parameter) in contest.generatorStore.parameters.enumerated() {
          let noise = RandomStream(seed: UInt32(200 + index), purpose: .noise)
          parameter.assign(
            parameter.value + noise.normal(parameter.shape, deviation: 0.3, type: .float64))
        }
      }
      for turn in try distinctTurns(contest) {
        let (player, store) = (turn.player, contest.store(of: turn.player))
        func loss() -> Tensor {
          turn.loss(round(contest, sample, trackingFakes: player == .generator)).total
        }
        let values = store.parameters.map { $0.value.doubles }
        let directions = store.parameters.enumerated().map { index, parameter in
          RandomStream(seed: UInt32(100 + index), purpose: .noise)
            .uniform(parameter.shape, in: -1..<1, type: .float64).doubles
        }
        let slope = zip(
          gradient(of: loss(), at: store.parameters.map(\.value)), directions
        ).reduce(0.0) { sum, pair in
          sum + zip(pair.0?.doubles ?? [], pair.1).reduce(0) { $0 + $1.0 * $1.1 }
        }
        func move(_ amount: Double) -> Double {
          for (index, parameter) in store.parameters.enumerated() {
            let moved = zip(values[index], directions[index]).map { $0 + amount * $1 }
            parameter.assign(Tensor(moved, shape: parameter.shape, type: .float64))
          }
          return loss().scalar
        }
        // So small that hardly a unit crosses the kink of its activation, even behind instance norms,
        // which make units of order one of weights of order 0.02; gradcheck's relative tolerance.
        let step = 1e-8
        let numeric = (move(step) - move(-step)) / (2 * step)
        #expect(
          abs(numeric - slope) <= 1e-3 * max(1e-3, abs(numeric)),
          "\(name), \(player), \(sample): \(slope), by differences \(numeric)")
      }
    }
  }

  /// A game over eight small images ends with a generator that draws those images: nearer
  /// to one of them than their mean is, the best that a generator does that minds no latent code.
  @Test(arguments: SmallConfig.games)
  func overfitsEightImages(_ name: String) throws {
    // Steps large enough for a test's patience. Weight clipping does not bear momentum (Arjovsky et
    // al. 2017, section 4), and at its own ±0.01 would take far more of them.
    let own =
      switch name {
      case "wgan": (#""objective": { "clip": 0.1 },"#, #"{ "rmsprop": { "learningRate": 5e-4 } }"#)
      // These tell classes to norms, and those of the architecture are not told.
      case "sngan", "sagan", "biggan":
        (
          #""conditioning": null,"# + (name == "biggan" ? #""objective": { "chunks": 1 },"# : ""),
          #"{ "adam": { "learningRate": 1e-3, "beta1": 0.5 } }"#
        )
      default: ("", #"{ "adam": { "learningRate": 1e-3, "beta1": 0.5 } }"#)
      }
    let json = SmallConfig.json(
      name, width: 64, latent: 8,
      architecture: SmallConfig.architectures(for: name).first { $0 == "mlp" },
      own.0
        + #""training": { "batch": 8, "discriminatorSteps": 2, "optimizer": \#(own.1), "#
        + #""generatorOptimizer": \#(own.1), "discriminatorOptimizer": \#(own.1) }"#)
    let recipe = try Recipe(parsing: Array(json.utf8), file: "eight.json", registry: tested)
    let images = Self.eightImages
    let trainer = try recipe.plan(for: images).trainer(on: images)
    for _ in 0..<1000 { _ = try trainer.runStep() }

    let labels = (0..<64).compactMap { images.label(at: $0 % 8) }
    let drawn = withoutDerivatives {
      trainer.contest.generator(
        trainer.contest.generator.takes.input(
          64, from: RandomStream(seed: 9, purpose: .samples), given: Condition(labels: labels)),
        Context(.inference, random: RandomSource(seed: 9, step: 0, substep: 0)))
    }
    let real = try BatchSource(images, batch: 8, seed: 1, range: recipe.config.data.range)
      .batch(0).samples
    let mean = real.mean(over: [0]).reshaped(to: [1] + images.sampleShape)
    #expect(distance(drawn, from: real) < 0.9 * distance(mean, from: real))
    // One image for all codes would be as near.
    #expect(Set(nearest(drawn, from: real).map(\.index)).count > 1)
  }

  /// Digits as means of 4×4 pixels.
  private static let eightImages: ByteImages = {
    let digits = ByteImages.strokeDigits(count: 8)
    let side = StrokeDigits.side / 4
    let bytes = (0..<8 * side * side).map { place in
      let (image, y, x) = (place / (side * side), place / side % side, place % side)
      let corner = (image * StrokeDigits.side + 4 * y) * StrokeDigits.side + 4 * x
      let sum = (0..<16).reduce(0) { sum, i in
        sum + Int(digits.bytes[corner + i / 4 * StrokeDigits.side + i % 4])
      }
      return UInt8(sum / 16)
    }
    return ByteImages(
      name: "eight", bytes: bytes, sampleShape: [side, side, 1], labels: digits.labels,
      classNames: digits.classNames)
  }()

  /// The mean distance of images from the nearest of the real ones.
  private func distance(_ images: Tensor, from real: Tensor) -> Double {
    let nearest = nearest(images, from: real).map(\.distance)
    return nearest.reduce(0, +) / Double(nearest.count)
  }

  /// The nearest real image of each.
  private func nearest(
    _ images: Tensor, from real: Tensor
  ) -> [(index: Int, distance: Double)] {
    (0..<images.shape[0]).map { i in
      let distances = (0..<real.shape[0]).map { j in
        (images.rows(i..<i + 1) - real.rows(j..<j + 1)).squared().sum().scalar.squareRoot()
      }
      let least = distances.min() ?? .infinity
      return (distances.firstIndex(of: least) ?? 0, least)
    }
  }
}
