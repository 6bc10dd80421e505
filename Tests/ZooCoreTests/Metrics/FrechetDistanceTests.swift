import Testing
import ZooCore

@Suite struct FrechetDistanceTests {
  @Test func momentsAgreeWithNumPy() throws {
    let fixture = try MetricsFixture()
    let moments = try GaussianMoments(of: fixture.matrix("real"))
    // The same Float64 sums in another order.
    expectClose(moments.mean, try fixture.expected("mean"), relative: 1e-14)
    expectClose(moments.covariance, try fixture.expected("covariance"), relative: 1e-14)
  }

  @Test(arguments: [1, 7, 59])
  func portionsMakeTheSameMoments(_ size: Int) throws {
    let whole = try MetricsFixture().matrix("real")
    var accumulator = MomentAccumulator(columns: whole.columns)
    for first in stride(from: 0, to: whole.rows, by: size) {
      let rows = (first..<min(first + size, whole.rows)).flatMap { whole[$0] }
      accumulator.add(try FeatureMatrix(rows, columns: whole.columns, of: "portion"))
    }
    let (moments, expected) = (try accumulator.moments(), try GaussianMoments(of: whole))
    expectClose(moments.mean, expected.mean, relative: 1e-14)
    expectClose(moments.covariance, expected.covariance, relative: 1e-14)
  }

  /// E x² − (E x)² would keep four digits here.
  @Test func aMeanFarFromZeroCancelsNothing() throws {
    let near = try metricFeatures(700, 5, seed: 3)
    let far = try FeatureMatrix(near.values.map { $0 + 1e6 }, columns: 5, of: "far")
    // Features of 1e6 are themselves rounded by 1e-10.
    expectClose(
      try GaussianMoments(of: far).covariance, try GaussianMoments(of: near).covariance,
      relative: 1e-9)
  }

  @Test(arguments: [
    // SciPy's root; a well conditioned case, in which it also agrees with 60 digits.
    ("real", "generated", "frechet", 1e-12),
    // 60 digits, as SciPy's root of a singular product is off by 1e-8.
    ("few", "fewMore", "frechetSingular", 1e-12),
    ("rectified", "deadUnits", "frechetDead", 1e-12),
  ])
  func agreesWithTheOracle(
    _ first: String, _ second: String, _ expected: String, _ tolerance: Double
  ) throws {
    let fixture = try MetricsFixture()
    let (a, b) = (try fixture.matrix(first), try fixture.matrix(second))
    for distance in [
      try FrechetDistance(between: a, and: b), try FrechetDistance(between: b, and: a),
    ] {
      expectClose([distance.value], try fixture.expected(expected), relative: tolerance)
      #expect(distance.value == distance.meanTerm + distance.covarianceTerm)
    }
  }

  /// Full rank and singular sets, at small and large scale.
  @Test(arguments: [(40, 6), (6, 40)], [1e-6, 1, 1e6])
  func equalSetsAreNothingApart(_ size: (Int, Int), _ scale: Double) throws {
    let values = metricNumbers(size.0 * size.1, seed: 5).map { scale * $0 }
    let features = try FeatureMatrix(values, columns: size.1, of: "test")
    let variance = scale * scale * Double(size.1) / 3
    // Rounding of the traces; the roots of a singular set's zeros would show as 1e-8.
    #expect(try FrechetDistance(between: features, and: features).value <= 1e-13 * variance)
  }

  @Test func aShiftCountsByItsSquare() throws {
    let features = try metricFeatures(50, 4, seed: 6)
    let shift = [3.0, 0, -4, 0]
    let moved = try FeatureMatrix(
      features.values.enumerated().map { $0.element + shift[$0.offset % 4] }, columns: 4,
      of: "moved")
    let distance = try FrechetDistance(between: features, and: moved)
    expectClose([distance.value, distance.meanTerm], [25, 25], relative: 1e-13)
  }

  /// Σ (√a − √b)² for diagonal covariances.
  @Test func independentFeatures() throws {
    let first = try GaussianMoments(mean: [0, 1], covariance: [4, 0, 0, 9])
    let second = try GaussianMoments(mean: [0, 0], covariance: [25, 0, 0, 1])
    let distance = try FrechetDistance(between: first, and: second)
    expectClose([distance.value], [1 + 9 + 4], relative: 1e-15)
  }

  /// For two features, tr √M = √(tr M + 2 √det M); these covariances do not commute.
  @Test func correlatedFeatures() throws {
    let first = try GaussianMoments(mean: [0, 0], covariance: [2, 1, 1, 3])
    let second = try GaussianMoments(mean: [0, 0], covariance: [5, -2, -2, 1])
    let trace = 2.0 * 5 + 2 * (1 * -2) + 3 * 1
    let expected = 5 + 6 - 2 * (trace + 2 * (5.0 * 1).squareRoot()).squareRoot()
    let distance = try FrechetDistance(between: first, and: second)
    expectClose([distance.value], [expected], relative: 1e-14)
  }

  /// tr (√(u uᵀ) v vᵀ √(u uᵀ))^½ = |u·v|.
  @Test func covariancesOfRankOne() throws {
    let first = try GaussianMoments(
      mean: [0, 0, 0], covariance: [1, 2, 3, 2, 4, 6, 3, 6, 9])
    let second = try GaussianMoments(
      mean: [0, 0, 0], covariance: [4, -2, 2, -2, 1, -1, 2, -1, 1])
    let distance = try FrechetDistance(between: first, and: second)
    expectClose([distance.value], [14 + 6 - 2 * 3], relative: 1e-14)
  }

  @Test func featuresThatNeverChange() throws {
    let first = try FeatureMatrix([1.0, 2, 1, 2, 1, 2], columns: 2, of: "first")
    let second = try FeatureMatrix([1.0, 3, 1, 3], columns: 2, of: "second")
    #expect(try FrechetDistance(between: first, and: second).value == 1)
  }

  @Test func momentsThatAreNotFiniteAreDivergence() throws {
    let error = try fault { () throws(ZooError) in
      try GaussianMoments(mean: [0], covariance: [.nan])
    }
    #expect(error.kind == .diverged)
  }
}
