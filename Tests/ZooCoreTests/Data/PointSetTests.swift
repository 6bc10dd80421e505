import Testing
import ZooCore

/// The toy sets beside their definitions, and the picture of them.
@Suite struct PointSetTests {
  private func points(_ name: String) throws -> [SIMD2<Double>] {
    var settings = DataSettings()
    settings.dataset = name
    let set = try DataLibrary(directory: "nowhere").open(settings).dataset
    #expect(set.sampleShape == [2] && set.classNames == nil && set.count == 100_000)
    let values = try set.values(of: Array(0..<set.count))
    return (0..<set.count).map { SIMD2(Double(values[2 * $0]), Double(values[2 * $0 + 1])) }
  }

  private func length(_ v: SIMD2<Double>) -> Double { (v * v).sum().squareRoot() }

  /// Every mode has its share, and the deviation that the paper's code gives it.
  @Test(arguments: [("ring8", 8, 0.02 / 1.414), ("grid25", 25, 0.05 / 2.828)])
  func mixturesHaveTheirModes(_ name: String, _ modes: Int, _ deviation: Double) throws {
    let points = try points(name)
    for mode in 0..<modes {
      let members = stride(from: mode, to: points.count, by: modes).map { points[$0] }
      let centre = members.reduce(SIMD2(), +) / Double(members.count)
      let spread =
        (members.reduce(0) { $0 + (($1 - centre) * ($1 - centre)).sum() }
        / Double(2 * members.count)).squareRoot()
      // The deviation of n values errs by 1 / √(4 n): 0.9 % for 4,000 points of two coordinates,
      // with three deviations' room.
      #expect(abs(spread / deviation - 1) < 0.03)
      if name == "ring8" {
        #expect(abs(length(centre) - 2 / 1.414) < 0.01)
      } else {
        let steps = centre * (2.828 / 2)
        #expect(length(steps - steps.rounded(.toNearestOrEven)) < 0.02)
      }
    }
  }

  /// Radius and angle grow together from 1.5 π to 4.5 π, up to the noise.
  @Test func swissRollIsASpiral() throws {
    let points = try points("swiss-roll")
    let radii = points.map { 7.5 * length($0) }
    #expect(radii.allSatisfy { $0 > 1.5 * Double.pi - 1.5 && $0 < 4.5 * Double.pi + 1.5 })
    // At radius t the angle is t: the distance from (t cos t, t sin t), as an angle, is what the
    // noise of 0.25 along the radius turns, 0.25 √(2/π) = 0.2 on average, and a little more across.
    let off = zip(points, radii).map { point, t in
      length(7.5 * point - t * SIMD2(UnaryFunction.cosine(t), UnaryFunction.sine(t))) / t
    }
    let mean = off.reduce(0, +) / Double(off.count)
    #expect(abs(mean - 0.2) < 0.02)
  }

  @Test func scatterPlotDrawsBothSets() {
    let real = Tensor([-1.0, 0, 1, 0], shape: [2, 2])
    let generated = Tensor([0.0, 1, .nan, 0, 50, 50], shape: [3, 2])
    let pixels = ScatterPlot(side: 60).picture(generated, over: real)
    func colours(_ row: Int, _ column: Int) -> [UInt8] {
      let at = 3 * (row * 60 + column)
      return Array(pixels[at..<at + 3])
    }
    // (0, 1) lies above the centre, real points left and right of it; the far point is at the edge.
    let grey = [UInt8](arrayLiteral: 190, 195, 205)
    let red = [UInt8](arrayLiteral: 200, 60, 30)
    func count(_ colour: [UInt8]) -> Int {
      (0..<3600).count { colours($0 / 60, $0 % 60) == colour }
    }
    #expect(count(grey) == 8 && count(red) == 8)
    let upper = (0..<10).flatMap { row in (25..<35).map { colours(row, $0) } }
    #expect(upper.contains(red))
  }
}
