/// A folder's grey pictures as maps of labels: their values are numbers of classes, and those of other
/// pictures of the same names are numbers of things.
struct LabelImages: Dataset {
  let base: any Dataset
  private let things: (any Dataset)?
  private let classes: Int
  let digest: String

  /// - Parameters:
  ///   - base: Grey images, resized to their nearest pixels.
  ///   - things: As many of the same size; nil where nothing tells things apart.
  init(_ base: any Dataset, classes: Int, things: (any Dataset)?) {
    (self.base, self.classes, self.things) = (base, classes, things)
    let whole = "\(classes) classes of \(base.digest), things \(things?.digest ?? "none")"
    digest = SHA256.hexDigest(of: Array(whole.utf8))
  }

  var name: String { base.name }
  var count: Int { base.count }
  var sampleShape: Shape { base.sampleShape.dropLast() + [things == nil ? 1 : 2] }
  var classNames: [String]? { nil }
  var labelMaps: LabelMaps? { LabelMaps(classes: classes, hasInstances: things != nil) }
  var enlarged: (any Dataset)? {
    base.enlarged.map { LabelImages($0, classes: classes, things: things?.enlarged) }
  }

  func label(at index: Int) -> Int32? { nil }

  func read(_ indices: [Int], into values: inout MutableSpan<Float>) throws(ZooError) {
    let labels = try base.values(of: indices).map { ($0 * 255).rounded() }
    if let other = labels.firstIndex(where: { !(0..<Float(classes) ~= $0) }) {
      let number = indices[other / base.sampleShape.elementCount]
      throw ZooError(
        .data,
        "a pixel of map \(number) is \(Int(labels[other])), found in classes 0 to \(classes - 1)",
        at: "data.source.labels",
        advice: "set it to one more than the largest number in the maps, or number classes anew")
    }
    let numbers = try things?.values(of: indices).map { ($0 * 255).rounded() }
    var place = 0
    for pixel in labels.indices {
      values[place] = labels[pixel]
      place += 1
      guard let numbers else { continue }
      values[place] = numbers[pixel]
      place += 1
    }
  }

  func takeRemarks() -> [ZooError] { base.takeRemarks() + (things?.takeRemarks() ?? []) }
}
