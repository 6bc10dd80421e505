/// The classifier score: exp E KL(p(y|x) ‖ p(y)), the Inception score when that is the classifier.
///
/// From 1 to the number of classes: high if each sample is of one clear class and all classes
/// occur equally. It does not see variety within a class. Source: Salimans et al. 2016,
/// arXiv:1606.03498.
public struct ClassifierScore: Sendable, Equatable {
  /// The mean over the splits.
  public let mean: Double
  /// The standard deviation over the splits, with divisor `splits`.
  public let deviation: Double
  /// The score of each split.
  public let scores: [Double]

  /// The score of logits, one row a sample.
  ///
  /// Split i holds the samples from iN / splits on to (i + 1) N / splits, in their order; samples
  /// sorted by class would have to be shuffled before.
  /// - Throws: `.usage` if there are fewer samples than splits.
  public init(logits: FeatureMatrix, splits: Int = 10) throws(ZooError) {
    let classes = logits.columns
    var logarithms = logits.values
    for start in stride(from: 0, to: logarithms.count, by: classes) {
      let row = start..<start + classes
      let norm = logSumExp(logarithms[row])
      for index in row { logarithms[index] -= norm }
    }
    try self.init(logarithms: logarithms, classes: classes, splits: splits)
  }

  /// The score of probabilities, one row a sample, each of which sums to 1.
  ///
  /// - Throws: `.usage` if there are fewer samples than splits.
  public init(probabilities: FeatureMatrix, splits: Int = 10) throws(ZooError) {
    for sample in 0..<probabilities.rows {
      let row = probabilities[sample]
      // Single precision probabilities of 1008 classes miss 1 by far less.
      require(
        row.allSatisfy { $0 >= 0 } && (row.reduce(0, +) - 1).magnitude < 1e-3,
        "the probabilities of sample \(sample) sum to \(row.reduce(0, +))")
    }
    try self.init(
      logarithms: probabilities.values.map(Double.log), classes: probabilities.columns,
      splits: splits)
  }

  private init(logarithms: [Double], classes: Int, splits: Int) throws(ZooError) {
    require(splits > 0, "a score needs a split, found \(splits)")
    let count = logarithms.count / classes
    guard count >= splits else {
      throw ZooError(
        .usage, "the classifier score in \(splits) splits needs as many samples, found \(count)",
        advice: "evaluate more samples")
    }
    let scores = (0..<splits).map { split in
      let rows = split * count / splits..<(split + 1) * count / splits
      return Self.score(logarithms[rows.lowerBound * classes..<rows.upperBound * classes], classes)
    }
    let mean = scores.reduce(0, +) / Double(splits)
    self.mean = mean
    self.scores = scores
    let squares = scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    deviation = (squares / Double(splits)).squareRoot()
  }

  /// The score of a split, in log space: no probability is too small for its logarithm.
  private static func score(_ logarithms: ArraySlice<Double>, _ classes: Int) -> Double {
    let count = logarithms.count / classes
    let sum = (0..<classes).reduce(0.0) { sum, column in
      let ofClass = stride(
        from: logarithms.startIndex + column, to: logarithms.endIndex, by: classes
      ).map { logarithms[$0] }
      let marginal = logSumExp(ofClass[...]) - Double.log(Double(count))
      return ofClass.reduce(sum) { sum, logarithm in
        let probability = Double.exp(logarithm)
        // 0 · ln 0 is 0.
        return probability > 0 ? sum + probability * (logarithm - marginal) : sum
      }
    }
    return Double.exp(sum / Double(count))
  }
}

/// ln Σ exp x, without overflow; −∞ of nothing but −∞.
private func logSumExp(_ values: ArraySlice<Double>) -> Double {
  let largest = values.reduce(-Double.infinity) { max($0, $1) }
  guard largest.isFinite else { return largest }
  return largest + Double.log(values.reduce(0) { $0 + Double.exp($1 - largest) })
}
