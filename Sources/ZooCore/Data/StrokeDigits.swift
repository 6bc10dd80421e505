/// Labelled images of digits that look handwritten, drawn from stroke skeletons.
///
/// An image is a pure function of seed and index: a writing style of the digit is chosen, its
/// skeletons are blended, the points are shaken, the strokes bent, slanted and inked, and the
/// result is framed as in MNIST, in a box of 20 pixels that is centred by its centre of mass.
/// Only the four arithmetic operations and roots occur, so every platform draws the same bytes.
public struct StrokeDigits: Sendable {
  /// The width and the height of an image, in pixels.
  public static let side = 28

  /// The side of the box that the ink fills before it is centred.
  private static let box = 20.0
  /// The width of the grey edge of a stroke.
  private static let softness = 1.15

  private let philox: Philox

  /// The set of `seed`.
  public init(seed: UInt32) {
    philox = Philox(seed: seed, purpose: .dataset)
  }

  /// The digit that image `index` shows; each block of ten images has every digit once.
  public func label(at index: Int) -> UInt8 {
    UInt8(index % 10)
  }

  /// Draws image `index`: 28 rows of 28 bytes, from 0 for paper to 255 for ink.
  public func image(at index: Int) -> [UInt8] {
    var dice = Dice(philox: philox, index: UInt64(index))
    var strokes = Self.skeleton(of: Int(label(at: index)), &dice).map(Self.curve)
    Self.bend(&strokes, &dice)
    return Self.centre(Self.ink(strokes, &dice))
  }
}

private typealias Point = SIMD2<Double>

/// The random numbers of one image, in the order they are asked for.
private struct Dice {
  private let philox: Philox
  private var counter: SIMD4<UInt32>

  init(philox: Philox, index: UInt64) {
    self.philox = philox
    counter = SIMD4(0, 0, UInt32(truncatingIfNeeded: index), UInt32(index >> 32))
  }

  /// Four numbers that are uniform in [0, 1).
  mutating func uniforms() -> SIMD4<Double> {
    let words = philox.block(counter)
    counter.x += 1
    return SIMD4<Double>(words) / 4_294_967_296
  }

  /// A bell-shaped number of mean 0 and deviation 1 that never exceeds 3.5.
  mutating func normal() -> Double {
    (uniforms().sum() - 2) * 3.0.squareRoot()
  }

  /// Two such numbers.
  mutating func normals() -> Point {
    Point(normal(), normal())
  }
}

extension StrokeDigits {
  /// A blend of the skeletons of one style, each point somewhat off its place.
  private static func skeleton(of digit: Int, _ dice: inout Dice) -> [[Point]] {
    let style = pick(from: WritingStyle.digits[digit], dice.uniforms().x)
    let choice = dice.uniforms()
    let count = Double(style.skeletons.count)
    let first = style.skeletons[Int(choice.x * count)]
    let second = style.skeletons[Int(choice.y * count)]
    let shake = 0.012 + 0.035 * dice.uniforms().x
    return first.indices.map { stroke in
      // A later stroke seldom lands exactly where it should.
      let offset = stroke == 0 ? .zero : 0.025 * dice.normals()
      var last = Point.zero
      var jitter = Point.zero
      return first[stroke].indices.map { index in
        let point = first[stroke][index] * choice.z + second[stroke][index] * (1 - choice.z)
        // A corner is a point twice and has to stay one.
        if point != last || index == 0 { jitter = shake * dice.normals() }
        last = point
        return point + offset + jitter
      }
    }
  }

  private static func pick(from styles: [WritingStyle], _ uniform: Double) -> WritingStyle {
    var rest = uniform * styles.reduce(0) { $0 + $1.weight }
    for style in styles {
      rest -= style.weight
      if rest < 0 { return style }
    }
    return styles[0]
  }

  /// A smooth curve through the points (Catmull-Rom), as a polyline.
  private static func curve(through knots: [Point]) -> [Point] {
    let pieces = 6
    var line = [knots[0]]
    for index in 1..<knots.count where knots[index] != knots[index - 1] {
      let (from, to) = (knots[index - 1], knots[index])
      let before = index >= 2 ? knots[index - 2] : from
      let after = index + 1 < knots.count ? knots[index + 1] : to
      let (leave, arrive) = ((to - before) / 2, (after - from) / 2)
      for piece in 1...pieces {
        let t = Double(piece) / Double(pieces)
        let (square, cube) = (t * t, t * t * t)
        line.append(
          (2 * cube - 3 * square + 1) * from + (cube - 2 * square + t) * leave
            + (3 * square - 2 * cube) * to + (cube - square) * arrive)
      }
    }
    return line
  }

