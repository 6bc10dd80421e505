/// The softmax of rows, on every backend.
extension CPUBackend {
  public func softmax(_ x: Buffer, into y: Buffer, rows: Int, columns: Int, type: ElementType) {
    guard type == .float32 else {
      return reference.softmax(x, into: y, rows: rows, columns: columns, type: type)
    }
    let (x, y) = (Floats(x), Floats(y))
    forEachRow(rows, of: columns) { [kernels] first, count in
      kernels.softmax(x + first * columns, y + first * columns, rows: count, columns: columns)
    }
  }
}

extension ReferenceBackend {
  public func softmax(_ x: Buffer, into y: Buffer, rows: Int, columns: Int, type: ElementType) {
    func run<T: RealElement>(_: T.Type) {
      let x = x.elements(T.self, count: rows * columns)
      let y = y.elements(T.self, count: rows * columns)
      for row in 0..<rows {
        let places = row * columns..<(row + 1) * columns
        let largest = places.reduce(-Double.infinity) { max($0, Double(x[$1])) }
        let powers = places.map { Double.exp(Double(x[$0]) - largest) }
        let total = powers.reduce(0, +)
        for (place, value) in zip(places, powers) { y[place] = T(value / total) }
      }
    }
    type == .float32 ? run(Float.self) : run(Double.self)
  }
}

extension ProfilingBackend {
  public func softmax(_ x: Buffer, into y: Buffer, rows: Int, columns: Int, type: ElementType) {
    measure("softmax") { base.softmax(x, into: y, rows: rows, columns: columns, type: type) }
  }
}
