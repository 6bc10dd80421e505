#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The functions that the reference backend needs of an element type.
package protocol RealElement: BinaryFloatingPoint, Sendable {
  static func exp(_ x: Self) -> Self
  static func log(_ x: Self) -> Self
  static func log1p(_ x: Self) -> Self
  static func tanh(_ x: Self) -> Self
}

extension Float: RealElement {
  package static func exp(_ x: Float) -> Float { expf(x) }
  package static func log(_ x: Float) -> Float { logf(x) }
  package static func log1p(_ x: Float) -> Float { log1pf(x) }
  package static func tanh(_ x: Float) -> Float { tanhf(x) }
}

// The global functions share their names with these requirements; only a module name tells them
// apart, and that differs between platforms.
#if canImport(Glibc)
  extension Double: RealElement {
    package static func exp(_ x: Double) -> Double { Glibc.exp(x) }
    package static func log(_ x: Double) -> Double { Glibc.log(x) }
    package static func log1p(_ x: Double) -> Double { Glibc.log1p(x) }
    package static func tanh(_ x: Double) -> Double { Glibc.tanh(x) }
  }
#elseif canImport(Musl)
  extension Double: RealElement {
    package static func exp(_ x: Double) -> Double { Musl.exp(x) }
    package static func log(_ x: Double) -> Double { Musl.log(x) }
    package static func log1p(_ x: Double) -> Double { Musl.log1p(x) }
    package static func tanh(_ x: Double) -> Double { Musl.tanh(x) }
  }
#else
  extension Double: RealElement {
    package static func exp(_ x: Double) -> Double { Darwin.exp(x) }
    package static func log(_ x: Double) -> Double { Darwin.log(x) }
    package static func log1p(_ x: Double) -> Double { Darwin.log1p(x) }
    package static func tanh(_ x: Double) -> Double { Darwin.tanh(x) }
  }
#endif

extension UnaryFunction {
  /// The C library's cosine, for what is drawn once.
  package static func cosine(_ x: Double) -> Double { cos(x) }
  /// The C library's sine.
  package static func sine(_ x: Double) -> Double { sin(x) }
  /// The C library's arc cosine.
  package static func arccosine(_ x: Double) -> Double { acos(x) }
}

extension UnaryFunction {
  /// The function itself, in plain arithmetic.
  package func callAsFunction<T: RealElement>(_ x: T) -> T {
    switch self {
    case .affine(let scale, let offset): T(scale) * x + T(offset)
    case .exp: T.exp(x)
    case .log: T.log(x)
    case .squareRoot: x.squareRoot()
    case .square: x * x
    case .reciprocal: 1 / x
    case .tanh: T.tanh(x)
    case .sigmoid: x >= 0 ? 1 / (1 + T.exp(-x)) : T.exp(x) / (1 + T.exp(x))
    case .softplus: (x > 0 ? x : 0) + T.log1p(T.exp(-abs(x)))
    case .leakyReLU(let slope): x > 0 ? x : T(slope) * x
    case .absolute: abs(x)
    case .sign: x > 0 ? 1 : (x < 0 ? -1 : 0)
    case .clamp(let lower, let upper): x < T(lower) ? T(lower) : (x > T(upper) ? T(upper) : x)
    }
  }
}

extension BinaryFunction {
  /// The function itself, in plain arithmetic.
  package func callAsFunction<T: RealElement>(_ a: T, _ b: T) -> T {
    switch self {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    case .leakyGate(let slope): a > 0 ? b : T(slope) * b
    case .tanhGate: b * (1 - a * a)
    case .sigmoidGate: b * a * (1 - a)
    }
  }
}

extension RandomDistribution {
  /// The values that one Philox block gives: four uniform or two normal ones.
  package var valuesPerBlock: Int {
    switch self {
    case .uniform: 4
    case .normal: 2
    }
  }

  /// Turns a block's words into values; only the first `valuesPerBlock` lanes are meant.
  package func values(_ words: SIMD4<UInt32>) -> SIMD4<Double> {
    switch self {
    case .uniform(let lower, let upper):
      let unit = SIMD4<Double>(
        Double(words.x >> 8), Double(words.y >> 8), Double(words.z >> 8), Double(words.w >> 8))
      return lower + unit * (0x1p-24 * (upper - lower))
    case .normal(let mean, let deviation):
      // Box & Muller 1958 on two numbers of 53 bits; u is never 0, so that its logarithm is finite.
      let a = UInt64(words.y) << 32 | UInt64(words.x)
      let b = UInt64(words.w) << 32 | UInt64(words.z)
      let u = Double((a >> 11) + 1) * 0x1p-53
      let angle = 2 * Double.pi * (Double(b >> 11) * 0x1p-53)
      let radius = (-2 * Double.log(u)).squareRoot()
      return SIMD4(
        mean + deviation * (radius * cos(angle)), mean + deviation * (radius * sin(angle)), 0, 0)
    }
  }
}
