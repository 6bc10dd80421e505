/// What samples may measure: data, and whatever goes from layer to layer.
enum SampleBounds {
  private static let largestAxis = 65_536
  private static let largestSample = 1 << 31

  /// Whether samples of this shape may go through networks.
  static func admit(_ shape: Shape) -> Bool {
    shape.allSatisfy { $0 <= largestAxis || shape.count == 1 }
      && (shape.checkedElementCount ?? .max) <= largestSample
  }

  /// What is wrong with data of this shape; nil where nothing is.
  static func fault(of shape: Shape) -> String? {
    guard shape.count == 1 || shape.count == 3 else {
      return "expected samples [height, width, channels] or [numbers], found \(shape)"
    }
    return admit(shape)
      ? nil
      : "expected samples of at most \(Text.grouped(largestAxis)) a side and "
        + "\(Text.grouped(largestSample)) values, found \(shape)"
  }
}
