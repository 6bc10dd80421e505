import Dispatch
import Synchronization

/// Batches by number: a pure function of dataset, seed, batch size and number.
///
/// While a batch is used, a thread in the background prepares the next one; what is in a batch never
/// depends on when it was prepared.
public final class BatchSource {
  private let desk: Desk
  private let queue = DispatchQueue(label: "zoo.batches")
  private let shape: Shape
  private let scale: Double
  private let offset: Double
  private let type: ElementType

  /// Batches of `batch` samples; pixels are mapped from 0...1 to `range`, points stay as they are.
  public init(
    _ dataset: any Dataset, batch: Int, seed: UInt32, range: ClosedRange<Double>,
    type: ElementType = .float32
  ) {
    desk = Desk(dataset, batch: batch, sampler: Sampler(seed: seed, count: dataset.count))
    self.type = type
    shape = [batch] + dataset.sampleShape
    let isImage = dataset.sampleShape.count == 3
    scale = isImage ? range.upperBound - range.lowerBound : 1
    offset = isImage ? range.lowerBound : 0
  }

  /// Batch `number`, from 0; batches go on across the ends of epochs, so all are full.
  ///
  /// - Throws: `ZooError` when the dataset cannot be read.
  public func batch(_ number: Int) throws(ZooError) -> Batch {
    // The queue is serial: this waits for the preparation that may be under way.
    let prepared = try queue.sync { desk.take(number) }.get()
    queue.async { [desk] in desk.prepare(number + 1) }
    let unit = Tensor(prepared.values, shape: shape, type: type)
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
    var ready: (number: Int, batch: Result<Prepared, ZooError>)?
    /// The epoch whose order is at hand.
    var epoch = -1
    var order: [Int32] = []
  }

  private let dataset: any Dataset
  private let batch: Int
  private let sampler: Sampler
  private let state = Mutex(State())

  init(_ dataset: any Dataset, batch: Int, sampler: Sampler) {
    self.dataset = dataset
    self.batch = batch
    self.sampler = sampler
  }

  /// The batch that was prepared, or, where it is another, this one made now.
  func take(_ number: Int) -> Result<Prepared, ZooError> {
    state.withLock { state in
      defer { state.ready = nil }
      if let ready = state.ready, ready.number == number { return ready.batch }
      return made(number, &state)
    }
  }

  func prepare(_ number: Int) {
    state.withLock { state in state.ready = (number, made(number, &state)) }
  }

  private func made(_ number: Int, _ state: inout State) -> Result<Prepared, ZooError> {
    let indices = (number * batch..<(number + 1) * batch).map { position in
      let (epoch, place) = position.quotientAndRemainder(dividingBy: dataset.count)
      if epoch != state.epoch {
        state.epoch = epoch
        state.order = sampler.permutation(epoch: epoch)
      }
      return Int(state.order[place])
    }
    return Result { () throws(ZooError) in
      Prepared(
        values: try dataset.values(of: indices),
        labels: dataset.classNames == nil ? nil : indices.compactMap { dataset.label(at: $0) })
    }
  }
}
