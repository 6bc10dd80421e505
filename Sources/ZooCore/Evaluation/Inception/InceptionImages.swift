/// Images as the Inception network wants them, prepared as torch-fidelity prepares them.
///
/// Programs disagree on the resize, and their FIDs are not comparable: pytorch-fid samples at pixel
/// centres, clean-fid filters. This is TensorFlow 1's bilinear resize, by which FID was defined.
package enum InceptionImages {
  /// Images `[N, 299, 299, 3]` in −1...1, of images `[N, H, W, 1]` or `[N, H, W, 3]` in 0...1.
  ///
  /// Values are rounded to bytes first, as published figures are those of picture files, and grey
  /// is repeated in three channels.
  /// - Throws: `.diverged` if a value is not finite.
  static func prepared(_ images: Tensor) throws(ZooError) -> Tensor {
    require(
      images.shape.count == 4 && [1, 3].contains(images.shape[3]),
      "Inception: images [N, H, W, 1 or 3], found \(images.shape)")
    guard images.isFinite else {
      throw ZooError(.diverged, "the samples are not finite", at: "images for Inception")
    }
    let levels = images.floats.map { min(max(($0 * 255).rounded(), 0), 255) }
    let (rows, columns) = (images.shape[1], images.shape[2])
    let pixels = images.shape[3] == 3 ? levels : levels.flatMap { [$0, $0, $0] }
    let size = rows * columns * 3
    var result: [Float] = []
    result.reserveCapacity(images.shape[0] * InceptionLayout.side * InceptionLayout.side * 3)
    for start in stride(from: 0, to: pixels.count, by: size) {
      result += resized(pixels[start..<start + size], rows: rows, columns: columns)
    }
    return Tensor(
      result.map { ($0 - 128) / 128 },
      shape: [images.shape[0], InceptionLayout.side, InceptionLayout.side, 3])
  }

  /// One image `[rows, columns, 3]` as `[299, 299, 3]`.
  ///
  /// In the order of TensorFlow's and torch-fidelity's operations, all Float32: the same bits.
  package static func resized(_ pixels: ArraySlice<Float>, rows: Int, columns: Int) -> [Float] {
    let side = InceptionLayout.side
    let (ys, xs) = (places(in: rows), places(in: columns))
    // Each row of the source, as wide as the result.
    var wide = [Float](repeating: 0, count: rows * side * 3)
    for row in 0..<rows {
      let source = pixels.startIndex + row * columns * 3
      for (column, x) in xs.enumerated() {
        for channel in 0..<3 {
          let (left, right) = (
            pixels[source + x.low * 3 + channel], pixels[source + x.high * 3 + channel]
          )
          wide[(row * side + column) * 3 + channel] = left + (right - left) * x.share
        }
      }
    }
    var result: [Float] = []
    result.reserveCapacity(side * side * 3)
    for y in ys {
      let (above, below) = (y.low * side * 3, y.high * side * 3)
      for i in 0..<side * 3 {
        result.append(wide[above + i] + (wide[below + i] - wide[above + i]) * y.share)
      }
    }
    return result
  }

  /// Between which two pixels each of the 299 lies: result i is at i · size / 299, since corners are
  /// not aligned and pixels have no centres.
  private static func places(in size: Int) -> [(low: Int, high: Int, share: Float)] {
    let step = Float(Double(size) / Double(InceptionLayout.side))
    return (0..<InceptionLayout.side).map { index in
      let place = Float(index) * step
      let low = Int(place)
      return (low, min(low + 1, size - 1), place - Float(low))
    }
  }
}
