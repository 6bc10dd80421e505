/// Images that stay bytes in memory until they are used.
public struct ByteImages: Dataset {
  public let name: String
  public let sampleShape: Shape
  public let classNames: [String]?
  public let digest: String
  /// Pixels of all images, row-major, one image after another.
  public let bytes: [UInt8]
  /// One class for each image; empty without labels.
  public let labels: [UInt8]

  /// Images of `sampleShape` with one label each, or none.
  public init(
    name: String, bytes: [UInt8], sampleShape: Shape, labels: [UInt8] = [],
    classNames: [String]? = nil
  ) {
    require(
      !bytes.isEmpty && bytes.count % sampleShape.elementCount == 0,
      "\(bytes.count) bytes do not make images \(sampleShape)")
    require(
      labels.isEmpty || labels.count == bytes.count / sampleShape.elementCount,
      "\(labels.count) labels for \(bytes.count / sampleShape.elementCount) images")
    self.name = name
    self.bytes = bytes
    self.sampleShape = sampleShape
    self.labels = labels
    self.classNames = labels.isEmpty ? nil : classNames
    var hash = SHA256()
    hash.update(bytes)
    hash.update(labels)
    digest = SHA256.hex(hash.finalize())
  }

  public var count: Int { bytes.count / sampleShape.elementCount }

  public func label(at index: Int) -> Int32? { labels.isEmpty ? nil : Int32(labels[index]) }

  public func read(_ indices: [Int], into values: inout MutableSpan<Float>) throws(ZooError) {
    let size = sampleShape.elementCount
    require(
      values.count == indices.count * size,
      "room for \(values.count) numbers, \(indices.count) images \(sampleShape) asked for")
    for (row, index) in indices.enumerated() {
      require(0..<count ~= index, "image \(index) of \(count)")
      for i in 0..<size { values[row * size + i] = Float(bytes[index * size + i]) / 255 }
    }
  }
}

extension ByteImages {
  /// The embedded set of drawn digits, which needs no file.
  ///
  /// The drawings do not depend on the run's seed: the data are the same for everybody.
  public static func strokeDigits(count: Int = 30_000) -> ByteImages {
    strokeDigits(0..<count)
  }

  /// The set's split: for tests, 10,000 further drawings.
  static func strokeDigits(_ split: DataSplit) -> ByteImages {
    strokeDigits(split == .training ? 0..<30_000 : 30_000..<40_000)
  }

  /// The drawings with these numbers.
  package static func strokeDigits(_ numbers: Range<Int>) -> ByteImages {
    let digits = StrokeDigits(seed: 1)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(numbers.count * StrokeDigits.side * StrokeDigits.side)
    for index in numbers { bytes += digits.image(at: index) }
    return ByteImages(
      name: "stroke-digits", bytes: bytes, sampleShape: [StrokeDigits.side, StrokeDigits.side, 1],
      labels: numbers.map { digits.label(at: $0) }, classNames: (0...9).map(String.init))
  }
}

extension Dataset {
  /// Random samples of the same shapes, for measurements to which pixels do not matter; points are
  /// drawn as they are.
  package func random(count: Int, classes: Int) -> any Dataset {
    guard sampleShape.count == 3 else { return self }
    let samples = ByteImages.random(sampleShape, count: count, classes: classes)
    guard let images = source?.images else { return samples }
    return TwoDomains(
      samples, from: ByteImages.random(images.sampleShape, count: count, classes: classes),
      paired: true)
  }
}

extension ByteImages {
  /// Random images, for measurements to which pixels do not matter.
  public static func random(_ shape: Shape, count: Int, classes: Int) -> ByteImages {
    let bytes = RandomStream(seed: 1, purpose: .noise).integers(
      count * shape.elementCount, below: 256)
    let named = min(classes, 256)
    return ByteImages(
      name: "random", bytes: bytes.map { UInt8($0) }, sampleShape: shape,
      labels: (0..<count).map { UInt8($0 % named) }, classNames: (0..<classes).map { "\($0)" })
  }
}
