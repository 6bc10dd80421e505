import Synchronization

/// Batches by their place in the data: a pure function of dataset, seed, place and size.
///
/// While a batch is used, a thread in the background prepares the next one; what is in a batch never
/// depends on when it was prepared.
public final class BatchSource {
  private let desk: Desk
  private let background = BackgroundThread()
  private let size: Int
  private let sampleShape: Shape
  /// Samples of the dataset.
  public let samplesPerEpoch: Int
  private let scale: Double
  private let offset: Double
  private let type: ElementType

  /// Batches of `batch` samples, unless another number is asked for; pixels are mapped from 0...1 to `range`, points stay as they are.
  ///
  /// - Parameter mirrored: Whether images are turned left to right, each time with probability ½.
  public init(
    _ dataset: any Dataset, batch: Int, seed: UInt32, range: ClosedRange<Double>,
    mirrored: Bool = false, type: ElementType = .float32
  ) {
    desk = Desk(
      dataset, sampler: Sampler(seed: seed, count: dataset.count),
      mirror: mirrored ? Philox(seed: seed, purpose: .mirror) : nil)
    self.type = type
    size = batch
    sampleShape = dataset.sampleShape
    samplesPerEpoch = dataset.count
    let isImage = dataset.sampleShape.count == 3
    scale = isImage ? range.upperBound - range.lowerBound : 1
    offset = isImage ? range.lowerBound : 0
  }

  /// Batch `number`, from 0, where all have the usual size.
  ///
  /// - Throws: `ZooError` when the dataset cannot be read.
  public func batch(_ number: Int) throws(ZooError) -> Batch {
    try batch(from: number * size, count: size)
  }

  /// A batch of `count` samples, the first of which is number `place` of all epochs one after
  /// another; batches go on across the ends of epochs, so all are full.
  ///
  /// - Throws: `ZooError` when the dataset cannot be read.
  public func batch(from place: Int, count: Int) throws(ZooError) -> Batch {
    // For the preparation that may be under way.
    background.wait()
    let places = place..<place + count
    let prepared = try desk.take(places).get()
    // The next batch will most likely be as large.
    background.begin { [desk] in desk.prepare(places.upperBound..<places.upperBound + count) }
    let unit = Tensor(prepared.values, shape: [count] + sampleShape, type: type)
    let samples = scale == 1 && offset == 0 ? unit : withoutDerivatives { unit * scale + offset }
    return Batch(samples: samples, labels: prepared.labels)
  }
}

/// Where batches lie ready.
private final class Desk: Sendable {
  struct Prepared {
    let values: [Float]
    let labels: [Int32]?
  }

  private struct State {
    var ready: (places: Range<Int>, batch: Result<Prepared, ZooError>)?
    /// The epoch whose order is at hand.
    var epoch = -1
    var order: [Int32] = []
  }

  private let dataset: any Dataset
  private let sampler: Sampler
  private let mirror: Philox?
  private let state = Mutex(State())

  init(_ dataset: any Dataset, sampler: Sampler, mirror: Philox?) {
    self.dataset = dataset
    self.sampler = sampler
    self.mirror = mirror
  }

  /// The batch that was prepared, or, where it is another, this one made now.
  func take(_ places: Range<Int>) -> Result<Prepared, ZooError> {
    state.withLock { state in
      defer { state.ready = nil }
      if let ready = state.ready, ready.places == places { return ready.batch }
      return made(places, &state)
    }
  }

  func prepare(_ places: Range<Int>) {
    state.withLock { state in state.ready = (places, made(places, &state)) }
  }

  private func made(_ places: Range<Int>, _ state: inout State) -> Result<Prepared, ZooError> {
    let indices = places.map { position in
      let (epoch, place) = position.quotientAndRemainder(dividingBy: dataset.count)
      if epoch != state.epoch {
        state.epoch = epoch
        state.order = sampler.permutation(epoch: epoch)
      }
      return Int(state.order[place])
    }
    return Result { () throws(ZooError) in
      var values = try dataset.values(of: indices)
      if let mirror {
        for row in 0..<places.count {
          let position = UInt64(places.lowerBound + row)
          let words = mirror.block(
            SIMD4(UInt32(truncatingIfNeeded: position), UInt32(position >> 32), 0, 0))
          if words[0] & 1 == 1 { turn(row, &values) }
        }
      }
      return Prepared(
        values: values,
        labels: dataset.classNames == nil ? nil : indices.compactMap { dataset.label(at: $0) })
    }
  }

  /// Turns an image of the batch left to right.
  private func turn(_ row: Int, _ values: inout [Float]) {
    let shape = dataset.sampleShape
    let (width, channels) = (shape[1], shape[2])
    for line in row * shape[0]..<(row + 1) * shape[0] {
      for x in 0..<width / 2 {
        for channel in 0..<channels {
          values.swapAt(
            (line * width + x) * channels + channel,
            (line * width + width - 1 - x) * channels + channel)
        }
      }
    }
  }
}
