/// One partial derivative of the trilinear form ⟨x * w, y⟩ at the two other arguments.
///
/// The form is linear in x, w and y, so the derivative of each part at one of its inputs is
/// another part: three primitives serve every layer and every order of derivative.
struct Convolution: Op {
  let part: ConvolutionPart
  let geometry: ConvolutionGeometry

  func forward(_ inputs: [Tensor]) -> Tensor {
    let (first, second) = (inputs[0], inputs[1])
    requireSameType(self, first, second)
    let (g, shapes) = (geometry, (geometry.inputShape, geometry.weightShape, geometry.outputShape))
    let (expected, result): ((Shape, Shape), Shape) =
      switch part {
      case .output: ((shapes.0, shapes.1), shapes.2)
      case .input: ((shapes.2, shapes.1), shapes.0)
      case .weight: ((shapes.0, shapes.2), shapes.1)
      }
    require(
      first.shape == expected.0 && second.shape == expected.1,
      "convolution \(part): \(first.shape) and \(second.shape), expected \(expected)")
    let y = Tensor.uninitialized(result, first.type)
    Backends.current.convolve(part, g, first.buffer, second.buffer, into: y.buffer, type: y.type)
    return y
  }

  func vjp(
    _ inputs: [Tensor], _ output: Tensor, _ cotangent: Tensor, wanted: [Bool]
  ) -> [Tensor?] {
    func derivative(_ part: ConvolutionPart, _ first: Tensor, _ second: Tensor) -> Tensor {
      .apply(Convolution(part: part, geometry: geometry), [first, second])
    }
    let (a, b, g) = (inputs[0], inputs[1], cotangent)
    switch part {
    case .output:  // (x, w) → y
      return [
        wanted[0] ? derivative(.input, g, b) : nil, wanted[1] ? derivative(.weight, a, g) : nil,
      ]
    case .input:  // (y, w) → x
      return [
        wanted[0] ? derivative(.output, g, b) : nil, wanted[1] ? derivative(.weight, g, a) : nil,
      ]
    case .weight:  // (x, y) → w
      return [
        wanted[0] ? derivative(.input, b, g) : nil, wanted[1] ? derivative(.output, a, g) : nil,
      ]
    }
  }
}

extension Tensor {
  /// Convolves images `[N, H, W, C]` with weights `[kH, kW, C / groups, K]` to `[N, H', W', K]`.
  ///
  /// Cross-correlation, as in every deep-learning library. Source: Dumoulin & Visin 2016,
  /// arXiv:1603.07285, §2.
  ///
  /// - Parameter groups: Channels of images and result are cut into so many groups, each convolved by
  ///   itself (Krizhevsky and others 2012, §3.5); with C groups each channel is (depthwise).
  public func convolved(with weights: Tensor, window: Window, groups: Int = 1) -> Tensor {
    require(
      shape.count == 4 && weights.shape.count == 4,
      "convolution: images \(shape) and weights \(weights.shape)")
    requireGroups(groups, shape[3], weights.shape[3])
    let geometry = ConvolutionGeometry(
      batch: shape[0], height: shape[1], width: shape[2], inputChannels: shape[3],
      outputChannels: weights.shape[3], groups: groups, window: window)
    require(
      geometry.outputHeight > 0 && geometry.outputWidth > 0,
      "convolution: the kernel \(weights.shape) does not fit images \(shape)")
    return .apply(Convolution(part: .output, geometry: geometry), [self, weights])
  }

  /// Transposed convolution: the input gradient of a convolution from `[N, height, width, C]` to
  /// this tensor's `[N, H, W, K]`, with that convolution's weights `[kH, kW, C / groups, K]`.
  ///
  /// Of the sizes that the convolution takes to H and W any can be asked for: this is PyTorch's
  /// `output_padding`. Source: Dumoulin & Visin 2016, arXiv:1603.07285, §4.
  public func transposedConvolved(
    with weights: Tensor, window: Window, height: Int, width: Int, groups: Int = 1
  ) -> Tensor {
    require(
      shape.count == 4 && weights.shape.count == 4,
      "transposed convolution: images \(shape) and weights \(weights.shape)")
    requireGroups(groups, weights.shape[2] * groups, weights.shape[3])
    let geometry = ConvolutionGeometry(
      batch: shape[0], height: height, width: width, inputChannels: weights.shape[2] * groups,
      outputChannels: weights.shape[3], groups: groups, window: window)
    return .apply(Convolution(part: .input, geometry: geometry), [self, weights])
  }
}

private func requireGroups(_ groups: Int, _ inputs: Int, _ outputs: Int) {
  require(
    groups > 0 && inputs % groups == 0 && outputs % groups == 0,
    "convolution: \(inputs) and \(outputs) channels in \(groups) groups")
}
