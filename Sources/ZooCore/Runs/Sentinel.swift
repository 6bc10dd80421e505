/// Looks out for runs that have gone wrong while every number is finite, and says so in words.
///
/// It looks at what is there anyway: the samples of each picture and the terms of each step's loss.
/// A fault is told once, when two looks in a row show it, and again only after it had gone.
package struct Sentinel {
  /// What can be wrong.
  private enum Fault: CaseIterable {
    case collapse, monotony, saturation
  }

  // Measured on MNIST: from 500 steps on, the samples of healthy runs (GAN, conditional GAN, WGAN,
  // WGAN-GP) are 0.53 to 1.1 times as varied as the data, and 64 real images are 0.92 to 1.03.
  private static let collapsed = 0.05
  private static let monotonous = 0.25
  // Healthy GANs score real samples 0.55 to 0.62 and fakes 0.39 to 0.51 on average.
  private static let certainty = 0.98

  /// Real samples, as many and of the same classes as the looked-at ones.
  private let reference: FeatureMatrix
  private let labels: [Int32]?
  private var sums: (real: Double, fake: Double, steps: Int) = (0, 0, 0)
  private var seen: Set<Fault> = []
  private var told: Set<Fault> = []

  /// A sentinel that knows what real samples look like, one a row.
  ///
  /// - Parameter labels: The class of each row: what differs between classes is no variety.
  package init(reference: FeatureMatrix, labels: [Int32]?) {
    self.labels = labels
    self.reference = Self.withinClasses(reference, labels)
  }

  /// A sentinel for samples of these classes, or of any, in the range of the recipe.
  init(
    _ dataset: any Dataset, labels: [Int32]?, count: Int, range: ClosedRange<Double>
  ) throws(ZooError) {
    // In the order of an epoch: sets may be sorted.
    let order = Sampler(seed: 1, count: dataset.count).permutation(epoch: 0).lazy.map { Int($0) }
    var indices = Array(order.prefix(count))
    if let labels {
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
      indices = labels.enumerated().map { place, label in
        guard let own = found[label] else { return indices[place % indices.count] }
        defer { taken[label, default: 0] += 1 }
        return own[taken[label, default: 0] % own.count]
      }
    }
    let size = dataset.sampleShape.elementCount
    let (lower, width) = (
      Float(range.lowerBound), Float(range.upperBound - range.lowerBound)
    )
    var values = try dataset.values(of: indices)
    if dataset.sampleShape.count == 3 { values = values.map { lower + width * $0 } }
    try self.init(
      reference: FeatureMatrix(values, columns: size, of: "real"),
      labels: labels.map { Array($0.prefix(indices.count)) })
  }

  /// Takes notice of a step.
  package mutating func note(_ terms: [(name: String, value: Double)]) {
    guard let real = terms.first(where: { $0.name == "realScore" })?.value,
      let fake = terms.first(where: { $0.name == "fakeScore" })?.value
    else { return }
    sums = (sums.real + real, sums.fake + fake, sums.steps + 1)
  }

  /// Looks at the samples of a step, and says what is newly wrong.
  package mutating func look(at samples: Tensor, step: Int) -> [ZooError] {
    defer { sums = (0, 0, 0) }
    // An untrained generator knows one image only.
    guard step > 0 else { return [] }
    var faults: [Fault: ZooError] = [:]
    if let ratio = diversity(of: samples) {
      let share = "\(Text.formatted(100 * ratio, significantDigits: 2)) %"
      if ratio < Self.collapsed {
        faults[.collapse] = Self.warning(
          step,
          "the generator returns nearly the same sample for every latent code: its samples differ "
            + "\(share) as much as real ones",
          "if it lasts, start again with another seed or a lower learning rate, or try the "
            + "variant wgan-gp")
      } else if ratio < Self.monotonous {
        faults[.monotony] = Self.warning(
          step,
          "the generator's samples differ only \(share) as much as real ones: modes may be missing",
          "if it lasts, try a lower learning rate of the generator, or the variant wgan-gp")
      }
    }
    if sums.steps > 0 {
      let (real, fake) = (sums.real / Double(sums.steps), sums.fake / Double(sums.steps))
      if real > Self.certainty, fake < 1 - Self.certainty {
        faults[.saturation] = Self.warning(
          step,
          "the discriminator is never wrong (it scores real samples "
            + "\(Text.formatted(real, decimals: 3)), generated ones "
            + "\(Text.formatted(fake, decimals: 3))), so the generator has little to learn from",
          "if it lasts, lower the discriminator's learning rate or width, or try the variant wgan-gp"
        )
      }
    }
    let present = Set(faults.keys)
    let news = present.intersection(seen).subtracting(told)
    told = told.intersection(present).union(news)
    seen = present
    return Fault.allCases.filter(news.contains).compactMap { faults[$0] }
  }

  /// How varied samples are, 1 for as varied as real ones; nil when it cannot be told.
  private func diversity(of samples: Tensor) -> Double? {
    // Values that are not finite are another's task.
    guard
      let values = try? FeatureMatrix(
        samples.floats, columns: reference.columns, of: "generated")
    else { return nil }
    return
      (try? PairwiseDiversity(of: Self.withinClasses(values, labels), reference: reference))?
      .ratio
  }

  /// The rows, each less the mean of its class.
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

  private static func warning(_ step: Int, _ problem: String, _ advice: String) -> ZooError {
    ZooError(.failure, problem, at: "step \(step)", advice: advice)
  }
}
