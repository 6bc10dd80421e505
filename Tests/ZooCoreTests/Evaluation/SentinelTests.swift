import Foundation
import Testing
import ZooCore

/// Collapses that are made on purpose, and healthy samples.
@Suite struct SentinelTests {
  /// What a generator might return in a stretch of a run, and what the losses are meanwhile.
  struct Stretch: CustomTestStringConvertible, Sendable {
    let name: String
    let dataset: any Dataset
    var labels: [Int32]?
    /// The samples of a look.
    let samples: @Sendable (_ look: Int) throws -> Tensor
    var losses: [String: Double] = ["discriminatorLoss": 1.2, "generatorLoss": 0.9]
    /// Losses of looks from the third on, if others.
    var later: [String: Double]?
    var criticSlope = 1.0
    /// The one that is to be told; nil for a healthy stretch.
    var fault: Sentinel.Fault?

    var testDescription: String { name }

    /// Looks at five pictures of the stretch, and returns each's news.
    func watch() throws -> [[Sentinel.Fault]] {
      let count = try samples(0).shape[0]
      var sentinel = try Sentinel(dataset, labels: labels, count: count, range: 0...1)
      var news: [[Sentinel.Fault]] = []
      for look in 0..<5 {
        for _ in 0..<3 {
          let terms = look >= 2 ? later ?? losses : losses
          sentinel.note(terms.map { (tag: $0.key, value: $0.value) })
        }
        let found = sentinel.look(
          at: try samples(look), step: 500 * (look + 1), criticSlope: criticSlope)
        news.append(found.news.map(\.fault))
      }
      return news
    }
  }

