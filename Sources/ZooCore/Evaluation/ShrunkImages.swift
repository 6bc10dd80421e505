extension Tensor {
  /// Images `[N, H, W, C]` with no side longer than `side`, as far as a whole factor does it that
  /// leaves a pixel of each: a pixel is the mean of a square.
  func shrunk(toAtMost side: Int) -> Tensor {
    let factor = Array(shape.dropFirst()).shrinking(toAtMost: side)
    return factor == 1 ? self : averagePooled(Window(kernel: factor, stride: factor))
  }
}

extension Shape {
  /// The factor by which an image `[H, W, C]` is shrunk.
  func shrinking(toAtMost side: Int) -> Int {
    let (height, width) = (self[0], self[1])
    return Swift.min((Swift.max(height, width) + side - 1) / side, Swift.min(height, width))
  }
}
