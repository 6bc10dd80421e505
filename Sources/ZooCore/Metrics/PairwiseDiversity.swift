/// How different the samples of a batch are from each other: a cheap sign of mode collapse.
public struct PairwiseDiversity: Sendable, Equatable {
  /// The mean squared distance of two different samples of the batch, 0 or more.
  public let meanSquaredDistance: Double
  /// The same over that of a reference batch: 0 if all samples are equal, about 1 if the batch is
  /// as varied as the reference; nil if the reference does not vary.
  public let ratio: Double?

  /// Compares a batch with a reference batch, of real samples or of an earlier step.
  ///
  /// - Throws: `.usage` if a batch has fewer than 2 samples.
  public init(of batch: FeatureMatrix, reference: FeatureMatrix) throws(ZooError) {
    FeatureMatrix.requireSameColumns(batch, reference)
    let usual = try Self.meanSquaredDistance(reference)
    meanSquaredDistance = try Self.meanSquaredDistance(batch)
    ratio = usual > 0 ? meanSquaredDistance / usual : nil
  }

  /// Twice the trace of the covariance, which takes one pass instead of one for each pair.
  private static func meanSquaredDistance(_ batch: FeatureMatrix) throws(ZooError) -> Double {
    try batch.expect(atLeast: 2, for: "diversity")
    let (columns, values) = (batch.columns, batch.values)
    var sum = 0.0
    for column in 0..<columns {
      // Seen from the first sample, equal samples are exactly 0 apart.
      let origin = values[column]
      var (total, squares) = (0.0, 0.0)
      for index in stride(from: column, to: values.count, by: columns) {
        total += values[index] - origin
      }
      let mean = total / Double(batch.rows)
      for index in stride(from: column, to: values.count, by: columns) {
        let deviation = values[index] - origin - mean
        squares += deviation * deviation
      }
      sum += squares
    }
    return 2 * sum / Double(batch.rows - 1)
  }
}
