/// The sample of another set that is closest to a sample: beside it, it shows memorisation.
public struct NearestNeighbour: Sendable, Equatable {
  /// Its index in the other set; of several at the same distance, the first.
  public let index: Int
  /// The Euclidean distance of the features.
  public let distance: Double

  /// The nearest neighbours of all samples in `reference`.
  ///
  /// - Throws: `.usage` if the reference is empty.
  public static func search(
    for samples: FeatureMatrix, in reference: FeatureMatrix
  ) throws(ZooError) -> [NearestNeighbour] {
    try reference.require(atLeast: 1, for: "nearest neighbour")
    var nearest = [(index: Int, squared: Double)](
      repeating: (0, .infinity), count: samples.rows)
    forEachSquaredDistance(from: samples, to: reference) { row, other, squared in
      if squared < nearest[row].squared { nearest[row] = (other, squared) }
    }
    return nearest.map { NearestNeighbour(index: $0.index, distance: $0.squared.squareRoot()) }
  }
}

/// The share of samples that have a double among the others.
///
/// "Near" is calibrated by real samples: the threshold is the distance within which 1 % of these
/// have their nearest other one. A generator as varied as the data has a near rate of about 1 %;
/// one that repeats itself has more. Both sets should be of one size, since neighbours move closer
/// as a set grows.
public struct DuplicateRate: Sendable, Equatable {
  /// The share of samples equal to another one, 0 to 1.
  public let exact: Double
  /// The share of samples with another one within `threshold`, 0 to 1; at least `exact`.
  public let near: Double
  /// The distance that counts as near.
  public let threshold: Double
  /// The share of real samples that have another one this near.
  public static let referenceShare = 0.01

  /// Looks for doubles among generated samples.
  ///
  /// - Throws: `.usage` if a set has fewer than 2 samples.
  public init(generated: FeatureMatrix, real: FeatureMatrix) throws(ZooError) {
    FeatureMatrix.requireSameColumns(generated, real)
    let usual = try Neighbourhoods(of: real, neighbour: 1).squaredRadii.sorted()
    let squares = try Neighbourhoods(of: generated, neighbour: 1).squaredRadii
    // The quantile rounds down: of few samples, it is the smallest distance.
    let squaredThreshold = usual[Int(Double(usual.count) * Self.referenceShare)]
    threshold = squaredThreshold.squareRoot()
    exact = Double(squares.count { $0 == 0 }) / Double(squares.count)
    near = Double(squares.count { $0 <= squaredThreshold }) / Double(squares.count)
  }
}
