/// One way between images and the windows over them; inputs: values, or keys and values.
///
/// Each of the four parts is the adjoint of another one in its values.
struct Pooling: Op {
  /// What a window gives, or what is given to it.
  enum Quantity {
    /// The sum of its pixels, or each of them.
    case sum
    /// The pixel where the keys are largest.
    case largest
  }

  let quantity: Quantity
  /// Whether values go from the windows to the pixels.
  let isAdjoint: Bool
  let geometry: PoolingGeometry

  func forward(_ inputs: [Tensor]) -> Tensor {
    let (keys, values) = (inputs[0], inputs[inputs.count - 1])
    let (pixels, windows) = (geometry.inputShape, geometry.outputShape)
    let (from, to) = isAdjoint ? (windows, pixels) : (pixels, windows)
    require(
      values.shape == from && (quantity == .sum || keys.shape == pixels),
      "pooling: \(inputs.map(\.shape)), expected values \(from) and keys \(pixels)")
    let part: PoolingPart =
      switch (quantity, isAdjoint) {
      case (.sum, false): .sum
      case (.sum, true): .spread
      case (.largest, false): .pick(keys: keys.buffer)
      case (.largest, true): .place(keys: keys.buffer)
      }
    let result = Tensor.uninitialized(to, values.type)
    Backends.current.pool(part, geometry, values.buffer, into: result.buffer, type: values.type)
    return result
  }

  func vjp(
    _ inputs: [Tensor], _ output: Tensor, _ cotangent: Tensor, wanted: [Bool]
  ) -> [Tensor?] {
    func slope() -> Tensor {
      let adjoint = Pooling(quantity: quantity, isAdjoint: !isAdjoint, geometry: geometry)
      return .apply(adjoint, inputs.dropLast() + [cotangent])
    }
    switch quantity {
    case .sum: return [slope()]
    // Which place is largest is piecewise constant in the keys.
    case .largest: return [nil, wanted[1] ? slope() : nil]
    }
  }
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
    .apply(
      Pooling(quantity: .largest, isAdjoint: false, geometry: pooling(window)), [detached(), self])
  }

  /// The mean of each window.
  ///
  /// - Parameter countingPadding: Whether padding counts as zeros, or not at all.
  public func averagePooled(_ window: Window, countingPadding: Bool = true) -> Tensor {
    let sums = windowSums(window)
    if countingPadding { return sums / Double(window.kernelHeight * window.kernelWidth) }
    let inside = Tensor(repeating: 1, shape: [1, shape[1], shape[2], 1], type: type)
    return sums / inside.windowSums(window)
  }

  private func windowSums(_ window: Window) -> Tensor {
    .apply(Pooling(quantity: .sum, isAdjoint: false, geometry: pooling(window)), [self])
  }

  /// Repeats every pixel of `[N, H, W, C]` `factor` times in both directions.
  public func upsampled(by factor: Int) -> Tensor {
    require(shape.count == 4 && factor > 0, "upsampling \(shape) by \(factor)")
    let geometry = PoolingGeometry(
      batch: shape[0], height: shape[1] * factor, width: shape[2] * factor, channels: shape[3],
      window: Window(kernel: factor, stride: factor))
    return .apply(Pooling(quantity: .sum, isAdjoint: true, geometry: geometry), [self])
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
