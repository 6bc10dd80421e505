/// One sequence of random numbers: a pure function of seed, purpose, step, sub-step and draw.
///
/// Value i depends on nothing but these and i, so there is no generator state to save, and no
/// order in which threads must draw. Blueprint §6.
public struct RandomStream: Sendable {
  package private(set) var philox: Philox
  package private(set) var counter: SIMD3<UInt32>
  private var record: DrawRecord?
  private var purpose: RandomPurpose
  /// The samples that rows are drawn for, each from a sequence of its own; nil where all values are
  /// one sequence.
  private var samples: [SampleOrigin]?
  /// The part of the rows that is drawn; nil for all.
  private var shard: Shard?

  /// The sequence for `purpose` in one update.
  ///
  /// - Parameters:
  ///   - seed: The run's seed.
  ///   - purpose: What the numbers are for.
  ///   - step: The generator step.
  ///   - substep: Which update within the step.
  ///   - draw: Tells sequences of one purpose and update apart.
  public init(
    seed: UInt32, purpose: RandomPurpose, step: Int = 0, substep: Int = 0, draw: Int = 0
  ) {
    self.purpose = purpose
    philox = Philox(seed: seed, purpose: purpose)
    counter = SIMD3(
      UInt32(truncatingIfNeeded: draw), UInt32(truncatingIfNeeded: substep),
      UInt32(truncatingIfNeeded: step))
  }

  /// A tensor of uniform numbers in `lower..<upper`.
  public func uniform(
    _ shape: Shape, in range: Range<Double> = 0..<1, type: ElementType = .float32
  ) -> Tensor {
    fill(.uniform(lower: range.lowerBound, upper: range.upperBound), shape, type)
  }

  /// A tensor of normal numbers.
  public func normal(
    _ shape: Shape, mean: Double = 0, deviation: Double = 1, type: ElementType = .float32
  ) -> Tensor {
    fill(.normal(mean: mean, deviation: deviation), shape, type)
  }

  /// Whole numbers, uniform in `0..<upper`.
  public func integers(_ count: Int, below upper: Int) -> [Int32] {
    require(1...Int(Int32.max) ~= upper, "no Int32 is uniform below \(upper)")
    if let samples {
      require(count == samples.count, "\(count) whole numbers for \(samples.count) samples")
      return samples.flatMap { numbered($0).integers(1, below: upper) }
    }
    let first = (shard?.index ?? 0) * count
    return (first..<first + count).map { index in
      let words = philox.block(
        SIMD4(UInt32(truncatingIfNeeded: index / 4), counter.x, counter.y, counter.z))
      return Int32(words[index % 4].scaled(below: upper))
    }
  }

  private func fill(
    _ distribution: RandomDistribution, _ shape: Shape, _ type: ElementType
  ) -> Tensor {
    if let samples { return rows(distribution, samples, shape, type) }
    if let shard { return rows(distribution, shard, shape, type) }
    let buffer = Backends.current.makeBuffer(byteCount: shape.elementCount * type.size)
    Backends.current.fillRandom(
      buffer, distribution, philox, counter: counter, count: shape.elementCount, type: type)
    let values = Tensor(shape: shape, type: type, buffer: buffer)
    record?.add(purpose, values)
    return values
  }

  /// A row for each sample, whatever others are drawn beside it.
  private func rows(
    _ distribution: RandomDistribution, _ samples: [SampleOrigin], _ shape: Shape,
    _ type: ElementType
  ) -> Tensor {
    require(
      shape.first == samples.count, "random numbers of shape \(shape) for \(samples.count) samples")
    return .concatenated(
      samples.map { sample in
        numbered(sample).fill(distribution, [1] + shape.dropFirst(), type)
      })
  }

  /// The shard's rows of what the whole batch draws.
  private func rows(
    _ distribution: RandomDistribution, _ shard: Shard, _ shape: Shape, _ type: ElementType
  ) -> Tensor {
    guard let rows = shape.first else { fatalError("random numbers without rows, for a shard") }
    let whole = whole.fill(distribution, [rows * shard.count] + shape.dropFirst(), type)
    return withoutDerivatives { whole.rows(rows * shard.index..<rows * (shard.index + 1)) }
  }

