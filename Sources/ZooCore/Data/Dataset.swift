/// Samples that can be read by number.
public protocol Dataset: Sendable {
  /// A short name: `mnist`.
  var name: String { get }
  /// The number of samples.
  var count: Int { get }
  /// The shape of one sample: images `[H, W, C]` or points `[D]`.
  var sampleShape: Shape { get }
  /// The names of the classes, or nil without labels.
  var classNames: [String]? { get }
  /// SHA-256 of the samples and labels as they are used, hexadecimal.
  var digest: String { get }
  /// The class of a sample; nil without labels.
  func label(at index: Int) -> Int32?
  /// The pixels of the samples with these numbers, one after another, each in 0...1; or the
  /// coordinates of points, which are used as they are.
  func pixels(of indices: [Int]) -> [Float]
}

/// The order in which samples are used: each epoch is a permutation that depends on nothing but
/// the seed and the epoch's number.
public struct Sampler: Sendable {
  private let seed: UInt32
  private let count: Int

  /// An order over `count` samples.
  public init(seed: UInt32, count: Int) {
    precondition(count > 0, "no samples to choose from")
    self.seed = seed
    self.count = count
  }

  /// The permutation of an epoch (Fisher and Yates's shuffle, from the back).
  public func permutation(epoch: Int) -> [Int32] {
    let philox = Philox(seed: seed, purpose: .shuffle)
    let epochWord = UInt32(truncatingIfNeeded: epoch)
    var order = Array(0..<Int32(count))
    var words = SIMD4<UInt32>()
    for (drawn, last) in (1..<count).reversed().enumerated() {
      if drawn % 4 == 0 { words = philox.block(SIMD4(UInt32(drawn / 4), 0, 0, epochWord)) }
      order.swapAt(last, words[drawn % 4].scaled(below: last + 1))
    }
    return order
  }
}

/// Batches by number: a pure function of dataset, seed, batch size and number.
public final class BatchSource {
  private let dataset: any Dataset
  private let sampler: Sampler
  private let batch: Int
  private let scale: Double
  private let offset: Double
  private let type: ElementType
  private var epoch = -1
  private var order: [Int32] = []

  /// Batches of `batch` samples; pixels are mapped from 0...1 to `range`, points stay as they are.
  public init(
    _ dataset: any Dataset, batch: Int, seed: UInt32, range: ClosedRange<Double>,
    type: ElementType = .float32
  ) {
    self.dataset = dataset
    self.batch = batch
    self.type = type
    sampler = Sampler(seed: seed, count: dataset.count)
    let isImage = dataset.sampleShape.count == 3
    scale = isImage ? range.upperBound - range.lowerBound : 1
    offset = isImage ? range.lowerBound : 0
  }

  /// Batch `number`, from 0; batches go on across the ends of epochs, so all are full.
  public func batch(_ number: Int) -> Batch {
    let indices = (number * batch..<(number + 1) * batch).map { position in
      let (epoch, place) = position.quotientAndRemainder(dividingBy: dataset.count)
      if epoch != self.epoch {
        self.epoch = epoch
        order = sampler.permutation(epoch: epoch)
      }
      return Int(order[place])
    }
    let unit = Tensor(dataset.pixels(of: indices), shape: [batch] + dataset.sampleShape, type: type)
    let samples = scale == 1 && offset == 0 ? unit : withoutDerivatives { unit * scale + offset }
    return Batch(
      samples: samples,
      labels: dataset.classNames == nil ? nil : indices.compactMap { dataset.label(at: $0) })
  }
}
