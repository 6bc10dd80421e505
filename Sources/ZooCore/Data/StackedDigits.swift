/// Three digits as the channels of one image: a set with 1,000 modes that a classifier can count.
///
/// As in the evaluation of VEEGAN and PacGAN (Lin et al. 2018, arXiv:1712.04086): 128,000 random
/// triples. Which digits make image i is a function of i alone.
public struct StackedDigits: Dataset {
  public let name: String
  public let digest: String
  public let count = 128_000
  public let sampleShape: Shape
  public let classNames: [String]?
  /// The set that the digits come from.
  let digits: ByteImages
  private static let philox = Philox(seed: 1, purpose: .dataset)

  /// Triples of a set of grey images.
  public init(_ digits: ByteImages) {
    require(
      digits.sampleShape.last == 1, "expected grey images, found \(digits.sampleShape)")
    self.digits = digits
    name = "stacked-" + digits.name
    digest = SHA256.hexDigest(of: Array("3x\(count):\(digits.digest)".utf8))
    sampleShape = digits.sampleShape.dropLast() + [3]
    // A class for each triple of classes: "407".
    classNames = digits.classNames.map { names in
      names.flatMap { a in names.flatMap { b in names.map { c in a + b + c } } }
    }
  }

  private func parts(of index: Int) -> [Int] {
    require(0..<count ~= index, "image \(index) of \(count)")
    let words = Self.philox.block(SIMD4(UInt32(index), 3, 0, 0))
    return (0..<3).map { Int(words[$0].scaled(below: digits.count)) }
  }

  public func label(at index: Int) -> Int32? {
    guard let classes = digits.classNames?.count else { return nil }
    return parts(of: index).reduce(0) { $0 * Int32(classes) + (digits.label(at: $1) ?? 0) }
  }

  public func read(_ indices: [Int], into values: inout MutableSpan<Float>) throws(ZooError) {
    let size = digits.sampleShape.elementCount
    require(
      values.count == 3 * indices.count * size,
      "room for \(values.count) numbers, \(indices.count) images \(sampleShape) asked for")
    for (row, index) in indices.enumerated() {
      for (channel, part) in parts(of: index).enumerated() {
        for i in 0..<size {
          values[3 * (row * size + i) + channel] = Float(digits.bytes[part * size + i]) / 255
        }
      }
    }
  }
}
