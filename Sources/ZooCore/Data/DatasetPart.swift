/// Some samples of a dataset, in an order of their own.
struct DatasetPart: Dataset {
  /// All samples.
  let whole: any Dataset
  private let indices: [Int]
  let digest: String

  /// Those at the given places of a fixed random order.
  init(of whole: any Dataset, shuffled places: Range<Int>) {
    self.init(
      of: whole, Self.choose(places, of: whole.count), digestOf: "\(whole.digest) \(places)")
  }

  /// Those with successive numbers.
  init(of whole: any Dataset, inOrder numbers: Range<Int>) {
    self.init(of: whole, Array(numbers), digestOf: "\(numbers) of \(whole.digest)")
  }

  private init(of whole: any Dataset, _ indices: [Int], digestOf text: String) {
    (self.whole, self.indices) = (whole, indices)
    digest = SHA256.hexDigest(of: Array(text.utf8))
  }

  /// The numbers of some of `count` samples.
  static func choose(_ places: Range<Int>, of count: Int) -> [Int] {
    Sampler(seed: 1, count: count).permutation(epoch: 0)[places].map { Int($0) }
  }

  var name: String { whole.name }
  var count: Int { indices.count }
  var sampleShape: Shape { whole.sampleShape }
  var classNames: [String]? { whole.classNames }
  var labelMaps: LabelMaps? { whole.labelMaps }
  var enlarged: (any Dataset)? {
    whole.enlarged.map { DatasetPart(of: $0, indices, digestOf: "\(digest) of \($0.digest)") }
  }

  func label(at index: Int) -> Int32? { whole.label(at: indices[index]) }

  func read(_ indices: [Int], into values: inout MutableSpan<Float>) throws(ZooError) {
    try whole.read(indices.map { self.indices[$0] }, into: &values)
  }

  func takeRemarks() -> [ZooError] { whole.takeRemarks() }

  /// What belongs to these samples of a list for all.
  func chosen<Element>(of all: [Element]) -> [Element] { indices.map { all[$0] } }
}
