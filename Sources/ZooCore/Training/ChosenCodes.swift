extension LatentSpace {
  /// `count` codes `[count, size]` one after another from the seed, the same ones that a run draws with
  /// the run's own seed.
  ///
  /// - Parameter bound: Numbers beyond it are drawn again, as in BigGAN's truncation trick (Brock et al.
  ///   2019, arXiv:1809.11096, section 3.1).
  public func codes(_ count: Int, seed: UInt32, bound: Double? = nil) -> Tensor {
    func drawn(_ count: Int, _ draw: Int = 0) -> [Float] {
      self.draw(count, from: RandomStream(seed: seed, purpose: .samples, draw: draw)).floats
    }
    var values = drawn(count)
    if let bound = bound.map(Float.init) { truncate(&values, to: bound, drawn) }
    return Tensor(values, shape: [count, size])
  }

  /// The code between two, `share` of the way.
  ///
  /// Normal codes go along the great circle (slerp, White 2016, arXiv:1609.04468), which keeps their
  /// length likely; uniform ones along the line.
  public func between(_ from: [Float], _ to: [Float], at share: Double) -> [Float] {
    require(
      from.count == size && to.count == size,
      "codes of \(from.count) and \(to.count) numbers in a space of \(size)")
    return parts.flatMap {
      $0.between(Array(from[$0.columns]), Array(to[$0.columns]), at: share)
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
