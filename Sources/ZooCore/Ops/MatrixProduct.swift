/// The product of two matrices, or of each pair in two batches, either of them stored transposed.
struct MatrixProduct: Op {
  let transposeA: Bool
  let transposeB: Bool

  func forward(_ inputs: [Tensor]) -> Tensor {
    let (a, b) = (inputs[0], inputs[1])
    requireSameType(self, a, b)
    let rank = a.shape.count
    require(
      (rank == 2 || rank == 3) && b.shape.count == rank
        && a.shape.dropLast(2) == b.shape.dropLast(2)
        && a.shape[rank - (transposeA ? 2 : 1)] == b.shape[rank - (transposeB ? 1 : 2)],
      "matrix product: \(a.shape)\(transposeA ? "ᵀ" : "") · \(b.shape)\(transposeB ? "ᵀ" : "")")
    let geometry = MatrixProductGeometry(
      batch: rank == 3 ? a.shape[0] : 1, rows: a.shape[rank - (transposeA ? 1 : 2)],
      columns: b.shape[rank - (transposeB ? 2 : 1)], depth: a.shape[rank - (transposeA ? 2 : 1)],
      transposeA: transposeA, transposeB: transposeB)
    let y = Tensor.uninitialized(
      a.shape.dropLast(2) + [geometry.rows, geometry.columns], a.type)
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
  ///
  /// `[M, K]` · `[K, N]` is `[M, N]`; with a batch, `[B, M, K]` · `[B, K, N]` is `[B, M, N]`, pair by
  /// pair.
  public func matrixProduct(
    _ other: Tensor, transposeSelf: Bool = false, transposeOther: Bool = false
  ) -> Tensor {
    .apply(MatrixProduct(transposeA: transposeSelf, transposeB: transposeOther), [self, other])
  }
}
