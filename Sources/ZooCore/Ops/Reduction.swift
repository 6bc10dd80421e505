/// The sum over some axes, which stay with size 1.
struct Sum: Op {
  let axes: Set<Int>

  func forward(_ inputs: [Tensor]) -> Tensor {
    var x = inputs[0]
    for pass in x.shape.passes(over: axes) {
      let y = Tensor.uninitialized(pass.result, x.type)
      Backends.current.sum(
        x.buffer, into: y.buffer, outer: pass.outer, reduced: pass.reduced, inner: pass.inner,
        type: x.type)
      x = y
    }
    return x.detached()
  }

  func vjp(
    _ inputs: [Tensor], _ output: Tensor, _ cotangent: Tensor, wanted: [Bool]
  ) -> [Tensor?] {
    [cotangent.broadcast(to: inputs[0].shape)]
  }
}

/// One pass of a reduction: neighbouring axes taken together, as `[outer, reduced, inner]`.
private struct ReductionPass {
  let outer: Int, reduced: Int, inner: Int
  /// The shape that remains, reduced axes being 1.
  let result: Shape
}

extension Shape {
  /// The passes of a reduction over some axes, the last axes first.
  fileprivate func passes(over axes: Set<Int>) -> [ReductionPass] {
    var passes: [ReductionPass] = []
    var shape = self
    var axis = shape.count
    while axis > 0 {
      axis -= 1
      guard axes.contains(axis), shape[axis] != 1 else { continue }
      let last = axis
      while axis > 0 && (axes.contains(axis - 1) || shape[axis - 1] == 1) { axis -= 1 }
      let outer = shape[..<axis].reduce(1, *)
      let reduced = shape[axis...last].reduce(1, *)
      let inner = shape[(last + 1)...].reduce(1, *)
      for i in axis...last { shape[i] = 1 }
      passes.append(ReductionPass(outer: outer, reduced: reduced, inner: inner, result: shape))
    }
    return passes
  }

  /// The sizes of all other axes.
  fileprivate func without(_ axes: [Int]) -> Shape {
    indices.filter { !axes.contains($0) }.map { self[$0] }
  }
}

/// Repeats values along axes of size 1, and along new leading axes.
struct Broadcast: Op {
  let shape: Shape

  func forward(_ inputs: [Tensor]) -> Tensor {
    let x = inputs[0]
    require(
      x.shape.broadcast(with: shape) == shape, "\(x.shape) does not broadcast to \(shape)")
    let y = Tensor.uninitialized(shape, x.type)
    Backends.current.copy(
      StridedCopy(
        shape: shape, sourceOffset: 0, sourceStrides: x.shape.strides(broadcastTo: shape),
        destinationOffset: 0, destinationStrides: shape.denseStrides),
      from: x.buffer, to: y.buffer, type: x.type)
    return y
  }

  func vjp(
    _ inputs: [Tensor], _ output: Tensor, _ cotangent: Tensor, wanted: [Bool]
  ) -> [Tensor?] {
    [cotangent.summed(to: inputs[0].shape)]
  }
}

extension Tensor {
  /// The sum over `axes`, which stay with size 1 when `keepingAxes`, else are dropped.
  public func sum(over axes: [Int], keepingAxes: Bool = false) -> Tensor {
    for axis in axes {
      require(shape.indices.contains(axis), "sum: axis \(axis) of shape \(shape)")
    }
    let summed = Tensor.apply(Sum(axes: Set(axes)), [self])
    return keepingAxes ? summed : summed.reshaped(to: shape.without(axes))
  }

  /// The sum of all elements, of shape `[]`.
  public func sum() -> Tensor { sum(over: Array(shape.indices)) }

  /// The mean over `axes`.
  public func mean(over axes: [Int], keepingAxes: Bool = false) -> Tensor {
    let terms = axes.reduce(1) { $0 * shape[$1] }
    return sum(over: axes, keepingAxes: keepingAxes) / Double(terms)
  }

  /// The mean of all elements, of shape `[]`.
  public func mean() -> Tensor { mean(over: Array(shape.indices)) }

  /// The largest value over `axes`, which stay with size 1 when `keepingAxes`, else are dropped.
  ///
  /// NaN is larger than any number. The derivative goes to the first of equals in row-major order,
  /// as that of PyTorch's `max(dim)`; its `amax` divides it between them.
  public func maximum(over axes: [Int], keepingAxes: Bool = false) -> Tensor {
    for axis in axes {
      require(shape.indices.contains(axis), "maximum: axis \(axis) of shape \(shape)")
    }
    let largest = shape.passes(over: Set(axes)).reduce(self) { x, pass in
      x.reshaped(to: [pass.outer, pass.reduced, 1, pass.inner])
        .maxPooled(Window(kernelHeight: pass.reduced, kernelWidth: 1))
        .reshaped(to: pass.result)
    }
    return keepingAxes ? largest : largest.reshaped(to: shape.without(axes))
  }

  /// The values repeated to a larger shape.
  public func broadcast(to target: Shape) -> Tensor {
    target == shape ? self : .apply(Broadcast(shape: target), [self])
  }

  /// The adjoint of `broadcast(to:)`: sums what was repeated.
  public func summed(to target: Shape) -> Tensor {
    if target == shape { return self }
    let missing = shape.count - target.count
    require(
      missing >= 0 && target.broadcast(with: shape) == shape,
      "\(shape) is not a broadcast of \(target)")
    let axes = shape.indices.filter {
      $0 < missing || (target[$0 - missing] == 1 && shape[$0] != 1)
    }
    return sum(over: axes, keepingAxes: true).reshaped(to: target)
  }
}
