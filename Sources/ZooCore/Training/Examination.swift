/// What an objective can look at to add scores of its own to an evaluation.
public struct Examination {
  /// Seeds random numbers.
  public let seed: UInt32
  /// The generator step.
  public let step: Int
  /// So many samples are judged.
  public let count: Int
  /// The samples that were kept from training.
  public let test: any Dataset
  /// What the pixels of 0...1 are mapped to in training.
  public let range: ClosedRange<Double>
  /// What tells the classes of images with values in 0...1; nil where nothing can.
  let classifier: Classifier?

  /// The classes of images `[N, H, W, C]` with values in 0...1.
  public typealias Classifier = (Tensor) throws(ZooError) -> [Int]

  /// What a test of a variant's own scores hands them.
  public init(
    seed: UInt32, step: Int, count: Int, test: any Dataset, range: ClosedRange<Double>,
    classifier: Classifier?
  ) {
    (self.seed, self.step, self.count) = (seed, step, count)
    (self.test, self.range, self.classifier) = (test, range, classifier)
  }

  /// How many samples a pass takes.
  private static let portion = 250

  /// The classes that a classifier of the data sees in samples; nil where there is none.
  public func classes(of samples: Tensor) throws(ZooError) -> [Int]? {
    guard let classifier else { return nil }
    return try classifier(Tensor(samples.unit(from: range), shape: samples.shape))
  }

  /// The classes that a classifier sees in the samples with these numbers, `count` of them; nil where
  /// there is none.
  public func classes(
    drawing samples: (Range<Int>, Context) throws(ZooError) -> Tensor
  ) throws(ZooError) -> [Int]? {
    guard classifier != nil else { return nil }
    var seen: [Int] = []
    try forEachPortion(of: count) { range, context throws(ZooError) in
      seen += try classes(of: samples(range, context)) ?? []
    }
    return seen
  }

  /// How far images in the config's range are from those that they should be, one by one.
  public func differences(of images: Tensor, from truth: Tensor) -> [ImageDifference] {
    let (made, wanted) = (images.unit(from: range), truth.unit(from: range))
    let size = images.count / images.shape[0]
    return (0..<images.shape[0]).map { row in
      let places = row * size..<(row + 1) * size
      return ImageDifference(of: made[places], from: wanted[places], Array(images.shape[1...]))
    }
  }

  /// Hands over all test samples, in the config's range, each with a pass of its own numbers.
  public func forEachTestBatch(
    _ body: (Batch, Context) throws(ZooError) -> Void
  ) throws(ZooError) {
    try forEachPortion(of: test.count) { range, context throws(ZooError) in
      let values = Tensor(
        try test.values(of: Array(range)), shape: [range.count] + test.sampleShape)
      let labels = range.compactMap { test.label(at: $0) }
      let samples = test.sampleShape.count == 3 ? values.mapped(to: self.range) : values
      try body(Batch(samples: samples, labels: labels.count == range.count ? labels : nil), context)
    }
  }

  /// The mean over all test samples of what `value` gives for each of a batch, `[N]`.
  public func testMean(
    of value: (Batch, Context) throws(ZooError) -> Tensor
  ) throws(ZooError) -> Double {
    var sum = 0.0
    try forEachTestBatch { batch, context throws(ZooError) in
      sum += try value(batch, context).sum().scalar
    }
    return sum / Double(test.count)
  }

  /// Hands over the numbers of `count` samples, a portion at a time, with a pass for each.
  public func forEachPortion(
    of count: Int, _ body: (Range<Int>, Context) throws(ZooError) -> Void
  ) throws(ZooError) {
    for first in stride(from: 0, to: count, by: Self.portion) {
      let range = first..<min(first + Self.portion, count)
      try body(
        range, Context(.inference, random: RandomSource(seed: seed, samples: range), step: step))
    }
  }

  /// Random numbers for a purpose.
  public func random(_ purpose: RandomPurpose) -> RandomStream {
    RandomStream(seed: seed, purpose: purpose)
  }
}

extension Tensor {
  /// Values of 0...1 brought to `range`.
  package func mapped(to range: ClosedRange<Double>) -> Tensor {
    self * (range.upperBound - range.lowerBound) + range.lowerBound
  }
}
