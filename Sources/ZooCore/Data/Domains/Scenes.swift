/// Scenes of three digits that lie in front of each other, and the maps of what is where.
///
/// A map has the class of each pixel (0 where nothing lies, then the digits) and the number of the thing.
/// The picture shows each digit in its hue, striped in the direction of its class; where the stripes
/// begin, nobody can tell from the map.
struct Scenes {
  /// Of nothing, and of the digits.
  static let labels = LabelMaps(
    classes: 11, hasInstances: true,
    tones: [[SIMD3(repeating: 0.15)]]
      + (0..<10).map { digit in
        let bright = SIMD3<Float>.hue(Double(digit) / 10)
        return [bright, bright * 0.5]
      })
  private static let things = 3

  /// The numbers of the images that lie in scene `number`, the last of them in front.
  static func images(in number: Int, of count: Int) -> [Int] {
    let words = draws(number, 0)
    return [number] + (1..<things).map { words[$0].scaled(below: count) }
  }

  private static func draws(_ number: Int, _ thing: Int) -> SIMD4<UInt32> {
    Philox(seed: 1, purpose: .dataset).block(
      SIMD4(
        UInt32(truncatingIfNeeded: number), UInt32(truncatingIfNeeded: number >> 32), 2,
        UInt32(thing)))
  }

  /// One side of scene `number`: twice as high and wide as the images `[height, width, 1]` in it.
  static func make(
    _ side: PairMaker.Side, of images: [[Float]], classes: [Int32], height: Int, width: Int,
    number: Int
  ) -> [Float] {
    let (rows, columns) = (2 * height, 2 * width)
    // The class and the thing at each pixel, and how far along its stripes it lies.
    var map = [(label: Int, thing: Int, stripe: Int)](
      repeating: (0, 0, 0), count: rows * columns)
    for (thing, image) in images.enumerated() {
      let words = draws(number, thing + 1)
      let (top, left) = (words[0].scaled(below: height + 1), words[1].scaled(below: width + 1))
      let (label, phase) = (Int(classes[thing]), words[2].scaled(below: 4))
      for (pixel, value) in PairMaker.thickened(image, height, width).enumerated()
      where value >= 0.5 {
        let (y, x) = (top + pixel / width, left + pixel % width)
        let along = [y, x, y + x, y + columns - x][label % 4]
        map[y * columns + x] = (label + 1, thing + 1, (along + phase) % 4 / 2)
      }
    }
    switch side {
    case .source: return map.flatMap { [Float($0.label), Float($0.thing)] }
    case .sample:
      return map.flatMap { pixel -> [Float] in
        let tone = labels.tones[pixel.label][pixel.label == 0 ? 0 : pixel.stripe]
        return [tone.x, tone.y, tone.z]
      }
    }
  }
}
