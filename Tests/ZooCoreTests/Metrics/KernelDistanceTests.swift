import Testing
import ZooCore

@Suite struct KernelDistanceTests {
  @Test func agreesWithTheOracle() throws {
    let fixture = try MetricsFixture()
    let distance = try KernelDistance(
      between: fixture.matrix("real"), and: fixture.matrix("generated"), subsets: 7,
      subsetSize: 20, seed: 2026)
    #expect(distance.subsets == 7 && distance.subsetSize == 20)
    // The same definition and subsets; sums in another order.
    expectClose(
      [distance.mean, distance.deviation], try fixture.expected("kernel"), relative: 1e-12)
  }

  /// One feature, two samples: x = (1, 2), y = (0, −1), k = (x y + 1)³.
  @Test func twoSamplesByHand() throws {
    let distance = try KernelDistance(
      between: FeatureMatrix([1.0, 2], columns: 1, of: "x"),
      and: FeatureMatrix([0.0, -1], columns: 1, of: "y"), subsets: 3, seed: 1)
    #expect(distance.subsetSize == 2)
    // Of each set one pair, twice: 27 and 1; between them 1, 0, 1 and −1.
    #expect(distance.mean == 27.5)
    #expect(distance.deviation == 0)
  }

  @Test func theSeedDecidesTheSubsets() throws {
    let (a, b) = (try metricFeatures(40, 3, seed: 1), try metricFeatures(45, 3, seed: 2))
    func distance(_ seed: UInt32) throws -> KernelDistance {
      try KernelDistance(between: a, and: b, subsets: 4, subsetSize: 9, seed: seed)
    }
    #expect(try distance(1) == distance(1))
    #expect(try distance(1) != distance(2))
  }

  /// The estimator has no bias: for halves of one distribution it scatters around 0.
  @Test func oneDistributionIsNothingApart() throws {
    let distance = try KernelDistance(
      between: metricFeatures(600, 4, seed: 3), and: metricFeatures(600, 4, seed: 4), subsets: 40,
      subsetSize: 60, seed: 5)
    #expect(abs(distance.mean) < distance.deviation)
  }
}
