/// How latent codes are chosen.
public enum LatentChoice: Sendable {
  /// One after another from the seed, the same ones that a run draws with the run's own seed.
  ///
  /// With a bound, numbers beyond it are drawn again, as in BigGAN's truncation trick (Brock et al.
  /// 2019, arXiv:1809.11096, section 3.1).
  case independent(count: Int, bound: Double?)
  /// Paths between pairs of codes, `steps` in each.
  ///
  /// Normal codes go along the great circle (slerp, White 2016, arXiv:1609.04468), which keeps their
  /// length likely; uniform ones along the line.
  case paths(count: Int, steps: Int)
}

extension LatentSpace {
  /// The chosen codes, `[N, size]`.
  public func choose(_ choice: LatentChoice, seed: UInt32) -> Tensor {
    func drawn(_ count: Int, _ draw: Int = 0) -> [Float] {
      self.draw(count, from: RandomStream(seed: seed, purpose: .samples, draw: draw)).floats
    }
    switch choice {
    case .independent(let count, let bound):
      var values = drawn(count)
      if let bound = bound.map(Float.init) { truncate(&values, to: bound, drawn) }
      return Tensor(values, shape: [count, size])
    case .paths(let count, let steps):
      let ends = drawn(2 * count)
      var values: [Float] = []
      for path in 0..<count {
        let from = Array(ends[2 * path * size..<(2 * path + 1) * size])
        let to = Array(ends[(2 * path + 1) * size..<(2 * path + 2) * size])
        for step in 0..<steps {
          let share = steps == 1 ? 0 : Double(step) / Double(steps - 1)
          values += parts.flatMap {
            $0.between(Array(from[$0.columns]), Array(to[$0.columns]), at: share)
          }
        }
      }
      return Tensor(values, shape: [count * steps, size])
    }
  }

  /// Draws numbers beyond the bound again; categories have none.
  private func truncate(
    _ values: inout [Float], to bound: Float, _ drawn: (_ count: Int, _ draw: Int) -> [Float]
  ) {
    let isBounded = parts.flatMap { part in
      Array(repeating: part.distribution != .categorical, count: part.size)
    }
    func isBeyond(_ index: Int) -> Bool { isBounded[index % size] && abs(values[index]) > bound }
    // A draw lies within ±0.01 once in a hundred times: after a thousand the rest is cut.
    for draw in 1..<1000 {
      guard values.indices.contains(where: isBeyond) else { return }
      for (index, value) in drawn(values.count / size, draw).enumerated() where isBeyond(index) {
        values[index] = value
      }
    }
    for index in values.indices where isBeyond(index) {
      values[index] = max(-bound, min(bound, values[index]))
    }
  }
}

extension LatentSpace.Part {
  /// The code between two at `t` in 0...1: a category stays until the next is reached.
  fileprivate func between(_ a: [Float], _ b: [Float], at t: Double) -> [Float] {
    if distribution == .categorical { return t < 1 ? a : b }
    func dot(_ a: [Float], _ b: [Float]) -> Double {
      zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    let cosine = dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
    var weights = (1 - t, t)
    if distribution == .normal, abs(cosine) < 0.9999 {
      let angle = UnaryFunction.arccosine(cosine)
      weights = (
        UnaryFunction.sine((1 - t) * angle) / UnaryFunction.sine(angle),
        UnaryFunction.sine(t * angle) / UnaryFunction.sine(angle)
      )
    }
    return zip(a, b).map { Float(weights.0 * Double($0) + weights.1 * Double($1)) }
  }
}
