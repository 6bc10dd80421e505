/// One phase of an input gradient: the pixels whose row and column leave the same remainders by the
/// stride all use the same taps, so each phase is a dense convolution over y without the zeros that
/// a stride would insert.
struct InputPhase: Sendable {
  /// The remainders: the phase's first pixel.
  let y: Int, x: Int
  /// Rows and columns of pixels in this phase.
  let rows: Int, columns: Int
  /// Taps in use, in the order in which they meet y.
  let verticalTaps: [Int], horizontalTaps: [Int]
  /// The pixel of y that the first tap of the first pixel meets.
  let originY: Int, originX: Int
  /// Where each tap begins in w.
  let weightOffsets: [Int]

  init(_ g: ConvolutionGeometry, _ y: Int, _ x: Int) {
    let window = g.window
    // Pixel phase + q·stride takes part in window i with tap a when phase + q·stride + padding =
    // i·stride + a, so i = q + (phase + padding − a) / stride: neighbouring taps of a phase lie a
    // stride apart in w and one pixel apart in y, in reverse order.
    func taps(_ kernel: Int, _ stride: Int, _ phase: Int, _ padding: Int) -> (
      taps: [Int], origin: Int
    ) {
      let taps = (0..<kernel).reversed().filter { (phase + padding - $0) % stride == 0 }
      return (taps, taps.first.map { (phase + padding - $0) / stride } ?? 0)
    }
    self.y = y
    self.x = x
    rows = (g.height - y + window.strideY - 1) / window.strideY
    columns = (g.width - x + window.strideX - 1) / window.strideX
    let vertical = taps(window.kernelHeight, window.strideY, y, window.padding.top)
    let horizontal = taps(window.kernelWidth, window.strideX, x, window.padding.left)
    (verticalTaps, originY) = vertical
    (horizontalTaps, originX) = horizontal
    weightOffsets = vertical.taps.flatMap { a in
      horizontal.taps.map { b in
        (a * window.kernelWidth + b) * g.inputChannels * g.outputChannels
      }
    }
  }

  /// The phases of an input gradient.
  static func all(_ g: ConvolutionGeometry) -> [InputPhase] {
    (0..<min(g.window.strideY, g.height)).flatMap { y in
      (0..<min(g.window.strideX, g.width)).map { x in InputPhase(g, y, x) }
    }
  }

  /// The multiplications of this phase.
  func products(_ g: ConvolutionGeometry) -> Double {
    Double(g.batch * rows * columns * verticalTaps.count * horizontalTaps.count)
      * Double(g.inputChannels * g.outputChannels)
  }
}
