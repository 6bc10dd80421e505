/// Gradient descent with momentum.
///
/// Rates and momentum may move as in the code of the first GAN (Goodfellow et al. 2014,
/// arXiv:1406.2661), which is Pylearn2's.
public struct SGD: OptimizerSpec, Equatable {
  public static let key = "sgd"
  public static let summary = "Gradient descent with momentum."
  public static let slots = ["velocity"]

  /// Step size at step 0.
  public var learningRate: Schedule = 0.1
  /// Share of the last step's movement that goes on.
  public var momentum = 0.5
  /// What momentum grows to, linearly over `momentumSteps`.
  public var finalMomentum: Double?
  /// Updates until `finalMomentum` is reached.
  public var momentumSteps = 0
  /// The learning rate is divided by this at each update.
  public var decay = 1.0
  /// Below this the learning rate does not fall.
  public var minimumLearningRate = 0.0

  /// The learning rate and first momentum of the first GAN.
  public init() {}

  public static var fields: [Field<SGD>] {
    [
      .schedule("learningRate", \.learningRate, in: 0...100, "Step size at step 0."),
      .number(
        "momentum", \.momentum, in: 0...0.999999, "Share of the last movement that goes on."),
      .optionalNumber(
        "finalMomentum", \.finalMomentum, in: 0...0.999999, "What momentum grows to."),
      .integer(
        "momentumSteps", \.momentumSteps, in: 0...1_000_000_000,
        "Updates until finalMomentum is reached."),
      .number("decay", \.decay, in: 1...2, "Divides the learning rate at each update."),
      .number(
        "minimumLearningRate", \.minimumLearningRate, in: 0...100,
        "Below this the learning rate does not fall."),
    ]
  }

  public func rule(_ update: Int, at position: RunPosition, scale: Double) -> UpdateRule {
    let rate = learningRate.value(at: position) / power(decay, update - 1)
    let progress = momentumSteps == 0 ? 1 : min(1, Double(update - 1) / Double(momentumSteps))
    let present = finalMomentum.map { momentum + ($0 - momentum) * progress } ?? momentum
    return .sgd(learningRate: scale * max(rate, minimumLearningRate), momentum: present)
  }
}

extension OptimizerSettings {
  /// Gradient descent with these settings.
  public static func sgd(_ settings: SGD) -> OptimizerSettings { OptimizerSettings(settings) }
}
