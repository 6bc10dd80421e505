/// The sizes of a tensor's axes, outermost first; images are `[N, H, W, C]`.
public typealias Shape = [Int]

extension Shape {
  /// The number of elements of a tensor with this shape.
  public var elementCount: Int { reduce(1, *) }

  /// The same for sizes from outside: nil where it exceeds what an integer holds.
  var checkedElementCount: Int? {
    reduce(1 as Int?) { product, size in
      guard let product else { return nil }
      let (next, overflow) = product.multipliedReportingOverflow(by: size)
      return overflow ? nil : next
    }
  }

  /// The distance between neighbours along each axis of a dense row-major tensor.
  package var denseStrides: [Int] {
    var strides = [Int](repeating: 1, count: count)
    for axis in indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * self[axis + 1] }
    return strides
  }

  /// The shape that two operands broadcast to: axes are aligned at the end, a size of 1 stretches.
  package func broadcast(with other: Shape) -> Shape? {
    let rank = Swift.max(count, other.count)
    let a = [Int](repeating: 1, count: rank - count) + self
    let b = [Int](repeating: 1, count: rank - other.count) + other
    var result = a
    for axis in 0..<rank where a[axis] != b[axis] {
      if a[axis] == 1 {
        result[axis] = b[axis]
      } else if b[axis] != 1 {
        return nil
      }
    }
    return result
  }

  /// Strides that read a tensor of this shape as if it had the shape `target`.
  package func strides(broadcastTo target: Shape) -> [Int] {
    let missing = target.count - count
    let dense = denseStrides
    return target.indices.map { axis in
      axis < missing || (self[axis - missing] == 1 && target[axis] != 1) ? 0 : dense[axis - missing]
    }
  }
}
