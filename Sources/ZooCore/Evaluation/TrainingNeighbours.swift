/// Generated images beside the training images that are nearest to them: what was learned by heart.
public struct TrainingNeighbours {
  /// The samples, `[N, H, W, C]`, values in 0...1.
  public let samples: Tensor
  /// The nearest training image of each, by the Euclidean distance of pixels in 0...1.
  public let nearest: [NearestNeighbour]
  private let training: any Dataset

  /// Looks through all training images.
  public init(
    of samples: Tensor, in training: any Dataset, progress: (Double) -> Void = { _ in }
  ) throws(ZooError) {
    self.samples = samples
    self.training = training
    let pixels = training.sampleShape.elementCount
    let wanted = try FeatureMatrix(samples.floats, columns: pixels, of: "generated")
    // As many images at a time as take some megabytes.
    let portion = max(16, (1 << 20) / pixels)
    let starts = Array(stride(from: 0, to: training.count, by: portion))
    var best = [NearestNeighbour](
      repeating: NearestNeighbour(index: 0, distance: .infinity), count: wanted.rows)
    for first in stride(from: 0, to: starts.count, by: 8) {
      let group = Array(starts[first..<min(first + 8, starts.count)])
      let found = try Concurrently.all(group) { start throws(ZooError) in
        let range = start..<min(start + portion, training.count)
        let images = try FeatureMatrix(
          training.values(of: Array(range)), columns: pixels, of: "training")
        return try NearestNeighbour.search(for: wanted, in: images)
      }
      for (start, neighbours) in zip(group, found) {
        for (row, neighbour) in neighbours.enumerated()
        where neighbour.distance < best[row].distance {
          best[row] = NearestNeighbour(
            index: start + neighbour.index, distance: neighbour.distance)
        }
      }
      progress(Double(first + group.count) / Double(starts.count))
    }
    nearest = best
  }

  /// The median of the distances.
  public var medianDistance: Double {
    let sorted = nearest.map(\.distance).sorted()
    return sorted[sorted.count / 2]
  }

  /// A PNG of pairs: each sample, and to its right its nearest training image.
  ///
  /// - Parameter columns: Pairs in a row.
  public func png(columns: Int = 5) throws(ZooError) -> [UInt8] {
    let (count, shape) = (samples.shape[0], training.sampleShape)
    let images = Tensor(
      try training.values(of: nearest.map(\.index)), shape: [count] + shape)
    // [N, H, 2 W, C]: a pair is one image.
    let pairs = Tensor.concatenated([samples, images], along: 2)
    return SampleGrid(rows: (count + columns - 1) / columns, columns: columns, gap: 4)
      .png(pairs, range: 0...1)
  }
}
