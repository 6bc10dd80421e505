/// The softmax of each row of the last axis: y = eˣ / Σ eˣ.
struct Softmax: Op {
  func forward(_ inputs: [Tensor]) -> Tensor {
    let x = inputs[0]
    let y = Tensor.uninitialized(x.shape, x.type)
    Backends.current.softmax(
      x.buffer, into: y.buffer, rows: x.shape.dropLast().reduce(1, *),
      columns: x.shape.last ?? 1, type: x.type)
    return y
  }

  func vjp(
    _ inputs: [Tensor], _ output: Tensor, _ cotangent: Tensor, wanted: [Bool]
  ) -> [Tensor?] {
    // ∂yᵢ/∂xⱼ = yᵢ (δᵢⱼ − yⱼ).
    let weighted = cotangent * output
    let total = weighted.sum(over: [output.shape.count - 1], keepingAxes: true)
    return [weighted - output * total]
  }
}

/// The logarithm of the softmax of each row of the last axis: y = x − ln Σ eˣ.
struct LogSoftmax: Op {
  func forward(_ inputs: [Tensor]) -> Tensor {
    withoutDerivatives {
      let x = inputs[0]
      let last = [x.shape.count - 1]
      // Seen from its largest value no row overflows.
      let shifted = x - x.maximum(over: last, keepingAxes: true)
      return shifted - shifted.exp().sum(over: last, keepingAxes: true).log()
    }
  }

  func vjp(
    _ inputs: [Tensor], _ output: Tensor, _ cotangent: Tensor, wanted: [Bool]
  ) -> [Tensor?] {
    // ∂yᵢ/∂xⱼ = δᵢⱼ − softmax(x)ⱼ.
    let total = cotangent.sum(over: [output.shape.count - 1], keepingAxes: true)
    return [cotangent - inputs[0].softmax() * total]
  }
}

extension Tensor {
  /// eˣ / Σ eˣ over the last axis of `[…, C]`, without overflow.
  public func softmax() -> Tensor {
    require(!shape.isEmpty, "softmax: a scalar has no last axis")
    return .apply(Softmax(), [self])
  }

  /// x − ln Σ eˣ over the last axis of `[…, C]`, without overflow.
  public func logSoftmax() -> Tensor {
    require(!shape.isEmpty, "log softmax: a scalar has no last axis")
    return .apply(LogSoftmax(), [self])
  }
}

/// −ln softmax(logits)[label] for each row of logits `[N, C]`: `[N]`.
///
/// The negative logarithm of the probability that a classifier gives the right class, in nats.
public func crossEntropy(of logits: Tensor, labels: [Int32]) -> Tensor {
  require(
    logits.shape.count == 2 && logits.shape[0] == labels.count,
    "cross-entropy: \(labels.count) labels for logits \(logits.shape)")
  let classes = logits.shape[1]
  require(
    labels.allSatisfy { 0..<classes ~= Int($0) },
    "cross-entropy: a label lies outside the \(classes) classes of logits \(logits.shape)")
  // Picked by place: a product with ones and zeros would make NaN of a logit of −∞.
  let places = labels.enumerated().map { Int32($0 * classes) + $1 }
  return -logits.logSoftmax().reshaped(to: [logits.count]).gathered(places)
}
