/// Makes orthonormal vectors of random ones, for initialisers.
///
/// Gram–Schmidt in Float64, each vector against those before it, twice: once more than exact
/// arithmetic needs is enough for rounding (Giraud et al. 2005, Numer. Math. 101). The result is the
/// Q of a QR decomposition whose R has a positive diagonal, which is uniform among orthogonal
/// matrices where the input is normal (Mezzadri 2007, arXiv:math-ph/0609050).
enum OrthonormalVectors {
  /// The vectors, each of `length` values and one after another; at most `length` of them.
  static func made(of values: [Double], length: Int) -> [Double] {
    require(
      values.count % length == 0 && values.count / length <= length,
      "\(values.count) values are not up to \(length) vectors of \(length)")
    let width = SIMD8<Double>.scalarCount
    let lanes = (length + width - 1) / width
    var vectors: [[SIMD8<Double>]] = []
    for first in stride(from: 0, to: values.count, by: length) {
      var vector = [SIMD8<Double>](repeating: SIMD8(), count: lanes)
      for index in 0..<length { vector[index / width][index % width] = values[first + index] }
      for _ in 0..<2 {
        for other in vectors { subtract(other, dot(vector, other), from: &vector) }
      }
      let norm = dot(vector, vector).squareRoot()
      vectors.append(vector.map { $0 / norm })
    }
    return vectors.flatMap { vector in
      (0..<length).map { vector[$0 / width][$0 % width] }
    }
  }

  private static func dot(_ a: [SIMD8<Double>], _ b: [SIMD8<Double>]) -> Double {
    var sum = SIMD8<Double>()
    for index in a.indices { sum += a[index] * b[index] }
    return sum.sum()
  }

  private static func subtract(
    _ other: [SIMD8<Double>], _ factor: Double, from vector: inout [SIMD8<Double>]
  ) {
    for index in vector.indices { vector[index] -= factor * other[index] }
  }
}
