import ZooCore

/// How differently a network that knows pictures sees two images: VGG19, with weights of the user's.
///
/// Source: Johnson et al. 2016, arXiv:1603.08155, as `NVIDIA/pix2pixHD` has it: absolute differences of
/// `relu1_1` to `relu5_1`, weighed 1/32 to 1. Deviation: images are normalised as VGG19 was trained,
/// which the repository forgot.
package struct PerceptualDifference {
  /// Channels of the convolutions by group; between groups images are halved.
  ///
  /// Of the last group only the first is needed.
  private static let groups = [
    [64, 64], [128, 128], [256, 256, 256, 256], [512, 512, 512, 512], [512],
  ]
  private static let shares = [1.0 / 32, 1.0 / 16, 1.0 / 8, 1.0 / 4, 1]

  /// Weights `[3, 3, C, F]` and biases `[F]`.
  private let convolutions: [(weights: Tensor, bias: Tensor)]
  private let range: ClosedRange<Double>

  /// Reads the weights, `features.0.weight` and so on as torchvision's `vgg19` names them.
  ///
  /// - Throws: `.data` when the file is not such.
  package init(weights path: String, of sample: Shape, range: ClosedRange<Double>) throws(ZooError)
  {
    self.range = range
    guard sample.last == 3, sample[0] >= 32, sample[1] >= 32 else {
      throw ZooError(
        .usage, "VGG19 looks at colour images of at least 32x32 pixels, found \(sample)",
        at: "objective.perceptualWeights", advice: "leave it out")
    }
    let file = try Safetensors(parsing: Files.read(Files.expandingHome(path)), name: path)
    var loaded: [(Tensor, Tensor)] = []
    // A convolution and its ReLU are two of torchvision's layers, halving one.
    var (place, inputs) = (0, 3)
    for group in Self.groups {
      for outputs in group {
        let name = "features.\(place)"
        let shape = [outputs, inputs, 3, 3]
        loaded.append(
          (
            try file.tensor("\(name).weight", shape, path).transposed([2, 3, 1, 0]),
            try file.tensor("\(name).bias", [outputs], path)
          ))
        (place, inputs) = (place + 2, outputs)
      }
      place += 1
    }
    convolutions = loaded
  }

  /// The weighed sum of the mean differences, of images `[N, H, W, 3]` in the config's range.
  package func callAsFunction(_ images: Tensor, _ truth: Tensor) -> Tensor {
    let wanted = withoutDerivatives { features(truth) }
    let parts = zip(zip(features(images), wanted), Self.shares).map { seen, share in
      (seen.0 - seen.1).absolute().mean() * share
    }
    return parts.total()
  }

  /// After the first convolution of each group.
  private func features(_ images: Tensor) -> [Tensor] {
    let width = range.upperBound - range.lowerBound
    // Mean and deviation of ImageNet's pixels.
    var value =
      ((images - range.lowerBound) / width - Tensor([0.485, 0.456, 0.406] as [Float], shape: [3]))
      / Tensor([0.229, 0.224, 0.225] as [Float], shape: [3])
    var (features, next) = ([Tensor](), 0)
    for (number, group) in Self.groups.enumerated() {
      if number > 0 { value = value.maxPooled(Window(kernel: 2, stride: 2)) }
      for place in group.indices {
        let (weights, bias) = convolutions[next]
        let window = Window(kernel: 3, padding: .init(1))
        value = (value.convolved(with: weights, window: window) + bias).relu()
        if place == 0 { features.append(value) }
        next += 1
      }
    }
    return features
  }
}

extension Safetensors {
  /// A tensor of single precision with this shape.
  fileprivate func tensor(
    _ name: String, _ shape: Shape, _ path: String
  ) throws(ZooError) -> Tensor {
    guard let entry = self[name], entry.shape == shape else {
      let found = self[name].map { "\($0.shape)" } ?? "no such tensor"
      throw ZooError(
        .data, "expected \(name) \(shape), found \(found)", at: path,
        advice: "give the weights of torchvision's vgg19 as safetensors")
    }
    let values: [Float] = try entry.values()
    return Tensor(values, shape: shape)
  }
}
