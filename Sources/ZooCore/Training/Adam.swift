/// Adam: each value moves by its gradient's running mean over the root of its running square.
///
/// Source: Kingma & Ba 2015, arXiv:1412.6980, algorithm 1.
public struct Adam: OptimizerSpec, Equatable {
  public static let key = "adam"
  public static let summary = "Steps by running means of the gradient and of its square."
  public static let slots = ["mean", "square"]

  /// Step size.
  public var learningRate: Schedule = 2e-4
  /// Memory of the gradient's mean.
  public var beta1 = 0.5
  /// Memory of the gradient's square.
  public var beta2: Schedule = 0.999
  /// Keeps the denominator from zero.
  public var epsilon = 1e-8

  /// The settings of DCGAN: 2e-4, β₁ 0.5.
  public init() {}

  /// Adam with these settings.
  public init(learningRate: Schedule, beta1: Double, beta2: Schedule) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
  }

  public static var fields: [Field<Adam>] {
    [
      .schedule("learningRate", \.learningRate, in: 0...10, "Step size."),
      .number("beta1", \.beta1, in: 0...0.999999, "Memory of the gradient's mean."),
      .schedule("beta2", \.beta2, in: 0...0.999999, "Memory of the gradient's square."),
      .number("epsilon", \.epsilon, in: 1e-12...1, "Keeps the denominator from zero."),
    ]
  }

  /// The bias of the running means is corrected as if β₂ had always been what it is now, which is
  /// what PyTorch does when its value is changed on the way.
  public func rule(_ update: Int, at position: RunPosition, scale: Double) -> UpdateRule {
    .adam(
      learningRate: scale * learningRate.value(at: position), beta1: beta1,
      beta2: beta2.value(at: position), epsilon: epsilon, step: update)
  }
}

extension OptimizerSettings {
  /// Adam with these settings.
  public static func adam(_ settings: Adam) -> OptimizerSettings { OptimizerSettings(settings) }
}
