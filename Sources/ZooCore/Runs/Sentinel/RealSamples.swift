/// Some real samples, and how generated ones compare with them: cheap enough for every picture.
struct RealSamples {
  /// How a batch of generated samples compares with real ones.
  struct Comparison {
    /// The mean squared distance of two samples over that of two real ones; nil if real samples do
    /// not vary, or if there are no two of them.
    let diversity: Double?
    /// The share of samples with another one so near that hardly any two real samples are; nil for
    /// points, which are near each other anyway.
    let doubles: Double?
    /// How the samples are shared out among regions of the data; nil for too few samples.
    let regions: RegionShares.Comparison?
  }

  private let shape: Shape
  private let labels: [Int32]?
  private let reference: FeatureMatrix
  private let regions: RegionShares?
  /// The squared distance below which two samples count as doubles; 0 where none do.
  private let near: Double
  /// What the regions are called.
  let regionName: String
  /// How many there are.
  var regionCount: Int { regions?.count ?? 0 }

  // Details do not tell collapses, and would cost time.
  private static let largestSide = 16
  private static let (poolSize, mostRegions) = (512, 10)
  // Of fewer samples the shares in ten regions are mostly chance.
  private static let fewestForRegions = 32
  // Of 64 digits of MNIST at most two are so near to another one.
  private static let nearShare = 0.01

  /// Real samples of these classes, or of any, in the range of the recipe.
  init(
    _ dataset: any Dataset, labels: [Int32]?, count: Int, range: ClosedRange<Double>
  ) throws(ZooError) {
    shape = dataset.sampleShape
    self.labels = labels
    let pool = count * max(1, Self.poolSize / count)
    let indices = Self.choose(
      pool, of: dataset,
      labels: labels.map { labels in (0..<pool).map { labels[$0 % labels.count] } })
    let (lower, width) = (Float(range.lowerBound), Float(range.upperBound - range.lowerBound))
    var values: [Float] = []
    // A few at a time: large pictures leave their few numbers only.
    for first in stride(from: 0, to: indices.count, by: 16) {
      let some = Array(indices[first..<min(first + 16, indices.count)])
      var samples = try dataset.values(of: some)
      if shape.count == 3 { samples = samples.map { lower + width * $0 } }
      values += Self.shrunk(Tensor(samples, shape: [some.count] + shape)).floats
    }
    let all = try FeatureMatrix(
      values, columns: values.count / max(indices.count, 1), of: "real")
    reference = Self.withinClasses(all.prefix(count), labels)
    // Of fewer real samples than are drawn, doubles are to be expected; of a single one there is no
    // distance. What cannot be judged is no reason not to train.
    let usual =
      all.rows < max(count, 2) ? nil : try? PairwiseDiversity(of: all, reference: all)
    near = Self.nearShare * (usual?.meanSquaredDistance ?? 0)
    if let mixture = PointMixture.of(dataset) {
      regionName = "modes"
      let centres = try FeatureMatrix(
        mixture.centres.flatMap { [$0.x, $0.y] }, columns: 2, of: "centres")
      regions = try RegionShares(of: all, centres: centres)
    } else {
      regionName = "regions of the data"
      regions =
        count < Self.fewestForRegions
        ? nil : try RegionShares(of: all, count: Self.mostRegions)
    }
  }

  /// Compares samples; nil where values are not finite, which is another's task.
  func compare(_ samples: Tensor) -> Comparison? {
    let count = samples.shape[0]
    guard
      let values = try? FeatureMatrix(
        withoutDerivatives { Self.shrunk(samples) }.floats, columns: reference.columns,
        of: "generated")
    else { return nil }
    let spread = try? PairwiseDiversity(
      of: Self.withinClasses(values, labels), reference: reference)
    var doubles: Double?
    if shape.count == 3, near > 0, let nearest = try? Neighbourhoods(of: values, neighbour: 1) {
      doubles = Double(nearest.squaredRadii.count { $0 < near }) / Double(count)
    }
    return Comparison(
      diversity: spread?.ratio, doubles: doubles,
      regions: (try? regions?.compare(values)) ?? nil)
  }

  /// Samples of the wanted classes, in the order of an epoch: sets may be sorted.
  private static func choose(_ count: Int, of dataset: any Dataset, labels: [Int32]?) -> [Int] {
    let order = Sampler(seed: 1, count: dataset.count).permutation(epoch: 0).lazy.map { Int($0) }
    let any = Array(order.prefix(count))
    guard let labels else { return any }
    var wanted: [Int32: Int] = [:]
    for label in labels { wanted[label, default: 0] += 1 }
    var found: [Int32: [Int]] = [:]
    for index in order {
      guard let label = dataset.label(at: index), let missing = wanted[label], missing > 0
      else { continue }
      wanted[label] = missing - 1
      found[label, default: []].append(index)
      if wanted.allSatisfy({ $0.value == 0 }) { break }
    }
    // A class with fewer real samples than are drawn of it: its own again, or any.
    var taken: [Int32: Int] = [:]
    return labels.enumerated().map { place, label in
      guard let own = found[label] else { return any[place % any.count] }
      defer { taken[label, default: 0] += 1 }
      return own[taken[label, default: 0] % own.count]
    }
  }

  /// Images in few pixels, points as they are, one sample a row.
  private static func shrunk(_ samples: Tensor) -> Tensor {
    guard samples.shape.count == 4 else { return samples }
    let small = samples.shrunk(toAtMost: largestSide)
    return small.reshaped(to: [samples.shape[0], small.count / max(samples.shape[0], 1)])
  }

  /// The rows, each less the mean of its class: what differs between classes is no variety.
  private static func withinClasses(_ matrix: FeatureMatrix, _ labels: [Int32]?) -> FeatureMatrix {
    guard let labels, labels.count == matrix.rows else { return matrix }
    let groups = Dictionary(grouping: labels.indices) { labels[$0] }
    // Classes that are there once have no variety to show.
    guard groups.values.contains(where: { $0.count > 1 }) else { return matrix }
    var values = matrix.values
    for rows in groups.values {
      for column in 0..<matrix.columns {
        let mean =
          rows.reduce(0) { $0 + matrix.values[$1 * matrix.columns + column] }
          / Double(rows.count)
        for row in rows { values[row * matrix.columns + column] -= mean }
      }
    }
    // Differences of floats stay within a factor of two of what a float holds.
    return (try? FeatureMatrix(values, columns: matrix.columns, of: "centred")) ?? matrix
  }
}
