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
    require(
      values.count == 2 * indices.count,
      "room for \(values.count) numbers, \(indices.count) points asked for")
    for (row, index) in indices.enumerated() {
      require(0..<count ~= index, "point \(index) of \(count)")
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
  static func named(_ name: String, _ split: DataSplit = .training) -> PointSet? {
    let seed: UInt32 = split == .training ? 1 : 2
    if let mixture = PointMixture.named(name) {
      let noise = noise(1, seed)
      return PointSet(
        name: name, points: (0..<size).map { SIMD2<Float>(mixture.point($0, noise: noise[$0])) })
    }
    guard name == "swiss-roll" else { return nil }
    // (t cos t, t sin t) for t uniform in 1.5 π … 4.5 π, with noise 0.25, all divided by 7.5.
    let stream = RandomStream(seed: seed, purpose: .dataset)
    let turns = stream.uniform([size], type: .float64).doubles
    let noise = noise(2, seed)
    return PointSet(
      name: name,
      points: turns.enumerated().map { index, u in
        let t = 1.5 * Double.pi * (1 + 2 * u)
        return SIMD2<Float>(
          (t * SIMD2(UnaryFunction.cosine(t), UnaryFunction.sine(t)) + 0.25 * noise[index]) / 7.5)
      })
  }

  private static func noise(_ draw: Int, _ seed: UInt32) -> [SIMD2<Double>] {
    let stream = RandomStream(seed: seed, purpose: .dataset, draw: draw)
    let values = stream.normal([2 * size], type: .float64).doubles
    return (0..<size).map { SIMD2(values[2 * $0], values[2 * $0 + 1]) }
  }
}

/// A mixture of equal Gaussians of the plane, whose modes can be counted.
struct PointMixture {
  /// The modes' centres and deviation, before both are multiplied by `scale`.
  private let unscaled: (centres: [SIMD2<Double>], deviation: Double)
  private let scale: Double

  /// The centres of the modes.
  var centres: [SIMD2<Double>] { unscaled.centres.map { scale * $0 } }
  /// The deviation of a mode along each axis.
  var deviation: Double { scale * unscaled.deviation }

  /// The mixture that a set of points is drawn from; nil where it is none.
  static func named(_ name: String) -> PointMixture? {
    switch name {
    case "ring8":
      // Eight Gaussians of deviation 0.02 on a circle of radius 2, all divided by √2.
      let centres = (0..<8).map { mode in
        let angle = Double(mode) * Double.pi / 4
        return 2 * SIMD2(UnaryFunction.cosine(angle), UnaryFunction.sine(angle))
      }
      return PointMixture(unscaled: (centres, 0.02), scale: 1 / 1.414)
    case "grid25":
      // 25 Gaussians of deviation 0.05 at {−4, −2, 0, 2, 4}², all divided by 2√2.
      let steps = stride(from: -4.0, through: 4, by: 2)
      let centres = steps.flatMap { x in steps.map { y in SIMD2(x, y) } }
      return PointMixture(unscaled: (centres, 0.05), scale: 1 / 2.828)
    default: return nil
    }
  }

  /// The mixture that a dataset is drawn from; nil where it is none.
  static func of(_ dataset: any Dataset) -> PointMixture? {
    dataset.sampleShape == [2] ? named(dataset.name) : nil
  }

  /// Point `index`: the modes come in turn.
  func point(_ index: Int, noise: SIMD2<Double>) -> SIMD2<Double> {
    let (centres, deviation) = unscaled
    return scale * (centres[index % centres.count] + deviation * noise)
  }
}
