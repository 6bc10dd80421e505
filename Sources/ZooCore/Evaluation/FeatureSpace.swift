/// In which numbers samples are compared.
public enum FeatureSpace {
  /// Points are compared as they are.
  case coordinates
  /// Images without labels are compared by their pixels, shrunk to at most 8x8.
  case pixels
  /// What a classifier of the same data sees in an image.
  case classifier(ImageClassifier)
  /// What a classifier of single digits sees in each of three channels.
  case stacked(ImageClassifier)
  /// What the network by which FID is defined sees in an image.
  case inception(InceptionNetwork)

  /// The space of the Inception network, with weights from a file.
  ///
  /// - Throws: `.usage` if the data are no images, `.data` if the file holds no such weights.
  public init(inceptionWeights path: String, for data: EvaluationData) throws(ZooError) {
    let shape = data.training.sampleShape
    guard shape.count == 3, [1, 3].contains(shape[2]) else {
      throw ZooError(
        .usage,
        "Inception sees grey and colour images, but a sample of \(data.training.name) is "
          + "\(shape)", at: "--inception", advice: "leave the flag out")
    }
    self = .inception(try InceptionNetwork(contentsOf: path))
  }

  /// The space that suits a dataset.
  ///
  /// - Parameters:
  ///   - cache: Where trained classifiers are kept.
  ///   - library: Where the digits of stacked sets come from.
  ///   - progress: Is told how much of a classifier's training is done.
  ///   - warn: Is told of what is not as it should be with the classifier.
  public init(
    for data: EvaluationData, cache: ClassifierCache, library: DataLibrary,
    progress: (Double) -> Void, warn: (ZooError) -> Void
  ) throws(ZooError) {
    guard data.training.sampleShape.count == 3 else {
      self = .coordinates
      return
    }
    if let stacked = data.training as? StackedDigits {
      let digits = try EvaluationData(
        stacked.digits, test: library.testSplit(of: stacked.digits.name))
      self = .stacked(try cache.classifier(for: digits, progress: progress, warn: warn))
      return
    }
    guard let classes = data.training.classNames?.count, classes > 1 else {
      self = .pixels
      return
    }
    self = .classifier(try cache.classifier(for: data, progress: progress, warn: warn))
  }

  /// What the space is called.
  public var name: String {
    switch self {
    case .coordinates: "coordinates"
    case .pixels: "pixels"
    case .classifier: "classifier"
    case .stacked: "classifier of each channel"
    // Figures by another resize are others: the name must tell.
    case .inception: "Inception (2015-12-05, TF1 bilinear resize)"
    }
  }

  /// How many samples are described at a time: work of a second or so.
  private var portion: Int {
    if case .inception = self { 20 } else { 250 }
  }

  /// Describes all samples of a source; those who share them take portions in turn.
  func describe(
    _ source: SampleSource, as name: String, progress: (Double) -> Void
  ) throws(ZooError) -> DescribedSamples {
    var (features, logits): ([Float], [Float]) = ([], [])
    let portions = source.portions(of: portion)
    let (rank, ranks) = (source.share?.rank ?? 0, source.share?.ranks ?? 1)
    for first in stride(from: 0, to: portions.count, by: ranks) {
      var (seen, scores): ([Float], [Float]) = ([], [])
      if first + rank < portions.count {
        let described = try describe(source.draw(portions[first + rank]))
        (seen, scores) = (described.features.floats, described.logits?.floats ?? [])
      }
      features += try source.share?.joined(seen) ?? seen
      logits += try source.share?.joined(scores) ?? scores
      progress(Double(min(first + ranks, portions.count)) / Double(portions.count))
    }
    let matrix = try FeatureMatrix(
      features, columns: features.count / max(source.count, 1), of: name)
    var classes: [Int]?
    var known: FeatureMatrix?
    switch self {
    case .coordinates, .pixels: break
    case .classifier(let classifier):
      let scores = try FeatureMatrix(logits, columns: classifier.classes, of: name)
      (known, classes) = (scores, scores.predictedClasses)
    case .inception:
      // Its classes are not those of the data.
      known = try FeatureMatrix(logits, columns: InceptionLayout.classes, of: name)
    case .stacked(let classifier):
      // Three channels, one after another, in each row.
      let digits = try FeatureMatrix(logits, columns: classifier.classes, of: name)
        .predictedClasses
      classes = stride(from: 0, to: digits.count, by: 3).map { first in
        digits[first..<first + 3].reduce(0) { $0 * classifier.classes + $1 }
      }
    }
    return DescribedSamples(
      features: matrix, logits: known, classes: classes, wanted: source.labels)
  }

  /// What tells the classes of images; nil without a classifier of whole samples of the data.
  var classifier: Examination.Classifier? {
    guard case .classifier(let classifier) = self else { return nil }
    return { images throws(ZooError) in
      let logits = classifier.look(at: images).logits
      return try FeatureMatrix(
        logits.floats, columns: classifier.classes, of: "samples"
      ).predictedClasses
    }
  }

  private func describe(
    _ samples: Tensor
  ) throws(ZooError) -> (features: Tensor, logits: Tensor?) {
    switch self {
    case .coordinates: return (samples, nil)
    case .pixels:
      let small = samples.shrunk(toAtMost: 8)
      return (small.reshaped(to: [samples.shape[0], small.count / samples.shape[0]]), nil)
    case .classifier(let classifier): return classifier.look(at: samples)
    case .stacked(let classifier):
      let (count, shape) = (samples.shape[0], classifier.sampleShape)
      let channels = samples.transposed([0, 3, 1, 2]).reshaped(to: [3 * count] + shape)
      let (features, logits) = classifier.look(at: channels)
      return (features.reshaped(to: [count, features.count / count]), logits)
    case .inception(let network):
      let (features, logits) = try network.look(at: samples)
      return (features, logits)
    }
  }
}

/// Samples as a feature space has them.
struct DescribedSamples: Sendable {
  let features: FeatureMatrix
  /// The logits of a classifier, where there is one for whole samples.
  let logits: FeatureMatrix?
  /// The class that a classifier of the data sees in each.
  let classes: [Int]?
  /// The class that each was drawn for.
  let wanted: [Int]?
}
