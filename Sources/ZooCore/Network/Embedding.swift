/// A learned row of numbers for each class.
public struct Embedding {
  /// `[classes, size]`.
  public let weight: Weight

  /// Registers `weight` in `scope`; it starts as N(0, 1), as in PyTorch.
  public init(_ scope: Scope, classes: Int, size: Int) {
    weight = Weight(
      scope.parameter("weight", shape: [classes, size]) {
        $0.normal([classes, size], type: scope.type)
      })
  }

  /// Registers a `weight` whose rows meet features in an inner product; it starts as the weights of a
  /// dense layer do, so that scores are not drowned by `size` products of order one, and the
  /// network's transform makes its weights.
  public init(projecting scope: Scope, classes: Int, size: Int) {
    weight = scope.weights(
      [classes, size], fan: Fan(dense: size, classes), layout: .plain, outputAxis: 0)
  }

  /// Registers a `weight` that starts as the weights of a dense layer do and is used as it is, for rows
  /// that steer norms: those of order one would drown what norms start from.
  public init(sharing scope: Scope, classes: Int, size: Int) {
    self.init(
      projecting: scope.making(WeightRule()), classes: classes, size: size)
  }

  /// The rows of these labels, `[labels.count, size]`.
  public func callAsFunction(_ labels: [Int32], _ context: Context) -> Tensor {
    weight(context).gathered(labels)
  }
}
