/// Generated points of the plane over real ones, as a picture.
public struct ScatterPlot: Sendable {
  /// Rows and columns of pixels.
  public let side: Int
  private static let paper = SIMD3<UInt8>(255, 255, 255)
  private static let real = SIMD3<UInt8>(190, 195, 205)
  private static let generated = SIMD3<UInt8>(200, 60, 30)

  /// A square picture.
  public init(side: Int = 512) { self.side = side }

  /// A PNG with `real` in grey below `generated` in red, both `[N, 2]`.
  ///
  /// The frame holds the real points and a margin; what lies outside is drawn at the edge.
  public func png(_ generated: Tensor, over real: Tensor) -> [UInt8] {
    PNG.encode(picture(generated, over: real), width: side, height: side, channels: 3)
  }

  /// The picture's pixels, row-major.
  package func picture(_ generated: Tensor, over real: Tensor) -> [UInt8] {
    require(
      real.shape.count == 2 && real.shape[1] == 2 && generated.shape.dropFirst() == [2],
      "a scatter plot needs points [N, 2], found \(generated.shape) over \(real.shape)")
    let values = real.floats
    let reach = 1.2 * values.reduce(Float.leastNormalMagnitude) { max($0, abs($1)) }
    var pixels = [SIMD3<UInt8>](repeating: Self.paper, count: side * side)
    func draw(_ points: [Float], _ colour: SIMD3<UInt8>) {
      for index in stride(from: 0, to: points.count, by: 2) {
        let (x, y) = (points[index], points[index + 1])
        // A point that is not finite has no place.
        guard x.isFinite && y.isFinite else { continue }
        func place(_ value: Float) -> Int {
          let unit = (max(-reach, min(reach, value)) / reach + 1) / 2
          return min(side - 2, Int(unit * Float(side - 1)))
        }
        let (column, row) = (place(x), side - 2 - place(y))
        for (i, j) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
          pixels[(row + i) * side + column + j] = colour
        }
      }
    }
    draw(values, Self.real)
    draw(generated.floats, Self.generated)
    return pixels.flatMap { [$0.x, $0.y, $0.z] }
  }
}
