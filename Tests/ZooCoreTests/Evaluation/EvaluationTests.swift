import Foundation
import Testing
import ZooCore

/// Evaluation of samples whose quality is known, by a classifier that is trained here.
@Suite struct EvaluationTests {
  /// Enough to tell drawn digits apart, in a few seconds.
  private static let schedule = ImageClassifier.Schedule(steps: 400, batch: 50)

  /// A labelled set, its test split, and a classifier of it; the tests share them.
  private struct Known: @unchecked Sendable {
    // Unchecked: nothing changes a classifier that has learned.
    let data: EvaluationData
    let evaluator: Evaluator
    let real: Scores

    init() throws {
      data = try EvaluationData(
        ByteImages.strokeDigits(0..<3000), test: ByteImages.strokeDigits(3000..<4000))
      let classifier = ImageClassifier(sampleShape: [28, 28, 1], classes: 10, width: 8)
      try classifier.learn(data.training, schedule)
      evaluator = try Evaluator(data, .classifier(classifier), count: 400)
      real = try evaluator.judge(SampleSource(data.training, count: 400), as: "real")
    }
  }

  private static let known = Result { try Known() }

  /// Samples that a function of the number makes.
  private func samples(
    labels: [Int]? = nil, _ value: @escaping @Sendable (_ sample: Int, _ pixel: Int) -> Float
  ) -> SampleSource {
    SampleSource(count: 400, labels: labels) { range throws(ZooError) in
      Tensor(
        range.flatMap { sample in (0..<784).map { value(sample, $0) } },
        shape: [range.count, 28, 28, 1])
    }
  }

  @Test func realSamplesScoreAsReal() throws {
    let known = try Self.known.get()
    let accuracy = try #require(known.evaluator.accuracy)
    #expect(accuracy > 0.9)
    let real = known.real
    // 400 against 400 samples of one distribution: measured 0.9 and more, with some room.
    #expect(try #require(real["precision"]) > 0.8 && #require(real["recall"]) > 0.8)
    #expect(try #require(real["coverage"]) > 0.8)
    #expect(real["exactDuplicates"] == 0)
    #expect(try #require(real["classifierScore"]) > 6)
    #expect(real["classCoverage"] == 1)
    #expect(try #require(real["conditionalAccuracy"]) > 0.9)
  }

  @Test func noiseIsToldApart() throws {
    let known = try Self.known.get()
    let noise = RandomStream(seed: 3, purpose: .noise).uniform([400 * 784]).floats
    let scores = try known.evaluator.judge(samples { noise[$0 * 784 + $1] }, as: "noise")
    #expect(
      try #require(scores["frechetDistance"]) > 10 * #require(known.real["frechetDistance"]))
    #expect(try #require(scores["coverage"]) < 0.1)
  }

  @Test func oneImageIsToldApart() throws {
    let known = try Self.known.get()
    let image = try known.data.test.values(of: [7])
    let scores = try known.evaluator.judge(
      samples(labels: (0..<400).map { $0 % 10 }) { _, pixel in image[pixel] }, as: "constant")
    #expect(scores["exactDuplicates"] == 1 && scores["nearDuplicates"] == 1)
    #expect(try abs(#require(scores["classifierScore"]) - 1) < 1e-6)
    #expect(scores["classCoverage"] == 0.1)
    // ln 10: all samples are of one class.
    #expect(try abs(#require(scores["classDivergence"]) - 2.302585) < 1e-6)
    #expect(scores["recall"] == 0)
    #expect(scores["conditionalAccuracy"] == 0.1)
  }

  @Test func oneClassIsToldApart() throws {
    let known = try Self.known.get()
    let threes = (0..<400).map { 10 * ($0 % 100) + 3 }
    let values = try known.data.test.values(of: threes)
    let scores = try known.evaluator.judge(samples { values[$0 * 784 + $1] }, as: "threes")
    let real = known.real
    #expect(try #require(scores["precision"]) > 0.8)
    #expect(try #require(scores["recall"]) < 0.5 * #require(real["recall"]))
    #expect(try #require(scores["classDivergence"]) > 1.5)
    #expect(
      try #require(scores["frechetDistance"]) > 5 * #require(real["frechetDistance"]))
    #expect(scores.histogram?.counts.max() == scores.histogram?.counts[3])
  }

