/// A learned row of numbers for each class.
public struct Embedding {
  /// `[classes, size]`.
  public let weight: Parameter

  /// Registers `weight` in `scope`; it starts as N(0, 1), as in PyTorch.
  public init(_ scope: Scope, classes: Int, size: Int) {
    weight = scope.parameter("weight") { $0.normal([classes, size], type: scope.type) }
  }

  /// The rows of these labels, `[labels.count, size]`.
  public func callAsFunction(_ labels: [Int32]) -> Tensor { weight.value.gathered(labels) }
}
