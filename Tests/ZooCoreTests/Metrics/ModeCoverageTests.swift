import Foundation
import Testing
import ZooCore

@Suite struct ModeCoverageTests {
  static let ring = (0..<8).map { mode in
    let angle = Double(mode) * .pi / 4
    return 2 * SIMD2(cos(angle), sin(angle))
  }

  @Test func agreesWithTheOracle() throws {
    let fixture = try MetricsFixture()
    let coverage = try ModeCoverage(
      of: fixture.matrix("points"), centres: Self.ring, deviation: 0.02)
    let divergence = try #require(coverage.reverseDivergence)
    expectClose(
      [Double(coverage.modes), coverage.highQualityShare, divergence],
      try fixture.expected("modes"), relative: 1e-15)
  }

  /// Quantiles of the radius take the place of random numbers: the shares are exact but for 1/N.
  @Test func aPerfectGenerator() throws {
    let count = 8000
    let points = (0..<count).flatMap { index in
      let u = (Double(index / 8) + 0.5) / Double(count / 8)
      let (radius, angle) = (0.02 * (-2 * log(u)).squareRoot(), 2.4 * Double(index))
      let centre = Self.ring[index % 8]
      return [centre.x + radius * cos(angle), centre.y + radius * sin(angle)]
    }
    let coverage = try ModeCoverage(
      of: FeatureMatrix(points, columns: 2, of: "points"), centres: Self.ring, deviation: 0.02)
    #expect(coverage.modes == 8)
    #expect(abs(coverage.highQualityShare - (1 - exp(-4.5))) < 8 / Double(count))
    #expect(coverage.reverseDivergence == 0)
  }

  @Test func oneModeAlone() throws {
    let coverage = try ModeCoverage(
      of: FeatureMatrix([2.0, 0, 2.01, 0, 9, 9, 9, 9], columns: 2, of: "points"),
      centres: Self.ring, deviation: 0.02)
    #expect(coverage.modes == 1 && coverage.highQualityShare == 0.5)
    #expect(coverage.histogram.counts[0] == 2)
    expectClose([try #require(coverage.reverseDivergence)], [log(8)], relative: 1e-15)
  }

  @Test func threeDeviationsAreTooFar() throws {
    let edge = try FeatureMatrix([0, 3.0, 3.0.nextDown, 0], columns: 2, of: "points")
    let coverage = try ModeCoverage(of: edge, centres: [SIMD2(0, 0)], deviation: 1)
    #expect(coverage.highQualityShare == 0.5)
  }

  @Test func withoutAnyQualityThereIsNoDivergence() throws {
    let coverage = try ModeCoverage(
      of: FeatureMatrix([0.0, 0], columns: 2, of: "points"), centres: Self.ring, deviation: 0.02)
    #expect(coverage.modes == 0 && coverage.highQualityShare == 0)
    #expect(coverage.reverseDivergence == nil)
  }

  @Test func stackedDigitsAgreeWithTheOracle() throws {
    let fixture = try MetricsFixture()
    let digits = try fixture.integers("triples")
    let coverage = StackedModeCoverage(
      of: stride(from: 0, to: digits.count, by: 3).map {
        SIMD3(digits[$0], digits[$0 + 1], digits[$0 + 2])
      })
    expectClose(
      [Double(coverage.modes), try #require(coverage.divergence)],
      try fixture.expected("stackedModes"), relative: 1e-15)
  }

  @Test func allStackedDigitsOnce() {
    let coverage = StackedModeCoverage(
      of: (0..<1000).map { SIMD3($0 / 100, $0 / 10 % 10, $0 % 10) })
    #expect(coverage.modes == 1000)
    // Rounding of a thousand terms.
    #expect(coverage.divergence.map { $0 < 1e-14 } == true)
  }
}

@Suite struct PairwiseDiversityTests {
  @Test func agreesWithAllPairs() throws {
    let fixture = try MetricsFixture()
    let diversity = try PairwiseDiversity(
      of: fixture.matrix("generated"), reference: fixture.matrix("real"))
    expectClose(
      [diversity.meanSquaredDistance, try #require(diversity.ratio)],
      try fixture.expected("pairwise"), relative: 1e-14)
  }

  @Test func equalSamplesAreExactlyZeroApart() throws {
    let real = try metricFeatures(33, 3, seed: 1)
    let constant = try FeatureMatrix([Double](repeating: 0.1, count: 99), columns: 3, of: "fake")
    #expect(try PairwiseDiversity(of: constant, reference: real).ratio == 0)
    let inverse = try PairwiseDiversity(of: real, reference: constant)
    #expect(inverse.meanSquaredDistance > 0 && inverse.ratio == nil)
  }
}
