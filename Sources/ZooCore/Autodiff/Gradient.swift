/// The derivatives of a tensor's elements' sum at other tensors.
///
/// Reverse mode: the history is walked once from the newest node to the oldest, along paths that
/// lead to `targets` and no others. Source: Griewank & Walther 2008, §3.
///
/// - Parameters:
///   - output: What is differentiated; its elements are summed, weighted by `seed`.
///   - targets: Where; each is tracked, usually a parameter or the result of `tracked()`.
///   - seed: Weights of the output's elements, all one when nil.
///   - differentiable: Whether the result can be differentiated again (a gradient penalty needs it).
/// - Returns: One derivative for each target; nil is zero.
public func gradient(
  of output: Tensor, at targets: [Tensor], seed: Tensor? = nil, differentiable: Bool = false
) -> [Tensor?] {
  if let seed {
    require(
      seed.shape == output.shape, "gradient: seed \(seed.shape) for output \(output.shape)")
  }
  let targetNodes = targets.map { target in
    guard let node = target.node else {
      fatalError("gradient: a target of shape \(target.shape) is not tracked")
    }
    return node
  }
  let wanted = Set(targetNodes.map(\.number))
  let path = nodesOnPath(from: output.node, to: wanted)
  guard let root = output.node, let last = path.last, last === root else {
    return targets.map { _ in nil }
  }

  return Recording.$isEnabled.withValue(differentiable) {
    let onPath = Set(path.map(\.number))
    var cotangents: [Int: Tensor] = [
      root.number: seed ?? Tensor(repeating: 1, shape: output.shape, type: output.type)
    ]
    for node in path.reversed() {
      guard let op = node.op, let cotangent = cotangents[node.number],
        let result = node.output(tracked: differentiable)
      else { continue }
      if !wanted.contains(node.number) { cotangents[node.number] = nil }
      let needed = node.inputs.map { $0.node.map { onPath.contains($0.number) } ?? false }
      guard needed.contains(true) else { continue }
      let inputs = differentiable ? node.inputs : node.inputs.map { $0.detached() }
      let parts = op.vjp(inputs, result, cotangent, wanted: needed)
      for (index, part) in parts.enumerated() where needed[index] {
        guard let part, let number = node.inputs[index].node?.number else { continue }
        require(
          part.shape == node.inputs[index].shape,
          "\(op.name): derivative \(part.shape) for input \(node.inputs[index].shape)")
        cotangents[number] = cotangents[number].map { $0 + part } ?? part
      }
    }
    return targetNodes.map { cotangents[$0.number] }
  }
}

/// The nodes through which `root` depends on a wanted node, oldest first.
private func nodesOnPath(from root: Node?, to wanted: Set<Int>) -> [Node] {
  guard let root, let oldest = wanted.min() else { return [] }
  // Nothing older than the oldest target can depend on one.
  var seen: Set<Int> = [root.number]
  var pending = [root]
  var nodes: [Node] = []
  while let node = pending.popLast() {
    nodes.append(node)
    for case let input? in node.inputs.map(\.node)
    where input.number >= oldest && seen.insert(input.number).inserted {
      pending.append(input)
    }
  }
  nodes.sort { $0.number < $1.number }
  var leads = wanted
  return nodes.filter { node in
    if wanted.contains(node.number) { return true }
    guard node.inputs.contains(where: { $0.node.map { leads.contains($0.number) } ?? false })
    else { return false }
    leads.insert(node.number)
    return true
  }
}
