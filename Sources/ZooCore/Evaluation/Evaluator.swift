/// Judges samples by comparing them with the test samples of a dataset.
public struct Evaluator {
  /// What is being done, and how much of it, 0 to 1.
  public typealias Progress = (_ what: String, _ share: Double) -> Void

  /// The number of test samples.
  public var testCount: Int { test.all.rows }
  /// The share of test samples that the classifier gets right; nil without one.
  public let accuracy: Double?
  /// Metrics of neighbours look at no more samples than this of either set: their time grows with
  /// the square of the number.
  public static let neighbourhoodLimit = 10_000
  private let space: FeatureSpace
  let data: EvaluationData
  private let test: TestFeatures

  /// Prepares the test samples, at most `count`.
  ///
  /// - Throws: `.usage` if there are too few of them.
  public init(
    _ data: EvaluationData, _ space: FeatureSpace, count: Int,
    progress: Progress = { _, _ in }
  ) throws(ZooError) {
    self.space = space
    self.data = data
    let test = try space.describe(SampleSource(data.test, count: count), as: "test") {
      progress("looking at test samples", $0)
    }
    self.test = try TestFeatures(test.features)
    accuracy =
      if let classes = test.classes, let wanted = test.wanted {
        Double(zip(classes, wanted).count { $0 == $1 }) / Double(classes.count)
      } else { nil }
  }

  /// The scores of some samples.
  ///
  /// - Parameter name: What the samples are, for errors and progress: "generated".
  /// - Throws: `.usage` if there are too few, `.diverged` if features are not finite.
  public func judge(
    _ source: SampleSource, as name: String, progress: Progress = { _, _ in }
  ) throws(ZooError) -> Scores {
    let samples = try space.describe(source, as: name) {
      progress("looking at \(name) samples", $0)
    }
    progress("comparing \(name) samples", 0)
    var scores = Scores()
    let compared = try Concurrently.all(Comparison.allCases) {
      [test] comparison throws(ZooError) in try test.compare(samples.features, comparison)
    }
    scores.list = compared.flatMap { $0 }
    try addClasses(samples, to: &scores)
    if let mixture = PointMixture.of(data.training) {
      let modes = try ModeCoverage(
        of: samples.features, centres: mixture.centres, deviation: mixture.deviation)
      scores.histogram = modes.histogram
      scores.list += [
        .init("modes", "modes of \(mixture.centres.count)", Double(modes.modes), .higher),
        .init("highQualityShare", "share within 3 σ of a mode", modes.highQualityShare, .higher),
        .init("modeDivergence", "KL(modes ‖ uniform)", modes.reverseDivergence, .lower),
      ]
    }
    return scores
  }

  /// How far samples of another kind are from the test samples.
  func frechetDistance(of source: SampleSource, as name: String) throws(ZooError) -> Double {
    let samples = try space.describe(source, as: name) { _ in }
    return try test.frechetDistance(of: samples.features).value
  }

  private func addClasses(
    _ samples: DescribedSamples, to scores: inout Scores
  ) throws(ZooError) {
    if let logits = samples.logits {
      // Samples of a conditional generator come class by class: each split needs some of all.
      let order = Sampler(seed: 1, count: logits.rows).permutation(epoch: 0).map { Int($0) }
      let score = try ClassifierScore(logits: logits.selecting(order))
      let title = samples.classes == nil ? "Inception score" : "classifier score"
      scores.list.append(
        .init(
          "classifierScore", "\(title) (1...\(logits.columns))", score.mean, .higher,
          deviation: score.deviation))
    }
    if let logits = samples.logits, let classes = samples.classes {
      let histogram = ClassHistogram(of: classes, classes: logits.columns)
      scores.histogram = histogram
      scores.list += [
        .init("classCoverage", "share of classes", histogram.coverage, .higher),
        .init("classDivergence", "KL(classes ‖ uniform)", histogram.divergenceFromUniform, .lower),
      ]
      if let wanted = samples.wanted {
        let accuracy = try ConditionalAccuracy(
          predicted: classes, wanted: wanted, classes: logits.columns)
        scores.accuracyPerClass = accuracy.perClass
        scores.list.append(
          .init("conditionalAccuracy", "right for their class", accuracy.overall, .higher))
      }
    } else if let triples = samples.classes {
      let modes = StackedModeCoverage(
        of: triples.map { SIMD3($0 / 100, $0 / 10 % 10, $0 % 10) })
      scores.list += [
        .init("modes", "modes of 1000", Double(modes.modes), .higher),
        .init("modeDivergence", "KL(modes ‖ uniform)", modes.divergence, .lower),
      ]
    }
  }
}

/// Metrics that need features only; the slow ones first, so that no processor waits at the end.
private enum Comparison: CaseIterable {
  case neighbourhoods, density, kernel, frechet
}

/// The features of test samples, and the balls around them.
private struct TestFeatures: Sendable {
  let all: FeatureMatrix
  /// Balls to the nearest neighbour, and to the third and the fifth as in the papers.
  let first, third, fifth: Neighbourhoods

  init(_ features: FeatureMatrix) throws(ZooError) {
    all = features
    let balls = try Neighbourhoods.all(
      of: features.prefix(Evaluator.neighbourhoodLimit), neighbours: [1, 3, 5])
    (first, third, fifth) = (balls[0], balls[1], balls[2])
  }

  func frechetDistance(of features: FeatureMatrix) throws(ZooError) -> FrechetDistance {
    try FrechetDistance(between: features, and: all)
  }

  /// What one comparison tells of samples.
  func compare(
    _ features: FeatureMatrix, _ comparison: Comparison
  ) throws(ZooError) -> [Score] {
    let close = features.prefix(Evaluator.neighbourhoodLimit)
    switch comparison {
    case .neighbourhoods:
      let balls = try Neighbourhoods.all(of: close, neighbours: [1, 3])
      let result = PrecisionRecall(real: third, generated: balls[1])
      let doubles = try DuplicateRate(generated: balls[0], real: first)
      return [
        .init("precision", "precision", result.precision, .higher),
        .init("recall", "recall", result.recall, .higher),
        .init("exactDuplicates", "share of exact doubles", doubles.exact, .lower),
        .init("nearDuplicates", "share of near doubles", doubles.near, .lower),
      ]
    case .density:
      let result = try DensityCoverage(real: fifth, generated: close)
      return [
        .init("density", "density", result.density, .higher),
        .init("coverage", "coverage", result.coverage, .higher),
      ]
    case .kernel:
      let result = try KernelDistance(between: features, and: all, seed: 1)
      return [
        .init(
          "kernelDistance", "kernel distance", result.mean, .lower,
          deviation: result.deviation)
      ]
    case .frechet:
      let result = try frechetDistance(of: features)
      return [
        .init("frechetDistance", "Fréchet distance", result.value, .lower),
        .init("frechetMeanTerm", "  of which from means", result.meanTerm, .lower),
      ]
    }
  }
}
