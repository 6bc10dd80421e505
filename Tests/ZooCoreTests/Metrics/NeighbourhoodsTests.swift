import Testing
import ZooCore

@Suite struct NeighbourhoodsTests {
  /// The second set has many duplicates and ties, in which < and <= differ.
  @Test(arguments: [
    ("real", "generated", "radii", "precisionRecall", "densityCoverage"),
    (
      "lattice", "latticeGenerated", "latticeRadii", "latticePrecisionRecall",
      "latticeDensityCoverage"
    ),
  ])
  func agreesWithTheOracle(
    _ real: String, _ generated: String, _ radii: String, _ precision: String, _ density: String
  ) throws {
    let fixture = try MetricsFixture()
    let (real, generated) = (try fixture.matrix(real), try fixture.matrix(generated))
    let balls = try Neighbourhoods(of: real, neighbour: 3)
    // The same sums in another order; what is counted is the same exactly.
    expectClose(balls.radii, try fixture.expected(radii), relative: 1e-15)
    let rates = PrecisionRecall(
      real: balls, generated: try Neighbourhoods(of: generated, neighbour: 3))
    expectClose(
      [rates.precision, rates.recall], try fixture.expected(precision), relative: 1e-15)
    let shares = try DensityCoverage(
      real: Neighbourhoods(of: real, neighbour: 5), generated: generated)
    expectClose([shares.density, shares.coverage], try fixture.expected(density), relative: 1e-15)
  }

  /// More rows than one cached portion of strips holds.
  @Test func manyRowsAreAllMet() throws {
    let rows = (0..<300).map { Double($0 * $0) }
    let wide = try FeatureMatrix(
      rows.flatMap { [$0] + [Double](repeating: 0, count: 99) }, columns: 100, of: "wide")
    let radii = try Neighbourhoods(of: wide, neighbour: 1).radii
    // The squares' differences grow, so the predecessor is nearest.
    for (row, radius) in radii.enumerated() { #expect(radius == Double(max(1, 2 * row - 1))) }
  }

  @Test func nearestNeighboursAgreeWithTheOracle() throws {
    let fixture = try MetricsFixture()
    let found = try NearestNeighbour.search(
      for: fixture.matrix("generated"), in: fixture.matrix("real"))
    #expect(found.map(\.index) == (try fixture.integers("expected.nearestIndex")))
    expectClose(
      found.map(\.distance), try fixture.expected("nearestDistance"), relative: 1e-15)
  }

  @Test func ofEquallyNearOnesTheFirstIsTaken() throws {
    let reference = try FeatureMatrix([5.0, 1, 3, 1], columns: 1, of: "reference")
    let found = try NearestNeighbour.search(
      for: FeatureMatrix([2.0, 1], columns: 1, of: "samples"), in: reference)
    #expect(found.map(\.index) == [1, 1])
    #expect(found.map(\.distance) == [1, 0])
  }
}

@Suite struct DuplicateRateTests {
  @Test func agreesWithTheOracle() throws {
    let fixture = try MetricsFixture()
    let (real, lattice) = (try fixture.matrix("real"), try fixture.matrix("lattice"))
    let rate = try DuplicateRate(generated: fixture.matrix("generated"), real: real)
    #expect(rate.exact == 0)
    expectClose([rate.near], try fixture.expected("nearRate"), relative: 1e-15)
    let doubles = try DuplicateRate(generated: lattice, real: lattice)
    expectClose([doubles.exact], try fixture.expected("latticeDuplicates"), relative: 1e-15)
    #expect(doubles.near == doubles.exact && doubles.threshold == 0)
  }

  @Test func rigged() throws {
    let real = try metricFeatures(400, 3, seed: 1)
    let constant = try FeatureMatrix([Double](repeating: 0.1, count: 300), columns: 3, of: "a")
    #expect(try DuplicateRate(generated: constant, real: real).exact == 1)
    let half = try metricFeatures(200, 3, seed: 2)
    let twice = try FeatureMatrix(half.values + half.values, columns: 3, of: "b")
    #expect(try DuplicateRate(generated: twice, real: real).exact == 1)
    // Nearly the same, as a collapsed generator's samples are.
    let noise = metricNumbers(1200, seed: 3)
    let nearly = try FeatureMatrix(
      zip(twice.values, noise).map { $0 + 1e-4 * $1 }, columns: 3, of: "c")
    let rate = try DuplicateRate(generated: nearly, real: real)
    #expect(rate.exact == 0 && rate.near > 0.95)
  }

  /// 400 samples of the data's distribution: 1 % near ones, give or take as they come in pairs.
  @Test func aPerfectGeneratorHasTheUsualRate() throws {
    let rate = try DuplicateRate(
      generated: metricFeatures(400, 3, seed: 2), real: metricFeatures(400, 3, seed: 1))
    #expect(rate.near < 0.05)
  }
}
