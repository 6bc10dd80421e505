/// How many values flow into and out of one weight's unit, for initialisers.
public struct Fan: Sendable {
  /// Inputs of one output: kernel area · input channels.
  public let input: Double
  /// Outputs of one input: kernel area · output channels.
  public let output: Double
  /// What PyTorch takes for the fan-in: for a transposed convolution, kernel area · output channels.
  public let pytorchInput: Double
  /// Inputs and outputs when a stride thins them out (Gulrajani's code); nil for dense layers.
  public let strided: (input: Double, output: Double)?

  /// The fan of a dense layer.
  public init(dense input: Int, _ output: Int) {
    self.input = Double(input)
    self.output = Double(output)
    pytorchInput = Double(input)
    strided = nil
  }

  /// The fan of a convolution, or of a transposed one.
  public init(window: Window, input: Int, output: Int, transposed: Bool) {
    let area = Double(window.kernelHeight * window.kernelWidth)
    let thinning = Double(window.strideY * window.strideX)
    self.input = area * Double(input)
    self.output = area * Double(output)
    pytorchInput = transposed ? self.output : self.input
    strided =
      transposed
      ? (self.input / thinning, self.output) : (self.input, self.output / thinning)
  }
}

/// Where a network's parameters start.
public enum Initialization: String, Sendable, CaseIterable {
  /// PyTorch's default: weights and biases uniform in ±1/√fan-in; norms 1 and 0.
  case pytorch
  /// Radford et al. 2016 (DCGAN, §3): weights N(0, 0.02), norm scales N(1, 0.02), biases 0.
  case dcgan
  /// Glorot & Bengio 2010: weights uniform in ±√(6 / (fan-in + fan-out)), biases 0.
  case glorotUniform = "glorot-uniform"
  /// Glorot & Bengio 2010: weights N(0, 2 / (fan-in + fan-out)), biases 0.
  case glorotNormal = "glorot-normal"
  /// He et al. 2015: weights N(0, 2 / fan-in), biases 0.
  case he
  /// LeCun et al. 1998, §4.6: weights N(0, 1 / fan-in), biases 0.
  case lecun
  /// Saxe et al. 2014, arXiv:1312.6120: weights as a matrix of outputs are orthonormal rows or
  /// columns, biases 0.
  case orthogonal
  /// Gulrajani's WGAN-GP code: dense layers Glorot uniform; convolutions uniform with variance
  /// 4 / (fan-in + fan-out), the fans thinned out by the stride; biases 0.
  case wganGP = "wgan-gp"

  /// Values for a layer's weights, whose axis `outputAxis` numbers outputs.
  func weights(
    _ shape: Shape, _ fan: Fan, outputAxis: Int, _ random: RandomStream, _ type: ElementType
  ) -> Tensor {
    func uniform(_ limit: Double) -> Tensor {
      random.uniform(shape, in: -limit..<limit, type: type)
    }
    switch self {
    case .pytorch: return uniform(1 / fan.pytorchInput.squareRoot())
    case .dcgan: return random.normal(shape, deviation: 0.02, type: type)
    case .glorotUniform: return uniform((6 / (fan.input + fan.output)).squareRoot())
    case .glorotNormal:
      let variance = 2 / (fan.input + fan.output)
      return random.normal(shape, deviation: variance.squareRoot(), type: type)
    case .he: return random.normal(shape, deviation: (2 / fan.input).squareRoot(), type: type)
    case .lecun: return random.normal(shape, deviation: (1 / fan.input).squareRoot(), type: type)
    case .orthogonal: return orthogonal(shape, outputAxis, random, type)
    case .wganGP:
      guard let strided = fan.strided else {
        return uniform((6 / (fan.input + fan.output)).squareRoot())
      }
      // A uniform variable in ±√3 σ has the deviation σ.
      return uniform((3 * 4 / (strided.input + strided.output)).squareRoot())
    }
  }

  /// Weights whose matrix of outputs by the rest has orthonormal rows, or columns where there are
  /// fewer of these.
  private func orthogonal(
    _ shape: Shape, _ outputAxis: Int, _ random: RandomStream, _ type: ElementType
  ) -> Tensor {
    let others = shape.indices.filter { $0 != outputAxis }
    let (outputs, rest) = (shape[outputAxis], shape.elementCount / shape[outputAxis])
    let (count, length) = (min(outputs, rest), max(outputs, rest))
    let vectors = OrthonormalVectors.made(
      of: random.normal([count, length], type: .float64).doubles, length: length)
    let matrix = Tensor(vectors, shape: [count, length], type: type)
    let rows = count == outputs ? matrix : matrix.transposed([1, 0])
    // From [outputs, rest] to the layout of the weights.
    let order = [outputAxis] + others
    return rows.reshaped(to: order.map { shape[$0] })
      .transposed(shape.indices.map { axis in order.firstIndex(of: axis) ?? axis })
  }

  /// Values for a layer's bias.
  func bias(_ shape: Shape, _ fan: Fan, _ random: RandomStream, _ type: ElementType) -> Tensor {
    guard self == .pytorch else { return Tensor(repeating: 0, shape: shape, type: type) }
    let limit = 1 / fan.pytorchInput.squareRoot()
    return random.uniform(shape, in: -limit..<limit, type: type)
  }

  /// Values for a normalisation's scale.
  func normScale(_ shape: Shape, _ random: RandomStream, _ type: ElementType) -> Tensor {
    self == .dcgan
      ? random.normal(shape, mean: 1, deviation: 0.02, type: type)
      : Tensor(repeating: 1, shape: shape, type: type)
  }
}
