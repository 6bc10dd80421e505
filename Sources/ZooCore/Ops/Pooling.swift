/// Each window's sum.
struct WindowSum: Op {
  let geometry: PoolingGeometry

  func forward(_ inputs: [Tensor]) -> Tensor {
    requireShape(inputs[0], geometry.inputShape, self)
    let y = Tensor.uninitialized(geometry.outputShape, inputs[0].type)
    Backends.current.windowSum(geometry, inputs[0].buffer, into: y.buffer, type: y.type)
    return y
  }

  func vjp(
    _ inputs: [Tensor], _ output: Tensor, _ cotangent: Tensor, wanted: [Bool]
  ) -> [Tensor?] {
    [.apply(WindowSpread(geometry: geometry), [cotangent])]
  }
}

/// The adjoint of `WindowSum`: each value is added to every pixel of its window.
struct WindowSpread: Op {
  let geometry: PoolingGeometry

  func forward(_ inputs: [Tensor]) -> Tensor {
    requireShape(inputs[0], geometry.outputShape, self)
    let x = Tensor.uninitialized(geometry.inputShape, inputs[0].type)
    Backends.current.windowSpread(geometry, inputs[0].buffer, into: x.buffer, type: x.type)
    return x
  }

  func vjp(
    _ inputs: [Tensor], _ output: Tensor, _ cotangent: Tensor, wanted: [Bool]
  ) -> [Tensor?] {
    [.apply(WindowSum(geometry: geometry), [cotangent])]
  }
}

/// From each window of `values` the one at the place where `keys` is largest; inputs: keys, values.
struct WindowPick: Op {
  let geometry: PoolingGeometry

  func forward(_ inputs: [Tensor]) -> Tensor {
    requireShape(inputs[0], geometry.inputShape, self)
    requireShape(inputs[1], geometry.inputShape, self)
    let y = Tensor.uninitialized(geometry.outputShape, inputs[0].type)
    Backends.current.windowPick(
      geometry, keys: inputs[0].buffer, values: inputs[1].buffer, into: y.buffer, type: y.type)
    return y
  }

  func vjp(
    _ inputs: [Tensor], _ output: Tensor, _ cotangent: Tensor, wanted: [Bool]
  ) -> [Tensor?] {
    // Which place is largest is piecewise constant in the keys.
    [nil, wanted[1] ? .apply(WindowPlace(geometry: geometry), [inputs[0], cotangent]) : nil]
  }
}

/// The adjoint of `WindowPick` in its values: adds each at the place where `keys` is largest.
struct WindowPlace: Op {
  let geometry: PoolingGeometry

  func forward(_ inputs: [Tensor]) -> Tensor {
    requireShape(inputs[0], geometry.inputShape, self)
    requireShape(inputs[1], geometry.outputShape, self)
    let x = Tensor.uninitialized(geometry.inputShape, inputs[0].type)
    Backends.current.windowPlace(
      geometry, keys: inputs[0].buffer, values: inputs[1].buffer, into: x.buffer, type: x.type)
    return x
  }

  func vjp(
    _ inputs: [Tensor], _ output: Tensor, _ cotangent: Tensor, wanted: [Bool]
  ) -> [Tensor?] {
    [nil, wanted[1] ? .apply(WindowPick(geometry: geometry), [inputs[0], cotangent]) : nil]
  }
}

private func requireShape(_ x: Tensor, _ shape: Shape, _ op: some Op) {
  require(x.shape == shape, "\(op.name): shape \(x.shape), expected \(shape)")
}

extension Tensor {
  private func pooling(_ window: Window) -> PoolingGeometry {
    require(shape.count == 4, "pooling: images [N, H, W, C], found \(shape)")
    let geometry = PoolingGeometry(
      batch: shape[0], height: shape[1], width: shape[2], channels: shape[3], window: window)
    require(
      geometry.outputShape.allSatisfy { $0 > 0 }
        && window.padding.top < window.kernelHeight && window.padding.bottom < window.kernelHeight
        && window.padding.left < window.kernelWidth && window.padding.right < window.kernelWidth,
      "pooling: a window of \(window.kernelHeight)x\(window.kernelWidth) over \(shape)")
    return geometry
  }

  /// The largest value of each window over images `[N, H, W, C]`; padding never wins.
  public func maxPooled(_ window: Window) -> Tensor {
    // Keys decide and values are picked; the derivative flows through the values alone.
    .apply(WindowPick(geometry: pooling(window)), [detached(), self])
  }

  /// The mean of each window.
  ///
  /// - Parameter countingPadding: Whether padding counts as zeros, or not at all.
  public func averagePooled(_ window: Window, countingPadding: Bool = true) -> Tensor {
    let sums = Tensor.apply(WindowSum(geometry: pooling(window)), [self])
    if countingPadding { return sums / Double(window.kernelHeight * window.kernelWidth) }
    let inside = Tensor(repeating: 1, shape: [1, shape[1], shape[2], 1], type: type)
    return sums / .apply(WindowSum(geometry: inside.pooling(window)), [inside])
  }

  /// Repeats every pixel of `[N, H, W, C]` `factor` times in both directions.
  public func upsampled(by factor: Int) -> Tensor {
    require(shape.count == 4 && factor > 0, "upsampling \(shape) by \(factor)")
    let geometry = PoolingGeometry(
      batch: shape[0], height: shape[1] * factor, width: shape[2] * factor, channels: shape[3],
      window: Window(kernel: factor, stride: factor))
    return .apply(WindowSpread(geometry: geometry), [self])
  }

  /// The largest of each `pieces` neighbours along the last axis of `[N, F · pieces]`.
  ///
  /// Source: Goodfellow et al. 2013, "Maxout networks", arXiv:1302.4389.
  public func maxout(pieces: Int) -> Tensor {
    require(
      shape.count == 2 && shape[1] % pieces == 0, "maxout: \(shape) in groups of \(pieces)")
    return reshaped(to: [shape[0], shape[1] / pieces, pieces, 1])
      .maxPooled(Window(kernelHeight: 1, kernelWidth: pieces, strideY: 1, strideX: pieces))
      .reshaped(to: [shape[0], shape[1] / pieces])
  }
}