  /// Bends the digit smoothly, then stretches, slants and turns it.
  private static func bend(_ strokes: inout [[Point]], _ dice: inout Dice) {
    let (squareX, squareY, product) = (
      0.2 * dice.normals(), 0.16 * dice.normals(), 0.22 * dice.normals()
    )
    let stretch = 0.2 * dice.normal()
    let width = 1.08 + stretch + stretch * stretch
    let slant = 0.1 + 0.26 * dice.normal()
    // The turn by twice the angle whose tangent this is.
    let turn = 0.06 * dice.normal()
    let cosine = (1 - turn * turn) / (1 + turn * turn)
    let sine = 2 * turn / (1 + turn * turn)
    for stroke in strokes.indices {
      for index in strokes[stroke].indices {
        var point = strokes[stroke][index] - Point(0.35, 0.5)
        let (x, y) = (point.x, point.y)
        point += x * x * squareX + y * y * squareY + x * y * product
        point.x = width * point.x - slant * point.y
        strokes[stroke][index] = Point(
          cosine * point.x - sine * point.y, sine * point.x + cosine * point.y)
      }
    }
  }

  /// Inks the strokes with a pen of varying pressure, in a box of 20 pixels.
  private static func ink(_ strokes: [[Point]], _ dice: inout Dice) -> [Double] {
    let pen = 0.25 * dice.normal()
    let radius = 1.15 * (1 + pen + pen * pen)
    let (grow, swell) = (0.13 * dice.normal(), 0.13 * dice.normal())
    var low = Point(repeating: .infinity)
    var high = -low
    for stroke in strokes {
      for point in stroke {
        low = pointwiseMin(low, point)
        high = pointwiseMax(high, point)
      }
    }
    // The faintest grey may leave the box, as otherwise the ink would look too small.
    let margin = radius + softness / 2 - 0.3
    let scale = (box - 2 * margin) / (high - low).max()
    let origin = (Double(side) - scale * (high - low)) / 2
    var picture = [Double](repeating: 0, count: side * side)
    for stroke in strokes {
      let line = stroke.map { ($0 - low) * scale + origin }
      for index in 1..<line.count {
        let t = 2 * Double(index) / Double(line.count) - 1
        let pressure = 1 + grow * t + swell * (2 * t * t - 1) + 0.08 * dice.normal()
        paint(from: line[index - 1], to: line[index], radius: radius * pressure, &picture)
      }
    }
    return picture
  }

  /// Moves the centre of mass to the middle, by whole pixels.
  private static func centre(_ picture: [Double]) -> [UInt8] {
    var mass = 0.0
    var moment = Point.zero
    for row in 0..<side {
      for column in 0..<side {
        mass += picture[row * side + column]
        moment += picture[row * side + column] * Point(Double(column), Double(row))
      }
    }
    let move = (Double(side) / 2 - moment / mass).rounded(.toNearestOrAwayFromZero)
    let (right, down) = (Int(move.x), Int(move.y))
    var image = [UInt8](repeating: 0, count: side * side)
    for row in max(0, down)..<min(side, side + down) {
      for column in max(0, right)..<min(side, side + right) {
        image[row * side + column] = UInt8(
          picture[(row - down) * side + column - right] * 255 + 0.5)
      }
    }
    return image
  }

  /// Paints a straight piece with round ends and soft edges over what is there.
  private static func paint(
    from start: Point, to end: Point, radius: Double, _ picture: inout [Double]
  ) {
    let reach = radius + softness / 2
    let low = pointwiseMax(pointwiseMin(start, end) - reach, .zero)
    let high = pointwiseMin(pointwiseMax(start, end) + reach, Point(repeating: Double(side) - 1))
    guard low.x <= high.x, low.y <= high.y else { return }
    let step = end - start
    let square = max((step * step).sum(), 1e-9)
    for row in Int(low.y)...Int(high.y) {
      for column in Int(low.x)...Int(high.x) {
        let offset = Point(Double(column) + 0.5, Double(row) + 0.5) - start
        let along = min(max((offset * step).sum() / square, 0), 1)
        let gap = offset - along * step
        let distance = (gap * gap).sum().squareRoot()
        let cover = min(max((radius - distance) / softness + 0.5, 0), 1)
        picture[row * side + column] = max(picture[row * side + column], cover)
      }
    }
  }
}
