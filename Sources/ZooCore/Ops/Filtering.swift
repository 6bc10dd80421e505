/// A fixed filter along one axis, between raising and lowering the sampling rate.
///
/// The adjoint of such a filter is another one, so it is closed under differentiation.
struct LineFilter: Op {
  let geometry: FilterGeometry
  /// The shapes of input and result, which the geometry sees as `[outer, length, inner]`.
  let input: Shape, output: Shape

  func forward(_ inputs: [Tensor]) -> Tensor {
    let x = inputs[0]
    require(x.shape == input, "filter: shape \(x.shape), expected \(input)")
    let y = Tensor.uninitialized(output, x.type)
    Backends.current.filter(geometry, x.buffer, into: y.buffer, type: x.type)
    return y
  }

  func vjp(
    _ inputs: [Tensor], _ output: Tensor, _ cotangent: Tensor, wanted: [Bool]
  ) -> [Tensor?] {
    [
      .apply(
        LineFilter(geometry: geometry.adjoint, input: self.output, output: input), [cotangent])
    ]
  }
}

extension Tensor {
  /// Images `[N, H, W, C]` filtered between raising their sampling rate by `up` and lowering it by
  /// `down`: `[N, H', W', C]` with H' = (H · up + top + bottom − taps) / down + 1.
  ///
  /// Zeros are put behind the pixels (`up` − 1 in both directions) and around the images, which are
  /// cropped where padding is negative; rows and columns are convolved with the filter, the kernel
  /// of two dimensions being its outer product with itself; each `down`-th pixel is kept. Source:
  /// `upfirdn2d` of StyleGAN2 (Karras and others 2020, arXiv:1912.04958).
  public func filtered(
    _ filter: [Double], up: Int = 1, down: Int = 1, padding: Window.Padding = .none
  ) -> Tensor {
    require(
      shape.count == 4 && !filter.isEmpty && up > 0 && down > 0,
      "filter: images [N, H, W, C], found \(shape); \(filter.count) taps, up \(up), down \(down)")
    func along(_ axis: Int, _ images: Tensor) -> Tensor {
      let geometry = FilterGeometry(
        outer: images.shape[..<axis].reduce(1, *), length: images.shape[axis],
        inner: images.shape[(axis + 1)...].reduce(1, *), taps: filter.reversed(), up: up,
        down: down, before: axis == 1 ? padding.top : padding.left,
        after: axis == 1 ? padding.bottom : padding.right)
      require(
        geometry.outputLength > 0,
        "filter: \(filter.count) taps do not fit axis \(axis) of \(images.shape)")
      var output = images.shape
      output[axis] = geometry.outputLength
      return .apply(
        LineFilter(geometry: geometry, input: images.shape, output: output), [images])
    }
    // Whole rows of pixels are added up faster than pixels: they go where more values are.
    return down > up ? along(2, along(1, self)) : along(1, along(2, self))
  }

  /// Images of `factor` times the size: filtered between zeros, which take the image's energy down,
  /// so that the filter, brought to a sum of 1, is multiplied by `factor` for each direction.
  ///
  /// Source: `upsample2d` of StyleGAN2; `[1, 3, 3, 1]` is its filter, and R3GAN's.
  public func upsampled(by factor: Int, filter: [Double]) -> Tensor {
    let total = filter.reduce(0, +)
    let (before, after) = ((filter.count + factor - 1) >> 1, (filter.count - factor) >> 1)
    return filtered(
      filter.map { $0 * Double(factor) / total }, up: factor,
      padding: .init(top: before, bottom: after, left: before, right: after))
  }

  /// Images of 1 / `factor` the size, filtered, the filter brought to a sum of 1.
  ///
  /// Source: `downsample2d` of StyleGAN2.
  public func downsampled(by factor: Int, filter: [Double]) -> Tensor {
    let total = filter.reduce(0, +)
    let (before, after) = ((filter.count - factor + 1) >> 1, (filter.count - factor) >> 1)
    return filtered(
      filter.map { $0 / total }, down: factor,
      padding: .init(top: before, bottom: after, left: before, right: after))
  }
}
