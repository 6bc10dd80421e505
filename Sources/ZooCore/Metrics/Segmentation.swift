/// How well pictures show what a map of labels asks for: counts of pixels by the class that they should
/// be of and the one that they are.
///
/// Source: Long et al. 2015, arXiv:1411.4038, §5: pixel accuracy, mean accuracy, mean IoU; classes that
/// no map asks for are left out of the means.
public struct Segmentation {
  private var counts: [[Double]]

  /// Counts of nothing yet.
  public init(classes: Int) {
    counts = Array(repeating: Array(repeating: 0, count: classes), count: classes)
  }

  /// Counts pixels: the classes that they should be of, and those that they are.
  public mutating func add(_ wanted: [Int], _ found: [Int]) {
    require(wanted.count == found.count, "\(wanted.count) pixels beside \(found.count)")
    for (wanted, found) in zip(wanted, found) { counts[wanted][found] += 1 }
  }

  private func asked(_ label: Int) -> Double { counts[label].reduce(0, +) }
  private var present: [Int] { counts.indices.filter { asked($0) > 0 } }

  /// The share of all pixels that are of the class that they should be.
  public var pixelAccuracy: Double {
    let right = counts.indices.reduce(0) { $0 + counts[$1][$1] }
    return right / counts.indices.reduce(0) { $0 + asked($1) }
  }

  /// The mean over classes of the share of their pixels that are right.
  public var classAccuracy: Double {
    present.reduce(0) { $0 + counts[$1][$1] / asked($1) } / Double(present.count)
  }

  /// The mean over classes of the pixels that should be and are, of those that should be or are.
  public var intersectionOverUnion: Double {
    present.reduce(0) { sum, label in
      let are = counts.reduce(0) { $0 + $1[label] }
      return sum + counts[label][label] / (asked(label) + are - counts[label][label])
    } / Double(present.count)
  }

  /// The three as scores.
  var scores: [Score] {
    [
      Score("pixelAccuracy", "share of pixels of the class asked for", pixelAccuracy, .higher),
      Score("classAccuracy", "  mean over classes", classAccuracy, .higher),
      Score("iou", "  mean IoU of the classes", intersectionOverUnion, .higher),
    ]
  }
}
