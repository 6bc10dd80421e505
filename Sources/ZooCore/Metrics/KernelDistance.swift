/// The kernel distance (KID when the features are Inception's): an unbiased squared MMD.
///
/// The kernel is (x·y / d + 1)³. The value is 0 on average for two sets of one distribution,
/// whatever their sizes, so single values can be negative; it has no upper bound.
/// Source: Bińkowski et al. 2018, arXiv:1801.01401.
public struct KernelDistance: Sendable, Equatable {
  /// The mean over the subsets.
  public let mean: Double
  /// The standard deviation over the subsets, with divisor `subsets`.
  public let deviation: Double
  /// The number of subsets.
  public let subsets: Int
  /// The samples of either set in a subset.
  public let subsetSize: Int

  /// Compares random subsets of two sets, drawn without replacement.
  ///
  /// - Parameters:
  ///   - subsetSize: Samples in a subset; fewer where a set has fewer.
  ///   - seed: Decides the subsets.
  /// - Throws: `.usage` if a set has fewer than 2 samples.
  public init(
    between first: FeatureMatrix, and second: FeatureMatrix, subsets: Int = 100,
    subsetSize: Int = 1000, seed: UInt32
  ) throws(ZooError) {
    require(
      subsets > 0 && subsetSize > 1, "no distance from \(subsets) subsets of \(subsetSize)")
    FeatureMatrix.requireSameColumns(first, second)
    try first.expect(atLeast: 2, for: "kernel distance")
    try second.expect(atLeast: 2, for: "kernel distance")
    let size = min(subsetSize, first.rows, second.rows)
    let values = (0..<subsets).map { subset in
      Self.squaredDiscrepancy(
        first.selecting(Self.draw(size, of: first.rows, seed: seed, subset: subset, set: 0)),
        second.selecting(Self.draw(size, of: second.rows, seed: seed, subset: subset, set: 1)))
    }
    let mean = values.reduce(0, +) / Double(subsets)
    // Cubes of the largest features have no square: deviations are squared as parts of the largest.
    let deviations = values.map { $0 - mean }
    let largest = deviations.reduce(0) { max($0, $1.magnitude) }
    let squares = deviations.reduce(0) { $0 + ($1 / largest) * ($1 / largest) }
    self.mean = mean
    deviation = largest > 0 ? largest * (squares / Double(subsets)).squareRoot() : 0
    self.subsets = subsets
    self.subsetSize = size
  }

  /// The unbiased squared MMD of two sets of one size, all pairs counted.
  private static func squaredDiscrepancy(_ x: FeatureMatrix, _ y: FeatureMatrix) -> Double {
    let size = Double(x.rows)
    let (xStrips, yStrips) = (
      RowStrips(x.values, columns: x.columns), RowStrips(y.values, columns: y.columns)
    )
    let within = kernelSum(xStrips, x, .lowerTriangle) + kernelSum(yStrips, y, .lowerTriangle)
    return 2 * within / (size * (size - 1)) - 2 * kernelSum(yStrips, x, .all) / (size * size)
  }

  /// The sum of the kernel over the pairs of rows, or over those below the diagonal.
  private static func kernelSum(
    _ strips: RowStrips, _ matrix: FeatureMatrix, _ extent: RowStrips.Extent
  ) -> Double {
    var sum = SIMD8<Double>()
    let scale = 1 / Double(matrix.columns)
    strips.forEachSum(of: ProductTerm.self, with: matrix.values, extent: extent) {
      row, strip, products in
      let base = products * scale + 1
      let limit = Int64(extent == .all ? strips.rows : row)
      sum += (base * base * base)
        .replacing(with: 0, where: RowStrips.rowNumbers(ofStrip: strip) .>= limit)
    }
    return sum.sum()
  }

  /// Some of `total` indices, all different: the first steps of a Fisher–Yates shuffle.
  private static func draw(
    _ count: Int, of total: Int, seed: UInt32, subset: Int, set: UInt32
  ) -> [Int] {
    let philox = Philox(seed: seed, purpose: .subsets)
    var indices = Array(0..<total)
    for i in 0..<count {
      let words = philox.block(
        SIMD4(UInt32(truncatingIfNeeded: i / 4), set, UInt32(truncatingIfNeeded: subset), 0))
      indices.swapAt(i, i + words[i % 4].scaled(below: total - i))
    }
    return Array(indices[..<count])
  }
}
