/// Images of another domain beside a dataset's samples: what a translator starts from.
public struct SourceDomain: Sendable {
  /// The images.
  public let images: any Dataset
  /// Whether image i belongs to sample i.
  public let isPaired: Bool
  /// The same two domains, kept from training; nil where none are.
  public let test: (any Dataset)?
}

/// A dataset of two domains: samples to be drawn, and images to start from.
public struct TwoDomains: Dataset {
  /// What is to be drawn.
  public let samples: any Dataset
  private let domain: SourceDomain
  public let digest: String

  /// Two domains.
  ///
  /// - Parameters:
  ///   - paired: Whether image i belongs to sample i; both are then equally many.
  ///   - test: The same two domains, kept from training.
  public init(
    _ samples: any Dataset, from source: any Dataset, paired: Bool, test: (any Dataset)? = nil
  ) {
    require(
      !paired || samples.count == source.count,
      "\(samples.count) samples paired with \(source.count) images")
    self.samples = samples
    domain = SourceDomain(images: source, isPaired: paired, test: test)
    let whole = "\(samples.digest) from \(source.digest), \(paired ? "paired" : "unpaired")"
    digest = SHA256.hexDigest(of: Array(whole.utf8))
  }

  public var source: SourceDomain? { domain }
  public var name: String { samples.name }
  public var count: Int { samples.count }
  public var sampleShape: Shape { samples.sampleShape }
  public var classNames: [String]? { samples.classNames }
  public var enlarged: (any Dataset)? { samples.enlarged }

  public func label(at index: Int) -> Int32? { samples.label(at: index) }

  public func read(_ indices: [Int], into values: inout MutableSpan<Float>) throws(ZooError) {
    try samples.read(indices, into: &values)
  }

  public func takeRemarks() -> [ZooError] { samples.takeRemarks() + domain.images.takeRemarks() }
}

extension Dataset {
  /// The samples with these numbers and what they start from, pixels in `range`; of unpaired domains
  /// the images with the same numbers, over again where they are fewer.
  package func batch(
    of indices: [Int], range: ClosedRange<Double>, type: ElementType = .float32
  ) throws(ZooError) -> Batch {
    func images(_ dataset: any Dataset, _ indices: [Int]) throws(ZooError) -> Tensor {
      let values = try dataset.values(of: indices)
      let unit = Tensor(values, shape: [indices.count] + dataset.sampleShape, type: type)
      guard dataset.sampleShape.count == 3, dataset.labelMaps == nil else { return unit }
      return withoutDerivatives {
        unit * (range.upperBound - range.lowerBound) + range.lowerBound
      }
    }
    let labels = indices.compactMap { label(at: $0) }
    var condition = Condition(labels: labels.count == indices.count ? labels : nil)
    if let other = source?.images {
      condition.source = try images(other, indices.map { $0 % other.count })
    }
    return Batch(samples: try images(self, indices), condition: condition)
  }
}
