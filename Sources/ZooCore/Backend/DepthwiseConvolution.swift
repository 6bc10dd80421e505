/// Convolutions of each channel by itself: products of lines of channels, added up in registers.
extension CPUBackend {
  /// One partial derivative of ⟨x * w, y⟩ for as many groups as channels; see `ConvolutionPart`.
  func convolveDepthwise(
    _ part: ConvolutionPart, _ g: ConvolutionGeometry, _ first: Floats, _ second: Floats,
    into result: Floats
  ) {
    switch part {
    case .output: depthwiseOutput(g, x: first, w: second, into: result)
    case .input: depthwiseInput(g, y: first, w: second, into: result)
    case .weight: depthwiseWeight(g, x: first, y: second, into: result)
    }
  }

  private func depthwiseOutput(_ g: ConvolutionGeometry, x: Floats, w: Floats, into y: Floats) {
    let taps = DepthwiseTaps(g)
    forEachRow(g.batch * g.outputHeight, of: g.outputWidth * g.outputChannels) {
      [kernels] first, count in
      TermList.withRoom(for: taps.count) { terms in
        for line in first..<first + count {
          let (n, i) = line.quotientAndRemainder(dividingBy: g.outputHeight)
          for j in 0..<g.outputWidth {
            terms.removeAll()
            taps.forEachInput(i, j) { tap, row, column in
              terms.append(x + taps.input(n, row, column), w + tap * g.inputChannels)
            }
            kernels.sumProducts(
              terms, oneFactor: false, y + taps.output(n, i, j), g.inputChannels)
          }
        }
      }
    }
  }

  private func depthwiseInput(_ g: ConvolutionGeometry, y: Floats, w: Floats, into x: Floats) {
    let taps = DepthwiseTaps(g)
    forEachRow(g.batch * g.height, of: g.width * g.inputChannels) { [kernels] first, count in
      TermList.withRoom(for: taps.count) { terms in
        for line in first..<first + count {
          let (n, row) = line.quotientAndRemainder(dividingBy: g.height)
          for column in 0..<g.width {
            terms.removeAll()
            taps.forEachOutput(row, column) { tap, i, j in
              terms.append(y + taps.output(n, i, j), w + tap * g.inputChannels)
            }
            kernels.sumProducts(
              terms, oneFactor: false, x + taps.input(n, row, column), g.inputChannels)
          }
        }
      }
    }
  }

  private func depthwiseWeight(_ g: ConvolutionGeometry, x: Floats, y: Floats, into w: Floats) {
    let taps = DepthwiseTaps(g)
    let channelsAtOnce = 64
    let pieces = (g.inputChannels + channelsAtOnce - 1) / channelsAtOnce
    threads.run(taps.count * pieces) { [kernels] tile in
      let (tap, piece) = tile.quotientAndRemainder(dividingBy: pieces)
      let channel = piece * channelsAtOnce
      let count = min(channelsAtOnce, g.inputChannels - channel)
      let target = w + (tap * g.inputChannels + channel)
      target.clear(count)
      TermList.withRoom(for: g.outputWidth) { terms in
        for n in 0..<g.batch {
          for i in 0..<g.outputHeight {
            terms.removeAll()
            for j in 0..<g.outputWidth {
              guard let (row, column) = taps.pixel(tap, i, j) else { continue }
              terms.append(
                x + (taps.input(n, row, column) + channel), y + (taps.output(n, i, j) + channel))
            }
            kernels.sumProducts(terms, oneFactor: false, target, count, accumulate: true)
          }
        }
      }
    }
  }
}

/// Which pixels of x and y meet at which taps.
private struct DepthwiseTaps: Sendable {
  let g: ConvolutionGeometry

  init(_ g: ConvolutionGeometry) { self.g = g }

  var count: Int { g.window.kernelHeight * g.window.kernelWidth }

  /// Where a pixel begins.
  func input(_ n: Int, _ row: Int, _ column: Int) -> Int {
    ((n * g.height + row) * g.width + column) * g.inputChannels
  }

  func output(_ n: Int, _ i: Int, _ j: Int) -> Int {
    ((n * g.outputHeight + i) * g.outputWidth + j) * g.outputChannels
  }

  /// The pixel of x that output (i, j) sees through a tap; nil for padding.
  func pixel(_ tap: Int, _ i: Int, _ j: Int) -> (row: Int, column: Int)? {
    let (a, b) = tap.quotientAndRemainder(dividingBy: g.window.kernelWidth)
    let row = i * g.window.strideY + a - g.window.padding.top
    let column = j * g.window.strideX + b - g.window.padding.left
    return 0..<g.height ~= row && 0..<g.width ~= column ? (row, column) : nil
  }

  func forEachInput(_ i: Int, _ j: Int, _ body: (_ tap: Int, _ row: Int, _ column: Int) -> Void) {
    for tap in 0..<count {
      if let (row, column) = pixel(tap, i, j) { body(tap, row, column) }
    }
  }

  /// The outputs that see a pixel of x.
  func forEachOutput(
    _ row: Int, _ column: Int, _ body: (_ tap: Int, _ i: Int, _ j: Int) -> Void
  ) {
    let window = g.window
    for a in 0..<window.kernelHeight {
      let (i, restY) = (row + window.padding.top - a).quotientAndRemainder(
        dividingBy: window.strideY)
      guard restY == 0 && 0..<g.outputHeight ~= i else { continue }
      for b in 0..<window.kernelWidth {
        let (j, restX) = (column + window.padding.left - b).quotientAndRemainder(
          dividingBy: window.strideX)
        if restX == 0 && 0..<g.outputWidth ~= j { body(a * window.kernelWidth + b, i, j) }
      }
    }
  }
}
