/// The Fréchet distance of two Gaussians: FID when the features are Inception's `pool3`.
///
/// ‖μ₁ − μ₂‖² + tr Σ₁ + tr Σ₂ − 2 tr (√Σ₁ Σ₂ √Σ₁)^½: at least 0, and 0 for equal moments. It has
/// the unit of squared features, and values from different networks cannot be compared.
/// Source: Heusel et al. 2017, arXiv:1706.08500; the symmetric form of the root is TF-GAN's.
public struct FrechetDistance: Sendable, Equatable {
  /// The distance, 0 or more.
  public let value: Double
  /// ‖μ₁ − μ₂‖², the part that the means make up.
  public let meanTerm: Double
  /// The rest, which the covariances make up.
  public let covarianceTerm: Double

  /// Compares two sets by their moments.
  ///
  /// - Throws: `.diverged` if the result is not finite.
  public init(between first: GaussianMoments, and second: GaussianMoments) throws(ZooError) {
    require(
      first.mean.count == second.mean.count,
      "moments of \(first.mean.count) and of \(second.mean.count) features cannot be compared")
    let order = first.mean.count
    meanTerm = zip(first.mean, second.mean).reduce(0) { sum, means in
      sum + (means.0 - means.1) * (means.0 - means.1)
    }
    let traces = (0..<order).reduce(0) { sum, i in
      sum + first.covariance[i * (order + 1)] + second.covariance[i * (order + 1)]
    }
    let root = try Self.traceOfRoot(first.covariance, second.covariance, order: order)
    // Equal sets may miss 0 by rounding, to either side; the distance cannot.
    covarianceTerm = max(0, traces - 2 * root)
    value = meanTerm + covarianceTerm
    guard value.isFinite else {
      throw ZooError(.diverged, "expected a finite Fréchet distance, found \(value)")
    }
  }

  /// Compares two sets that are in memory.
  ///
  /// - Throws: `.usage` if a set has fewer than 2 samples.
  public init(between first: FeatureMatrix, and second: FeatureMatrix) throws(ZooError) {
    FeatureMatrix.requireSameColumns(first, second)
    try self.init(between: GaussianMoments(of: first), and: GaussianMoments(of: second))
  }

  /// tr (√A B √A)^½ of two covariances.
  ///
  /// With A = Fᵀ F and B = Gᵀ G, the singular values of F Gᵀ are the roots of the eigenvalues of
  /// √A B √A, and those of F Gᵀ G Fᵀ are their squares.
  private static func traceOfRoot(
    _ a: [Double], _ b: [Double], order: Int
  ) throws(ZooError) -> Double {
    let factors = (try factor(of: a, order: order), try factor(of: b, order: order))
    let (smaller, larger) =
      factors.0.count <= factors.1.count ? factors : (factors.1, factors.0)
    let rank = smaller.count / order
    let mixed = RowStrips(larger, columns: order).products(with: smaller)
    let squares =
      rank == 0 ? [] : RowStrips(mixed, columns: mixed.count / rank).products(with: mixed)
    let values = try SymmetricEigen.values(of: squares, order: rank)
    // The matrix is positive semidefinite: what is below 0 is a 0 that rounding moved.
    return values.reduce(0) { $0 + max(0, $1).squareRoot() }
  }

  /// The rows √λ vᵀ of a covariance's eigenvectors, but for those of its null space.
  ///
  /// A set with no more samples than features, or with features that never change, has a singular
  /// covariance: eigenvalues of 0 that come out as rounding of either sign. They are left out, as
  /// the root would blow 1e-16 up to 1e-8 for each. The bound is that of NumPy's `matrix_rank`.
  private static func factor(
    of covariance: [Double], order: Int
  ) throws(ZooError) -> [Double] {
    let eigen = try SymmetricEigen(covariance, order: order)
    let zero = Double(order) * Double.ulpOfOne * (eigen.values.last ?? 0)
    return eigen.values.indices.filter { eigen.values[$0] > zero }.flatMap { index in
      let root = eigen.values[index].squareRoot()
      return eigen.vectors[index * order..<(index + 1) * order].map { root * $0 }
    }
  }
}
