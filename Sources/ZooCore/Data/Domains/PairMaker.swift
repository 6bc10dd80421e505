/// How pairs of images are made of single ones: what is started from, and what is to be drawn.
///
/// Each is a function of an image, its class and its number, so that pairs are the same for everybody.
/// Values lie in 0...1.
public enum PairMaker: String, Sendable, CaseIterable, Defaulted {
  /// The rim around the ink, and the image.
  case edges
  /// The luminance (Rec. 601), and the image in colour.
  case grey
  /// The image with a box of grey on its ink, and the image.
  case inpaint
  /// The image, and the maximum of each pixel's 3x3 neighbours.
  case thicken
  /// The image, and the image sheared by half a pixel a row.
  case slant
  /// The image, and the image in the colour of its class.
  case colourByClass = "colour-by-class"
  /// The image, and the image in any colour.
  case colourRandom = "colour-random"
  /// White on black, and blue ink on yellow paper.
  case palette
  /// A map of three digits, and a picture of them: `Scenes`.
  case scenes

  public init() { self = .edges }

  /// One of the two images of a pair.
  enum Side { case source, sample }

  /// What images it needs: 1 for grey, 3 for colour.
  var channels: Int { self == .grey ? 3 : 1 }

  /// The shape of a side, of images of this shape.
  func shape(_ side: Side, of image: Shape) -> Shape {
    if self == .scenes { return [2 * image[0], 2 * image[1], side == .source ? 2 : 3] }
    let colour: Bool
    switch (self, side) {
    case (.grey, .source): colour = false
    case (.grey, .sample), (.palette, _), (.colourByClass, .sample), (.colourRandom, .sample):
      colour = true
    default: colour = false
    }
    return [image[0], image[1], colour ? 3 : 1]
  }

  /// A side of the pair that is made of an image.
  func make(
    _ side: Side, of image: [Float], _ shape: Shape, label: Int32?, number: Int
  ) -> [Float] {
    let (height, width) = (shape[0], shape[1])
    switch (self, side) {
    case (.edges, .source): return rim(image, height, width)
    case (.grey, .source):
      return (0..<height * width).map { pixel in
        let at = 3 * pixel
        return 0.299 * image[at] + 0.587 * image[at + 1] + 0.114 * image[at + 2]
      }
    case (.inpaint, .source): return boxed(image, height, width, draws(number))
    case (.thicken, .sample): return Self.thickened(image, height, width)
    case (.slant, .sample): return sheared(image, height, width)
    case (.colourByClass, .sample): return tinted(image, hue: Double(label ?? 0) / 10)
    case (.colourRandom, .sample):
      return tinted(image, hue: Double(draws(number)[0]) / 4_294_967_296)
    case (.palette, .source): return image.flatMap { [$0, $0, $0] }
    case (.palette, .sample):
      return image.flatMap { value in
        zip(Self.paper, Self.ink).map { $0 + ($1 - $0) * value }
      }
    default: return image
    }
  }

  private static let paper: [Float] = [1, 0.9, 0.6]
  private static let ink: [Float] = [0.1, 0.2, 0.7]
  private static let boxSide = 12

  /// Random numbers of a pair's own.
  private func draws(_ number: Int) -> SIMD4<UInt32> {
    Philox(seed: 1, purpose: .dataset).block(
      SIMD4(UInt32(truncatingIfNeeded: number), UInt32(truncatingIfNeeded: number >> 32), 1, 0))
  }

  /// 1 where no ink is but beside some.
  private func rim(_ image: [Float], _ height: Int, _ width: Int) -> [Float] {
    let thick = Self.thickened(image, height, width)
    return image.indices.map { image[$0] < 0.5 && thick[$0] >= 0.5 ? 1 : 0 }
  }

  static func thickened(_ image: [Float], _ height: Int, _ width: Int) -> [Float] {
    (0..<height * width).map { pixel in
      let (y, x) = (pixel / width, pixel % width)
      var most: Float = 0
      for row in max(0, y - 1)...min(height - 1, y + 1) {
        for column in max(0, x - 1)...min(width - 1, x + 1) {
          most = max(most, image[row * width + column])
        }
      }
      return most
    }
  }

