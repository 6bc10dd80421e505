import Foundation
import Testing
import ZooCore

@Suite struct ClassifierScoreTests {
  @Test func agreesWithTheOracle() throws {
    let fixture = try MetricsFixture()
    let logits = try fixture.matrix("logits")
    // 53 samples: the splits have 5 or 6. The same definition, other logarithms' roundings.
    let score = try ClassifierScore(logits: logits)
    #expect(score.scores.count == 10)
    expectClose(
      [score.mean, score.deviation], try fixture.expected("score"), relative: 1e-13)
    let whole = try ClassifierScore(logits: logits, splits: 1)
    expectClose([whole.mean, whole.deviation], try fixture.expected("wholeScore"), relative: 1e-13)
  }

  @Test func nothingButUncertaintyScoresOne() throws {
    let logits = try FeatureMatrix([Double](repeating: 7, count: 40), columns: 4, of: "logits")
    expectClose([try ClassifierScore(logits: logits).mean], [1], relative: 1e-15)
  }

  /// Logits that far apart leave no probability to the others.
  @Test(arguments: [10.0, 1e3, 1e30])
  func certainAndBalancedScoresTheNumberOfClasses(_ size: Double) throws {
    let logits = try FeatureMatrix(
      (0..<30 * 5).map { $0 / 5 % 5 == $0 % 5 ? 10 * size : -size }, columns: 5, of: "logits")
    expectClose([try ClassifierScore(logits: logits, splits: 3).mean], [5], relative: 1e-14)
  }

  @Test func oneClassAloneScoresOne() throws {
    let shares = try FeatureMatrix(
      (0..<20).map { $0 % 2 == 0 ? 1.0 : 0 }, columns: 2, of: "probabilities")
    #expect(try ClassifierScore(probabilities: shares, splits: 2).scores == [1, 1])
  }

  @Test func probabilitiesScoreAsTheirLogits() throws {
    let logits = try metricFeatures(24, 6, seed: 1)
    let shares = (0..<24).flatMap { row in
      let exponentials = logits[row].map { exp($0) }
      return exponentials.map { $0 / exponentials.reduce(0, +) }
    }
    let score = try ClassifierScore(
      probabilities: FeatureMatrix(shares, columns: 6, of: "probabilities"), splits: 4)
    expectClose(
      score.scores, try ClassifierScore(logits: logits, splits: 4).scores, relative: 1e-14)
  }
}

@Suite struct ClassHistogramTests {
  @Test func countsAndCovers() {
    let histogram = ClassHistogram(of: [0, 2, 2, 0, 2], classes: 4)
    #expect(histogram.counts == [2, 0, 3, 0])
    #expect(histogram.total == 5 && histogram.occupied == 2 && histogram.coverage == 0.5)
  }

  @Test func divergences() throws {
    let histogram = ClassHistogram(of: [0, 1, 1, 1], classes: 2)
    let expected = 0.25 * log(0.25) + 0.75 * log(0.75)
    expectClose(
      [try #require(histogram.divergenceFromUniform)], [log(2) + expected], relative: 1e-15)
    expectClose(
      [try #require(histogram.divergence(from: [0.5, 0.5]))], [log(2) + expected],
      relative: 1e-15)
    #expect(histogram.divergence(from: [0.25, 0.75]) == 0)
    #expect(histogram.divergence(from: [1, 0]) == .infinity)
    // A class that does not occur costs nothing; that its share is missing elsewhere does.
    #expect(ClassHistogram(of: [0], classes: 2).divergence(from: [1, 0]) == 0)
    #expect(ClassHistogram(of: 0..<10, classes: 10).divergenceFromUniform == 0)
  }

  @Test func nothingHasNoShares() {
    #expect(ClassHistogram(of: [], classes: 3).divergenceFromUniform == nil)
  }

  @Test func theLargestLogitIsTheClass() throws {
    let logits = try FeatureMatrix([0.0, -1, 2, 5, 5, 1, -3, -2, -2.5], columns: 3, of: "logits")
    #expect(logits.predictedClasses == [2, 0, 1])
  }

  @Test func conditionalAccuracy() throws {
    let accuracy = try ConditionalAccuracy(
      predicted: [0, 0, 1, 2, 2], wanted: [0, 1, 1, 1, 2], classes: 4)
    #expect(accuracy.overall == 0.6)
    #expect(accuracy.perClass == [1, 1.0 / 3, 1, nil])
  }
}
