/// How many modes of a mixture of Gaussians in the plane a generator has found, and how well.
///
/// A sample is of high quality if it is less than 3 deviations from the nearest centre. A perfect
/// generator has a share of 1 − exp(−4.5) = 98.89 % of these. Source: VEEGAN, arXiv:1705.07761;
/// PacGAN, arXiv:1712.04086, whose comparison is strict.
public struct ModeCoverage: Sendable, Equatable {
  /// The number of centres with a sample of high quality.
  public let modes: Int
  /// The share of samples of high quality, 0 to 1.
  public let highQualityShare: Double
  /// KL(p ‖ uniform) = ln K − H(p) of the modes' shares p among the samples of high quality.
  ///
  /// In nats, 0 to ln K; nil if there are no such samples.
  public let reverseDivergence: Double?
  /// The samples of high quality at each centre.
  public let histogram: ClassHistogram

  /// Assigns samples (x, y) to the nearest centre, of equally near ones to the first.
  ///
  /// - Parameter deviation: The standard deviation of a mode along each axis.
  /// - Throws: `.usage` if there are no samples.
  public init(
    of samples: FeatureMatrix, centres: [SIMD2<Double>], deviation: Double
  ) throws(ZooError) {
    require(
      samples.columns == 2 && !centres.isEmpty && deviation > 0,
      "samples of \(samples.columns) numbers, \(centres.count) centres, deviation \(deviation)")
    try samples.expect(atLeast: 1, for: "mode coverage")
    let limit = 9 * deviation * deviation
    var hits: [Int] = []
    for row in 0..<samples.rows {
      let point = SIMD2(samples.values[2 * row], samples.values[2 * row + 1])
      var nearest = (centre: 0, squared: Double.infinity)
      for (centre, position) in centres.enumerated() {
        let squared = ((point - position) * (point - position)).sum()
        if squared < nearest.squared { nearest = (centre, squared) }
      }
      if nearest.squared < limit { hits.append(nearest.centre) }
    }
    histogram = ClassHistogram(of: hits, classes: centres.count)
    modes = histogram.occupied
    highQualityShare = Double(hits.count) / Double(samples.rows)
    reverseDivergence = histogram.divergenceFromUniform
  }
}

/// How many of the 1000 modes of stacked digits a generator has found.
///
/// A mode is a triple of digits, one a colour channel, as a classifier reads them. Source: Metz
/// et al. 2017, arXiv:1611.02163; 26 000 samples as in VEEGAN and PacGAN.
public struct StackedModeCoverage: Sendable, Equatable {
  /// The number of different triples, 0 to 1000.
  public let modes: Int
  /// KL(p ‖ uniform) of the triples' shares p, in nats: 0 to ln 1000 = 6.908; nil if none came.
  ///
  /// Of N perfect samples it is about 999 / 2N: 0.019 for 26 000.
  public let divergence: Double?

  /// Counts triples of digits, each 0 to 9.
  public init(of triples: some Sequence<SIMD3<Int>>) {
    let labels = triples.lazy.map { triple in
      require(
        (0..<3).allSatisfy { 0..<10 ~= triple[$0] }, "\(triple) are not three digits")
      return 100 * triple.x + 10 * triple.y + triple.z
    }
    let histogram = ClassHistogram(of: labels, classes: 1000)
    modes = histogram.occupied
    divergence = histogram.divergenceFromUniform
  }
}
