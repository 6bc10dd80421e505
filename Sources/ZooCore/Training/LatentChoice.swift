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
      if let bound = bound.map(Float.init) {
        // A draw lies within ±0.01 once in a hundred times: after a thousand the rest is cut.
        for draw in 1..<1000 {
          guard values.contains(where: { abs($0) > bound }) else { break }
          for (index, value) in drawn(count, draw).enumerated() where abs(values[index]) > bound {
            values[index] = value
          }
        }
        values = values.map { max(-bound, min(bound, $0)) }
      }
      return Tensor(values, shape: [count, size])
    case .paths(let count, let steps):
      let ends = drawn(2 * count)
      var values: [Float] = []
      for path in 0..<count {
        let from = Array(ends[2 * path * size..<(2 * path + 1) * size])
        let to = Array(ends[(2 * path + 1) * size..<(2 * path + 2) * size])
        for step in 0..<steps {
          values += between(from, to, at: steps == 1 ? 0 : Double(step) / Double(steps - 1))
        }
      }
      return Tensor(values, shape: [count * steps, size])
    }
  }

  private func between(_ a: [Float], _ b: [Float], at t: Double) -> [Float] {
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
