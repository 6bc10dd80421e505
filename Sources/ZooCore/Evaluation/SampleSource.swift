/// Samples to be judged, drawn in portions: images `[N, H, W, C]` with values in 0...1, or points.
public struct SampleSource {
  /// The number of samples.
  public let count: Int
  /// The class that each was drawn for; nil where classes play no part.
  public let labels: [Int]?
  /// The samples with these numbers.
  package let draw: (Range<Int>) throws(ZooError) -> Tensor
  /// This program's share where several describe the samples; nil where it describes all.
  package var share: Share?

  /// One's share of what several describe portion by portion, in turn.
  package struct Share {
    /// Which one this is, from 0, of how many.
    let rank: Int, ranks: Int
    /// What all have, one behind the other.
    let joined: ([Float]) throws(ZooError) -> [Float]

    /// A share.
    package init(
      rank: Int, ranks: Int, joined: @escaping ([Float]) throws(ZooError) -> [Float]
    ) {
      (self.rank, self.ranks, self.joined) = (rank, ranks, joined)
    }
  }

  /// Samples from anywhere.
  ///
  /// - Parameter draw: Gives the samples with the numbers of a range.
  public init(
    count: Int, labels: [Int]? = nil, draw: @escaping (Range<Int>) throws(ZooError) -> Tensor
  ) {
    self.count = count
    self.labels = labels
    self.draw = draw
  }

  /// Samples of a dataset, in a fixed random order, at most `count`.
  public init(_ dataset: any Dataset, count: Int) {
    let part = DatasetPart(of: dataset, shuffled: 0..<min(count, dataset.count))
    let labels = (0..<part.count).compactMap { part.label(at: $0).map(Int.init) }
    self.init(count: part.count, labels: labels.count == part.count ? labels : nil) {
      range throws(ZooError) in
      Tensor(try part.values(of: Array(range)), shape: [range.count] + part.sampleShape)
    }
  }

  /// What a generator makes of inputs; `.diverged` if that is not finite.
  ///
  /// - Parameters:
  ///   - range: Where the values of its images lie.
  ///   - draw: The generator: the samples with these numbers.
  package init(
    of inputs: InputSource, range: ClosedRange<Double>,
    draw: @escaping (Range<Int>) throws(ZooError) -> Tensor
  ) {
    self.init(count: inputs.count, labels: inputs.labels?.map(Int.init)) {
      places throws(ZooError) in
      let samples = try draw(places)
      // Bringing values to 0...1 would make a number of NaN.
      guard samples.isFinite else {
        throw ZooError(
          .diverged, "the generator's samples are not finite",
          advice: "an older checkpoint of the run may be in order")
      }
      guard samples.shape.count == 4 else { return samples }
      return Tensor(samples.unit(from: range), shape: samples.shape)
    }
  }

  /// Hands over all samples, `portion` at a time.
  func forEachPortion(
    of portion: Int = 250, progress: (Double) -> Void = { _ in },
    _ body: (Tensor) throws(ZooError) -> Void
  ) throws(ZooError) {
    for range in portions(of: portion) {
      try body(draw(range))
      progress(Double(range.upperBound) / Double(count))
    }
  }

  /// The numbers of all samples, so many at a time.
  func portions(of size: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
  }
}
