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
  /// Images of another domain, where there are any.
  var source: SourceDomain? { get }
  /// What the images hold where that is no brightness; nil for pictures and points.
  var labelMaps: LabelMaps? { get }
  /// The same samples somewhat larger, of which training sees random parts; nil where it sees them as
  /// they are.
  var enlarged: (any Dataset)? { get }
  /// The class of a sample; nil without labels.
  func label(at index: Int) -> Int32?
  /// Writes the samples with these numbers into `values`, one after another: pixels in 0...1, row by
  /// row, or the coordinates of points, which are used as they are.
  ///
  /// - Parameter values: `indices.count` times the numbers of one sample.
  /// - Throws: `ZooError` of kind `data` when a file is not, or no longer, what it should be.
  func read(_ indices: [Int], into values: inout MutableSpan<Float>) throws(ZooError)
  /// What reading has brought to light since this was last asked, and a person should know.
  func takeRemarks() -> [ZooError]
}

extension Dataset {
  public var source: SourceDomain? { nil }

  public var labelMaps: LabelMaps? { nil }

  public var enlarged: (any Dataset)? { nil }

  public func takeRemarks() -> [ZooError] { [] }

  /// The samples with these numbers, as `read` gives them.
  public func values(of indices: [Int]) throws(ZooError) -> [Float] {
    var values = [Float](repeating: 0, count: indices.count * sampleShape.elementCount)
    var span = values.mutableSpan
    try read(indices, into: &span)
    return values
  }
}

/// The order in which samples are used: each epoch is a permutation that depends on nothing but
/// the seed and the epoch's number.
public struct Sampler: Sendable {
  private let seed: UInt32
  private let count: Int
  private let stream: UInt32

  /// An order over `count` samples.
  ///
  /// - Parameter stream: Tells orders of one seed apart.
  public init(seed: UInt32, count: Int, stream: UInt32 = 0) {
    require(count > 0, "no samples to choose from")
    self.seed = seed
    self.count = count
    self.stream = stream
  }

  /// The permutation of an epoch (Fisher and Yates's shuffle, from the back).
  public func permutation(epoch: Int) -> [Int32] {
    let philox = Philox(seed: seed, purpose: .shuffle)
    let epochWord = UInt32(truncatingIfNeeded: epoch)
    var order = Array(0..<Int32(count))
    var words = SIMD4<UInt32>()
    for (drawn, last) in (1..<count).reversed().enumerated() {
      if drawn % 4 == 0 { words = philox.block(SIMD4(UInt32(drawn / 4), stream, 0, epochWord)) }
      order.swapAt(last, words[drawn % 4].scaled(below: last + 1))
    }
    return order
  }
}
