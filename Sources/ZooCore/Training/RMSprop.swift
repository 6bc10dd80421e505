/// RMSprop: each value moves by its gradient over the root of the gradient's running square.
///
/// Source: Tieleman & Hinton 2012, lecture 6.5, in PyTorch's form: ε outside the root.
public struct RMSprop: OptimizerSpec, Equatable {
  public static let key = "rmsprop"
  public static let summary = "Steps by the gradient over the root of its running square."
  public static let slots = ["square"]

  /// Step size.
  public var learningRate: Schedule = 5e-5
  /// Memory of the gradient's square.
  public var decay = 0.99
  /// Keeps the denominator from zero.
  public var epsilon = 1e-8

  /// The settings of WGAN with PyTorch's memory: 5e-5, 0.99.
  public init() {}

  public static var fields: [Field<RMSprop>] {
    [
      .schedule("learningRate", \.learningRate, in: 0...10, "Step size."),
      .number("decay", \.decay, in: 0...0.999999, "Memory of the gradient's square."),
      .number("epsilon", \.epsilon, in: 1e-12...1, "Keeps the denominator from zero."),
    ]
  }

  public func rule(_ update: Int, at position: RunPosition, scale: Double) -> UpdateRule {
    .rmsprop(
      learningRate: scale * learningRate.value(at: position), decay: decay, epsilon: epsilon)
  }
}

extension OptimizerSettings {
  /// RMSprop with these settings.
  public static func rmsprop(_ settings: RMSprop) -> OptimizerSettings {
    OptimizerSettings(settings)
  }
}
