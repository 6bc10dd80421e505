/// One power iteration, on every backend: towards the largest singular value of a matrix.
extension CPUBackend {
  public func powerIteration(
    _ x: Buffer, u: Buffer, keeps: Bool, v: Buffer, next: Buffer, inverse: Buffer, rows: Int,
    columns: Int, type: ElementType
  ) {
    guard type == .float32 else {
      return reference.powerIteration(
        x, u: u, keeps: keeps, v: v, next: next, inverse: inverse, rows: rows, columns: columns,
        type: type)
    }
    let (x, u, v, next) = (Floats(x), Floats(u), Floats(v), Floats(next))
    forEachRow(rows, of: columns) { [kernels] first, count in
      for row in first..<first + count { v[row] = kernels.dot(x + row * columns, u, columns) }
    }
    _ = makeUnit(v, rows)
    let columnsAtOnce = 64
    threads.run((columns + columnsAtOnce - 1) / columnsAtOnce) { [kernels] tile in
      let first = tile * columnsAtOnce
      kernels.columnProducts(
        x + first, stride: columns, v, next + first, rows: rows,
        columns: min(columnsAtOnce, columns - first))
    }
    let alongU = kernels.dot(next, u, columns)
    let length = makeUnit(next, columns)
    Floats(inverse)[0] = 1 / (keeps ? alongU : length)
  }

  /// Divides by the length, which it gives.
  private func makeUnit(_ x: Floats, _ count: Int) -> Float {
    let length = kernels.dot(x, x, count).squareRoot()
    let (affine, scale, _) =
      UnaryFunction.affine(scale: 1 / Double(max(length, Float(PowerIteration.least))), offset: 0)
      .code
    kernels.unary(affine, scale, 0, x, x, count)
    return length
  }
}

/// What backends agree on.
private enum PowerIteration {
  /// The least length, as PyTorch's, so that weights of zero are not divided by nothing.
  static let least = 1e-12
}

extension ReferenceBackend {
  public func powerIteration(
    _ x: Buffer, u: Buffer, keeps: Bool, v: Buffer, next: Buffer, inverse: Buffer, rows: Int,
    columns: Int, type: ElementType
  ) {
    func run<T: RealElement>(_: T.Type) {
      let matrix = x.elements(T.self, count: rows * columns).map { Double($0) }
      let old = u.elements(T.self, count: columns).map { Double($0) }
      func unit(_ vector: [Double]) -> [Double] {
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return vector.map { $0 / max(length, PowerIteration.least) }
      }
      let left = unit(
        (0..<rows).map { row in
          (0..<columns).reduce(0) { $0 + matrix[row * columns + $1] * old[$1] }
        })
      let image = (0..<columns).map { column in
        (0..<rows).reduce(0) { $0 + matrix[$1 * columns + column] * left[$1] }
      }
      let right = unit(image)
      let sigma = zip(image, keeps ? old : right).reduce(0) { $0 + $1.0 * $1.1 }
      let targets = (
        v.elements(T.self, count: rows), next.elements(T.self, count: columns),
        inverse.elements(T.self, count: 1)
      )
      for (row, value) in left.enumerated() { targets.0[row] = T(value) }
      for (column, value) in right.enumerated() { targets.1[column] = T(value) }
      targets.2[0] = T(1 / sigma)
    }
    type == .float32 ? run(Float.self) : run(Double.self)
  }
}

extension ProfilingBackend {
  public func powerIteration(
    _ x: Buffer, u: Buffer, keeps: Bool, v: Buffer, next: Buffer, inverse: Buffer, rows: Int,
    columns: Int, type: ElementType
  ) {
    measure("power iteration") {
      base.powerIteration(
        x, u: u, keeps: keeps, v: v, next: next, inverse: inverse, rows: rows, columns: columns,
        type: type)
    }
  }
}
