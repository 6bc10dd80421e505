import CKernels

/// Pooling, on every backend. On the processor one image is one tile.
extension CPUBackend {
  public func pool(
    _ part: PoolingPart, _ geometry: PoolingGeometry, _ values: Buffer, into result: Buffer,
    type: ElementType
  ) {
    guard type == .float32 else {
      return reference.pool(part, geometry, values, into: result, type: type)
    }
    let (values, result) = (Floats(values), Floats(result))
    forEachImage(geometry) { [kernels] pooling, image, window in
      switch part {
      case .sum: kernels.windowSum(pooling, values + image, result + window)
      case .spread: kernels.windowSpread(pooling, values + window, result + image)
      case .pick(let keys):
        kernels.windowPick(pooling, Floats(keys) + image, values + image, result + window)
      case .place(let keys):
        kernels.windowPlace(pooling, Floats(keys) + image, values + window, result + image)
      }
    }
  }

  /// Calls `body` for each image with where its pixels and its windows begin.
  private func forEachImage(
    _ g: PoolingGeometry,
    _ body: @escaping @Sendable (_ pooling: zk_pooling, _ image: Int, _ window: Int) -> Void
  ) {
    let (window, output) = (g.window, g.outputShape)
    let pooling = zk_pooling(
      height: Int64(g.height), width: Int64(g.width), channels: Int64(g.channels),
      grid_height: Int64(output[1]), grid_width: Int64(output[2]),
      kernel_height: Int64(window.kernelHeight), kernel_width: Int64(window.kernelWidth),
      stride_y: Int64(window.strideY), stride_x: Int64(window.strideX),
      origin_y: Int64(-window.padding.top), origin_x: Int64(-window.padding.left))
    let (pixels, windows) = (
      g.height * g.width * g.channels, output[1] * output[2] * output[3]
    )
    threads.run(g.batch) { n in body(pooling, n * pixels, n * windows) }
  }
}

extension ReferenceBackend {
  public func pool(
    _ part: PoolingPart, _ geometry: PoolingGeometry, _ values: Buffer, into result: Buffer,
    type: ElementType
  ) {
    func run<T: RealElement>(_: T.Type) {
      let (pixels, windows) = (
        geometry.inputShape.elementCount, geometry.outputShape.elementCount
      )
      switch part {
      case .sum:
        let x = values.elements(T.self, count: pixels)
        accumulate(result.elements(T.self, count: windows)) { sums in
          forEachWindowPixel(geometry) { sums[$1] += Double(x[$0]) }
        }
      case .spread:
        let y = values.elements(T.self, count: windows)
        accumulate(result.elements(T.self, count: pixels)) { sums in
          forEachWindowPixel(geometry) { sums[$0] += Double(y[$1]) }
        }
      case .pick(let keys):
        let x = values.elements(T.self, count: pixels)
        let y = result.elements(T.self, count: windows)
        for (window, place) in largest(geometry, keys, T.self).enumerated() {
          y[window] = x[place]
        }
      case .place(let keys):
        let y = values.elements(T.self, count: windows)
        let x = result.elements(T.self, count: pixels)
        x.update(repeating: 0)
        for (window, place) in largest(geometry, keys, T.self).enumerated() {
          x[place] += y[window]
        }
      }
    }
    type == .float32 ? run(Float.self) : run(Double.self)
  }
}

/// Calls `body` with the offsets (pixel, window) of every pixel of every window, pixels of a
/// window in row-major order.
private func forEachWindowPixel(_ g: PoolingGeometry, _ body: (Int, Int) -> Void) {
  let window = g.window
  let output = window.outputSize(height: g.height, width: g.width)
  for n in 0..<g.batch {
    for i in 0..<output.height {
      for j in 0..<output.width {
        for c in 0..<g.channels {
          let y = ((n * output.height + i) * output.width + j) * g.channels + c
          for a in 0..<window.kernelHeight {
            let row = i * window.strideY + a - window.padding.top
            guard 0..<g.height ~= row else { continue }
            for b in 0..<window.kernelWidth {
              let column = j * window.strideX + b - window.padding.left
              guard 0..<g.width ~= column else { continue }
              body(((n * g.height + row) * g.width + column) * g.channels + c, y)
            }
          }
        }
      }
    }
  }
}

/// For each window the offset of the pixel whose key is largest.
private func largest<T: RealElement>(_ g: PoolingGeometry, _ keys: Buffer, _: T.Type) -> [Int] {
  let keys = keys.elements(T.self, count: g.inputShape.elementCount)
  var places = [Int](repeating: -1, count: g.outputShape.elementCount)
  forEachWindowPixel(g) { pixel, window in
    // A NaN wins, so that it is seen.
    if places[window] < 0 || keys[pixel] > keys[places[window]] || keys[pixel].isNaN {
      places[window] = pixel
    }
  }
  return places
}

extension ProfilingBackend {
  public func pool(
    _ part: PoolingPart, _ geometry: PoolingGeometry, _ values: Buffer, into result: Buffer,
    type: ElementType
  ) {
    measure("pooling") { base.pool(part, geometry, values, into: result, type: type) }
  }
}
