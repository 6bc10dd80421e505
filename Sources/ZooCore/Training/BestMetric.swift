/// By which figure the best step of a run is chosen.
public enum BestMetric: String, Sendable, CaseIterable {
  /// The Fréchet distance to test samples: the lower the better.
  case frechetDistance
  /// The kernel distance to test samples: the lower the better.
  case kernelDistance
  /// The share of test samples with a generated one near: the higher the better.
  case coverage
  /// The classifier score: the higher the better; for labelled images.
  case classifierScore
  /// The share of samples that are of the class asked for; for conditional generators.
  case conditionalAccuracy
  /// The number of modes, of equal numbers their quality; for mixtures and stacked digits.
  case modes
  /// The share of samples within 3 σ of a mode; for mixtures.
  case highQualityShare
  /// Decibels of the peak over the difference from the truth; for translators of pairs.
  case psnr
  /// The structural similarity to the truth; for translators of pairs.
  case ssim

  /// What counts for a dataset when nobody says.
  static func standard(for dataset: any Dataset) -> BestMetric {
    // Eight modes and four of them may have the same mean and covariance.
    BestMetric.modes.suits(dataset, conditional: false) ? .modes : .frechetDistance
  }

  /// Whether an evaluation of a generator of these data gives the figure.
  func suits(_ dataset: any Dataset, conditional: Bool) -> Bool {
    let isMixture = PointMixture.of(dataset) != nil
    let isStacked = dataset is StackedDigits
    let hasClasses =
      dataset.sampleShape.count == 3 && (dataset.classNames?.count ?? 0) > 1 && !isStacked
    let hasTruth = (dataset.source?.test?.source ?? dataset.source)?.isPaired == true
    return switch self {
    case .frechetDistance, .kernelDistance, .coverage: true
    case .psnr, .ssim: hasTruth
    case .classifierScore: hasClasses
    case .conditionalAccuracy: hasClasses && conditional
    case .modes: isMixture || isStacked
    case .highQualityShare: isMixture
    }
  }

  /// The figures that are compared, the next one where those before are equal.
  var keys: [(key: String, sense: Score.Sense)] {
    switch self {
    case .frechetDistance, .kernelDistance: [(rawValue, .lower)]
    case .coverage, .classifierScore, .conditionalAccuracy, .highQualityShare, .psnr, .ssim:
      [(rawValue, .higher)]
    case .modes: [(rawValue, .higher), ("highQualityShare", .higher), ("modeDivergence", .lower)]
    }
  }
}

extension BestMetric: Defaulted {
  /// The Fréchet distance.
  public init() { self = .frechetDistance }
}
