import Testing
import ZooCore

@Suite struct FeatureMatrixTests {
  @Test func rowsAreSamples() throws {
    let matrix = try FeatureMatrix([1, 2, 3, 4, 5, 6] as [Float], columns: 3, of: "real")
    #expect(matrix.rows == 2 && matrix.columns == 3)
    #expect(Array(matrix[1]) == [4, 5, 6])
  }

  /// The last is more than a `Float` holds, so that its square would come near overflow.
  @Test(arguments: [Double.nan, .infinity, -.infinity, 1e39])
  func whatIsNotFiniteIsDivergence(_ bad: Double) throws {
    let error = try fault { () throws(ZooError) in
      try FeatureMatrix([0, 1, 2, 3, bad, 5], columns: 2, of: "generated")
    }
    #expect(error.kind == .diverged)
    #expect(error.description.contains("generated features"))
    #expect(error.description.contains("\(bad) as feature 0 of sample 2"))
  }

  @Test func aFloatThatIsNotFiniteIsDivergence() throws {
    let error = try fault { () throws(ZooError) in
      try FeatureMatrix([0, Float.nan], columns: 2, of: "generated")
    }
    #expect(error.kind == .diverged)
  }

  @Test func theLargestFloatsOverflowInNoMetric() throws {
    let large = Double(Float.greatestFiniteMagnitude)
    let first = try FeatureMatrix(
      metricNumbers(24, seed: 1).map { large * $0 }, columns: 2, of: "first")
    let second = try FeatureMatrix(
      metricNumbers(24, seed: 2).map { large * $0 }, columns: 2, of: "second")
    #expect(try FrechetDistance(between: first, and: second).value.isFinite)
    let kernel = try KernelDistance(between: first, and: second, subsets: 2, seed: 1)
    #expect(kernel.mean.isFinite && kernel.deviation.isFinite && kernel.deviation > 0)
    #expect(try Neighbourhoods(of: first, neighbour: 3).radii.allSatisfy(\.isFinite))
    #expect(try ClassifierScore(logits: first, splits: 2).mean.isFinite)
    #expect(try PairwiseDiversity(of: first, reference: second).ratio?.isFinite == true)
  }

  /// Too few samples come from a flag, so they must not crash.
  @Test func tooFewSamplesAreWrongUse() throws {
    let one = try FeatureMatrix([1.0, 2], columns: 2, of: "generated")
    let many = try metricFeatures(9, 2, seed: 1)
    try expectWrongUse { () throws(ZooError) in try GaussianMoments(of: one) }
    try expectWrongUse { () throws(ZooError) in try FrechetDistance(between: many, and: one) }
    try expectWrongUse { () throws(ZooError) in
      try KernelDistance(between: many, and: one, seed: 1)
    }
    try expectWrongUse { () throws(ZooError) in try Neighbourhoods(of: many, neighbour: 9) }
    try expectWrongUse { () throws(ZooError) in try DuplicateRate(generated: one, real: many) }
    try expectWrongUse { () throws(ZooError) in try ClassifierScore(logits: many) }
    try expectWrongUse { () throws(ZooError) in try PairwiseDiversity(of: one, reference: many) }
    try expectWrongUse { () throws(ZooError) in
      try ConditionalAccuracy(predicted: [], wanted: [], classes: 2)
    }
  }

  private func expectWrongUse<Metric>(_ body: () throws(ZooError) -> Metric) throws {
    #expect(try fault(body).kind == .usage)
  }
}
