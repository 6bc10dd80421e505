/// The product of two matrices, either of them stored transposed.
struct MatrixProduct: Op {
  let transposeA: Bool
  let transposeB: Bool

  func forward(_ inputs: [Tensor]) -> Tensor {
    let (a, b) = (inputs[0], inputs[1])
    requireSameType(self, a, b)
    require(
      a.shape.count == 2 && b.shape.count == 2
        && a.shape[transposeA ? 0 : 1] == b.shape[transposeB ? 1 : 0],
      "matrix product: \(a.shape)\(transposeA ? "ᵀ" : "") · \(b.shape)\(transposeB ? "ᵀ" : "")")
    let geometry = MatrixProductGeometry(
      rows: a.shape[transposeA ? 1 : 0], columns: b.shape[transposeB ? 0 : 1],
      depth: a.shape[transposeA ? 0 : 1], transposeA: transposeA, transposeB: transposeB)
    let y = Tensor.uninitialized([geometry.rows, geometry.columns], a.type)
    Backends.current.multiply(geometry, a.buffer, b.buffer, into: y.buffer, type: a.type)
    return y
  }

  func vjp(
    _ inputs: [Tensor], _ output: Tensor, _ cotangent: Tensor, wanted: [Bool]
  ) -> [Tensor?] {
    let (a, b, g) = (inputs[0], inputs[1], cotangent)
    let first = {
      transposeA
        ? b.matrixProduct(g, transposeSelf: transposeB, transposeOther: true)
        : g.matrixProduct(b, transposeOther: !transposeB)
    }
    let second = {
      transposeB
        ? g.matrixProduct(a, transposeSelf: true, transposeOther: transposeA)
        : a.matrixProduct(g, transposeSelf: !transposeA)
    }
    return [wanted[0] ? first() : nil, wanted[1] ? second() : nil]
  }
}

extension Tensor {
  /// The product with another matrix; either operand may be read transposed.
  public func matrixProduct(
    _ other: Tensor, transposeSelf: Bool = false, transposeOther: Bool = false
  ) -> Tensor {
    .apply(MatrixProduct(transposeA: transposeSelf, transposeB: transposeOther), [self, other])
  }
}
