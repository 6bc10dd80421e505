/// Points of the plane, the toy sets of the GAN papers.
///
/// Each is drawn once, from a fixed seed: the data are the same for everybody.
public struct PointSet: Dataset {
  public let name: String
  public let digest: String
  public let count: Int
  /// `[2]`.
  public let sampleShape: Shape = [2]
  public let classNames: [String]? = nil
  private let coordinates: [Float]

  /// A set of points (x, y).
  public init(name: String, points: [SIMD2<Float>]) {
    self.name = name
    count = points.count
    coordinates = points.flatMap { [$0.x, $0.y] }
    var hash = SHA256()
    for value in coordinates {
      hash.update((0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) })
    }
    digest = SHA256.hex(hash.finalize())
  }

  public func label(at index: Int) -> Int32? { nil }

  public func read(_ indices: [Int], into values: inout MutableSpan<Float>) throws(ZooError) {
    precondition(
      values.count == 2 * indices.count,
      "room for \(values.count) numbers, \(indices.count) points asked for")
    for (row, index) in indices.enumerated() {
      precondition(0..<count ~= index, "point \(index) of \(count)")
      values[2 * row] = coordinates[2 * index]
      values[2 * row + 1] = coordinates[2 * index + 1]
    }
  }
}

extension PointSet {
  /// The names of the sets.
  static let names = ["ring8", "grid25", "swiss-roll"]

  /// Points enough that a run of the usual length hardly sees one twice.
  private static let size = 100_000

  /// The set of this name, scaled as in Gulrajani's `gan_toy.py`.
  static func named(_ name: String) -> PointSet? {
    switch name {
    case "ring8":
      // Eight Gaussians of deviation 0.02 on a circle of radius 2, all divided by √2.
      let centres = (0..<8).map { mode in
        let angle = Double(mode) * Double.pi / 4
        return 2 * SIMD2(UnaryFunction.cosine(angle), UnaryFunction.sine(angle))
      }
      return mixture(name, centres, deviation: 0.02, scale: 1 / 1.414)
    case "grid25":
      // 25 Gaussians of deviation 0.05 at {−4, −2, 0, 2, 4}², all divided by 2√2.
      let steps = stride(from: -4.0, through: 4, by: 2)
      let centres = steps.flatMap { x in steps.map { y in SIMD2(x, y) } }
      return mixture(name, centres, deviation: 0.05, scale: 1 / 2.828)
    case "swiss-roll":
      // (t cos t, t sin t) for t uniform in 1.5 π … 4.5 π, with noise 0.25, all divided by 7.5.
      let stream = RandomStream(seed: 1, purpose: .dataset)
      let turns = stream.uniform([size], type: .float64).doubles
      let noise = noise(2)
      return PointSet(
        name: name,
        points: turns.enumerated().map { index, u in
          let t = 1.5 * Double.pi * (1 + 2 * u)
          return SIMD2<Float>(
            (t * SIMD2(UnaryFunction.cosine(t), UnaryFunction.sine(t)) + 0.25 * noise[index]) / 7.5)
        })
    default: return nil
    }
  }

  /// Points around the centres in turn.
  private static func mixture(
    _ name: String, _ centres: [SIMD2<Double>], deviation: Double, scale: Double
  ) -> PointSet {
    let noise = noise(1)
    return PointSet(
      name: name,
      points: (0..<size).map {
        SIMD2<Float>(scale * (centres[$0 % centres.count] + deviation * noise[$0]))
      })
  }

  private static func noise(_ draw: Int) -> [SIMD2<Double>] {
    let stream = RandomStream(seed: 1, purpose: .dataset, draw: draw)
    let values = stream.normal([2 * size], type: .float64).doubles
    return (0..<size).map { SIMD2(values[2 * $0], values[2 * $0 + 1]) }
  }
}
