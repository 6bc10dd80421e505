/// A differentiable function of tensors: one struct that holds attributes, and at most numbers
/// without a history that its forward pass has found (batch norm's statistics).
///
/// The derivative stands beside the function and is written in Tensor ops, so that it can be
/// differentiated again. No tensor with a history is captured, so nothing leaks.
public protocol Op: Sendable {
  /// The result for these inputs; history is added by `apply`.
  func forward(_ inputs: [Tensor]) -> Tensor

  /// The vector-Jacobian products: for each wanted input the derivative of ⟨output, cotangent⟩.
  ///
  /// nil is zero: a derivative that vanishes everywhere is never a tensor of zeros.
  func vjp(
    _ inputs: [Tensor], _ output: Tensor, _ cotangent: Tensor, wanted: [Bool]
  ) -> [Tensor?]
}

extension Op {
  /// The op's name as profiles and messages show it.
  package var name: String { "\(Self.self)" }
}

extension Tensor {
  /// Computes an op, and remembers it when an input is tracked.
  package static func apply(_ op: some Op, _ inputs: [Tensor]) -> Tensor {
    let result = op.forward(inputs)
    guard Recording.isEnabled, inputs.contains(where: \.isTracked) else { return result }
    return Tensor(
      shape: result.shape, type: result.type, buffer: result.buffer,
      node: Node(op, inputs, shape: result.shape, type: result.type, buffer: result.buffer))
  }

  /// A tensor of undefined values, for an op to fill.
  package static func uninitialized(_ shape: Shape, _ type: ElementType) -> Tensor {
    Tensor(
      shape: shape, type: type,
      buffer: Backends.current.makeBuffer(byteCount: shape.elementCount * type.size))
  }
}

/// Whether ops remember their inputs.
package enum Recording {
  @TaskLocal package static var isEnabled = true
}

/// Runs `body` without remembering ops: nothing computed inside can be differentiated, and
/// intermediate results are freed at once.
public func withoutDerivatives<R>(_ body: () throws -> R) rethrows -> R {
  try Recording.$isEnabled.withValue(false, operation: body)
}

/// Stops a program that mixes element types or shapes; the message names both.
func requireSameType(_ op: some Op, _ a: Tensor, _ b: Tensor) {
  require(a.type == b.type, "\(op.name): \(a.type)\(a.shape) with \(b.type)\(b.shape)")
}
