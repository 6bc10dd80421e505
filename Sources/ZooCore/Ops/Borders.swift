/// The pixels that a map names.
struct PixelGather: Op {
  let map: PixelMap

  func forward(_ inputs: [Tensor]) -> Tensor {
    let x = inputs[0]
    require(x.shape == map.inputShape, "pixels: shape \(x.shape), expected \(map.inputShape)")
    let y = Tensor.uninitialized(map.outputShape, x.type)
    Backends.current.gatherPixels(map, x.buffer, into: y.buffer, type: x.type)
    return y
  }

  func vjp(
    _ inputs: [Tensor], _ output: Tensor, _ cotangent: Tensor, wanted: [Bool]
  ) -> [Tensor?] {
    [.apply(PixelSpread(map: map), [cotangent])]
  }
}

/// The adjoint of `PixelGather`: each pixel is added to the one that it came from.
struct PixelSpread: Op {
  let map: PixelMap

  func forward(_ inputs: [Tensor]) -> Tensor {
    let y = inputs[0]
    require(y.shape == map.outputShape, "pixels: shape \(y.shape), expected \(map.outputShape)")
    let x = Tensor.uninitialized(map.inputShape, y.type)
    Backends.current.spreadPixels(map, y.buffer, into: x.buffer, type: y.type)
    return x
  }

  func vjp(
    _ inputs: [Tensor], _ output: Tensor, _ cotangent: Tensor, wanted: [Bool]
  ) -> [Tensor?] {
    [.apply(PixelGather(map: map), [cotangent])]
  }
}

/// What stands around an image.
public enum Border: Hashable, Sendable {
  /// The image mirrored at its first and last pixels, which are not repeated: c b | a b c | b a.
  case reflection
  /// The first and last pixels repeated: a a | a b c | c c.
  case edge

  /// The index within 0..<size that place i shows.
  fileprivate func index(_ i: Int, _ size: Int) -> Int {
    switch self {
    case .reflection: i < 0 ? -i : (i < size ? i : 2 * (size - 1) - i)
    case .edge: min(max(i, 0), size - 1)
    }
  }
}

extension Tensor {
  /// Images `[N, H, W, C]` with more rows and columns around them, made of the images' own pixels.
  ///
  /// Padding is at least 0; a reflection reaches less far than the image is large. As PyTorch's
  /// `ReflectionPad2d` and `ReplicationPad2d`.
  public func padded(_ padding: Window.Padding, by border: Border) -> Tensor {
    let sides = [padding.top, padding.bottom, padding.left, padding.right]
    require(
      shape.count == 4 && sides.allSatisfy { $0 >= 0 } && shape[1] > 0 && shape[2] > 0
        && (border == .edge
          || (max(padding.top, padding.bottom) < shape[1]
            && max(padding.left, padding.right) < shape[2])),
      "\(border): padding \(sides) (top, bottom, left, right) around images \(shape)")
    if sides.allSatisfy({ $0 == 0 }) { return self }
    let map = PixelMap(
      batch: shape[0], height: shape[1], width: shape[2], channels: shape[3],
      rows: (-padding.top..<shape[1] + padding.bottom).map { border.index($0, shape[1]) },
      columns: (-padding.left..<shape[2] + padding.right).map { border.index($0, shape[2]) })
    return .apply(PixelGather(map: map), [self])
  }
}
