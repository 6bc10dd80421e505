/// What generated samples are compared with.
public struct EvaluationData: Sendable {
  /// What the classifier learns from, and where nearest neighbours are looked for.
  public let training: any Dataset
  /// The samples that generated ones are compared with.
  public let test: any Dataset
  /// Set when the test samples are no fresh ones: what was done instead.
  public let notice: String?

  /// A dataset and the split that was kept from training; where there is none, a tenth of the data.
  public init(_ training: any Dataset, test: (any Dataset)?) throws(ZooError) {
    if let test {
      (self.training, self.test, notice) = (training, test, nil)
      return
    }
    let count = training.count
    guard count >= 4 else {
      throw ZooError(.data, "\(count) samples are too few to compare with", at: training.name)
    }
    // Small sets need more than a tenth for the comparison.
    let kept = min(max(count / 10, 1000), count / 2)
    self.training = DatasetPart(of: training, 0..<count - kept)
    self.test = DatasetPart(of: training, count - kept..<count)
    notice =
      "\(training.name) has no test split here: generated samples are compared with \(kept) "
      + "samples that the generator may have seen"
  }
}

/// Some samples of a dataset: those at the given places of a fixed random order.
struct DatasetPart: Dataset {
  private let whole: any Dataset
  private let indices: [Int]
  let digest: String

  init(of whole: any Dataset, _ places: Range<Int>) {
    self.whole = whole
    let order = Sampler(seed: 1, count: whole.count).permutation(epoch: 0)
    indices = order[places].map { Int($0) }
    digest = SHA256.hexDigest(of: Array("\(whole.digest) \(places)".utf8))
  }

  var name: String { whole.name }
  var count: Int { indices.count }
  var sampleShape: Shape { whole.sampleShape }
  var classNames: [String]? { whole.classNames }

  func label(at index: Int) -> Int32? { whole.label(at: indices[index]) }

  func read(_ indices: [Int], into values: inout MutableSpan<Float>) throws(ZooError) {
    try whole.read(indices.map { self.indices[$0] }, into: &values)
  }
}
