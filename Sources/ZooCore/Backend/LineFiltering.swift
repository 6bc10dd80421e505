/// Filters along one axis, on every backend.
extension CPUBackend {
  public func filter(_ g: FilterGeometry, _ x: Buffer, into y: Buffer, type: ElementType) {
    guard type == .float32 else { return reference.filter(g, x, into: y, type: type) }
    let weights = makeBuffer(byteCount: max(1, g.taps.count) * MemoryLayout<Float>.size)
    let (x, y, taps) = (Floats(x), Floats(y), Floats(weights))
    for (k, value) in g.taps.enumerated() { taps[k] = Float(value) }
    let (length, inner) = (g.outputLength, g.inner)
    forEachRow(g.outer * length, of: inner) { [kernels] first, count in
      TermList.withRoom(for: g.taps.count) { terms in
        for line in first..<first + count {
          let (o, j) = line.quotientAndRemainder(dividingBy: length)
          terms.removeAll()
          g.forEachTap(of: j) { k, index in
            terms.append(x + (o * g.length + index) * inner, taps + k)
          }
          kernels.sumProducts(terms, oneFactor: true, y + line * inner, inner)
        }
      }
    }
    withExtendedLifetime(weights) {}
  }
}

extension ReferenceBackend {
  public func filter(_ g: FilterGeometry, _ x: Buffer, into y: Buffer, type: ElementType) {
    func run<T: RealElement>(_: T.Type) {
      let x = x.elements(T.self, count: g.outer * g.length * g.inner)
      accumulate(y.elements(T.self, count: g.outer * g.outputLength * g.inner)) { sums in
        for o in 0..<g.outer {
          for j in 0..<g.outputLength {
            g.forEachTap(of: j) { k, index in
              for c in 0..<g.inner {
                sums[(o * g.outputLength + j) * g.inner + c] +=
                  g.taps[k] * Double(x[(o * g.length + index) * g.inner + c])
              }
            }
          }
        }
      }
    }
    type == .float32 ? run(Float.self) : run(Double.self)
  }
}

extension ProfilingBackend {
  public func filter(_ g: FilterGeometry, _ x: Buffer, into y: Buffer, type: ElementType) {
    measure("filter") { base.filter(g, x, into: y, type: type) }
  }
}
