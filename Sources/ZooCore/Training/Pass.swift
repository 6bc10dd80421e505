/// What a turn's pass over a shard of a batch gives, or the mean of such; nothing has a history.
struct Pass: Addable {
  /// The loss and its named terms.
  let loss: Loss
  /// The loss's derivatives at the player's parameters, in their order; nil is zero.
  let gradients: [Tensor?]
  /// The signs of the real batch's scores, where somebody looks at them.
  let signs: Tensor?
  /// What kept tensors are to be.
  let kept: [(buffer: Parameter, value: Tensor)]

  static func + (first: Pass, second: Pass) -> Pass {
    require(
      first.kept.map(\.buffer.name) == second.kept.map(\.buffer.name),
      "one shard of a batch moves other tensors than another")
    return Pass(
      loss: first.loss.summed(with: second.loss),
      gradients: zip(first.gradients, second.gradients).map(sum),
      signs: sum(first.signs, second.signs),
      kept: zip(first.kept, second.kept).map { first, second in
        first.buffer.merging == .first
          ? first : (first.buffer, sum(first.value, second.value))
      })
  }

  private static func sum(_ first: Tensor, _ second: Tensor) -> Tensor {
    withoutDerivatives { first + second }
  }

  private static func sum(_ first: Tensor?, _ second: Tensor?) -> Tensor? {
    require((first == nil) == (second == nil), "no gradient in one shard of a batch alone")
    guard let first, let second else { return nil }
    return sum(first, second) as Tensor
  }

  func copyNumbers(into numbers: inout [Float]) -> Int {
    let tensors = summed
    let count = tensors.reduce(0) { $0 + $1.count }
    numbers.growIfShorter(than: count)
    var place = 0
    for tensor in tensors {
      tensor.copy(into: &numbers, at: place)
      place += tensor.count
    }
    return count
  }
  var examples: [Float] { kept.filter { $0.buffer.merging == .first }.flatMap(\.value.floats) }

  private var summed: [Tensor] {
    [loss.total] + loss.terms.map(\.value) + gradients.compactMap { $0 } + [signs].compactMap { $0 }
      + kept.filter { $0.buffer.merging != .first }.map(\.value)
  }

  func with(_ numbers: ArraySlice<Float>, examples: [Float]) -> Pass {
    var (numbers, examples) = (numbers, examples[...])
    func next(_ rest: inout ArraySlice<Float>, _ like: Tensor) -> Tensor {
      defer { rest = rest.dropFirst(like.count) }
      return Tensor(rest.prefix(like.count), shape: like.shape, type: like.type)
    }
    // In the order of `summed`.
    let total = next(&numbers, loss.total)
    let terms = loss.terms.map { ($0.name, next(&numbers, $0.value)) }
    let gradients = gradients.map { $0.map { next(&numbers, $0) } }
    let signs = signs.map { next(&numbers, $0) }
    let kept = kept.map { buffer, value in
      (buffer, buffer.merging == .first ? next(&examples, value) : next(&numbers, value))
    }
    return Pass(
      loss: Loss(total, named: terms), gradients: gradients, signs: signs, kept: kept)
  }

  /// The mean, where this is the sum over so many shards; signs stay a sum.
  func mean(over shards: Int) -> Pass {
    guard shards > 1 else { return self }
    // Divided, not multiplied by a reciprocal: whole numbers that all shards share stay whole.
    func mean(_ sum: Tensor) -> Tensor {
      withoutDerivatives { sum / Tensor(repeating: Double(shards), shape: [], type: sum.type) }
    }
    return Pass(
      loss: loss.mapped(mean), gradients: gradients.map { $0.map(mean) }, signs: signs,
      kept: kept.map { $0.buffer.merging == .first ? $0 : ($0.buffer, mean($0.value)) })
  }
}

extension Loss {
  /// The sum of losses with the same terms, and without a history.
  fileprivate func summed(with other: Loss) -> Loss {
    require(
      terms.map(\.name) == other.terms.map(\.name),
      "one shard of a batch tells other terms than another")
    return withoutDerivatives {
      Loss(
        total + other.total, named: zip(terms, other.terms).map { ($0.name, $0.value + $1.value) })
    }
  }

  /// The same with its values changed.
  func mapped(_ change: (Tensor) -> Tensor) -> Loss {
    Loss(change(total), named: terms.map { ($0.name, change($0.value)) })
  }
}
