/// The balls around the samples of a set that reach their k-th nearest other sample.
///
/// Together they are an estimate of the region that the set's distribution occupies. Distances are
/// Euclidean, from Float64 sums of squared differences. Building one takes rows² × columns × 3
/// operations.
public struct Neighbourhoods: Sendable {
  /// The centres.
  public let features: FeatureMatrix
  /// Which neighbour a ball reaches.
  public let neighbour: Int
  /// The squared radii, one a sample.
  let squaredRadii: [Double]

  /// The balls of a set that reach the neighbour number `neighbour`, the nearest being 1.
  ///
  /// A sample is not its own neighbour, but a duplicate of it is: the radius can be 0.
  /// - Throws: `.usage` if there are no more than `neighbour` samples.
  public init(of features: FeatureMatrix, neighbour: Int) throws(ZooError) {
    self = try Self.all(of: features, neighbours: [neighbour])[0]
  }

  /// The balls to several neighbours, from one pass over all pairs.
  public static func all(
    of features: FeatureMatrix, neighbours: [Int]
  ) throws(ZooError) -> [Neighbourhoods] {
    guard let last = neighbours.max() else { return [] }
    require(
      neighbours.allSatisfy { $0 > 0 }, "the nearest neighbour is number 1, found \(neighbours)")
    try features.expect(atLeast: last + 1, for: "distance to the neighbour number \(last)")
    // The `last` smallest distances of each row, in rising order.
    var nearest = [Double](repeating: .infinity, count: features.rows * last)
    forEachSquaredDistance(from: features, to: features) { row, other, distance in
      let start = row * last
      var place = start + last - 1
      guard other != row, distance < nearest[place] else { return }
      while place > start, nearest[place - 1] > distance {
        nearest[place] = nearest[place - 1]
        place -= 1
      }
      nearest[place] = distance
    }
    return neighbours.map { neighbour in
      Neighbourhoods(
        features: features, neighbour: neighbour,
        squaredRadii: (0..<features.rows).map { nearest[$0 * last + neighbour - 1] })
    }
  }

  private init(features: FeatureMatrix, neighbour: Int, squaredRadii: [Double]) {
    (self.features, self.neighbour, self.squaredRadii) = (features, neighbour, squaredRadii)
  }

  /// The radii, one a sample.
  public var radii: [Double] { squaredRadii.map { $0.squareRoot() } }
}

/// Calls the body with the squared distance of every pair of rows.
func forEachSquaredDistance(
  from first: FeatureMatrix, to second: FeatureMatrix,
  _ body: (_ row: Int, _ other: Int, _ distance: Double) -> Void
) {
  FeatureMatrix.requireSameColumns(first, second)
  let strips = RowStrips(second.values, columns: second.columns)
  strips.forEachSum(of: SquaredDifferenceTerm.self, with: first.values) { row, strip, sums in
    let start = strip * RowStrips.width
    for other in start..<min(start + RowStrips.width, second.rows) {
      body(row, other, sums[other - start])
    }
  }
}

/// Precision and recall of generated samples, by the neighbourhoods of both sets.
///
/// Precision is quality, recall is variety. A pair of perfect sets does not reach 1: what it
/// reaches depends on the sizes. Source: Kynkäänniemi et al. 2019, arXiv:1904.06991, with `<=` as
/// in the authors' code.
public struct PrecisionRecall: Sendable, Equatable {
  /// The share of generated samples within a real sample's ball, 0 to 1.
  public let precision: Double
  /// The share of real samples within a generated sample's ball, 0 to 1.
  public let recall: Double

  /// Compares two sets by balls of the same `neighbour`; the paper takes 3.
  public init(real: Neighbourhoods, generated: Neighbourhoods) {
    require(
      real.neighbour == generated.neighbour,
      "balls to neighbours \(real.neighbour) and \(generated.neighbour) cannot be compared")
    var realistic = [Bool](repeating: false, count: generated.features.rows)
    var covered = [Bool](repeating: false, count: real.features.rows)
    forEachSquaredDistance(from: real.features, to: generated.features) { row, other, distance in
      if distance <= real.squaredRadii[row] { realistic[other] = true }
      if distance <= generated.squaredRadii[other] { covered[row] = true }
    }
    precision = Self.share(of: realistic)
    recall = Self.share(of: covered)
  }

  private static func share(of flags: [Bool]) -> Double {
    Double(flags.count { $0 }) / Double(flags.count)
  }
}

/// Density and coverage of generated samples, by the neighbourhoods of the real ones alone.
///
/// Outliers among the generated samples cannot inflate them. Source: Naeem et al. 2020,
/// arXiv:2002.09797, with `<` as in the authors' code.
public struct DensityCoverage: Sendable, Equatable {
  /// How many real balls a generated sample lies in, over `neighbour`: 0 or more, about 1 if the
  /// distributions are the same.
  public let density: Double
  /// The share of real balls with a generated sample inside, 0 to 1.
  public let coverage: Double

  /// Judges samples by the real set's balls; the paper takes neighbour 5.
  ///
  /// - Throws: `.usage` if there are no generated samples.
  public init(real: Neighbourhoods, generated: FeatureMatrix) throws(ZooError) {
    try generated.expect(atLeast: 1, for: "density")
    var insides = 0
    var covered = [Bool](repeating: false, count: real.features.rows)
    forEachSquaredDistance(from: real.features, to: generated) { row, _, distance in
      guard distance < real.squaredRadii[row] else { return }
      insides += 1
      covered[row] = true
    }
    density = Double(insides) / Double(real.neighbour * generated.rows)
    coverage = Double(covered.count { $0 }) / Double(covered.count)
  }
}