  private func boxed(
    _ image: [Float], _ height: Int, _ width: Int, _ draws: SIMD4<UInt32>
  ) -> [Float] {
    let ink = image.indices.filter { image[$0] >= 0.5 }
    let centre = ink.isEmpty ? image.count / 2 : ink[draws[0].scaled(below: ink.count)]
    let (top, left) = (centre / width - Self.boxSide / 2, centre % width - Self.boxSide / 2)
    var covered = image
    for y in max(0, top)..<min(height, top + Self.boxSide) {
      for x in max(0, left)..<min(width, left + Self.boxSide) { covered[y * width + x] = 0.5 }
    }
    return covered
  }

  /// Upper rows go to the right; between pixels linearly.
  private func sheared(_ image: [Float], _ height: Int, _ width: Int) -> [Float] {
    (0..<height * width).map { pixel in
      let (y, x) = (pixel / width, pixel % width)
      let from = Double(x) - 0.5 * (Double(height - 1) / 2 - Double(y))
      let left = Int(from.rounded(.down))
      func value(_ column: Int) -> Float {
        0..<width ~= column ? image[y * width + column] : 0
      }
      let share = Float(from - Double(left))
      return value(left) * (1 - share) + value(left + 1) * share
    }
  }

  /// The full colour of this hue in 0..<1, as bright as the image.
  private func tinted(_ image: [Float], hue: Double) -> [Float] {
    let colour = SIMD3<Float>.hue(hue)
    return image.flatMap { value in [colour.x * value, colour.y * value, colour.z * value] }
  }
}

/// One side of pairs that are made of a dataset's images.
struct MadeImages: Dataset {
  private let base: any Dataset
  private let maker: PairMaker
  private let side: PairMaker.Side
  let digest: String

  /// - Parameter base: Images with the channels that the maker needs.
  init(_ side: PairMaker.Side, of base: any Dataset, by maker: PairMaker) {
    (self.base, self.maker, self.side) = (base, maker, side)
    digest = SHA256.hexDigest(of: Array("\(maker.rawValue) \(side) of \(base.digest)".utf8))
  }

  var name: String { base.name }
  var count: Int { base.count }
  var sampleShape: Shape { maker.shape(side, of: base.sampleShape) }
  /// A scene has several digits: it is of no class.
  var classNames: [String]? { maker == .scenes ? nil : base.classNames }
  var labelMaps: LabelMaps? { maker == .scenes && side == .source ? Scenes.labels : nil }

  func label(at index: Int) -> Int32? { maker == .scenes ? nil : base.label(at: index) }

  func read(_ indices: [Int], into values: inout MutableSpan<Float>) throws(ZooError) {
    var place = 0
    for made in maker == .scenes ? try scenes(indices) : try images(indices) {
      for value in made {
        values[place] = value
        place += 1
      }
    }
    require(place == values.count, "\(place) values of \(values.count)")
  }

  private func images(_ indices: [Int]) throws(ZooError) -> [[Float]] {
    let (images, size) = (try base.values(of: indices), base.sampleShape.elementCount)
    return indices.enumerated().map { row, index in
      maker.make(
        side, of: Array(images[row * size..<(row + 1) * size]), base.sampleShape,
        label: base.label(at: index), number: index)
    }
  }

  private func scenes(_ indices: [Int]) throws(ZooError) -> [[Float]] {
    let (shape, size) = (base.sampleShape, base.sampleShape.elementCount)
    var scenes: [[Float]] = []
    for index in indices {
      let numbers = Scenes.images(in: index, of: base.count)
      let images = try base.values(of: numbers)
      scenes.append(
        Scenes.make(
          side, of: numbers.indices.map { Array(images[$0 * size..<($0 + 1) * size]) },
          classes: numbers.map { base.label(at: $0) ?? 0 }, height: shape[0], width: shape[1],
          number: index))
    }
    return scenes
  }

  func takeRemarks() -> [ZooError] { base.takeRemarks() }
}
