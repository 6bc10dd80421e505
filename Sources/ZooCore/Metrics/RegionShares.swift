/// The space of the data cut into regions, and the share of real samples in each.
///
/// A generator whose samples are shared out among the regions in another way has lost modes or
/// prefers some. Regions are the cells around centres: those of a mixture that is known, else those
/// that k-means finds among real samples. A few dozen samples are enough to see a collapse.
/// Source: Richardson and Weiss 2018, arXiv:1805.12462, section 3, with the total variation in
/// place of a count of bins that differ, which needs thousands of samples.
package struct RegionShares: Sendable {
  private let centres: FeatureMatrix
  /// The share of real samples in each region.
  package let shares: [Double]

  /// How samples are shared out among the regions.
  package struct Comparison: Sendable, Equatable {
    /// The total variation between the samples' shares and the real ones, 0 to 1: the part of the
    /// samples that would have to move to another region.
    package let distance: Double
    /// What `distance` is on average for as many real samples.
    package let usualDistance: Double
    /// The regions with at least a tenth of the samples that they should have.
    package let occupied: Int
  }

  /// The regions around known centres.
  ///
  /// - Throws: `.usage` if there are no real samples.
  package init(of real: FeatureMatrix, centres: FeatureMatrix) throws(ZooError) {
    try real.expect(atLeast: 1, for: "regions")
    self.centres = centres
    shares = try Self.counts(of: real, centres).map { Double($0) / Double(real.rows) }
  }

  /// At most `count` regions around centres that k-means finds, starting from the first samples.
  package init(of real: FeatureMatrix, count: Int) throws(ZooError) {
    var centres = real.selecting(0..<min(count, real.rows))
    for _ in 0..<Self.rounds {
      let nearest = try NearestNeighbour.search(for: real, in: centres).map(\.index)
      var sums = [Double](repeating: 0, count: centres.values.count)
      var members = [Int](repeating: 0, count: centres.rows)
      for (row, region) in nearest.enumerated() {
        members[region] += 1
        for column in 0..<real.columns {
          sums[region * real.columns + column] += real.values[row * real.columns + column]
        }
      }
      // A centre that lost all its samples stays where it was.
      let moved = sums.indices.map { place in
        let region = place / real.columns
        return members[region] > 0 ? sums[place] / Double(members[region]) : centres.values[place]
      }
      centres = try FeatureMatrix(moved, columns: real.columns, of: "centres")
    }
    try self.init(of: real, centres: centres)
  }

  // Centres hardly move after that.
  private static let rounds = 10

  /// The number of regions.
  package var count: Int { shares.count }

  /// Compares samples with the real ones.
  package func compare(_ samples: FeatureMatrix) throws(ZooError) -> Comparison {
    try samples.expect(atLeast: 1, for: "regions")
    let counts = try Self.counts(of: samples, centres)
    let total = Double(samples.rows)
    var (distance, usual, occupied) = (0.0, 0.0, 0)
    for (count, share) in zip(counts, shares) {
      distance += (Double(count) / total - share).magnitude / 2
      // The mean of |x − share| for a normal x with the deviation of a share of so many samples.
      usual += (2 * share * (1 - share) / (Double.pi * total)).squareRoot() / 2
      if count > 0, Double(count) >= 0.1 * share * total { occupied += 1 }
    }
    return Comparison(distance: distance, usualDistance: usual, occupied: occupied)
  }

  private static func counts(
    of samples: FeatureMatrix, _ centres: FeatureMatrix
  ) throws(ZooError) -> [Int] {
    var counts = [Int](repeating: 0, count: centres.rows)
    for nearest in try NearestNeighbour.search(for: samples, in: centres) {
      counts[nearest.index] += 1
    }
    return counts
  }
}
