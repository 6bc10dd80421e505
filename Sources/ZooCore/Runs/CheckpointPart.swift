/// A file of a checkpoint: what goes into it, and where that goes back to.
struct CheckpointPart {
  struct Slot {
    let name: String
    /// The parameter whose shape and layout the values have.
    let parameter: Parameter
    let values: Tensor

    /// The values of this name in a file, in the parameter's layout.
    func read(_ file: Safetensors, _ place: String) throws(ZooError) -> Tensor {
      guard let entry = file[name] else {
        throw Checkpoint.fault("\(place) lacks the tensor \"\(name)\"")
      }
      let shape = parameter.exported(values).shape
      guard entry.shape == shape else {
        throw Checkpoint.fault("\(place): \"\(name)\" has shape \(entry.shape), expected \(shape)")
      }
      let tensor = Tensor(try entry.values(as: Float.self), shape: shape)
      guard tensor.isFinite else {
        throw Checkpoint.fault("\(place): \"\(name)\" has values that are not finite")
      }
      return parameter.imported(tensor)
    }
  }

  let file: String
  let slots: [Slot]
  let restore: ([Tensor]) -> Void

  /// A player's parameters and statistics.
  init(_ file: String, _ store: ParameterStore) {
    let parameters = store.all
    self.file = file
    slots = parameters.map { Slot(name: $0.name, parameter: $0, values: $0.value) }
    restore = { tensors in
      for (parameter, tensor) in zip(parameters, tensors) { parameter.assign(tensor) }
    }
  }

  /// A player's average, with the statistics that it is used with.
  init(_ file: String, _ average: MovingAverage, _ store: ParameterStore) {
    self.file = file
    slots =
      zip(store.parameters, average.values)
      .map { Slot(name: $0.name, parameter: $0, values: $1) }
      + store.buffers.map { Slot(name: $0.name, parameter: $0, values: $0.value) }
    restore = { average.restore(Array($0.prefix(store.parameters.count))) }
  }

  /// What the optimizers remember.
  init(_ file: String, _ optimizers: [(player: String, optimizer: Optimizer)]) {
    self.file = file
    slots = optimizers.flatMap { player, optimizer in
      optimizer.memory.map {
        Slot(name: "\(player).\($0.name)", parameter: $0.parameter, values: $0.values)
      }
    }
    restore = { tensors in
      var rest = tensors[...]
      for (_, optimizer) in optimizers {
        let own = rest.prefix(optimizer.memory.count)
        rest = rest.dropFirst(own.count)
        optimizer.restore(steps: optimizer.steps, memory: Array(own))
      }
    }
  }
}

extension Trainer {
  /// By player.
  var optimizers: [String: Optimizer] {
    ["generator": generatorOptimizer, "discriminator": discriminatorOptimizer]
  }

  /// All that a step depends on, as files.
  var parts: [CheckpointPart] {
    // A store with nothing in it has no file.
    let stores = contest.stores.filter { !$0.store.isEmpty }
    var parts = stores.map { CheckpointPart("\($0.name).safetensors", $0.store) }
    parts.append(
      CheckpointPart(
        "optimizers.safetensors",
        [("generator", generatorOptimizer), ("discriminator", discriminatorOptimizer)]))
    if let average {
      parts.append(CheckpointPart("generator-average.safetensors", average, contest.generatorStore))
    }
    return parts
  }
}
