import Testing
import ZooCore

/// Compares derivatives with central differences in Float64 on the reference backend.
///
/// Step 1e-6 and tolerances 1e-5 absolute, 1e-3 relative: those of PyTorch's gradcheck. A central
/// difference errs by about step² f''' + ε / step ≈ 1e-10 for values of order one, so a wrong sign
/// or factor is far outside.
struct DerivativeCheck {
  let step = 1e-6
  let absolute = 1e-5
  let relative = 1e-3

  /// First derivatives of `f` at `inputs`, and second ones through the first.
  func check(
    _ f: @escaping ([Tensor]) -> Tensor, at inputs: [Tensor], second: Bool = true,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    Backends.$current.withValue(ReferenceBackend.shared) {
      let weights = fixedNumbers(f(inputs).shape, seed: 77)
      let weighted: ([Tensor]) -> Tensor = { (f($0) * weights).sum() }
      first(weighted, inputs, "first", sourceLocation)
      guard second else { return }
      let directions = inputs.enumerated().map { fixedNumbers($1.shape, seed: 100 + UInt32($0)) }
      // The derivative along fixed directions is a function of the inputs once more.
      let slope: ([Tensor]) -> Tensor = { inputs in
        let tracked = inputs.map { $0.isTracked ? $0 : $0.tracked() }
        let parts = gradient(of: weighted(tracked), at: tracked, differentiable: true)
        return zip(parts, directions).reduce(Tensor(repeating: 0, shape: [], type: .float64)) {
          sum, pair in pair.0.map { sum + ($0 * pair.1).sum() } ?? sum
        }
      }
      first(slope, inputs, "second", sourceLocation)
    }
  }

  private func first(
    _ f: ([Tensor]) -> Tensor, _ inputs: [Tensor], _ order: String,
    _ sourceLocation: SourceLocation
  ) {
    let tracked = inputs.map { $0.tracked() }
    let analytic = gradient(of: f(tracked), at: tracked)
    for (index, input) in inputs.enumerated() {
      let values = input.doubles
      let derivative = analytic[index]?.doubles ?? values.map { _ in 0 }
      for element in values.indices {
        func value(_ offset: Double) -> Double {
          var moved = values
          moved[element] += offset
          var arguments = inputs
          arguments[index] = Tensor(moved, shape: input.shape, type: .float64)
          return f(arguments).scalar
        }
        let numeric = (value(step) - value(-step)) / (2 * step)
        let difference = abs(numeric - derivative[element])
        #expect(
          difference <= absolute + relative * abs(numeric),
          "\(order) derivative at input \(index)[\(element)]: \(derivative[element]), by differences \(numeric)",
          sourceLocation: sourceLocation)
      }
    }
  }
}

/// Numbers in ±(0.2...1.2), away from the kinks at zero, a pure function of shape and seed.
func fixedNumbers(_ shape: Shape, seed: UInt32, type: ElementType = .float64) -> Tensor {
  let raw = RandomStream(seed: seed, purpose: .noise).uniform(shape, in: -1..<1, type: .float64)
  return Tensor(raw.doubles.map { $0 + ($0 < 0 ? -0.2 : 0.2) }, shape: shape, type: type)
}

/// Positive numbers in 0.2...1.2.
func positiveNumbers(_ shape: Shape, seed: UInt32) -> Tensor {
  Tensor(fixedNumbers(shape, seed: seed).doubles.map { abs($0) }, shape: shape, type: .float64)
}
