/// The same values under another shape; no value moves.
struct Reshape: Op {
  let shape: Shape

  func forward(_ inputs: [Tensor]) -> Tensor {
    let x = inputs[0]
    require(
      x.count == shape.elementCount, "reshape: \(x.shape) has not the elements of \(shape)")
    return Tensor(shape: shape, type: x.type, buffer: x.buffer)
  }

  func vjp(
    _ inputs: [Tensor], _ output: Tensor, _ cotangent: Tensor, wanted: [Bool]
  ) -> [Tensor?] {
    [cotangent.reshaped(to: inputs[0].shape)]
  }
}

/// Axis i of the result is axis `order[i]` of the input.
struct Transpose: Op {
  let order: [Int]

  func forward(_ inputs: [Tensor]) -> Tensor {
    let x = inputs[0]
    require(
      order.sorted() == Array(x.shape.indices), "transpose: order \(order) for shape \(x.shape)")
    let strides = x.shape.denseStrides
    let y = Tensor.uninitialized(order.map { x.shape[$0] }, x.type)
    Backends.current.copy(
      StridedCopy(
        shape: y.shape, sourceOffset: 0, sourceStrides: order.map { strides[$0] },
        destinationOffset: 0, destinationStrides: y.shape.denseStrides),
      from: x.buffer, to: y.buffer, type: x.type)
    return y
  }

  func vjp(
    _ inputs: [Tensor], _ output: Tensor, _ cotangent: Tensor, wanted: [Bool]
  ) -> [Tensor?] {
    var inverse = order
    for (index, axis) in order.enumerated() { inverse[axis] = index }
    return [cotangent.transposed(inverse)]
  }
}

/// A box of the input, beginning at `start`.
struct Slice: Op {
  let start: [Int]
  let shape: Shape

  func forward(_ inputs: [Tensor]) -> Tensor {
    let x = inputs[0]
    require(
      start.count == x.shape.count && shape.count == x.shape.count
        && x.shape.indices.allSatisfy {
          start[$0] >= 0 && shape[$0] >= 0 && start[$0] + shape[$0] <= x.shape[$0]
        },
      "slice: box \(shape) at \(start) is not inside shape \(x.shape)")
    let strides = x.shape.denseStrides
    let y = Tensor.uninitialized(shape, x.type)
    Backends.current.copy(
      StridedCopy(
        shape: shape, sourceOffset: zip(start, strides).reduce(0) { $0 + $1.0 * $1.1 },
        sourceStrides: strides, destinationOffset: 0, destinationStrides: shape.denseStrides),
      from: x.buffer, to: y.buffer, type: x.type)
    return y
  }

  func vjp(
    _ inputs: [Tensor], _ output: Tensor, _ cotangent: Tensor, wanted: [Bool]
  ) -> [Tensor?] {
    [.apply(Embed(start: start, shape: inputs[0].shape), [cotangent])]
  }
}

/// The adjoint of `Slice`: the input as a box at `start` within zeros of `shape`.
struct Embed: Op {
  let start: [Int]
  let shape: Shape

  func forward(_ inputs: [Tensor]) -> Tensor {
    let x = inputs[0]
    require(
      start.count == shape.count && x.shape.count == shape.count
        && shape.indices.allSatisfy { start[$0] >= 0 && start[$0] + x.shape[$0] <= shape[$0] },
      "embed: box \(x.shape) at \(start) is not inside shape \(shape)")
    let strides = shape.denseStrides
    let y = Tensor(repeating: 0, shape: shape, type: x.type)
    Backends.current.copy(
      StridedCopy(
        shape: x.shape, sourceOffset: 0, sourceStrides: x.shape.denseStrides,
        destinationOffset: zip(start, strides).reduce(0) { $0 + $1.0 * $1.1 },
        destinationStrides: strides),
      from: x.buffer, to: y.buffer, type: x.type)
    return y
  }

  func vjp(
    _ inputs: [Tensor], _ output: Tensor, _ cotangent: Tensor, wanted: [Bool]
  ) -> [Tensor?] {
    [.apply(Slice(start: start, shape: inputs[0].shape), [cotangent])]
  }
}

/// The inputs one after another along one axis.
struct Concatenate: Op {
  let axis: Int

  func forward(_ inputs: [Tensor]) -> Tensor {
    guard let first = inputs.first else { fatalError("concatenate: no input") }
    var shape = first.shape
    require(shape.indices.contains(axis), "concatenate: axis \(axis) of shape \(shape)")
    shape[axis] = inputs.reduce(0) { $0 + $1.shape[axis] }
    let y = Tensor.uninitialized(shape, first.type)
    let strides = shape.denseStrides
    var offset = 0
    for x in inputs {
      requireSameType(self, first, x)
      var expected = shape
      expected[axis] = x.shape[axis]
      require(x.shape == expected, "concatenate: \(first.shape) and \(x.shape) along \(axis)")
      Backends.current.copy(
        StridedCopy(
          shape: x.shape, sourceOffset: 0, sourceStrides: x.shape.denseStrides,
          destinationOffset: offset * strides[axis], destinationStrides: strides),
        from: x.buffer, to: y.buffer, type: x.type)
      offset += x.shape[axis]
    }
    return y
  }

