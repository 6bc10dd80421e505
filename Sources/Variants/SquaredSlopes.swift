import ZooCore

/// ‖∇D‖² at each of some batches of samples: R1 at real ones, R2 at fakes.
///
/// Summed over all values of a sample, means over the batch; nil where scores do not depend on them.
/// Source: Mescheder et al. 2018, arXiv:1801.04406, equations 9 and 10, without γ/2.
///
/// - Parameters:
///   - scores: Scores of all the samples, in a tensor or added up.
///   - batches: Samples that were tracked before they were scored.
func meanSquaredSlopes(of scores: Tensor, at batches: [Tensor]) -> [Tensor?] {
  zip(gradient(of: scores, at: batches, differentiable: true), batches).map { slope, samples in
    slope.map { $0.squared().sum() / Double(samples.shape[0]) }
  }
}
