/// An estimate of a matrix's largest singular value σ = vᵀ X u, by one power iteration.
///
/// Source: Miyato et al. 2018, arXiv:1802.05957, algorithm 1.
struct SpectralEstimate {
  /// `[rows]` and `[columns]`, of length 1.
  let v: Tensor, u: Tensor
  /// 1 / σ, `[1]`.
  let inverse: Tensor

  /// Of x, whose last axis numbers columns and all others rows, from `u` `[columns]` on, which stays
  /// as it is where `keeps`; without history.
  init(of x: Tensor, from u: Tensor, keeps: Bool) {
    let columns = x.shape.last ?? 0
    require(x.shape.count > 1 && u.shape == [columns], "spectral norm: \(x.shape) with \(u.shape)")
    let rows = x.count / columns
    let next = Tensor.uninitialized([columns], x.type)
    v = .uninitialized([rows], x.type)
    inverse = .uninitialized([1], x.type)
    Backends.current.powerIteration(
      x.buffer, u: u.buffer, keeps: keeps, v: v.buffer, next: next.buffer,
      inverse: inverse.buffer, rows: rows, columns: columns, type: x.type)
    self.u = keeps ? u.detached() : next
  }
}

/// Weights X / σ, σ = vᵀ X u with u and v taken for constants: ∂L/∂X = (G − ⟨G, Y⟩ v uᵀ) / σ.
struct SpectralDivision: Op {
  let estimate: SpectralEstimate

  func forward(_ inputs: [Tensor]) -> Tensor {
    withoutDerivatives { inputs[0] * estimate.inverse }
  }

  func vjp(
    _ inputs: [Tensor], _ output: Tensor, _ cotangent: Tensor, wanted: [Bool]
  ) -> [Tensor?] {
    let columns = estimate.u.count
    let pulled = estimate.u * (cotangent * output).sum()
    let outer = estimate.v.reshaped(to: [estimate.v.count, 1]) * pulled
    return [(cotangent - outer.reshaped(to: output.shape)) * inverse(of: inputs[0], columns)]
  }

  /// 1 / σ, where a derivative is to be taken again as a function of the weights.
  private func inverse(of weights: Tensor, _ columns: Int) -> Tensor {
    guard Recording.isEnabled else { return estimate.inverse }
    let matrix = weights.reshaped(to: [estimate.v.count, columns])
    let image = estimate.v.reshaped(to: [1, estimate.v.count]).matrixProduct(matrix)
    return (image * estimate.u).sum().reciprocal()
  }
}

extension Tensor {
  /// These weights divided by an estimate of the largest singular value.
  func divided(by estimate: SpectralEstimate) -> Tensor {
    .apply(SpectralDivision(estimate: estimate), [self])
  }
}
