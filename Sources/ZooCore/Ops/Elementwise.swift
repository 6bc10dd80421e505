/// An element-wise function of one tensor.
struct Map: Op {
  let function: UnaryFunction

  func forward(_ inputs: [Tensor]) -> Tensor {
    let x = inputs[0]
    let y = Tensor.uninitialized(x.shape, x.type)
    Backends.current.map(function, x.buffer, into: y.buffer, count: x.count, type: x.type)
    return y
  }

  func vjp(
    _ inputs: [Tensor], _ output: Tensor, _ cotangent: Tensor, wanted: [Bool]
  ) -> [Tensor?] {
    let (x, y, g) = (inputs[0], output, cotangent)
    switch function {
    case .affine(let scale, _): return [g * scale]
    case .exp: return [g * y]
    case .log: return [g / x]
    case .squareRoot: return [g * 0.5 / y]
    case .square: return [g * x * 2]
    case .reciprocal: return [-(g * y.squared())]
    case .tanh: return [.combine(.tanhGate, y, g)]
    case .sigmoid: return [.combine(.sigmoidGate, y, g)]
    case .softplus: return [g * x.sigmoid()]
    case .leakyReLU(let slope): return [.combine(.leakyGate(slope: slope), x, g)]
    case .absolute: return [g * x.sign()]
    case .sign: return [nil]
    case .clamp(let lower, let upper):
      // The derivative passes where the value did: 1 inside and at the bounds, 0 outside.
      let below = Tensor.combine(.leakyGate(slope: 0), -(x - lower), g)
      let above = Tensor.combine(.leakyGate(slope: 0), x - upper, g)
      return [g - below - above]
    }
  }
}

/// An element-wise function of two tensors that broadcast to one shape.
struct Combine: Op {
  let function: BinaryFunction

  func forward(_ inputs: [Tensor]) -> Tensor {
    let (a, b) = (inputs[0], inputs[1])
    requireSameType(self, a, b)
    guard let shape = a.shape.broadcast(with: b.shape) else {
      fatalError("\(function): shapes \(a.shape) and \(b.shape) do not broadcast")
    }
    let y = Tensor.uninitialized(shape, a.type)
    Backends.current.combine(
      function, a.buffer, strides: a.shape.strides(broadcastTo: shape), b.buffer,
      strides: b.shape.strides(broadcastTo: shape), into: y.buffer, shape: shape, type: a.type)
    return y
  }

  func vjp(
    _ inputs: [Tensor], _ output: Tensor, _ cotangent: Tensor, wanted: [Bool]
  ) -> [Tensor?] {
    let (a, b, g) = (inputs[0], inputs[1], cotangent)
    func part(_ index: Int, _ derivative: () -> Tensor?) -> Tensor? {
      wanted[index] ? derivative()?.summed(to: inputs[index].shape) : nil
    }
    switch function {
    case .add: return [part(0) { g }, part(1) { g }]
    case .subtract: return [part(0) { g }, part(1) { -g }]
    case .multiply: return [part(0) { g * b }, part(1) { g * a }]
    case .divide: return [part(0) { g / b }, part(1) { -(g * output / b) }]
    case .leakyGate:
      // Piecewise constant in a.
      return [nil, part(1) { .combine(function, a, g) }]
    case .tanhGate:
      return [part(0) { g * a * b * -2 }, part(1) { .combine(.tanhGate, a, g) }]
    case .sigmoidGate:
      return [part(0) { g * b * (a * -2 + 1) }, part(1) { .combine(.sigmoidGate, a, g) }]
    }
  }
}

extension Tensor {
  package static func map(_ function: UnaryFunction, _ x: Tensor) -> Tensor {
    apply(Map(function: function), [x])
  }

  package static func combine(_ function: BinaryFunction, _ a: Tensor, _ b: Tensor) -> Tensor {
    apply(Combine(function: function), [a, b])
  }

  /// Element-wise sum; shapes broadcast.
  public static func + (a: Tensor, b: Tensor) -> Tensor { combine(.add, a, b) }
  /// Element-wise difference; shapes broadcast.
  public static func - (a: Tensor, b: Tensor) -> Tensor { combine(.subtract, a, b) }
  /// Element-wise product; shapes broadcast.
  public static func * (a: Tensor, b: Tensor) -> Tensor { combine(.multiply, a, b) }
  /// Element-wise quotient; shapes broadcast.
  public static func / (a: Tensor, b: Tensor) -> Tensor { combine(.divide, a, b) }

  /// Adds a number to every element.
  public static func + (a: Tensor, b: Double) -> Tensor { map(.affine(scale: 1, offset: b), a) }
  /// Adds every element to a number.
  public static func + (a: Double, b: Tensor) -> Tensor { b + a }
  /// Subtracts a number from every element.
  public static func - (a: Tensor, b: Double) -> Tensor { map(.affine(scale: 1, offset: -b), a) }
  /// Subtracts every element from a number.
  public static func - (a: Double, b: Tensor) -> Tensor { map(.affine(scale: -1, offset: a), b) }
  /// Multiplies every element by a number.
  public static func * (a: Tensor, b: Double) -> Tensor { map(.affine(scale: b, offset: 0), a) }
  /// Multiplies a number by every element.
  public static func * (a: Double, b: Tensor) -> Tensor { b * a }
  /// Divides every element by a number.
  public static func / (a: Tensor, b: Double) -> Tensor { a * (1 / b) }
  /// Divides a number by every element.
  public static func / (a: Double, b: Tensor) -> Tensor { b.reciprocal() * a }
  /// Changes every element's sign.
  public static prefix func - (a: Tensor) -> Tensor { a * -1 }

  /// eˣ.
  public func exp() -> Tensor { .map(.exp, self) }
  /// Natural logarithm.
  public func log() -> Tensor { .map(.log, self) }
  /// Square root.
  public func squareRoot() -> Tensor { .map(.squareRoot, self) }
  /// x².
  public func squared() -> Tensor { .map(.square, self) }
  /// 1 / x.
  public func reciprocal() -> Tensor { .map(.reciprocal, self) }
  /// Hyperbolic tangent.
  public func tanh() -> Tensor { .map(.tanh, self) }
  /// 1 / (1 + e⁻ˣ).
  public func sigmoid() -> Tensor { .map(.sigmoid, self) }
  /// ln(1 + eˣ), without overflow.
  public func softplus() -> Tensor { .map(.softplus, self) }
  /// max(x, 0).
  public func relu() -> Tensor { .map(.leakyReLU(slope: 0), self) }
  /// x where positive, slope · x elsewhere.
  public func leakyReLU(slope: Double) -> Tensor { .map(.leakyReLU(slope: slope), self) }
  /// |x|.
  public func absolute() -> Tensor { .map(.absolute, self) }
  /// −1, 0 or 1; its derivative is zero everywhere.
  public func sign() -> Tensor { .map(.sign, self) }
  /// min(max(x, lower), upper).
  public func clamped(to range: ClosedRange<Double>) -> Tensor {
    .map(.clamp(lower: range.lowerBound, upper: range.upperBound), self)
  }
}
