/// Divides weights by an estimate of their largest singular value.
///
/// Source: Miyato et al. 2018, arXiv:1802.05957, algorithm 1, as PyTorch's `spectral_norm` has it. A
/// pass in training moves `u` by one power iteration; one in inference leaves it as it is. `v` is
/// made of `u` and the weights in every pass and not kept, so that averaged weights get their own.
struct SpectralNorm {
  /// The left singular vector, `[outputs]`.
  let u: Parameter
  /// The axis of the weights that numbers outputs; the others are the matrix's columns.
  let outputAxis: Int
  private let last = LastResult()

  init(u: Parameter, outputAxis: Int) {
    self.u = u
    self.outputAxis = outputAxis
  }

  /// `weights` / σ with σ = uᵀ W v, whose derivative goes through W alone.
  func callAsFunction(_ weights: Tensor, _ context: Context) -> Tensor {
    guard context.mode == .training else {
      return last.result(of: [weights, u.value]) { divided(weights, moving: false) }
    }
    return divided(weights, moving: true)
  }

  private func divided(_ weights: Tensor, moving: Bool) -> Tensor {
    // Outputs along the last axis, whatever the layer.
    let axes = weights.shape.indices.filter { $0 != outputAxis } + [outputAxis]
    let turned = weights.transposed(axes)
    let estimate = SpectralEstimate(of: turned, from: u.value, keeps: !moving)
    if moving { u.assign(estimate.u) }
    return turned.divided(by: estimate)
      .transposed(axes.indices.sorted { axes[$0] < axes[$1] })
  }

  /// Where `u` starts: a direction of no preference.
  static func start(_ count: Int, _ random: RandomStream, _ type: ElementType) -> Tensor {
    let direction = random.normal([count], type: type)
    return direction / direction.squared().sum().squareRoot()
  }
}
