/// Takes the tensors of the Inception network out of a file, and sees that each is what it must be.
struct InceptionWeights {
  private let path: String
  private let entries: [String: Safetensors.Entry]
  private var taken: Set<String> = []

  /// How the weights that everybody uses become a file that is read here.
  private static let advice =
    "make it of pt_inception-2015-12-05-6726825d.pth, which pytorch-fid and torch-fidelity share: "
    + "python3 -c \"import torch; from safetensors.torch import save_file; save_file({k: "
    + "v.float().contiguous() for k, v in torch.load('pt_inception-2015-12-05-6726825d.pth')"
    + ".items() if 'num_batches' not in k}, 'inception.safetensors')\""

  /// The tensors of a file.
  ///
  /// - Parameter path: The file's name, for errors.
  init(_ file: Safetensors, path: String) {
    self.path = path
    entries = Dictionary(file.entries.map { ($0.name, $0) }) { first, _ in first }
  }

  /// The values of a tensor.
  ///
  /// - Throws: `.data` if it is missing, not of this shape, not of 32-bit floats or not finite.
  mutating func take(_ name: String, shape: [Int]) throws(ZooError) -> [Float] {
    guard let entry = entries[name] else {
      throw fault("expected the tensor \(name) \(shape), found none")
    }
    guard entry.dtype == .f32, entry.shape == shape else {
      throw fault(
        "expected the tensor \(name) as F32 \(shape), found \(entry.dtype.rawValue) \(entry.shape)")
    }
    let values = try entry.values(as: Float.self)
    if let place = values.firstIndex(where: { !$0.isFinite }) {
      throw fault("expected finite values, found \(values[place]) as value \(place) of \(name)")
    }
    taken.insert(name)
    return values
  }

  /// A convolution `[kH, kW, in, out]` and its bias, into which batch norm has been folded.
  ///
  /// γ (w · x − μ) / √(σ² + ε) + β is a convolution with w · γ / √(σ² + ε) and a bias.
  mutating func convolution(
    _ unit: InceptionUnit, inputs: Int
  ) throws(ZooError) -> (weights: Tensor, bias: Tensor) {
    let (window, channels) = (unit.window, unit.channels)
    let shape = [channels, inputs, window.kernelHeight, window.kernelWidth]
    let weights = try take("\(unit.name).conv.weight", shape: shape)
    let gamma = try take("\(unit.name).bn.weight", shape: [channels])
    let beta = try take("\(unit.name).bn.bias", shape: [channels])
    let mean = try take("\(unit.name).bn.running_mean", shape: [channels])
    let variance = try take("\(unit.name).bn.running_var", shape: [channels])
    if let place = variance.firstIndex(where: { $0 < 0 }) {
      throw fault(
        "expected no variance below 0, found \(Text.figure(Double(variance[place]), digits: 4)) as value \(place) of "
          + "\(unit.name).bn.running_var")
    }
    let scale = zip(gamma, variance).map {
      Double($0) / (Double($1) + InceptionLayout.epsilon).squareRoot()
    }
    let bias = scale.indices.map { Double(beta[$0]) - Double(mean[$0]) * scale[$0] }
    let folded =
      Tensor(weights, shape: shape).transposed([2, 3, 1, 0]) * Tensor(scale, shape: [channels])
    let offset = Tensor(bias, shape: [channels])
    guard folded.isFinite, offset.isFinite else {
      throw fault("the batch norm of \(unit.name) makes weights that are not finite")
    }
    return (folded, offset)
  }

  /// Sees that nothing was left over: a network with more layers is another one.
  func finish() throws(ZooError) {
    guard let stranger = entries.keys.filter({ !taken.contains($0) }).min() else { return }
    throw fault("the tensor \(Text.printable(stranger)) does not belong to the FID's Inception")
  }

  private func fault(_ problem: String) -> ZooError {
    ZooError(.data, problem, at: Text.printable(path), advice: Self.advice)
  }
}
