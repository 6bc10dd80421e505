import Foundation
import Testing
import ZooCore

@Suite struct SymmetricEigenTests {
  @Test func valuesAgreeWithLAPACK() throws {
    let fixture = try MetricsFixture()
    let matrix = try fixture.matrix("symmetric")
    let values = try SymmetricEigen(matrix.values, order: matrix.rows).values
    // Both are off by a few roundings of the largest value.
    expectClose(values, try fixture.expected("eigenvalues"), relative: 1e-14)
  }

  /// The second difference of n points has the eigenvalues 2 − 2 cos(kπ / (n + 1)).
  @Test(arguments: [1, 2, 3, 8, 9, 33])
  func secondDifference(_ n: Int) throws {
    var matrix = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      matrix[i * n + i] = 2
      if i > 0 { (matrix[i * n + i - 1], matrix[(i - 1) * n + i]) = (-1, -1) }
    }
    let expected = (1...n).map { 2 - 2 * cos(Double($0) * .pi / Double(n + 1)) }
    expectClose(
      try SymmetricEigen.values(of: matrix, order: n), expected, relative: 1e-14)
  }

  /// Cases that are hard for one solver or another, each of its own kind and scale.
  static let hard: [(name: String, order: Int, element: @Sendable (Int, Int) -> Double)] = [
    ("zero", 5, { _, _ in 0 }),
    ("identity", 9, { i, j in i == j ? 1 : 0 }),
    ("rank one", 20, { _, _ in 1 }),
    ("exchange", 11, { i, j in i + j == 10 ? -3 : 0 }),
    ("Hilbert", 12, { i, j in 1 / Double(i + j + 1) }),
    ("huge", 7, { i, j in 1e300 * cos(Double(i * j + i + j)) }),
    ("tiny", 7, { i, j in 1e-290 * cos(Double(i * j + i + j)) }),
    ("large first", 24, { i, j in pow(10, -Double(i + j)) * cos(Double(i * j)) }),
    ("large last", 24, { i, j in pow(10, Double(i + j) - 48) * cos(Double(i * j)) }),
    ("random", 50, { i, j in sin(Double((i + 1) * (j + 1)) * 1.7 + Double(i + j)) }),
    // Of rank 7: 43 eigenvalues are nothing but rounding.
    (
      "singular", 50,
      { i, j in (0..<7).reduce(0) { $0 + cos(Double(i * ($1 + 2))) * cos(Double(j * ($1 + 2))) } }
    ),
  ]

  @Test(arguments: hard.indices)
  func vectorsDiagonalise(_ index: Int) throws {
    let (name, n, element) = Self.hard[index]
    let matrix = (0..<n * n).map { element($0 / n, $0 % n) }
    let eigen = try SymmetricEigen(matrix, order: n)
    #expect(eigen.values == eigen.values.sorted())
    #expect(try SymmetricEigen.values(of: matrix, order: n) == eigen.values, "\(name)")
    let scale = eigen.values.reduce(0) { max($0, abs($1)) }
    for k in 0..<n {
      let vector = eigen.vectors[k * n..<(k + 1) * n]
      for i in 0..<n {
        let image = zip(matrix[i * n..<(i + 1) * n], vector).reduce(0) { $0 + $1.0 * $1.1 }
        let dot = zip(eigen.vectors[i * n..<(i + 1) * n], vector).reduce(0) { $0 + $1.0 * $1.1 }
        // Some roundings of the largest value, and of 1, for each of at most 50 steps.
        let expected = eigen.values[k] * eigen.vectors[k * n + i]
        #expect(abs(image - expected) <= 2e-14 * scale, "\(name): vector \(k), element \(i)")
        #expect(abs(dot - (i == k ? 1 : 0)) <= 2e-14, "\(name): vectors \(i) and \(k)")
      }
    }
  }

  @Test func onlyTheSymmetricPartCounts() throws {
    let values = try SymmetricEigen.values(of: [2, 3, -1, 2], order: 2)
    expectClose(values, [1, 3], relative: 1e-15)
  }

  @Test func aMatrixThatIsNotFiniteIsDivergence() throws {
    let error = try fault { () throws(ZooError) in
      try SymmetricEigen([1, .nan, .nan, 1], order: 2)
    }
    #expect(error.kind == .diverged)
  }
}