  @Test(arguments: rigged) func aCollapseIsTold(_ stretch: Stretch) throws {
    // One look is no proof, two are, and what was told is not told again.
    var expected: [[Sentinel.Fault]] = [[], [], [], [], []]
    expected[stretch.later == nil ? 1 : 3] = [try #require(stretch.fault)]
    #expect(try stretch.watch() == expected)
  }

  @Test(arguments: healthy) func aHealthyStretchIsNoFault(_ stretch: Stretch) throws {
    #expect(try stretch.watch().joined().isEmpty)
  }

  @Test func enoughStretches() { #expect(Self.rigged.count >= 20 && Self.healthy.count >= 20) }

  // MARK: Stretches

  static let rigged: [Stretch] = imageCollapses + pointCollapses + lossFaults

  private static let imageCollapses: [Stretch] = [
    digits("a constant image", .collapse) { _, _ in 5 },
    Stretch(
      name: "black images", dataset: data,
      samples: { _ in Tensor(repeating: 0, shape: [64, 28, 28, 1]) }, fault: .collapse),
    digits("a constant image with noise of 0.05", noise: 0.05, .collapse) { _, _ in 5 },
    digits("a constant image with noise of 0.2", noise: 0.2, .missingModes) { _, _ in 5 },
    digits("another image at each look", .collapse) { look, _ in 100 + look },
    digits("two images", .doubles) { _, place in place % 2 },
    digits("eight images, eight times each", .doubles) { _, place in 10 * (place % 8) },
    digits("half a batch twice", .doubles) { look, place in 40 * look + place % 32 },
    digits("class 0 only", .missingModes) { look, place in 10 * (64 * look + place) },
    digits("class 1 only", .missingModes) { look, place in 10 * (64 * look + place) + 1 },
    digits("class 7 only", .missingModes) { look, place in 10 * (64 * look + place) + 7 },
    digits("classes 4 and 9 only", .missingModes) { look, place in
      10 * (64 * look + place) + [4, 9][place % 2]
    },
    digits(
      "one image for each class", labels: (0..<64).map { Int32($0 / 8) }, noise: 0.01,
      .collapse
    ) { _, place in place / 8 },
  ]

  private static let pointCollapses: [Stretch] = [
    ring("one mode of eight", .collapse) { _ in 0 },
    ring("another mode at each look", .collapse) { $0.look },
    ring("two neighbouring modes", .missingModes) { $0.place % 2 },
    ring("two opposite modes", .missingModes) { 4 * ($0.place % 2) },
    ring("three modes", .missingModes) { [0, 3, 6][$0.place % 3] },
    ring("four modes", .missingModes) { 2 * ($0.place % 4) },
    ring("five modes", .missingModes) { $0.place % 5 },
    Stretch(
      name: "a single point", dataset: points,
      samples: { _ in Tensor(repeating: 0.1, shape: [400, 2]) }, fault: .collapse),
  ]

  private static let lossFaults: [Stretch] = [
    real(
      "a discriminator that is never wrong", ["realProbability": 0.999, "fakeProbability": 0.001]
    )
    .with(.saturation),
    real("a critic far too steep", ["gradientPenalty": 90]).with(.slope),
    // As of weights clipped to 0.0001.
    real("a critic that is flat", ["discriminatorLoss": -1e-9], criticSlope: 7e-11).with(.flat),
    real(
      "a discriminator's loss that runs away", ["discriminatorLoss": 1.2, "generatorLoss": 0.9],
      later: ["discriminatorLoss": 60, "generatorLoss": 0.9]
    ).with(.runaway),
    real(
      "a generator's loss that runs away", ["discriminatorLoss": -1.2, "generatorLoss": 0.9],
      later: ["discriminatorLoss": -1.2, "generatorLoss": -900]
    ).with(.runaway),
  ]

  static let healthy: [Stretch] = realDigits + realPoints + usualLosses

  private static let realDigits: [Stretch] =
    (0..<6).map { number in
      digits("real digits, part \(number)") { look, place in 320 * number + 64 * look + place }
    } + [
      digits("the same real digits at each look") { _, place in 7 * place },
      digits("digits with noise of 0.2", noise: 0.2) { look, place in 64 * look + place },
      digits("16 digits, too few for regions") { look, place in 64 * look + place }.first(16),
      digits("one class in each row", labels: (0..<64).map { Int32($0 / 8) }) { look, place in
        10 * (8 * look + place % 8) + place / 8
      },
    ]

  private static let realPoints: [Stretch] = [
    ring("eight modes") { $0.place % 8 },
    // The shares of a run of gan-ring8 that has lost one mode: healthy as such runs go.
    ring("seven modes") { [0, 1, 2, 3, 5, 6, 7][$0.place % 7] },
    ring("eight modes ten times too wide", spread: 0.14) { $0.place % 8 },
    Stretch(
      name: "one Gaussian over the whole ring", dataset: points,
      samples: { look in
        let values = RandomStream(seed: UInt32(look), purpose: .noise).normal([400, 2])
        return values * 1.1
      }),
  ]

  // Means of 300 to 500 steps that healthy runs logged, the most extreme of each variant.
  private static let usualLosses: [Stretch] = [
    real(
      "losses of gan",
      ["realProbability": 0.585, "fakeProbability": 0.52, "discriminatorLoss": 1.29]),
    real(
      "losses of dcgan",
      ["realProbability": 0.879, "fakeProbability": 0.16, "discriminatorLoss": 0.36]),
    real(
      "losses of cdcgan",
      ["realProbability": 0.919, "fakeProbability": 0.079, "discriminatorLoss": 0.18]),
    // Raw scores are no probabilities: a hinge critic pushes them beyond −1 and 1.
    real("losses of a hinge critic", ["realScore": 1.4, "fakeScore": -1.2]),
    real(
      "losses of wgan-gp on points", ["gradientPenalty": 7.8, "generatorLoss": 1],
      later: ["gradientPenalty": 1.4, "generatorLoss": 5.7, "discriminatorLoss": 2.8]),
    real(
      "losses of wgan", ["discriminatorLoss": -0.03, "generatorLoss": 0.05],
      later: ["discriminatorLoss": -0.009, "generatorLoss": -0.07], criticSlope: 0.0096),
    real("losses of gan on points", ["realProbability": 0.6], criticSlope: 28),
    real("a certain discriminator", ["realProbability": 0.99, "fakeProbability": 0.1]),
  ]

  // MARK: Samples

  private static let data = ByteImages.strokeDigits(count: 2600)
  private static let points: any Dataset = {
    // Eight Gaussians on a circle of radius √2, the modes in turn, as in the set of this name.
    let noise = RandomStream(seed: 9, purpose: .noise).normal([4000]).floats
    return PointSet(
      name: "ring8",
      points: (0..<2000).map { index in
        let angle = Float(index % 8) * .pi / 4
        let centre = SIMD2<Float>(cos(angle), sin(angle)) * 1.4144
        return centre + SIMD2(noise[2 * index], noise[2 * index + 1]) * 0.0141
      })
  }()

  /// Stretches of 64 digits; `index` names the digit, whose class is its last figure.
  private static func digits(
    _ name: String, labels: [Int32]? = nil, noise: Double = 0, _ fault: Sentinel.Fault? = nil,
    _ index: @escaping @Sendable (_ look: Int, _ place: Int) -> Int
  ) -> Stretch {
    Stretch(
      name: name, dataset: data, labels: labels,
      samples: { look in
        let values = try data.values(of: (0..<64).map { index(look, $0) % 2600 })
        let random = RandomStream(seed: UInt32(look), purpose: .noise).normal([64, 28, 28, 1])
        return Tensor(values, shape: [64, 28, 28, 1]) + random * noise
      }, fault: fault)
  }

  /// Stretches of 400 points around the modes of `ring8`.
  private static func ring(
    _ name: String, spread: Double = 0.0141, _ fault: Sentinel.Fault? = nil,
    _ mode: @escaping @Sendable ((look: Int, place: Int)) -> Int
  ) -> Stretch {
    Stretch(
      name: name, dataset: points,
      samples: { look in
        // Points 0 to 7 of the set are of modes 0 to 7.
        let centres = try points.values(of: (0..<400).map { mode((look, $0)) % 8 })
        let random = RandomStream(seed: UInt32(look), purpose: .noise).normal([400, 2])
        return Tensor(centres, shape: [400, 2]) + random * spread
      }, fault: fault)
  }

  /// Real digits with losses of some kind.
  private static func real(
    _ name: String, _ losses: [String: Double], later: [String: Double]? = nil,
    criticSlope: Double = 1
  ) -> Stretch {
    var stretch = digits(name) { look, place in 64 * look + place }
    stretch.losses = losses
    stretch.later = later
    stretch.criticSlope = criticSlope
    return stretch
  }

  // MARK: When it speaks

  @Test func youngGeneratorsAreNotJudged() throws {
    var sentinel = try Sentinel(Self.data, labels: nil, count: 64, range: 0...1)
    let black = Tensor(repeating: 0, shape: [64, 28, 28, 1])
    for step in [100, 200, 300, 499] {
      let look = sentinel.look(at: black, step: step, criticSlope: 0)
      #expect(look.news.isEmpty && look.entry["verdict"]?.string == "too early to tell")
    }
    #expect(sentinel.look(at: black, step: 500, criticSlope: 1).news.isEmpty)
    let look = sentinel.look(at: black, step: 600, criticSlope: 1)
    #expect(look.news.count == 1 && look.collapse != nil)
    #expect(look.entry["verdict"]?.string?.contains("nearly the same sample") == true)
  }

  /// A fault that had gone is news again; a new sentinel knows by the log what was told.
  @Test func whatWasToldIsRemembered() throws {
    var sentinel = try Sentinel(Self.data, labels: nil, count: 64, range: 0...1)
    let black = Tensor(repeating: 0, shape: [64, 28, 28, 1])
    let varied = Tensor(try Self.data.values(of: Array(0..<64)), shape: [64, 28, 28, 1])
    var entries: [JSONValue] = []
    let told = [black, black, black, varied, black, black].enumerated().map { index, samples in
      sentinel.note([("discriminatorLoss", 1), ("generatorLoss", 1)])
      let look = sentinel.look(at: samples, step: 500 + index, criticSlope: 1)
      entries += [look.entry]
      return look.news.count
    }
    #expect(told == [0, 1, 0, 0, 0, 1])
    for cut in 0...5 {
      var other = try Sentinel(Self.data, labels: nil, count: 64, range: 0...1)
      other.recall(Array(entries.prefix(cut)), LoggedMetrics())
      let samples = cut == 3 ? varied : black
      let found = other.look(at: samples, step: 500 + cut, criticSlope: 1)
      #expect(found.news.count == told[cut], "cut at \(cut)")
    }
  }

  /// A collapse that looks otherwise each time is one collapse, told once, and ends the run.
  @Test func aCollapseMayChangeItsFace() throws {
    var sentinel = try Sentinel(Self.data, labels: nil, count: 64, range: 0...1)
    func digits(_ index: (Int) -> Int) throws -> Tensor {
      Tensor(try Self.data.values(of: (0..<64).map(index)), shape: [64, 28, 28, 1])
    }
    // One class without doubles, and doubles of all classes: no fault is there twice in a row.
    let faces = try [digits { 10 * $0 + 1 }, digits { 10 * ($0 % 20) + $0 % 10 }]
    var told: [Sentinel.Fault] = []
    for look in 0..<6 {
      let found = sentinel.look(at: faces[look % 2], step: 500 * (look + 1), criticSlope: 1)
      let faults = found.entry["faults"]?.array?.compactMap(\.string)
      #expect(faults == [look % 2 == 0 ? "missingModes" : "doubles"])
      told += found.news.map(\.fault)
      #expect((found.collapse != nil) == (look > 0))
    }
    #expect(told == [.doubles, .missingModes])
  }

  /// What was logged since the last look counts as if the run had never stopped.
  @Test func whatWasLoggedSinceIsRemembered() throws {
    let path = NSTemporaryDirectory() + "/zoo-" + UUID().uuidString
    defer { try? Files.remove(path) }
    let lines = (400..<620).map { step in
      #"{"step":\#(step),"gradientPenalty":\#(step < 600 ? 90 : 0.1)}"#
    }
    try Files.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: path)
    var sentinel = try Sentinel(Self.data, labels: nil, count: 64, range: 0...1)
    sentinel.recall([["step": 500, "faults": ["slope"]]], try LoggedMetrics(reading: path))
    let samples = Tensor(try Self.data.values(of: Array(0..<64)), shape: [64, 28, 28, 1])
    let found = sentinel.look(at: samples, step: 620, criticSlope: 1)
    // Steps 501 to 599 of 90 and 20 of 0.1.
    let mean = try #require(found.entry["gradientPenalty"]?.double)
    #expect(abs(mean - (99 * 90 + 20 * 0.1) / 119) < 1e-3)
    #expect(found.news.map(\.fault) == [.slope])
  }

  /// Of a single real sample, and of fewer than are drawn, less can be told; nothing is a fault that
  /// the data have themselves.
  @Test(arguments: [1, 2]) func fewRealSamplesAreNoFault(_ count: Int) throws {
    let few = ByteImages.strokeDigits(count: count)
    var sentinel = try Sentinel(few, labels: nil, count: 8, range: 0...1)
    let same = Tensor(
      try few.values(of: (0..<8).map { $0 % count }), shape: [8] + few.sampleShape)
    for step in [500, 1000, 1500] {
      let look = sentinel.look(at: same, step: step, criticSlope: 1)
      #expect(look.news.isEmpty && look.collapse == nil)
      #expect((look.entry["diversity"] != nil) == (count > 1))
      #expect(look.entry["verdict"] == "healthy")
    }
  }

  @Test func valuesThatAreNotFiniteAreLeftToOthers() throws {
    var sentinel = try Sentinel(Self.data, labels: nil, count: 64, range: 0...1)
    let broken = Tensor(repeating: .nan, shape: [64, 28, 28, 1])
    for step in [500, 1000] {
      let found = sentinel.look(at: broken, step: step, criticSlope: 1)
      #expect(found.news.isEmpty)
    }
  }
}

extension SentinelTests.Stretch {
  /// The same stretch with the fault that it should show.
  fileprivate func with(_ fault: Sentinel.Fault) -> Self {
    var stretch = self
    stretch.fault = fault
    return stretch
  }

  /// The same stretch in smaller pictures.
  fileprivate func first(_ count: Int) -> Self {
    let all = samples
    return Self(
      name: name, dataset: dataset, labels: labels, samples: { try all($0).rows(0..<count) },
      losses: losses, later: later, criticSlope: criticSlope, fault: fault)
  }
}
