/// What generated samples are compared with.
public struct EvaluationData: Sendable {
  /// What the classifier learns from, and where nearest neighbours are looked for.
  public let training: any Dataset
  /// The samples that generated ones are compared with.
  public let test: any Dataset
  /// Set when the test samples are no fresh ones: what was done instead.
  public let notice: String?

  /// What the scores need: ten parts for the classifier score, and more than five neighbours.
  private static let fewest = 10

  /// A dataset and the split that was kept from training; where there is none, a tenth of the data,
  /// but at least 1,000 samples or the half of them.
  ///
  /// - Throws: `.data` if there are too few samples to compare with.
  public init(_ training: any Dataset, test: (any Dataset)?) throws(ZooError) {
    if let test = training.source?.test ?? test {
      (self.training, self.test, notice) = (training, test, nil)
    } else {
      // Of stacked digits, digits are held out, of which the test samples are then made.
      let stacked = training as? StackedDigits
      let count = stacked?.digits.count ?? training.count
      let kept = min(max(count / 10, 1000), count / 2)
      if let digits = stacked?.digits {
        self.training = StackedDigits(digits.part(0..<count - kept))
        self.test = StackedDigits(digits.part(count - kept..<count))
      } else {
        self.training = DatasetPart(of: training, shuffled: 0..<count - kept)
        self.test = DatasetPart(of: training, shuffled: count - kept..<count)
      }
      notice =
        "\(training.name) has no test split here: generated samples are compared with \(kept) "
        + "samples that the generator may have seen"
    }
    guard self.test.count >= Self.fewest else {
      throw ZooError(
        .data, "\(self.test.count) samples are too few to compare with: it takes \(Self.fewest)",
        at: training.name,
        advice: test == nil ? "half of the data serve; give at least \(2 * Self.fewest)" : nil)
    }
  }
}

extension ByteImages {
  /// The images at the given places of a fixed random order.
  fileprivate func part(_ places: Range<Int>) -> ByteImages {
    let size = sampleShape.elementCount
    let indices = DatasetPart.choose(places, of: count)
    return ByteImages(
      name: name, bytes: indices.flatMap { bytes[$0 * size..<($0 + 1) * size] },
      sampleShape: sampleShape, labels: labels.isEmpty ? [] : indices.map { labels[$0] },
      classNames: classNames)
  }
}
