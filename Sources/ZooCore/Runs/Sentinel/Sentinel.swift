/// Looks out for runs that have gone wrong while every number is finite, and says so in words.
///
/// It looks at what is there anyway: the samples of each picture and the terms of each step's loss.
/// A fault is told once, when two looks in a row show it, and again only after it had gone.
/// Thresholds and the measurements behind them: Documentation/metrics.md.
package struct Sentinel {
  /// What can be wrong, the worst first.
  package enum Fault: String, Sendable, CaseIterable {
    /// Nearly the same sample for every latent code.
    case collapse
    /// A few samples again and again.
    case doubles
    /// Parts of the data are left out.
    case missingModes
    /// Samples differ less than real ones.
    case monotony
    /// The discriminator is never wrong.
    case saturation
    /// The critic's gradient is far from the norm that its penalty asks for.
    case slope
    /// A loss has grown out of all proportion.
    case runaway

    /// Whether the samples are no longer worth training on.
    var isCollapse: Bool { [.collapse, .doubles, .missingModes].contains(self) }
  }

  /// What one look showed.
  package struct Look {
    /// The figures and the verdict, for `sentinel.jsonl`.
    package let entry: JSONValue
    /// Faults that are told now.
    package let news: [ZooError]
    /// A collapse that two looks in a row have shown.
    package let collapse: ZooError?
  }

  // Younger generators of healthy runs draw much the same for all codes.
  private static let firstJudged = 500
  private static let (collapsed, monotonous) = (0.05, 0.25)
  private static let manyDoubles = 0.5
  private static let misplaced = 0.25
  private static let certainty = 0.98
  private static let steepest = 50.0
  private static let growth = 20.0

  /// The verdict when nothing is wrong.
  static let healthy = "healthy"

  private let real: RealSamples
  private var losses = LossMeans()
  /// The sizes of both losses at each earlier look.
  private var history: [(discriminator: Double, generator: Double)] = []
  private var seen: Set<Fault> = []
  private var told: Set<Fault> = []

  /// A sentinel for samples of these classes, or of any, whose values lie in `range`.
  package init(
    _ dataset: any Dataset, labels: [Int32]?, count: Int, range: ClosedRange<Double>
  ) throws(ZooError) {
    real = try RealSamples(dataset, labels: labels, count: count, range: range)
  }

  /// Takes notice of a step: its losses and their terms, by the names of the metrics log.
  package mutating func note(_ scalars: [(tag: String, value: Double)]) {
    losses.note(scalars)
  }

  /// Knows again what earlier looks have shown, by their entries.
  package mutating func recall(_ entries: [JSONValue]) {
    (losses, history) = (LossMeans(), [])
    for entry in entries {
      if let discriminator = entry["discriminatorLossSize"]?.double,
        let generator = entry["generatorLossSize"]?.double
      {
        history.append((discriminator, generator))
      }
    }
    func faults(_ entry: JSONValue?) -> Set<Fault> {
      Set((entry?["faults"]?.array ?? []).compactMap { $0.string.flatMap(Fault.init) })
    }
    seen = faults(entries.last)
    told = seen.intersection(faults(entries.dropLast().last))
  }

  /// Looks at the samples of a step; nil at step 0, where no generator knows more than one image.
  package mutating func look(at samples: Tensor, step: Int) -> Look? {
    guard step > 0 else { return nil }
    let (means, comparison) = (losses, real.compare(samples))
    losses = LossMeans()
    var faults: [(fault: Fault, problem: String, advice: String)] = []
    if step >= Self.firstJudged {
      faults = (comparison.map(fault).map { [$0] } ?? []).compactMap { $0 } + self.faults(of: means)
    }
    if let sizes = means.sizes { history.append(sizes) }
    let present = Set(faults.map(\.fault))
    let lasting = present.intersection(seen)
    let news = lasting.subtracting(told)
    (seen, told) = (present, lasting)
    func error(_ found: (fault: Fault, problem: String, advice: String)) -> ZooError {
      ZooError(.failure, found.problem, at: "step \(step)", advice: found.advice)
    }
    return Look(
      entry: entry(step, comparison, means, faults.map { ($0.fault, $0.problem) }),
      news: faults.filter { news.contains($0.fault) }.map(error),
      collapse: faults.first { $0.fault.isCollapse && lasting.contains($0.fault) }.map(error))
  }

  // MARK: Samples

  /// The worst that is wrong with samples.
  private func fault(
    _ found: RealSamples.Comparison
  ) -> (fault: Fault, problem: String, advice: String)? {
    func percent(_ share: Double) -> String {
      "\(Text.formatted(100 * share, significantDigits: 2)) %"
    }
    let advice =
      "if it lasts, start again with another seed or a lower learning rate, or try the variant "
      + "wgan-gp"
    if let ratio = found.diversity, ratio < Self.collapsed {
      return (
        .collapse,
        "the generator returns nearly the same sample for every latent code: its samples differ "
          + "\(percent(ratio)) as much as real ones", advice
      )
    }
    if let doubles = found.doubles, doubles > Self.manyDoubles {
      return (
        .doubles,
        "the generator repeats itself: \(percent(doubles)) of its samples have a double", advice
      )
    }
    if let regions = found.regions,
      regions.distance > regions.usualDistance + Self.misplaced
    {
      return (
        .missingModes,
        "the generator leaves out part of the data: its samples reach \(regions.occupied) of "
          + "\(real.regionCount) \(real.regionName), and \(percent(regions.distance)) of them lie "
          + "where other ones should", advice
      )
    }
    if let ratio = found.diversity, ratio < Self.monotonous {
      return (
        .monotony,
        "the generator's samples differ only \(percent(ratio)) as much as real ones: modes may be "
          + "missing",
        "if it lasts, try a lower learning rate of the generator, or the variant wgan-gp"
      )
    }
    return nil
  }

  // MARK: Losses

  private func faults(
    of means: LossMeans
  ) -> [(fault: Fault, problem: String, advice: String)] {
    var faults: [(fault: Fault, problem: String, advice: String)] = []
    if let real = means["realScore"], let fake = means["fakeScore"], real > Self.certainty,
      fake < 1 - Self.certainty
    {
      faults.append(
        (
          .saturation,
          "the discriminator is never wrong (it scores real samples "
            + "\(Text.formatted(real, decimals: 3)), generated ones "
            + "\(Text.formatted(fake, decimals: 3))), so the generator has little to learn from",
          "if it lasts, lower the discriminator's learning rate or width, or try the variant wgan-gp"
        ))
    }
    if let penalty = means["gradientPenalty"], penalty > Self.steepest {
      let slope = Text.formatted(1 + penalty.squareRoot(), significantDigits: 2)
      faults.append(
        (
          .slope, "the critic's gradient has a norm of about \(slope), its penalty asks for 1",
          "if it lasts, raise objective.gradientPenalty or lower the learning rate"
        ))
    }
    if let sizes = means.sizes, !history.isEmpty {
      for (name, now, before) in [
        ("discriminator", sizes.discriminator, history.map(\.discriminator)),
        ("generator", sizes.generator, history.map(\.generator)),
      ] {
        let usual = before.sorted()[before.count / 2]
        guard usual > 0, now > Self.growth * usual else { continue }
        let times = Text.formatted(now / usual, significantDigits: 2)
        faults.append(
          (
            .runaway, "the \(name)'s loss is \(times) times as large as it was before",
            "if it lasts, lower the learning rates and start again"
          ))
        break
      }
    }
    return faults
  }

  // MARK: In the log

  private func entry(
    _ step: Int, _ found: RealSamples.Comparison?, _ means: LossMeans,
    _ faults: [(fault: Fault, problem: String)]
  ) -> JSONValue {
    var members: [JSONValue.Member] = [.init("step", .number(step))]
    func add(_ name: String, _ value: Double?) {
      // Digits that mean something.
      guard let value, let short = Double(Text.formatted(value, significantDigits: 6)) else {
        return
      }
      members.append(.init(name, .number(short)))
    }
    add("diversity", found?.diversity)
    add("doubles", found?.doubles)
    add("misplaced", found?.regions?.distance)
    add("reached", found?.regions.map { Double($0.occupied) })
    for name in ["realScore", "fakeScore", "gradientPenalty"] { add(name, means[name]) }
    add("discriminatorLossSize", means.sizes?.discriminator)
    add("generatorLossSize", means.sizes?.generator)
    members.append(.init("faults", .array(faults.map { .string($0.fault.rawValue) })))
    let healthy = step < Self.firstJudged ? "too early to tell" : Self.healthy
    members.append(
      .init(
        "verdict",
        .string(faults.isEmpty ? healthy : faults.map(\.problem).joined(separator: "; "))))
    return .object(members)
  }
}

/// Means of what the losses of some steps tell.
private struct LossMeans {
  private var sums: [String: Double] = [:]
  private var steps = 0
  private static let names = ["realScore", "fakeScore", "gradientPenalty"]
  private static let losses = ["discriminatorLoss", "generatorLoss"]

  mutating func note(_ scalars: [(tag: String, value: Double)]) {
    steps += 1
    for (tag, value) in scalars {
      if Self.names.contains(tag) { sums[tag, default: 0] += value }
      if Self.losses.contains(tag) { sums[tag, default: 0] += value.magnitude }
    }
  }

  subscript(name: String) -> Double? { sums[name].map { $0 / Double(steps) } }

  /// The mean magnitudes of both losses.
  var sizes: (discriminator: Double, generator: Double)? {
    guard let discriminator = self["discriminatorLoss"], let generator = self["generatorLoss"]
    else { return nil }
    return (discriminator, generator)
  }
}
