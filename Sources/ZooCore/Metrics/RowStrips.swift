/// The rows of a matrix in strips of eight, with element k of all eight rows side by side.
///
/// One SIMD register then holds eight sums over k, so that all-pairs loops need no horizontal
/// additions. Every sum runs over k in order: what a pair's sum is does not depend on where in a
/// strip the pair lies, nor on the order of the two rows.
struct RowStrips {
  static let width = 8

  let rows: Int
  let columns: Int
  /// Element k of strip s is at `s * columns + k`.
  private let elements: [SIMD8<Double>]

  /// The strips of a row-major matrix; rows that fill up the last strip hold `padding`.
  init(_ values: [Double], columns: Int, padding: Double = 0) {
    self.init(rows: values.count / columns, columns: columns, padding: padding) { row, column in
      values[row * columns + column]
    }
  }

  /// The strips of the matrix with these elements.
  init(
    rows: Int, columns: Int, padding: Double = 0, _ element: (_ row: Int, _ column: Int) -> Double
  ) {
    self.rows = rows
    self.columns = columns
    let strips = (rows + Self.width - 1) / Self.width
    var elements = [SIMD8<Double>](
      repeating: SIMD8(repeating: padding), count: strips * columns)
    for row in 0..<rows {
      let (strip, lane) = row.quotientAndRemainder(dividingBy: Self.width)
      for column in 0..<columns {
        elements[strip * columns + column][lane] = element(row, column)
      }
    }
    self.elements = elements
  }

  /// The number of strips.
  var count: Int { (rows + Self.width - 1) / Self.width }

  /// The numbers of the eight rows of a strip.
  static func rowNumbers(ofStrip strip: Int) -> SIMD8<Int64> {
    SIMD8(0, 1, 2, 3, 4, 5, 6, 7) &+ Int64(strip * width)
  }
}

/// What is summed over the elements of two rows.
protocol PairTerm {
  static func term(_ x: SIMD8<Double>, _ y: SIMD8<Double>) -> SIMD8<Double>
}

/// Sums to the inner product.
enum ProductTerm: PairTerm {
  static func term(_ x: SIMD8<Double>, _ y: SIMD8<Double>) -> SIMD8<Double> { x * y }
}

/// Sums to the squared distance.
///
/// ‖x‖² + ‖y‖² − 2 x·y would take two operations instead of three, but cancels for close rows;
/// of differences, equal rows and only these have the distance 0.
enum SquaredDifferenceTerm: PairTerm {
  static func term(_ x: SIMD8<Double>, _ y: SIMD8<Double>) -> SIMD8<Double> {
    let difference = x - y
    return difference * difference
  }
}

extension RowStrips {
  /// Which strips a row meets.
  enum Extent {
    case all
    /// Those up to its own, when rows and strips are one matrix: the lower triangle.
    case lowerTriangle
  }

  /// Hands over the sums for each row of a row-major matrix and each strip, eight at a time.
  func forEachSum<Term: PairTerm>(
    of _: Term.Type, with matrix: [Double], extent: Extent = .all,
    _ body: (_ row: Int, _ strip: Int, _ sums: SIMD8<Double>) -> Void
  ) {
    let rowCount = matrix.count / columns
    // Strips of about 128 kB stay in a core's cache while all rows pass by.
    let portion = max(1, (1 << 17) / (columns * MemoryLayout<SIMD8<Double>>.stride))
    for start in stride(from: 0, to: count, by: portion) {
      let firstRow = extent == .all ? 0 : start * Self.width
      for row in stride(from: firstRow, to: rowCount, by: 2) {
        // Two rows share the loads of a strip.
        let other = min(row + 1, rowCount - 1)
        let end = extent == .all ? count : other / Self.width + 1
        for strip in start..<min(start + portion, end) {
          var sums = SIMD8<Double>()
          var otherSums = SIMD8<Double>()
          let (x, z, y) = (row * columns, other * columns, strip * columns)
          for k in 0..<columns {
            let element = elements[y + k]
            sums += Term.term(SIMD8(repeating: matrix[x + k]), element)
            otherSums += Term.term(SIMD8(repeating: matrix[z + k]), element)
          }
          body(row, strip, sums)
          if other != row { body(other, strip, otherSums) }
        }
      }
    }
  }

  /// `matrix` times the transpose of this matrix, row-major.
  func products(with matrix: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: matrix.count / columns * rows)
    forEachSum(of: ProductTerm.self, with: matrix) { row, strip, sums in
      let first = strip * Self.width
      for column in first..<min(first + Self.width, rows) {
        result[row * rows + column] = sums[column - first]
      }
    }
    return result
  }
}
