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
  /// As PyTorch's, so that weights of zero are not divided by nothing.
  private static let epsilon = 1e-12
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
    let matrix = matrix(weights)
    // Algorithm 1 renews v, then u.
    let v = withoutDerivatives { direction(matrix, u.value.detached()) }
    let image = v.matrixProduct(matrix)
    if moving { u.assign(withoutDerivatives { Self.unit(image).reshaped(to: u.shape) }) }
    let sigma = (image * u.value.detached()).sum()
    return weights * sigma.reciprocal()
  }

  /// v = Wᵀ u / ‖Wᵀ u‖, as a row.
  private func direction(_ matrix: Tensor, _ u: Tensor) -> Tensor {
    Self.unit(u.reshaped(to: [1, u.count]).matrixProduct(matrix, transposeOther: true))
  }

  /// Wᵀ: a row for each weight of an output, a column for each output.
  private func matrix(_ weights: Tensor) -> Tensor {
    let others = weights.shape.indices.filter { $0 != outputAxis }
    let outputs = weights.shape[outputAxis]
    return weights.transposed(others + [outputAxis])
      .reshaped(to: [weights.count / outputs, outputs])
  }

  private static func unit(_ vector: Tensor) -> Tensor {
    let norm = vector.squared().sum().squareRoot()
    return vector / norm.clamped(to: epsilon...Double(Float.greatestFiniteMagnitude))
  }

  /// Where `u` starts: a direction of no preference.
  static func start(_ count: Int, _ random: RandomStream, _ type: ElementType) -> Tensor {
    unit(random.normal([count], type: type))
  }
}
