import ZooCore

/// VGG19 up to the first convolution of its fifth group, with weights of the user's.
///
/// Source: Simonyan & Zisserman 2015, arXiv:1409.1556, table 1, column E.
struct VGG19 {
  /// Channels of the convolutions by group; between groups images are halved.
  private static let groups = [
    [64, 64], [128, 128], [256, 256, 256, 256], [512, 512, 512, 512], [512],
  ]

  /// Weights `[3, 3, C, F]` and biases `[F]`.
  private let convolutions: [(weights: Tensor, bias: Tensor)]

  /// Reads the weights, `features.0.weight` and so on as torchvision's `vgg19` names them.
  ///
  /// - Throws: `.data` when the file is not such.
  init(_ file: Safetensors, _ path: String) throws(ZooError) {
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

  /// What is seen after the first convolution of each group, `relu1_1` to `relu5_1`, of colour images
  /// with values in 0...1.
  func callAsFunction(_ images: Tensor) -> [Tensor] {
    // Mean and deviation of ImageNet's pixels.
    var value =
      (images - Tensor([0.485, 0.456, 0.406] as [Float], shape: [3]))
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