  func vjp(
    _ inputs: [Tensor], _ output: Tensor, _ cotangent: Tensor, wanted: [Bool]
  ) -> [Tensor?] {
    var start = [Int](repeating: 0, count: output.shape.count)
    return zip(inputs, wanted).map { input, wanted in
      defer { start[axis] += input.shape[axis] }
      return wanted ? .apply(Slice(start: start, shape: input.shape), [cotangent]) : nil
    }
  }
}

/// Rows of a table by index: an embedding.
struct Gather: Op {
  let indices: [Int32]

  func forward(_ inputs: [Tensor]) -> Tensor {
    let table = inputs[0]
    require(table.shape.count == 2, "gather: a table has two axes, found \(table.shape)")
    require(
      indices.allSatisfy { 0..<table.shape[0] ~= Int($0) },
      "gather: an index lies outside the table \(table.shape)")
    let y = Tensor.uninitialized([indices.count, table.shape[1]], table.type)
    Backends.current.gatherRows(
      table.buffer, indices, columns: table.shape[1], into: y.buffer, type: table.type)
    return y
  }

  func vjp(
    _ inputs: [Tensor], _ output: Tensor, _ cotangent: Tensor, wanted: [Bool]
  ) -> [Tensor?] {
    [.apply(ScatterAdd(indices: indices, rows: inputs[0].shape[0]), [cotangent])]
  }
}

/// The adjoint of `Gather`: adds each row to the row of the result that its index names.
struct ScatterAdd: Op {
  let indices: [Int32]
  let rows: Int

  func forward(_ inputs: [Tensor]) -> Tensor {
    let x = inputs[0]
    require(
      x.shape.count == 2 && x.shape[0] == indices.count,
      "scatter: \(indices.count) indices for rows \(x.shape)")
    let y = Tensor.uninitialized([rows, x.shape[1]], x.type)
    Backends.current.scatterAddRows(
      x.buffer, indices, rows: rows, columns: x.shape[1], into: y.buffer, type: x.type)
    return y
  }

  func vjp(
    _ inputs: [Tensor], _ output: Tensor, _ cotangent: Tensor, wanted: [Bool]
  ) -> [Tensor?] {
    [.apply(Gather(indices: indices), [cotangent])]
  }
}

extension Tensor {
  /// The same values under another shape.
  public func reshaped(to shape: Shape) -> Tensor {
    shape == self.shape ? self : .apply(Reshape(shape: shape), [self])
  }

  /// Axis i of the result is axis `order[i]` of this tensor.
  public func transposed(_ order: [Int]) -> Tensor {
    // Where only axes of size 1 change places, the values stay where they are.
    let moving = order.filter { $0 < shape.count && shape[$0] != 1 }
    if moving == moving.sorted(), order.count == shape.count {
      return reshaped(to: order.map { shape[$0] })
    }
    return .apply(Transpose(order: order), [self])
  }

  /// The box of `shape` that begins at `start`.
  public func slice(at start: [Int], shape: Shape) -> Tensor {
    shape == self.shape && start.allSatisfy { $0 == 0 }
      ? self : .apply(Slice(start: start, shape: shape), [self])
  }

  /// Rows `range` of the first axis.
  public func rows(_ range: Range<Int>) -> Tensor {
    slice(
      at: [range.lowerBound] + shape.dropFirst().map { _ in 0 },
      shape: [range.count] + shape.dropFirst())
  }

  /// Zeros around the values: `before[i]` and `after[i]` more along axis i.
  public func padded(before: [Int], after: [Int]) -> Tensor {
    require(
      before.count == shape.count && after.count == shape.count,
      "pad: \(before) and \(after) for shape \(shape)")
    return .apply(
      Embed(start: before, shape: shape.indices.map { before[$0] + shape[$0] + after[$0] }),
      [self])
  }

  /// Tensors one after another along `axis`.
  public static func concatenated(_ tensors: [Tensor], along axis: Int = 0) -> Tensor {
    tensors.count == 1 ? tensors[0] : apply(Concatenate(axis: axis), tensors)
  }

  /// The sums of the rows `[N, C]` of each of `count` groups, `[count, C]`.
  ///
  /// - Parameter groups: The group of each row, 0 to `count` - 1.
  public func summed(into count: Int, by groups: [Int32]) -> Tensor {
    require(
      shape.count == 2 && groups.count == shape[0], "\(groups.count) groups of rows \(shape)")
    return .apply(ScatterAdd(indices: groups, rows: count), [self])
  }

  /// The rows of the first axis that `indices` name, in that order and as often as they are named.
  ///
  /// `[rows, …]` becomes `[indices.count, …]`: an embedding, or a batch in another order.
  public func gathered(_ indices: [Int32]) -> Tensor {
    require(!shape.isEmpty, "gather: a scalar has no rows")
    let table = reshaped(to: [shape[0], shape.dropFirst().reduce(1, *)])
    return Tensor.apply(Gather(indices: indices), [table])
      .reshaped(to: [indices.count] + shape.dropFirst())
  }
}
