/// Some samples of a dataset: those at the given places of a fixed random order.
struct DatasetPart: Dataset {
  private let whole: any Dataset
  private let places: Range<Int>
  private let indices: [Int]
  let digest: String

  init(of whole: any Dataset, _ places: Range<Int>) {
    self.whole = whole
    self.places = places
    indices = Self.choose(places, of: whole.count)
    digest = SHA256.hexDigest(of: Array("\(whole.digest) \(places)".utf8))
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
  var enlarged: (any Dataset)? { whole.enlarged.map { DatasetPart(of: $0, places) } }

  func label(at index: Int) -> Int32? { whole.label(at: indices[index]) }

  func read(_ indices: [Int], into values: inout MutableSpan<Float>) throws(ZooError) {
    try whole.read(indices.map { self.indices[$0] }, into: &values)
  }

  func takeRemarks() -> [ZooError] { whole.takeRemarks() }
}
