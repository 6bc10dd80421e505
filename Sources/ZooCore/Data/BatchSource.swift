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
  private let sourceShape: Shape?
  /// Whether images of the other domain are pictures.
  private let scalesSource: Bool
  /// Samples of the dataset.
  public let samplesPerEpoch: Int
  private let scale: Double
  private let offset: Double
  private let type: ElementType

  /// Batches of `batch` samples, unless another number is asked for; pixels are mapped from 0...1 to
  /// `range`, points stay as they are.
  ///
  /// - Parameter mirrored: Whether images are turned left to right, each time with probability ½; the
  ///   two of a pair together.
  public init(
    _ dataset: any Dataset, batch: Int, seed: UInt32, range: ClosedRange<Double>,
    mirrored: Bool = false, type: ElementType = .float32
  ) {
    desk = Desk(dataset, seed: seed, mirrored: mirrored)
    self.type = type
    size = batch
    sampleShape = dataset.sampleShape
    sourceShape = dataset.source?.images.sampleShape
    scalesSource = dataset.source?.images.labelMaps == nil
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
  /// - Parameter next: Where the batch after this one begins, to prepare it; where this one ends when nil.
  /// - Throws: `ZooError` when the dataset cannot be read.
  public func batch(
    from place: Int, count: Int, then next: Int? = nil
  ) throws(ZooError) -> Batch {
    // For the preparation that may be under way.
    background.wait()
    let places = place..<place + count
    let prepared = try desk.take(places).get()
    // The next batch will most likely be as large.
    let next = next ?? places.upperBound
    background.begin { [desk] in desk.prepare(next..<next + count) }
    var condition = Condition(labels: prepared.labels)
    if let sourceShape {
      let shape = [count] + sourceShape
      condition.source =
        scalesSource
        ? inRange(prepared.source, shape) : Tensor(prepared.source, shape: shape, type: type)
    }
    return Batch(samples: inRange(prepared.values, [count] + sampleShape), condition: condition)
  }

  private func inRange(_ values: [Float], _ shape: Shape) -> Tensor {
    let unit = Tensor(values, shape: shape, type: type)
    return scale == 1 && offset == 0 ? unit : withoutDerivatives { unit * scale + offset }
  }
}

/// Where batches lie ready.
private final class Desk: Sendable {
  struct Prepared {
    let values: [Float]
    /// Images of the other domain; empty without one.
    let source: [Float]
    let labels: [Int32]?
  }

  private struct State {
    var ready: (places: Range<Int>, batch: Result<Prepared, ZooError>)?
    var samples: EpochOrder
    /// Of images of the other domain that belong to no sample.
    var source: EpochOrder?
  }

  private let dataset: any Dataset
  private let mirror: Philox?
  private let crop: Philox
  private let state: Mutex<State>

  init(_ dataset: any Dataset, seed: UInt32, mirrored: Bool) {
    self.dataset = dataset
    mirror = mirrored ? Philox(seed: seed, purpose: .mirror) : nil
    crop = Philox(seed: seed, purpose: .crop)
    let alone = dataset.source.flatMap { $0.isPaired ? nil : $0.images.count }
    state = Mutex(
      State(
        samples: EpochOrder(seed: seed, count: dataset.count),
        source: alone.map { EpochOrder(seed: seed, count: $0, stream: 1) }))
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
    let indices = state.samples.indices(at: places)
    let others = state.source?.indices(at: places) ?? indices
    return Result { () throws(ZooError) in
      let domain = dataset.source
      // Parts of a pair lie at the same place, others each at its own.
      var values = try read(dataset, indices, at: places, words: 0)
      var source =
        try domain.map { domain throws(ZooError) in
          try read(domain.images, others, at: places, words: domain.isPaired ? 0 : 2)
        } ?? []
      if let mirror {
        for row in 0..<places.count {
          let position = UInt64(places.lowerBound + row)
          let words = mirror.block(
            SIMD4(UInt32(truncatingIfNeeded: position), UInt32(position >> 32), 0, 0))
          if words[0] & 1 == 1 { turn(row, &values, dataset.sampleShape) }
          // Images of a pair turn together, others each by its own coin.
          guard let domain else { continue }
          if words[domain.isPaired ? 0 : 1] & 1 == 1 {
            turn(row, &source, domain.images.sampleShape)
          }
        }
      }
      return Prepared(
        values: values, source: source,
        labels: dataset.classNames == nil ? nil : indices.compactMap { dataset.label(at: $0) })
    }
  }

  /// Samples, or random parts of the same samples larger.
  ///
  /// - Parameter words: The first of the two random numbers that say where a part lies.
  private func read(
    _ dataset: any Dataset, _ indices: [Int], at places: Range<Int>, words first: Int
  ) throws(ZooError) -> [Float] {
    guard let larger = dataset.enlarged else { return try dataset.values(of: indices) }
    let (whole, part) = (larger.sampleShape, dataset.sampleShape)
    let (images, line) = (try larger.values(of: indices), part[1] * part[2])
    var values: [Float] = []
    values.reserveCapacity(indices.count * part.elementCount)
    for (row, position) in places.enumerated() {
      let words = crop.block(
        SIMD4(UInt32(truncatingIfNeeded: position), UInt32(position >> 32), 0, 0))
      let top = words[first].scaled(below: whole[0] - part[0] + 1)
      let left = words[first + 1].scaled(below: whole[1] - part[1] + 1)
      for y in 0..<part[0] {
        let start = ((row * whole[0] + top + y) * whole[1] + left) * whole[2]
        values += images[start..<start + line]
      }
    }
    return values
  }

  /// Turns an image of the batch left to right.
  private func turn(_ row: Int, _ values: inout [Float], _ shape: Shape) {
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

/// The order of samples, with that of the present epoch at hand.
private struct EpochOrder {
  private let sampler: Sampler
  private let count: Int
  private var epoch = -1
  private var order: [Int32] = []

  init(seed: UInt32, count: Int, stream: UInt32 = 0) {
    sampler = Sampler(seed: seed, count: count, stream: stream)
    self.count = count
  }

  /// The numbers of the samples at these places of all epochs one after another.
  mutating func indices(at places: Range<Int>) -> [Int] {
    places.map { position in
      let (epoch, place) = position.quotientAndRemainder(dividingBy: count)
      if epoch != self.epoch {
        self.epoch = epoch
        order = sampler.permutation(epoch: epoch)
      }
      return Int(order[place])
    }
  }
}
