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
    (steps, slots) = ([], [])
    forget()
  }

  /// Begins anew, as if there had been no update.
  public func forget() {
    steps = parameters.map { _ in 0 }
    slots = parameters.map { parameter in
      settings.slots.map { _ in
        Tensor(repeating: 0, shape: parameter.shape, type: parameter.type)
      }
    }
  }

  /// One update, with learning rates times `scale`.
  ///
  /// A parameter without a gradient stays as it is, as in PyTorch.
  ///
  /// - Parameter position: Where the run is, for settings that change over it.
  public func update(
    _ gradients: [Tensor?], at position: RunPosition = RunPosition(step: 0), scale: Double = 1
  ) {
    require(
      gradients.count == parameters.count,
      "\(gradients.count) gradients for \(parameters.count) parameters")
    for (index, parameter) in parameters.enumerated() {
      guard let gradient = gradients[index] else { continue }
      steps[index] += 1
      let old = parameter.value
      let value = Tensor.uninitialized(old.shape, old.type)
      Backends.current.update(
        settings.spec.rule(steps[index], at: position, scale: scale), value: old.buffer,
        gradient: gradient.buffer, slots: slots[index].map(\.buffer), into: value.buffer,
        count: old.count, type: old.type)
      parameter.assign(value)
    }
  }

  /// What the optimizer remembers: an entry for each parameter and slot, named after both.
  var memory: [(name: String, parameter: Parameter, values: Tensor)] {
    zip(parameters, slots).flatMap { parameter, slots in
      zip(settings.slots, slots).map { ("\(parameter.name).\($0)", parameter, $1) }
    }
  }

  /// Puts back what was remembered: `memory`'s values in its order, in the parameters' layout.
  func restore(steps: [Int], memory: [Tensor]) {
    require(
      steps.count == parameters.count
        && memory.count == parameters.count * settings.slots.count,
      "\(steps.count) counts and \(memory.count) slots for \(parameters.count) parameters")
    self.steps = steps
    let perParameter = settings.slots.count
    slots = parameters.indices.map { index in
      Array(memory[index * perParameter..<(index + 1) * perParameter])
    }
  }
}
