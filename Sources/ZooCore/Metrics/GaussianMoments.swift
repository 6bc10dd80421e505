/// Mean and covariance of the features of a set of samples.
public struct GaussianMoments: Sendable, Equatable {
  /// The mean of each feature.
  public let mean: [Double]
  /// The covariances, row-major, with divisor N − 1 for N samples.
  public let covariance: [Double]

  /// Moments that were computed elsewhere.
  ///
  /// - Throws: `.diverged` if one of them is not finite.
  public init(mean: [Double], covariance: [Double]) throws(ZooError) {
    require(
      covariance.count == mean.count * mean.count,
      "\(covariance.count) covariances do not belong to \(mean.count) means")
    guard mean.allSatisfy(\.isFinite), covariance.allSatisfy(\.isFinite) else {
      throw ZooError(.diverged, "expected finite moments of the features, found others")
    }
    self.mean = mean
    self.covariance = covariance
  }

  /// The moments of a set that is in memory.
  ///
  /// - Throws: `.usage` for fewer than 2 samples.
  public init(of features: FeatureMatrix) throws(ZooError) {
    var accumulator = MomentAccumulator(columns: features.columns)
    accumulator.add(features)
    self = try accumulator.moments()
  }
}

/// Gathers the moments of features that come in portions, in the memory of their covariance.
///
/// Deviations are taken from each portion's mean and the portions merged, so nothing cancels as in
/// E x² − (E x)². Source: Chan, Golub & LeVeque 1979, "Updating formulae and a pairwise algorithm
/// for computing sample variances". All sums are Float64; how the set was divided into portions
/// can change the last digits.
public struct MomentAccumulator: Sendable {
  /// The number of samples so far.
  public private(set) var count = 0
  private var mean: [Double]
  /// Sums of products of deviations from the mean; the lower triangle counts.
  private var scatter: [Double]

  /// Moments of nothing yet.
  public init(columns: Int) {
    require(columns > 0, "moments need features, found \(columns) columns")
    mean = [Double](repeating: 0, count: columns)
    scatter = [Double](repeating: 0, count: columns * columns)
  }

  /// Adds some samples.
  public mutating func add(_ features: FeatureMatrix) {
    require(
      features.columns == mean.count,
      "moments of \(mean.count) features cannot take rows of \(features.columns)")
    // So many rows that a pass through the scatter matrix is worth its while.
    let portion = 256
    for first in stride(from: 0, to: features.rows, by: portion) {
      add(features, rows: first..<min(first + portion, features.rows))
    }
  }

  private mutating func add(_ features: FeatureMatrix, rows: Range<Int>) {
    let columns = mean.count
    let size = Double(rows.count)
    var portionMean = [Double](repeating: 0, count: columns)
    for row in rows {
      for (column, value) in features[row].enumerated() { portionMean[column] += value / size }
    }
    // One row for each feature: its deviations in all samples.
    var deviations = [Double](repeating: 0, count: columns * rows.count)
    for (sample, row) in rows.enumerated() {
      for (column, value) in features[row].enumerated() {
        deviations[column * rows.count + sample] = value - portionMean[column]
      }
    }
    let shift = zip(portionMean, mean).map { $0 - $1 }
    let weight = Double(count) * size / (Double(count) + size)
    let strips = RowStrips(deviations, columns: rows.count)
    strips.forEachSum(of: ProductTerm.self, with: deviations, extent: .lowerTriangle) {
      row, strip, sums in
      let first = strip * RowStrips.width
      for column in first..<min(first + RowStrips.width, row + 1) {
        scatter[row * columns + column] +=
          sums[column - first] + weight * shift[row] * shift[column]
      }
    }
    count += rows.count
    for column in 0..<columns { mean[column] += shift[column] * size / Double(count) }
  }

  /// The moments of all samples so far.
  ///
  /// - Throws: `.usage` for fewer than 2 samples, `.diverged` if a sum overflowed.
  public func moments() throws(ZooError) -> GaussianMoments {
    guard count >= 2 else {
      throw ZooError(
        .usage, "a covariance needs at least 2 samples, found \(count)",
        advice: "evaluate more samples")
    }
    let columns = mean.count
    let divisor = Double(count - 1)
    var covariance = scatter
    for row in 0..<columns {
      for column in 0...row {
        covariance[row * columns + column] /= divisor
        covariance[column * columns + row] = covariance[row * columns + column]
      }
    }
    return try GaussianMoments(mean: mean, covariance: covariance)
  }
}
