/// The rows of an orthogonal matrix to which reflections and rotations are applied from the right.
///
/// Each row changes by itself. Eight rows at a time lie side by side, small enough for a core's
/// cache, and take all operations before the next eight do.
struct OrthogonalRows {
  private let order: Int
  /// Column c of strip s is at `s * order + c`; its lanes are eight rows.
  private var strips: [SIMD8<Double>]

  /// The identity.
  init(order: Int) {
    self.order = order
    let width = SIMD8<Double>.scalarCount
    strips = [SIMD8<Double>](repeating: SIMD8(), count: (order + width - 1) / width * order)
    for row in 0..<order { strips[row / width * order + row][row % width] = 1 }
  }

  /// One column, from top to bottom.
  func column(_ column: Int) -> [Double] {
    let width = SIMD8<Double>.scalarCount
    return (0..<order).map { row in strips[row / width * order + column][row % width] }
  }

  /// Multiplies by I − τ v vᵀ for each reflector in turn.
  mutating func apply(_ reflectors: TridiagonalForm.Reflectors) {
    for base in stride(from: 0, to: strips.count, by: max(order, 1)) {
      for (k, factor) in reflectors.factors.enumerated() where factor != 0 {
        let vector = k * order
        var product = SIMD8<Double>()
        for c in k + 1..<order { product += strips[base + c] * reflectors.vectors[vector + c] }
        product *= factor
        for c in k + 1..<order { strips[base + c] -= product * reflectors.vectors[vector + c] }
      }
    }
  }

  /// Turns neighbouring columns.
  mutating func apply(_ rotations: TridiagonalForm.Rotations) {
    for base in stride(from: 0, to: strips.count, by: max(order, 1)) {
      var next = 0
      for sweep in rotations.sweeps where sweep.count > 0 {
        // The left column of one rotation is the right column of the next.
        var right = strips[base + sweep.top + 1]
        for r in 0..<sweep.count {
          let angle = rotations.angles[next + r]
          let left = strips[base + sweep.top - r]
          strips[base + sweep.top - r + 1] = angle.y * left + angle.x * right
          right = angle.x * left - angle.y * right
        }
        strips[base + sweep.top - sweep.count + 1] = right
        next += sweep.count
      }
    }
  }
}
