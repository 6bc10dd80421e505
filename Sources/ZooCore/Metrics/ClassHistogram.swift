/// How often each class occurs among some samples.
public struct ClassHistogram: Sendable, Equatable {
  /// The number of samples of each class.
  public let counts: [Int]

  /// Counts classes, numbers below `classes`.
  public init(of labels: some Sequence<Int>, classes: Int) {
    require(classes > 0, "a histogram needs classes, found \(classes)")
    var counts = [Int](repeating: 0, count: classes)
    for label in labels {
      require(0..<classes ~= label, "class \(label) of \(classes)")
      counts[label] += 1
    }
    self.counts = counts
  }

  /// The number of samples.
  public var total: Int { counts.reduce(0, +) }

  /// The number of classes that occur.
  public var occupied: Int { counts.count { $0 > 0 } }

  /// The share of classes that occur, 0 to 1.
  public var coverage: Double { Double(occupied) / Double(counts.count) }

  /// KL(p ‖ uniform) of the shares p, in nats: 0 to ln classes; nil without samples.
  ///
  /// Of N samples of the uniform distribution itself it is about (classes − 1) / 2N.
  public var divergenceFromUniform: Double? {
    divergence(from: [Double](repeating: 1 / Double(counts.count), count: counts.count))
  }

  /// KL(p ‖ q) of the shares p from given ones, in nats; nil without samples.
  ///
  /// Infinite if a class occurs that should not.
  public func divergence(from shares: [Double]) -> Double? {
    require(
      shares.count == counts.count && shares.allSatisfy { $0 >= 0 }
        && (shares.reduce(0, +) - 1).magnitude < 1e-6,
      "\(shares.count) numbers that should be the shares of \(counts.count) classes are not")
    let total = Double(total)
    guard total > 0 else { return nil }
    let sum = zip(counts, shares).reduce(0.0) { sum, pair in
      guard pair.0 > 0 else { return sum }
      let share = Double(pair.0) / total
      return sum + share * Double.log(share / pair.1)
    }
    // Equal shares may miss 0 by rounding.
    return max(0, sum)
  }
}

extension FeatureMatrix {
  /// The class of the largest logit or probability of each row; of equal ones, the first.
  public var predictedClasses: [Int] {
    (0..<rows).map { row in
      let scores = self[row]
      return scores.indices.reduce(scores.startIndex) { best, index in
        scores[index] > scores[best] ? index : best
      } - scores.startIndex
    }
  }
}

/// How often a classifier sees in a sample the class that it was generated for.
public struct ConditionalAccuracy: Sendable, Equatable {
  /// The share of hits among all samples, 0 to 1.
  public let overall: Double
  /// The share of hits among the samples of each wanted class; nil where none was wanted.
  public let perClass: [Double?]

  /// Compares predicted with wanted classes, numbers below `classes`.
  ///
  /// - Throws: `.usage` if there are no samples.
  public init(predicted: [Int], wanted: [Int], classes: Int) throws(ZooError) {
    require(
      predicted.count == wanted.count,
      "\(predicted.count) predicted classes for \(wanted.count) wanted ones")
    guard !wanted.isEmpty else {
      throw ZooError(.usage, "the conditional accuracy needs samples, found none")
    }
    let asked = ClassHistogram(of: wanted, classes: classes)
    let hits = ClassHistogram(
      of: zip(predicted, wanted).lazy.filter { $0 == $1 }.map(\.0), classes: classes)
    overall = Double(hits.total) / Double(asked.total)
    perClass = zip(hits.counts, asked.counts).map { hits, asked in
      asked == 0 ? nil : Double(hits) / Double(asked)
    }
  }
}
