/// Pixels by row and column, and the adjoint, on every backend.
extension CPUBackend {
  public func gatherPixels(_ map: PixelMap, _ x: Buffer, into y: Buffer, type: ElementType) {
    guard type == .float32 else { return reference.gatherPixels(map, x, into: y, type: type) }
    let (x, y) = (Floats(x), Floats(y))
    let (inputWidth, outputWidth) = (map.width * map.channels, map.columns.count * map.channels)
    let runs = map.columnRuns
    forEachRow(map.batch * map.rows.count, of: outputWidth) { first, count in
      for line in first..<first + count {
        let (n, i) = line.quotientAndRemainder(dividingBy: map.rows.count)
        let from = x + (n * map.height + map.rows[i]) * inputWidth
        let to = y + line * outputWidth
        for run in runs { (to + run.target).copy(from + run.source, run.count) }
      }
    }
  }

  public func spreadPixels(_ map: PixelMap, _ y: Buffer, into x: Buffer, type: ElementType) {
    guard type == .float32 else { return reference.spreadPixels(map, y, into: x, type: type) }
    let unit = makeBuffer(byteCount: MemoryLayout<Float>.size)
    let (x, y, one) = (Floats(x), Floats(y), Floats(unit))
    one[0] = 1
    let (inputWidth, outputWidth) = (map.width * map.channels, map.columns.count * map.channels)
    let runs = map.columnRuns
    // Line by line of x, whose sums are then taken in the order of y.
    forEachRow(map.batch * map.height, of: inputWidth) { [kernels] first, count in
      TermList.withRoom(for: 1) { terms in
        for line in first..<first + count {
          let (n, row) = line.quotientAndRemainder(dividingBy: map.height)
          let to = x + line * inputWidth
          to.clear(inputWidth)
          for i in map.rows.indices where map.rows[i] == row {
            let from = y + (n * map.rows.count + i) * outputWidth
            for run in runs {
              terms.removeAll()
              terms.append(from + run.target, one)
              kernels.sumProducts(
                terms, oneFactor: true, to + run.source, run.count, accumulate: true)
            }
          }
        }
      }
    }
    withExtendedLifetime(unit) {}
  }
}

extension PixelMap {
  /// Columns that follow each other in x as they do in y, counted in values.
  fileprivate var columnRuns: [(target: Int, source: Int, count: Int)] {
    var runs: [(target: Int, source: Int, count: Int)] = []
    for (j, column) in columns.enumerated() {
      if let last = runs.last, last.source + last.count == column * channels {
        runs[runs.count - 1].count += channels
      } else {
        runs.append((j * channels, column * channels, channels))
      }
    }
    return runs
  }

  /// Calls `body` with where each pixel of y, and the one it comes from, begin.
  fileprivate func forEachPixel(_ body: (_ target: Int, _ source: Int) -> Void) {
    var target = 0
    for n in 0..<batch {
      for row in rows {
        for column in columns {
          body(target, ((n * height + row) * width + column) * channels)
          target += channels
        }
      }
    }
  }
}

extension ReferenceBackend {
  public func gatherPixels(_ map: PixelMap, _ x: Buffer, into y: Buffer, type: ElementType) {
    func run<T: RealElement>(_: T.Type) {
      let x = x.elements(T.self, count: map.inputShape.elementCount)
      let y = y.elements(T.self, count: map.outputShape.elementCount)
      map.forEachPixel { target, source in
        for c in 0..<map.channels { y[target + c] = x[source + c] }
      }
    }
    type == .float32 ? run(Float.self) : run(Double.self)
  }

  public func spreadPixels(_ map: PixelMap, _ y: Buffer, into x: Buffer, type: ElementType) {
    func run<T: RealElement>(_: T.Type) {
      let y = y.elements(T.self, count: map.outputShape.elementCount)
      accumulate(x.elements(T.self, count: map.inputShape.elementCount)) { sums in
        map.forEachPixel { target, source in
          for c in 0..<map.channels { sums[source + c] += Double(y[target + c]) }
        }
      }
    }
    type == .float32 ? run(Float.self) : run(Double.self)
  }
}

extension ProfilingBackend {
  public func gatherPixels(_ map: PixelMap, _ x: Buffer, into y: Buffer, type: ElementType) {
    measure("pixels") { base.gatherPixels(map, x, into: y, type: type) }
  }

  public func spreadPixels(_ map: PixelMap, _ y: Buffer, into x: Buffer, type: ElementType) {
    measure("pixels") { base.spreadPixels(map, y, into: x, type: type) }
  }
}
