/// The network in whose features FID, KID and the Inception score are defined, with weights from a
/// file.
///
/// The numbers are those of torch-fidelity, images prepared as there included; see
/// `InceptionImages`.
public struct InceptionNetwork: Sendable {
  private let steps: [InceptionStep<Unit>]
  /// `[1008, 2048]`.
  private let classifier: Tensor

  /// A convolution into which its batch norm has been folded.
  private struct Unit: Sendable {
    /// `[kH, kW, in, out]`.
    let weights: Tensor
    /// `[out]`.
    let bias: Tensor
    let window: Window
  }

  // So many images at a time that the largest of their layers takes some ten megabytes.
  private static let portion = 4
  // The weights take 96 MB; whatever is much larger is something else.
  private static let limit = 1 << 28

  /// Reads the weights, 472 tensors with the names of `pt_inception-2015-12-05-6726825d.pth`.
  ///
  /// - Throws: `.data` if a tensor is missing, left over, not of its shape or not finite.
  public init(contentsOf path: String) throws(ZooError) {
    try self.init(
      Safetensors(parsing: Files.read(path, limit: Self.limit, kind: .data), name: path),
      path: path)
  }

  /// A network with the tensors of a file.
  ///
  /// - Parameter path: The file's name, for errors.
  public init(_ file: Safetensors, path: String) throws(ZooError) {
    var source = InceptionWeights(file, path: path)
    var channels = 3
    steps = try Self.load(InceptionLayout.steps, from: &source, channels: &channels)
    require(
      channels == InceptionLayout.featureCount, "the layers end in \(channels) channels")
    let shape = [InceptionLayout.classes, InceptionLayout.featureCount]
    classifier = Tensor(try source.take("fc.weight", shape: shape), shape: shape)
    // Published Inception scores leave the bias out, so it is looked at and not used.
    _ = try source.take("fc.bias", shape: [InceptionLayout.classes])
    try source.finish()
  }

  private static func load(
    _ steps: [InceptionLayout.Step], from source: inout InceptionWeights, channels: inout Int
  ) throws(ZooError) -> [InceptionStep<Unit>] {
    var loaded: [InceptionStep<Unit>] = []
    for step in steps {
      switch step {
      case .convolution(let unit):
        let (weights, bias) = try source.convolution(unit, inputs: channels)
        channels = unit.channels
        loaded.append(.convolution(Unit(weights: weights, bias: bias, window: unit.window)))
      case .maxPool(let stride, let padding):
        loaded.append(.maxPool(stride: stride, padding: padding))
      case .averagePool: loaded.append(.averagePool)
      case .branches(let branches):
        var (inner, total): ([[InceptionStep<Unit>]], Int) = ([], 0)
        for branch in branches {
          var ofBranch = channels
          inner.append(try load(branch, from: &source, channels: &ofBranch))
          total += ofBranch
        }
        channels = total
        loaded.append(.branches(inner))
      }
    }
    return loaded
  }

  /// The features `[N, 2048]`, and the logits `[N, 1008]` without the last layer's bias.
  ///
  /// - Parameter images: `[N, H, W, 1]` or `[N, H, W, 3]` with values in 0...1, which are rounded to
  ///   256 levels.
  /// - Throws: `.diverged` if a value is not finite.
  public func look(
    at images: Tensor
  ) throws(ZooError) -> (features: Tensor, unbiasedLogits: Tensor) {
    var features: [Tensor] = []
    for first in stride(from: 0, to: images.shape[0], by: Self.portion) {
      let range = first..<min(first + Self.portion, images.shape[0])
      let input = try InceptionImages.prepared(images.rows(range))
      features.append(withoutDerivatives { Self.run(steps, on: input).mean(over: [1, 2]) })
    }
    let all = Tensor.concatenated(features)
    return (all, all.matrixProduct(classifier, transposeOther: true))
  }

  private static func run(_ steps: [InceptionStep<Unit>], on images: Tensor) -> Tensor {
    steps.reduce(images) { images, step in
      switch step {
      case .convolution(let unit):
        (images.convolved(with: unit.weights, window: unit.window) + unit.bias).relu()
      case .maxPool(let stride, let padding):
        images.maxPooled(Window(kernel: 3, stride: stride, padding: .init(padding)))
      case .averagePool:
        images.averagePooled(Window(kernel: 3, padding: .init(1)), countingPadding: false)
      case .branches(let branches):
        .concatenated(branches.map { run($0, on: images) }, along: 3)
      }
    }
  }
}
