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
    try reference.expect(atLeast: 1, for: "nearest neighbour")
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
/// one that repeats itself has more. Neighbours move closer as a set grows: of the larger set only
/// as many samples are looked at as the other has.
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
    try self.init(
      generated: Neighbourhoods(of: generated, neighbour: 1),
      real: Neighbourhoods(of: real, neighbour: 1))
  }

  /// The same from balls that reach the nearest neighbours.
  public init(generated: Neighbourhoods, real: Neighbourhoods) throws(ZooError) {
    require(
      generated.neighbour == 1 && real.neighbour == 1,
      "doubles are nearest neighbours, found \(generated.neighbour) and \(real.neighbour)")
    FeatureMatrix.requireSameColumns(generated.features, real.features)
    let count = min(generated.features.rows, real.features.rows)
    let usual = try real.amongFirst(count).squaredRadii.sorted()
    let squares = try generated.amongFirst(count).squaredRadii
    // The quantile rounds down: of few samples, it is the smallest distance.
    let squaredThreshold = usual[Int(Double(usual.count) * Self.referenceShare)]
    threshold = squaredThreshold.squareRoot()
    exact = Double(squares.count { $0 == 0 }) / Double(squares.count)
    near = Double(squares.count { $0 <= squaredThreshold }) / Double(squares.count)
  }
}

extension Neighbourhoods {
  /// The balls of the first `count` samples when there are no others.
  fileprivate func amongFirst(_ count: Int) throws(ZooError) -> Neighbourhoods {
    count == features.rows
      ? self : try Neighbourhoods(of: features.prefix(count), neighbour: neighbour)
  }
}