  /// Classes in another order than asked for are all wrong.
  @Test func wrongClassesAreCounted() throws {
    let known = try Self.known.get()
    let values = try known.data.test.values(of: Array(0..<400))
    let scores = try known.evaluator.judge(
      samples(labels: (0..<400).map { ($0 + 1) % 10 }) { values[$0 * 784 + $1] }, as: "shifted")
    #expect(try #require(scores["conditionalAccuracy"]) < 0.1)
    #expect(scores.accuracyPerClass?.count == 10)
  }

  @Test func samplesThatAreNotFiniteAreAnError() throws {
    let known = try Self.known.get()
    let error = #expect(throws: ZooError.self) {
      try known.evaluator.judge(samples { _, _ in .nan }, as: "generated")
    }
    #expect(error?.kind == .diverged)
  }

  /// A training image is its own neighbour; half of one is still nearest to it.
  @Test func neighboursAreFound() throws {
    let training = ByteImages.strokeDigits(count: 900)
    let values = try training.values(of: [3, 899, 512])
    let halves = values.prefix(784) + values.dropFirst(784).map { $0 * 0.9 }
    let found = try TrainingNeighbours(
      of: Tensor(Array(halves), shape: [3, 28, 28, 1]), in: training)
    #expect(found.nearest.map(\.index) == [3, 899, 512])
    #expect(found.nearest[0].distance == 0 && found.nearest[1].distance > 0)
    #expect(try found.png(columns: 2).starts(with: [0x89, 0x50, 0x4E, 0x47]))
  }

  /// Training images with a little noise are good and varied, but nearer to training images than
  /// fresh ones are.
  @Test func learnedByHeartIsToldApart() throws {
    let data = try Self.known.get().data
    let noise = RandomStream(seed: 3, purpose: .noise).normal([40 * 784]).floats
    let values = try zip(data.training.values(of: Array(0..<40)), noise).map {
      max(0, min(1, $0 + 0.02 * $1))
    }
    func median(_ values: [Float]) throws -> Double {
      try TrainingNeighbours(of: Tensor(values, shape: [40, 28, 28, 1]), in: data.training)
        .medianDistance
    }
    let fresh = try median(data.test.values(of: Array(0..<40)))
    #expect(try median(values) < 0.3 * fresh)
  }

  @Test func modesOfPointsAreCounted() throws {
    var settings = DataSettings()
    settings.dataset = "ring8"
    let library = DataLibrary(directory: "/nonexistent")
    let training = try library.open(settings).dataset
    let test = try library.testSplit(of: "ring8")
    #expect(test != nil && test?.digest != training.digest)
    let data = try EvaluationData(training, test: test)
    let evaluator = try Evaluator(data, .coordinates, count: 800)
    let real = try evaluator.judge(SampleSource(training, count: 800), as: "real")
    #expect(real["modes"] == 8)
    // 98.89 % on average, with a deviation of 0.4 % over 800 samples.
    #expect(try #require(real["highQualityShare"]) > 0.97)
    // Points 0 and 1 of each eight are of the first two modes.
    let two = SampleSource(count: 800) { range throws(ZooError) in
      Tensor(
        try training.values(of: range.map { $0 / 2 * 8 + $0 % 2 }), shape: [range.count, 2])
    }
    let scores = try evaluator.judge(two, as: "generated")
    #expect(scores["modes"] == 2 && real["classifierScore"] == nil)
    // ln (8 / 2), from equal shares of two modes: off by the samples beyond 3 σ.
    #expect(try abs(#require(scores["modeDivergence"]) - 1.386) < 0.01)
  }

  /// White is 1: brought to 0...1 first, samples that are not finite would be white.
  @Test func generatedSamplesThatAreNotFiniteAreAnError() {
    let inputs = Ingredients().inputs(4, latents: nil)
    let source = SampleSource(of: inputs, range: -1...1) { numbers in
      Tensor(repeating: .nan, shape: [numbers.count, 2, 2, 1])
    }
    let error = #expect(throws: ZooError.self) { try source.draw(0..<4) }
    #expect(error?.kind == .diverged)
  }

  @Test func setsWithoutTestSplitHoldOutATenth() throws {
    let digits = ByteImages.strokeDigits(count: 200)
    let data = try EvaluationData(digits, test: nil)
    #expect(data.test.count == 100 && data.training.count == 100 && data.notice != nil)
    #expect(data.test.digest != data.training.digest)
    let error = #expect(throws: ZooError.self) {
      try EvaluationData(ByteImages.strokeDigits(count: 19), test: nil)
    }
    #expect(error?.kind == .data && error?.description.contains("at least 20") == true)
    // Ten test samples are enough for every score.
    let few = try EvaluationData(ByteImages.strokeDigits(count: 20), test: nil)
    let classifier = ImageClassifier(sampleShape: [28, 28, 1], classes: 10, width: 2)
    let scores = try Evaluator(few, .classifier(classifier), count: 20)
      .judge(SampleSource(few.training, count: 20), as: "real")
    #expect(scores.list.allSatisfy { $0.value?.isFinite == true })
  }

  /// Digits are held out, not triples: a test triple has no digit of a training triple.
  @Test func stackedDigitsAreCounted() throws {
    let whole = StackedDigits(ByteImages.strokeDigits(count: 2600))
    let data = try EvaluationData(whole, test: nil)
    #expect(data.training is StackedDigits && data.test is StackedDigits)
    #expect(Evaluation.standardCount(for: data.training) == 26_000)
    func channels(_ dataset: any Dataset) throws -> Set<[Float]> {
      let pixels = try dataset.values(of: Array(0..<100))
      var channels: Set<[Float]> = []
      for image in 0..<100 {
        let first: Int = image * 3 * 784
        for channel in 0..<3 {
          let places = stride(from: first + channel, to: first + 3 * 784, by: 3)
          channels.insert(places.map { pixels[$0] })
        }
      }
      return channels
    }
    #expect(try channels(data.training).isDisjoint(with: channels(data.test)))
    let classifier = ImageClassifier(sampleShape: [28, 28, 1], classes: 10, width: 8)
    try classifier.learn(ByteImages.strokeDigits(0..<3000), Self.schedule)
    let evaluator = try Evaluator(data, .stacked(classifier), count: 1000)
    let real = try evaluator.judge(SampleSource(data.training, count: 1000), as: "real")
    // 1000 draws of 1000 equal modes reach 632 ± 10 of them; classes of drawn digits come in turn.
    #expect(try abs(#require(real["modes"]) - 632) < 60)
    #expect(real["classifierScore"] == nil && real["conditionalAccuracy"] == nil)
    let triple = try data.training.values(of: [5])
    let one = SampleSource(count: 200) { range throws(ZooError) in
      Tensor(range.flatMap { _ in triple }, shape: [range.count, 28, 28, 3])
    }
    let scores = try evaluator.judge(one, as: "one")
    #expect(scores["modes"] == 1 && scores["exactDuplicates"] == 1)
    // ln 1000: all samples are of one of a thousand modes.
    #expect(try abs(#require(scores["modeDivergence"]) - 6.907755) < 1e-6)
  }

  /// Without classes, pixels serve: black images are seen through, and no class is made up.
  @Test func imagesWithoutLabelsAreComparedByPixels() throws {
    let digits = ByteImages.strokeDigits(count: 400)
    let plain = ByteImages(name: "mine", bytes: digits.bytes, sampleShape: [28, 28, 1])
    let data = try EvaluationData(plain, test: nil)
    let evaluator = try Evaluator(data, .pixels, count: 200)
    let real = try evaluator.judge(SampleSource(data.training, count: 200), as: "real")
    #expect(try #require(real["precision"]) > 0.7 && #require(real["recall"]) > 0.7)
    #expect(real["classifierScore"] == nil && evaluator.accuracy == nil)
    let black = SampleSource(count: 200) { range in
      Tensor(repeating: 0, shape: [range.count, 28, 28, 1])
    }
    let scores = try evaluator.judge(black, as: "black")
    #expect(scores["recall"] == 0 && scores["exactDuplicates"] == 1)
    #expect(
      try #require(scores["frechetDistance"]) > 10 * #require(real["frechetDistance"]))
  }

  /// A set of another size has neighbours at another distance: as many samples are compared.
  @Test func doublesAreSoughtAmongAsManySamples() throws {
    func matrix(_ count: Int, _ seed: UInt32) throws -> FeatureMatrix {
      try FeatureMatrix(
        RandomStream(seed: seed, purpose: .noise).normal([count * 2]).floats, columns: 2, of: "n")
    }
    let (few, many) = (try matrix(500, 1), try matrix(10_000, 2))
    // 1 % of 500, and what the draw adds; 10,000 samples would have nearly all of theirs as near.
    let rate = try DuplicateRate(generated: many, real: few)
    #expect(rate.near < 0.04)
    #expect(try DuplicateRate(generated: few, real: many).near < 0.04)
  }

  /// The second evaluation takes the classifier of the first, and a damaged one is made again.
  @Test func classifiersAreKept() throws {
    let folder = NSTemporaryDirectory() + "/zoo-" + UUID().uuidString
    try Files.createDirectory(folder)
    defer { try? Files.remove(folder) }
    let data = try EvaluationData(ByteImages.strokeDigits(count: 60), test: nil)
    let cache = ClassifierCache(
      dataDirectory: folder, schedule: ImageClassifier.Schedule(steps: 3, batch: 4))
    var (trained, warnings) = (0, 0)
    func weights() throws -> [[Float]] {
      try cache.classifier(for: data) {
        if $0 == 1 { trained += 1 }
      } warn: { _ in
        warnings += 1
      }
      .store.parameters.map(\.value.floats)
    }
    let first = try weights()
    #expect(try weights() == first)
    // So little does neither a small nor a large one learn from.
    #expect(trained == 2 && warnings == 0)
    let kept = try #require(Files.list("\(folder)/classifiers").first)
    let file = "\(folder)/classifiers/\(kept)/classifier.safetensors"
    var bytes = try Files.read(file)
    bytes[bytes.count - 1] ^= 1
    try Files.write(bytes, to: file)
    #expect(try weights() == first)
    #expect(trained == 4 && warnings == 1)
    #expect(try weights() == first && trained == 4)
  }

  /// A folder's digest knows the names of its pictures; other pictures of the same names are others.
  @Test func classifiersKnowTheirData() throws {
    struct Renamed: Dataset {
      let whole: ByteImages
      let digest = "names"
      var name: String { "../mine" }
      var count: Int { whole.count }
      var sampleShape: Shape { whole.sampleShape }
      var classNames: [String]? { whole.classNames }
      func label(at index: Int) -> Int32? { whole.label(at: index) }
      func read(_ indices: [Int], into values: inout MutableSpan<Float>) throws(ZooError) {
        try whole.read(indices, into: &values)
      }
    }
    let folder = NSTemporaryDirectory() + "/zoo-" + UUID().uuidString
    try Files.createDirectory(folder)
    defer { try? Files.remove(folder) }
    let cache = ClassifierCache(
      dataDirectory: folder, schedule: ImageClassifier.Schedule(steps: 2, batch: 4))
    for first in [0, 100] {
      let data = try EvaluationData(
        Renamed(whole: .strokeDigits(first..<first + 60)),
        test: ByteImages.strokeDigits(count: 20))
      _ = try cache.classifier(for: data) { _ in
      } warn: {
        Issue.record("\($0)")
      }
    }
    // A name with a path in it leads nowhere else.
    #expect(try Files.list("\(folder)/classifiers").count == 2)
  }
}