  /// The sequence of the whole batch.
  private var whole: RandomStream {
    var stream = self
    stream.shard = nil
    return stream
  }

  /// The sequence of one sample: its number takes the place of the update's.
  private func numbered(_ sample: SampleOrigin) -> RandomStream {
    var stream = self
    stream.samples = nil
    stream.philox = Philox(seed: sample.seed, purpose: purpose)
    stream.counter.y = UInt32(truncatingIfNeeded: sample.number)
    return stream
  }

  /// A sequence beside this one, for a part of what is drawn; part 0 is this one.
  func section(_ part: Int) -> RandomStream {
    var stream = self
    // Draws of one purpose are few: their number leaves the upper bits free.
    stream.counter.x |= UInt32(truncatingIfNeeded: part) << 24
    return stream
  }

  /// The same sequence for each of these samples apart.
  fileprivate func keyed(by samples: [SampleOrigin]?) -> RandomStream {
    var stream = self
    stream.samples = samples
    return stream
  }

  /// The same sequence, of which a shard draws its rows.
  fileprivate func part(_ shard: Shard?) -> RandomStream {
    var stream = self
    stream.shard = shard
    return stream
  }

  /// The same sequence, with what is drawn from it written down.
  fileprivate func recorded(in record: DrawRecord?) -> RandomStream {
    var stream = self
    stream.record = record
    return stream
  }
}

/// The random numbers that one update drew, in their order.
public final class DrawRecord: @unchecked Sendable {
  // Unchecked: an update runs on one thread.
  /// Purpose and values of each draw.
  public private(set) var draws: [(purpose: RandomPurpose, values: Tensor)] = []

  /// An empty record.
  public init() {}

  fileprivate func add(_ purpose: RandomPurpose, _ values: Tensor) {
    draws.append((purpose, values))
  }
}

/// Where the random numbers of a sample come from when it is drawn by what was trained.
public struct SampleOrigin: Equatable, Sendable {
  /// The seed.
  public let seed: UInt32
  /// Which of the seed's samples it is.
  public let number: Int

  /// The sample of a seed with this number.
  public init(seed: UInt32, number: Int) { (self.seed, self.number) = (seed, number) }
}

/// Hands out the random streams of one update; each call of `next` gives a new one.
///
/// The order of calls is the order of the program, so the same update draws the same numbers.
public final class RandomSource {
  private let seed: UInt32
  private let step: Int
  private let substep: Int
  private let record: DrawRecord?
  private let samples: [SampleOrigin]?
  /// The part of the batch that draws, where one is cut.
  let shard: Shard?
  private var draws: [RandomPurpose: Int] = [:]

  /// The random numbers of one update, written down in `record` if there is one.
  public convenience init(seed: UInt32, step: Int, substep: Int, record: DrawRecord? = nil) {
    self.init(seed: seed, step: step, substep: substep, shard: nil, record: record)
  }

  /// Those of a shard: the first axis of all that is drawn is that of the samples, of which a shard has
  /// its own.
  init(seed: UInt32, step: Int, substep: Int, shard: Shard?, record: DrawRecord? = nil) {
    self.shard = shard
    self.record = record
    self.seed = seed
    self.step = step
    self.substep = substep
    samples = nil
  }

  /// The random numbers of samples with these numbers when they are drawn by what was trained.
  ///
  /// Each sample has its own, so that they do not depend on which others are drawn beside it. Every
  /// draw's first axis is that of the samples.
  public convenience init(seed: UInt32, samples: Range<Int>) {
    self.init(samples: samples.map { SampleOrigin(seed: seed, number: $0) })
  }

  /// The random numbers of such samples, which may have seeds of their own or share one's numbers.
  public init(samples: [SampleOrigin]) {
    record = nil
    shard = nil
    seed = samples.first?.seed ?? 0
    // No update has this number.
    step = -1
    substep = 0
    self.samples = samples
  }

  /// A stream for `purpose` that nobody else uses.
  public func next(_ purpose: RandomPurpose) -> RandomStream {
    let draw = draws[purpose, default: 0]
    draws[purpose] = draw + 1
    return RandomStream(seed: seed, purpose: purpose, step: step, substep: substep, draw: draw)
      .keyed(by: samples).part(shard).recorded(in: record)
  }
}
