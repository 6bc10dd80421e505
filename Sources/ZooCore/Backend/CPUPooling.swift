import CKernels

/// Pooling on the processor: one image is one tile.
extension CPUBackend {
  public func windowSum(
    _ geometry: PoolingGeometry, _ x: Buffer, into y: Buffer, type: ElementType
  ) {
    guard type == .float32 else {
      return reference.windowSum(geometry, x, into: y, type: type)
    }
    let (x, y) = (Floats(x), Floats(y))
    forEachImage(geometry) { [kernels] pooling, image, window in
      kernels.windowSum(pooling, x + image, y + window)
    }
  }

  public func windowSpread(
    _ geometry: PoolingGeometry, _ y: Buffer, into x: Buffer, type: ElementType
  ) {
    guard type == .float32 else {
      return reference.windowSpread(geometry, y, into: x, type: type)
    }
    let (x, y) = (Floats(x), Floats(y))
    forEachImage(geometry) { [kernels] pooling, image, window in
      kernels.windowSpread(pooling, y + window, x + image)
    }
  }

  public func windowPick(
    _ geometry: PoolingGeometry, keys: Buffer, values: Buffer, into y: Buffer, type: ElementType
  ) {
    guard type == .float32 else {
      return reference.windowPick(geometry, keys: keys, values: values, into: y, type: type)
    }
    let (keys, values, y) = (Floats(keys), Floats(values), Floats(y))
    forEachImage(geometry) { [kernels] pooling, image, window in
      kernels.windowPick(pooling, keys + image, values + image, y + window)
    }
  }

  public func windowPlace(
    _ geometry: PoolingGeometry, keys: Buffer, values: Buffer, into x: Buffer, type: ElementType
  ) {
    guard type == .float32 else {
      return reference.windowPlace(geometry, keys: keys, values: values, into: x, type: type)
    }
    let (keys, values, x) = (Floats(keys), Floats(values), Floats(x))
    forEachImage(geometry) { [kernels] pooling, image, window in
      kernels.windowPlace(pooling, keys + image, values + window, x + image)
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
