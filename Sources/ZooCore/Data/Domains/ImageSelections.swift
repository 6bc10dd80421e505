/// Images with a black border, so that their sides are ones that a network can halve.
struct PaddedImages: Dataset {
  let base: any Dataset
  private let side: Int
  let digest: String

  /// Images in the middle of squares.
  ///
  /// - Parameter side: Not less than a side of the images.
  init(_ base: any Dataset, to side: Int) {
    require(
      base.sampleShape.count == 3 && base.sampleShape[0] <= side && base.sampleShape[1] <= side,
      "\(base.sampleShape) padded to \(side)x\(side)")
    (self.base, self.side) = (base, side)
    digest = SHA256.hexDigest(of: Array("\(base.digest) in \(side)x\(side)".utf8))
  }

  var name: String { base.name }
  var count: Int { base.count }
  var sampleShape: Shape { [side, side, base.sampleShape[2]] }
  var classNames: [String]? { base.classNames }
  var labelMaps: LabelMaps? { base.labelMaps }

  func label(at index: Int) -> Int32? { base.label(at: index) }

  func read(_ indices: [Int], into values: inout MutableSpan<Float>) throws(ZooError) {
    let (height, line) = (base.sampleShape[0], base.sampleShape[1] * base.sampleShape[2])
    let (top, left) = (
      (side - height) / 2, (side - base.sampleShape[1]) / 2 * base.sampleShape[2]
    )
    let images = try base.values(of: indices)
    for place in 0..<values.count { values[place] = 0 }
    for row in 0..<indices.count {
      for y in 0..<height {
        let (from, to) = (
          (row * height + y) * line, ((row * side + top + y) * side) * base.sampleShape[2] + left
        )
        for x in 0..<line { values[to + x] = images[from + x] }
      }
    }
  }

  func takeRemarks() -> [ZooError] { base.takeRemarks() }
}

/// One half of each image of a dataset.
struct HalfImages: Dataset {
  private let base: any Dataset
  private let half: SourceSettings.Half
  let digest: String

  init(of base: any Dataset, _ half: SourceSettings.Half) {
    (self.base, self.half) = (base, half)
    digest = SHA256.hexDigest(of: Array("\(half.rawValue) of \(base.digest)".utf8))
  }

  var name: String { base.name }
  var count: Int { base.count }
  var sampleShape: Shape { [base.sampleShape[0], base.sampleShape[1] / 2, base.sampleShape[2]] }
  var classNames: [String]? { base.classNames }
  var enlarged: (any Dataset)? { base.enlarged.map { HalfImages(of: $0, half) } }

  func label(at index: Int) -> Int32? { base.label(at: index) }

  func read(_ indices: [Int], into values: inout MutableSpan<Float>) throws(ZooError) {
    let images = try base.values(of: indices)
    let line = sampleShape[1] * sampleShape[2]
    let start = half == .left ? 0 : line
    for row in 0..<indices.count * sampleShape[0] {
      for x in 0..<line { values[row * line + x] = images[2 * row * line + start + x] }
    }
  }

  func takeRemarks() -> [ZooError] { base.takeRemarks() }
}
