import ZooCore

/// What scores are held to, for variants that leave the choice to the config.
public enum AdversarialLoss: String, Sendable, CaseIterable {
  /// Cross entropy on logits: Goodfellow et al. 2014, arXiv:1406.2661, the generator's non-saturating.
  case logistic
  /// Squared distances from 1 and 0: Mao et al. 2016, arXiv:1611.04076.
  case leastSquares = "least-squares"
  /// The scores themselves: Arjovsky et al. 2017, arXiv:1701.07875.
  case wasserstein

  /// What is minimised so that scores `[N, …]` call samples real, or fakes: a mean over all of them.
  func of(_ scores: Tensor, asReal: Bool) -> Tensor {
    switch self {
    case .logistic: (asReal ? -scores : scores).softplus().mean()
    case .leastSquares: (asReal ? scores - 1 : scores).squared().mean()
    case .wasserstein: (asReal ? -scores : scores).mean()
    }
  }
}
