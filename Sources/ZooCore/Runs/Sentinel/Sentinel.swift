/// Looks out for runs that have gone wrong while every number is finite, and says so in words.
///
/// It looks at what is there anyway: the samples of each picture and the terms of each step's loss.
/// A fault is told once, when two looks in a row show it or another of its family, and again only
/// after it had gone.
/// Thresholds and the measurements behind them: Documentation/metrics.md.
package struct Sentinel {
  /// What one look showed.
  package struct Look {
    /// The figures and the verdict, for `sentinel.jsonl`.
    package let entry: JSONValue
    /// Faults that are told now.
    package let news: [(fault: Fault, warning: ZooError)]
    /// A collapse that two looks in a row have shown.
    package let collapse: ZooError?
  }

  // Younger generators of healthy runs draw much the same for all codes.
  private static let firstJudged = 500
  private static let (collapsed, monotonous) = (0.05, 0.25)
  private static let manyDoubles = 0.5
  private static let misplaced = 0.25
  private static let certainty = 0.98
  private static let (flattest, steepest) = (1e-4, 50.0)
  private static let growth = 20.0

  /// The verdict when nothing is wrong.
  static let healthy = "healthy"

  private let real: RealSamples
  private var losses = LossMeans()
  /// The sizes of both losses at each earlier look.
  private var history: [(discriminator: Double, generator: Double)] = []
  private var memory = Memory()

  /// A sentinel for samples of these classes, or of any, whose values lie in `range`.
  package init(
    _ dataset: any Dataset, labels: [Int32]?, count: Int, range: ClosedRange<Double>
  ) throws(ZooError) {
    real = try RealSamples(dataset, labels: labels, count: count, range: range)
  }

  /// Takes notice of a logged step: its losses and their terms, by the names of the metrics log.
  package mutating func note(_ scalars: [(tag: String, value: Double)]) {
    for (tag, value) in scalars { losses.note(tag, value) }
  }

  /// Knows again what earlier looks have shown, by their entries, and what was logged since.
  package mutating func recall(_ entries: [JSONValue], _ metrics: LoggedMetrics) {
    (losses, history, memory) = (LossMeans(), [], Memory())
    for entry in entries {
      remember(entry)
      _ = memory.take(Fault.read(entry))
    }
    let last = entries.last?["step"]?.int ?? 0
    for series in metrics.series {
      for point in series.points where point.step > last { losses.note(series.name, point.value) }
    }
  }

  /// What the log says, digits cut off: after a resume there is nothing else.
  private mutating func remember(_ entry: JSONValue) {
    if let discriminator = entry["discriminatorLossSize"]?.double,
      let generator = entry["generatorLossSize"]?.double
    {
      history.append((discriminator, generator))
    }
  }

  /// Looks at the samples of a step, and at the discriminator there.
  ///
  /// - Parameter criticSlope: The mean norm of the derivatives of its scores at the samples; nil without a discriminator.
  package mutating func look(at samples: Tensor, step: Int, criticSlope: Double?) -> Look {
    let (means, comparison) = (losses, real.compare(samples))
    losses = LossMeans()
    var found: [Finding] = []
    if step >= Self.firstJudged {
      found =
        (comparison.map { faults(of: $0, means) } ?? []) + faults(of: means, criticSlope)
    }
    let entry = entry(step, comparison, means, criticSlope, found)
    remember(entry)
    let (news, collapse) = memory.take(Set(found.map(\.fault)))
    func warning(_ finding: Finding) -> ZooError {
      ZooError(.failure, finding.problem, at: "step \(step)", advice: finding.advice)
    }
    return Look(
      entry: entry,
      news: found.filter { news.contains($0.fault) }.map { ($0.fault, warning($0)) },
      collapse: found.first { $0.fault == collapse }.map(warning))
  }

  // MARK: Samples

  /// What is wrong with samples, the worst first.
  private func faults(of found: RealSamples.Comparison, _ means: LossMeans) -> [Finding] {
    // Not to those who have it.
    let other = means["gradientPenalty"] == nil ? ", or try the variant wgan-gp" : ""
    let advice =
      "if it lasts, start again with another seed or a lower learning rate" + other
    var faults: [Finding] = []
    if let ratio = found.diversity, ratio < Self.collapsed {
      faults.append(
        Finding(
          fault: .collapse,
          problem:
            "the generator returns nearly the same sample for every latent code: its samples "
            + "differ \(Text.percent(ratio)) as much as real ones", advice: advice))
    }
    if let doubles = found.doubles, doubles > Self.manyDoubles {
      faults.append(
        Finding(
          fault: .doubles,
          problem: "the generator repeats itself: \(Text.percent(doubles)) of its samples have a "
            + "double",
          advice: advice))
    }
    if let regions = found.regions,
      regions.distance > regions.usualDistance + Self.misplaced
    {
      faults.append(
        Finding(
          fault: .missingModes,
          problem: "the generator leaves out part of the data: its samples reach "
            + "\(regions.occupied) of \(real.regionCount) \(real.regionName), and "
            + "\(Text.percent(regions.distance)) of them lie where other ones should",
          advice: advice))
    }
    if let ratio = found.diversity, ratio < Self.monotonous {
      faults.append(
        Finding(
          fault: .monotony,
          problem: "the generator's samples differ only \(Text.percent(ratio)) as much as real "
            + "ones: modes may be missing",
          advice: "if it lasts, try a lower learning rate of the generator" + other))
    }
    return faults
  }

  // MARK: Losses

  private func faults(of means: LossMeans, _ criticSlope: Double?) -> [Finding] {
    var faults: [Finding] = []
    if let real = means["realProbability"], let fake = means["fakeProbability"],
      real > Self.certainty, fake < 1 - Self.certainty
    {
      faults.append(
        Finding(
          fault: .saturation,
          problem: "the discriminator is never wrong (real samples are real to it with probability "
            + "\(Text.formatted(real, decimals: 3)), generated ones with "
            + "\(Text.formatted(fake, decimals: 3))), so the generator has little to learn from",
          advice:
            "if it lasts, lower the discriminator's learning rate or width, or try the variant "
            + "wgan-gp"))
    }
    if let criticSlope, criticSlope < Self.flattest {
      faults.append(
        Finding(
          fault: .flat,
          problem: "the discriminator's scores hardly depend on the samples (their gradient has a "
            + "norm of \(Text.figure(criticSlope, digits: 2))), so the generator has "
            + "nothing to learn from",
          advice: "if it lasts, clip weights less (objective.clip), lower the discriminator's "
            + "learning rate, or try the variant wgan-gp"))
    }
    if let penalty = means["gradientPenalty"], penalty > Self.steepest {
      let slope = Text.figure(1 + penalty.squareRoot(), digits: 2)
      faults.append(
        Finding(
          fault: .slope,
          problem: "the critic's gradient has a norm of about \(slope), its penalty asks for 1",
          advice: "if it lasts, raise objective.gradientPenalty or lower the learning rate"))
    }
    return faults + runaway(means)
  }

  /// The first loss that is far larger than it was.
  private func runaway(_ means: LossMeans) -> [Finding] {
    guard let sizes = means.sizes, !history.isEmpty else { return [] }
    for (name, now, before) in [
      ("discriminator", sizes.discriminator, history.map(\.discriminator)),
      ("generator", sizes.generator, history.map(\.generator)),
    ] {
      let usual = before.sorted()[before.count / 2]
      guard usual > 0, now > Self.growth * usual else { continue }
      let times = Text.figure(now / usual, digits: 2)
      return [
        Finding(
          fault: .runaway,
          problem: "the \(name)'s loss is \(times) times as large as it was before",
          advice: "if it lasts, lower the learning rates and start again")
      ]
    }
    return []
  }

  // MARK: In the log

  private func entry(
    _ step: Int, _ samples: RealSamples.Comparison?, _ means: LossMeans, _ criticSlope: Double?,
    _ found: [Finding]
  ) -> JSONValue {
    var members: [JSONValue.Member] = [.init("step", .number(step))]
    func add(_ name: String, _ value: Double?) {
      // Digits that mean something.
      guard let value, value.isFinite,
        let short = Double(Text.formatted(value, significantDigits: 6))
      else {
        return
      }
      members.append(.init(name, .number(short)))
    }
    add("diversity", samples?.diversity)
    add("doubles", samples?.doubles)
    add("misplaced", samples?.regions?.distance)
    add("reached", samples?.regions.map { Double($0.occupied) })
    add("criticSlope", criticSlope)
    for name in LossMeans.terms { add(name, means[name]) }
    add("discriminatorLossSize", means.sizes?.discriminator)
    add("generatorLossSize", means.sizes?.generator)
    members.append(.init("faults", .array(found.map { .string($0.fault.rawValue) })))
    // Of what is wrong with samples the worst is enough.
    let worst = Fault.families.compactMap { family in
      found.first { family.contains($0.fault) }?.problem
    }
    let healthy = step < Self.firstJudged ? "too early to tell" : Self.healthy
    members.append(
      .init("verdict", .string(worst.isEmpty ? healthy : worst.joined(separator: "; "))))
    return .object(members)
  }
}
