/// A tridiagonal matrix T and the reflections that lead to it: A = Q T Qᵀ, Q = H₀ H₁ ….
struct TridiagonalForm {
  /// The reflections I − τ v vᵀ, of which the one with number k leaves the elements up to k alone.
  struct Reflectors {
    let order: Int
    /// Row k is v, zero up to element k.
    let vectors: [Double]
    let factors: [Double]
  }

  let diagonal: [Double]
  /// Element k links k and k + 1.
  let offDiagonal: [Double]
  let reflectors: Reflectors

  /// Reduces a symmetric row-major matrix whose elements are of the magnitude of 1.
  ///
  /// Each step subtracts v wᵀ + w vᵀ. That is put off until the next step reads the matrix for its
  /// product with the next v: the matrix passes through memory once a step, which is what counts.
  init(_ matrix: [Double], order: Int) {
    let width = SIMD8<Double>.scalarCount
    let chunks = (order + width - 1) / width
    var elements = Self.padded(matrix, order: order, chunks: chunks)
    var v = [SIMD8<Double>](repeating: SIMD8(), count: chunks)
    var w = v
    var diagonal = [Double](repeating: 0, count: order)
    var offDiagonal = [Double](repeating: 0, count: max(0, order - 1))
    var factors = offDiagonal

    for k in 0..<order {
      let start = k / width
      let (vk, wk) = (v[start][k % width], w[start][k % width])
      var row = v
      for c in start..<chunks { row[c] = elements[k * chunks + c] - vk * w[c] - wk * v[c] }
      diagonal[k] = row[start][k % width]
      guard k + 1 < order else { break }

      let reflector = Self.reflector(of: &row, from: k + 1)
      offDiagonal[k] = reflector.image
      factors[k] = reflector.factor
      var products = [SIMD8<Double>](repeating: SIMD8(), count: chunks)
      for i in k + 1..<order {
        let (vi, wi) = (v[i / width][i % width], w[i / width][i % width])
        var product = SIMD8<Double>()
        for c in start..<chunks {
          let element = elements[i * chunks + c] - vi * w[c] - wi * v[c]
          elements[i * chunks + c] = element
          product += element * row[c]
        }
        products[i / width][i % width] = reflector.factor * product.sum()
      }
      var overlap = SIMD8<Double>()
      for c in start..<chunks { overlap += products[c] * row[c] }
      let half = 0.5 * reflector.factor * overlap.sum()
      for c in start..<chunks { w[c] = products[c] - half * row[c] }
      v = row
      // Row k is done with; it keeps the reflector.
      for c in 0..<chunks { elements[k * chunks + c] = c < start ? SIMD8() : row[c] }
    }
    self.diagonal = diagonal
    self.offDiagonal = offDiagonal
    reflectors = Reflectors(
      order: order, vectors: Self.unpadded(elements, order: order, chunks: chunks),
      factors: factors)
  }

  /// Turns a row into the v that maps its elements from `first` on to a multiple of the first one.
  private static func reflector(
    of row: inout [SIMD8<Double>], from first: Int
  ) -> (image: Double, factor: Double) {
    let width = SIMD8<Double>.scalarCount
    for c in 0..<first / width { row[c] = SIMD8() }
    for lane in 0..<first % width { row[first / width][lane] = 0 }
    let head = row[first / width][first % width]
    row[first / width][first % width] = 0
    var squares = SIMD8<Double>()
    for c in first / width..<row.count { squares += row[c] * row[c] }
    let rest = squares.sum()
    // Below this the squares lose digits; against elements near 1 such a row is zero anyway.
    guard rest > 1e-280 else {
      for c in row.indices { row[c] = SIMD8() }
      return (head, 0)
    }
    let norm = (head * head + rest).squareRoot()
    // Of the two images, the one whose sign differs: head − image then does not cancel.
    let image = head < 0 ? norm : -norm
    let scale = 1 / (head - image)
    for c in first / width..<row.count { row[c] *= scale }
    row[first / width][first % width] = 1
    return (image, (image - head) / image)
  }

  private static func padded(_ matrix: [Double], order: Int, chunks: Int) -> [SIMD8<Double>] {
    var elements = [SIMD8<Double>](repeating: SIMD8(), count: order * chunks)
    for row in 0..<order {
      for column in 0..<order {
        elements[row * chunks + column / 8][column % 8] = matrix[row * order + column]
      }
    }
    return elements
  }

