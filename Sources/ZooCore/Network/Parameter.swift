/// A named tensor that a network owns: trained, or kept beside training (batch-norm statistics).
///
/// Its identity is what optimizers and checkpoints hold on to; its value is replaced at each update.
/// The first value is made when it is first asked for: a network that is only looked at costs
/// nothing, and one that is restored draws nothing.
public final class Parameter {
  /// How a parameter is laid out here and in PyTorch's files.
  public enum Layout: Sendable {
    /// The same in both.
    case plain
    /// Here `[in, out]`, in PyTorch `[out, in]`.
    case dense
    /// Here `[kH, kW, in, out]`, in PyTorch `[out, in, kH, kW]`. A transposed convolution holds the
    /// weights of the convolution that it is the input gradient of, which makes its PyTorch layout
    /// `[in, out, kH, kW]` of its own channels, as PyTorch has it.
    case convolution
    /// Here `[H, W, C]`, in PyTorch `[C, H, W]`.
    case image
  }

  /// The name within its player, as PyTorch would call it: `3.weight`.
  public let name: String
  /// How the values are laid out.
  public let layout: Layout
  /// The shape of the values.
  public let shape: Shape
  /// The element type of the values.
  public let type: ElementType
  /// What becomes of a kept tensor that the shards of a batch move.
  let merging: Merging
  private var state: State

  /// Whose value counts where each shard of a batch moved one that is kept beside training.
  public enum Merging: Sendable {
    /// The mean of all, such as statistics.
    case mean
    /// The first shard's, where values are an example of what was seen.
    case first
    /// That of the only shard that moves it.
    case own
  }

  private enum State {
    case unmade(() -> Tensor)
    case made(Tensor)
  }

  /// A parameter whose first value `initial` gives: a pure function.
  init(
    name: String, layout: Layout, shape: Shape, type: ElementType, merging: Merging = .mean,
    initial: @escaping () -> Tensor
  ) {
    self.merging = merging
    self.name = name
    self.layout = layout
    self.shape = shape
    self.type = type
    state = .unmade(initial)
  }

  /// The current values, tracked.
  public var value: Tensor {
    switch state {
    case .made(let tensor): return tensor
    case .unmade(let initial):
      let first = tracked(withoutDerivatives(initial))
      state = .made(first)
      return first
    }
  }

  /// Replaces the values.
  public func assign(_ tensor: Tensor) { state = .made(tracked(tensor)) }

  private func tracked(_ tensor: Tensor) -> Tensor {
    require(
      tensor.shape == shape && tensor.type == type,
      "\(name): \(tensor.type)\(tensor.shape) assigned to \(type)\(shape)")
    return tensor.detached().tracked()
  }

  /// Puts a tensor with its history in place of the values, for checks of derivatives.
  package func substitute(_ tensor: Tensor) {
    require(tensor.shape == shape, "\(name): \(tensor.shape) in place of \(shape)")
    state = .made(tensor)
  }

  /// The values in PyTorch's layout.
  public var exported: Tensor { exported(value) }

  /// A tensor of this parameter's shape, such as its gradient, in PyTorch's layout.
  public func exported(_ tensor: Tensor) -> Tensor {
    switch layout {
    case .plain: tensor.detached()
    case .dense: tensor.detached().transposed([1, 0])
    case .convolution: tensor.detached().transposed([3, 2, 0, 1])
    case .image: tensor.detached().transposed([2, 0, 1])
    }
  }

  /// Replaces the values by ones in PyTorch's layout.
  public func assign(exported tensor: Tensor) { assign(imported(tensor)) }

  /// A tensor that came in PyTorch's layout, in this parameter's.
  func imported(_ tensor: Tensor) -> Tensor {
    switch layout {
    case .plain: tensor
    case .dense: tensor.transposed([1, 0])
    case .convolution: tensor.transposed([2, 3, 1, 0])
    case .image: tensor.transposed([1, 2, 0])
    }
  }
}
