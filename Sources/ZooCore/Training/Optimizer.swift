/// Which optimizer a player uses, and how it is set.
public enum OptimizerSettings: Equatable, Sendable {
  /// Kingma & Ba 2015.
  case adam(Adam)
  /// Tieleman & Hinton 2012, in PyTorch's form.
  case rmsprop(RMSprop)
  /// Stochastic gradient descent with momentum.
  case sgd(SGD)

  /// Adam's settings.
  public struct Adam: ConfigBlock, Equatable {
    /// Step size.
    public var learningRate = 2e-4
    /// Memory of the gradient's mean.
    public var beta1 = 0.5
    /// Memory of the gradient's square.
    public var beta2 = 0.999
    /// Keeps the denominator from zero.
    public var epsilon = 1e-8

    /// The settings of DCGAN: 2e-4, β₁ 0.5.
    public init() {}

    /// Adam with these settings.
    public init(learningRate: Double, beta1: Double, beta2: Double) {
      self.learningRate = learningRate
      self.beta1 = beta1
      self.beta2 = beta2
    }

    public static var fields: [Field<Adam>] {
      [
        .number("learningRate", \.learningRate, in: 0...10, "Step size."),
        .number("beta1", \.beta1, in: 0...0.999999, "Memory of the gradient's mean."),
        .number("beta2", \.beta2, in: 0...0.999999, "Memory of the gradient's square."),
        .number("epsilon", \.epsilon, in: 1e-12...1, "Keeps the denominator from zero."),
      ]
    }
  }

  /// RMSprop's settings.
  public struct RMSprop: ConfigBlock, Equatable {
    /// Step size.
    public var learningRate = 5e-5
    /// Memory of the gradient's square.
    public var decay = 0.99
    /// Keeps the denominator from zero.
    public var epsilon = 1e-8

    /// The settings of WGAN with PyTorch's memory: 5e-5, 0.99.
    public init() {}

    public static var fields: [Field<RMSprop>] {
      [
        .number("learningRate", \.learningRate, in: 0...10, "Step size."),
        .number("decay", \.decay, in: 0...0.999999, "Memory of the gradient's square."),
        .number("epsilon", \.epsilon, in: 1e-12...1, "Keeps the denominator from zero."),
      ]
    }
  }

  /// Settings of gradient descent.
  public struct SGD: ConfigBlock, Equatable {
    /// Step size at step 0.
    public var learningRate = 0.1
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
        .number("learningRate", \.learningRate, in: 0...100, "Step size at step 0."),
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
  }

  /// The rule for one update, `step` counted from 1, with learning rates times `scale`.
  func rule(at step: Int, scale: Double) -> UpdateRule {
    switch self {
    case .adam(let s):
      return .adam(
        learningRate: scale * s.learningRate, beta1: s.beta1, beta2: s.beta2, epsilon: s.epsilon,
        step: step)
    case .rmsprop(let s):
      return .rmsprop(
        learningRate: scale * s.learningRate, decay: s.decay, epsilon: s.epsilon)
    case .sgd(let s):
      let rate = s.learningRate / power(s.decay, step - 1)
      let progress = s.momentumSteps == 0 ? 1 : min(1, Double(step - 1) / Double(s.momentumSteps))
      let momentum = s.finalMomentum.map { s.momentum + ($0 - s.momentum) * progress } ?? s.momentum
      return .sgd(
        learningRate: scale * max(rate, s.minimumLearningRate), momentum: momentum)
    }
  }

  /// The names of what the optimizer remembers for each parameter.
  var slotNames: [String] {
    switch self {
    case .adam: ["mean", "square"]
    case .rmsprop: ["square"]
    case .sgd: ["velocity"]
    }
  }
}

/// Moves a player's parameters along their gradients.
public final class Optimizer {
  /// Which rule, and its settings.
  public let settings: OptimizerSettings
  /// Updates so far, for each parameter.
  public private(set) var steps: [Int]
  /// For each parameter what the rule remembers, all zero at first.
  ///
  /// Unlike other tensors these change in place, at each update: whoever keeps them copies them.
  public private(set) var slots: [[Tensor]]
  private let parameters: [Parameter]

  /// An optimizer for these parameters.
  public init(_ settings: OptimizerSettings, _ parameters: [Parameter]) {
    self.settings = settings
    self.parameters = parameters
    steps = parameters.map { _ in 0 }
    slots = parameters.map { parameter in
      settings.slotNames.map { _ in
        Tensor(repeating: 0, shape: parameter.shape, type: parameter.type)
      }
    }
  }

  /// One update, with learning rates times `scale`.
  ///
  /// A parameter without a gradient stays as it is, as in PyTorch.
  public func update(_ gradients: [Tensor?], scale: Double = 1) {
    require(
      gradients.count == parameters.count,
      "\(gradients.count) gradients for \(parameters.count) parameters")
    for (index, parameter) in parameters.enumerated() {
      guard let gradient = gradients[index] else { continue }
      steps[index] += 1
      let old = parameter.value
      let value = Tensor.uninitialized(old.shape, old.type)
      Backends.current.update(
        settings.rule(at: steps[index], scale: scale), value: old.buffer, gradient: gradient.buffer,
        slots: slots[index].map(\.buffer), into: value.buffer, count: old.count, type: old.type)
      parameter.assign(value)
    }
  }

  /// What the optimizer remembers: an entry for each parameter and slot, named after both.
  var memory: [(name: String, parameter: Parameter, values: Tensor)] {
    zip(parameters, slots).flatMap { parameter, slots in
      zip(settings.slotNames, slots).map { ("\(parameter.name).\($0)", parameter, $1) }
    }
  }

  /// Puts back what was remembered: `memory`'s values in its order, in the parameters' layout.
  func restore(steps: [Int], memory: [Tensor]) {
    require(
      steps.count == parameters.count
        && memory.count == parameters.count * settings.slotNames.count,
      "\(steps.count) counts and \(memory.count) slots for \(parameters.count) parameters")
    self.steps = steps
    let perParameter = settings.slotNames.count
    slots = parameters.indices.map { index in
      Array(memory[index * perParameter..<(index + 1) * perParameter])
    }
  }
}