  private static func unpadded(_ elements: [SIMD8<Double>], order: Int, chunks: Int) -> [Double] {
    var matrix = [Double](repeating: 0, count: order * order)
    for row in 0..<order {
      for column in 0..<order {
        matrix[row * order + column] = elements[row * chunks + column / 8][column % 8]
      }
    }
    return matrix
  }
}

extension TridiagonalForm {
  /// Rotations of neighbouring columns, in the order in which they are applied.
  struct Rotations {
    /// One sweep: its rotation r turns the columns `top - r` and `top - r + 1`.
    struct Sweep {
      let top: Int
      let count: Int
    }
    private(set) var sweeps: [Sweep] = []
    /// (cosine, sine) of the rotations of all sweeps.
    private(set) var angles: [SIMD2<Double>] = []

    fileprivate mutating func add(_ turns: [SIMD2<Double>], top: Int) {
      sweeps.append(Sweep(top: top, count: turns.count))
      angles += turns
    }
  }

  /// The eigenvalues of T by implicit QL with Wilkinson's shift, not sorted.
  ///
  /// - Parameter apply: Gets all rotations in portions, in their order; applied to the columns of
  ///   Q they make eigenvectors of them.
  /// - Throws: `.failure` if the iteration does not converge, which is not known to happen.
  func eigenvalues(_ apply: (Rotations) -> Void) throws(ZooError) -> [Double] {
    var d = diagonal
    var e = offDiagonal + [0]
    // A link that small is lost in the rounding of T. Measured against its neighbours alone, those
    // between the rows that stand for the null space of a singular matrix would be iterated on
    // without end: rounding of the large rows makes them anew.
    let negligible = Double.ulpOfOne * (d + e).reduce(0) { max($0, $1.magnitude) }
    var rotations = Rotations()
    for first in d.indices {
      var sweeps = 0
      while true {
        // The block from `first` on that no negligible element divides.
        var last = first
        while e[last].magnitude > negligible { last += 1 }
        if last == first { break }
        sweeps += 1
        guard sweeps <= 100 else {
          throw ZooError(.failure, "the eigenvalues of a matrix did not converge")
        }
        rotations.add(Self.sweep(&d, &e, first...last), top: last - 1)
        // A portion that fits in cache beside a strip of rows.
        if rotations.angles.count >= 1 << 15 {
          apply(rotations)
          rotations = Rotations()
        }
      }
    }
    apply(rotations)
    return d
  }

  /// One implicit QL step on a block, from its last row up to its first.
  private static func sweep(
    _ d: inout [Double], _ e: inout [Double], _ block: ClosedRange<Int>
  ) -> [SIMD2<Double>] {
    let (first, last) = (block.lowerBound, block.upperBound)
    // Wilkinson's shift: the eigenvalue of the leading 2×2 block that is closer to d[first].
    let ratio = (d[first + 1] - d[first]) / (2 * e[first])
    let root = (ratio * ratio + 1).squareRoot()
    let shift = d[first] - e[first] / (ratio + (ratio < 0 ? -root : root))

    var turns: [SIMD2<Double>] = []
    turns.reserveCapacity(last - first)
    var (cosine, sine, lowered) = (1.0, 1.0, 0.0)
    var bulge = d[last] - shift
    for i in (first..<last).reversed() {
      let chased = sine * e[i]
      let link = cosine * e[i]
      let square = chased * chased + bulge * bulge
      // The block falls apart here; what was done so far stands.
      guard square > 1e-280 else {
        d[i + 1] -= lowered
        e[i + 1] = 0
        e[last] = 0
        return turns
      }
      let length = square.squareRoot()
      e[i + 1] = length
      (cosine, sine) = (bulge / length, chased / length)
      let remaining = d[i + 1] - lowered
      let mixed = (d[i] - remaining) * sine + 2 * cosine * link
      lowered = sine * mixed
      d[i + 1] = remaining + lowered
      bulge = cosine * mixed - link
      turns.append(SIMD2(cosine, sine))
    }
    d[first] -= lowered
    e[first] = bulge
    e[last] = 0
    return turns
  }
}
