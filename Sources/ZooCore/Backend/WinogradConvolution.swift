/// A tile of Winograd's minimal filtering F(4, r).
enum Tile {
  /// Results along one side.
  static let results = 4
  /// Taps along one side that there are maps for: two for kernels of 4 with stride 2, three for
  /// kernels of 5 or 6 with stride 2 and of 3 with stride 1.
  static let taps = 2...3
}

/// A convolution with stride 1 between pixel lattices, cut into tiles of four by four results:
/// y_r[n, i, j, o] = Σ x_f[n, i + a, j + b, c] · w_fr[a, b, c, o] over fields f, taps a, b, channels c.
///
/// A stride of s makes s² fields of x, the pixels that leave the same remainders by s; each meets its
/// own taps. The input gradient is such a convolution of y to each of these fields. So strided layers
/// gain as much as others: a 4x4 layer with stride 2 takes 25 multiplications where the plain sum
/// takes 64.
struct WinogradConvolution {
  let verticalTaps: Int
  let horizontalTaps: Int
  let batch: Int
  /// What is convolved.
  let fields: [PixelLattice]
  /// What comes out; either fields or results are one.
  let results: [PixelLattice]
  /// Rows and columns that hold all results.
  let rows: Int, columns: Int
  /// For each field or result where tap (a, b) begins in w; nil where the kernel has no such tap.
  let taps: [[Int?]]

  /// Sides of a tile in the transformed domain, which are also those of its data.
  var verticalPoints: Int { verticalTaps + Tile.results - 1 }
  var horizontalPoints: Int { horizontalTaps + Tile.results - 1 }
  var points: Int { verticalPoints * horizontalPoints }
  var tileRows: Int { (rows + Tile.results - 1) / Tile.results }
  var tileColumns: Int { (columns + Tile.results - 1) / Tile.results }
  var tiles: Int { batch * tileRows * tileColumns }
  /// Channels of one field, and of one result.
  var channels: Int { fields[0].channels }
  var resultChannels: Int { results[0].channels }
  /// The most channels that lie side by side in any of the three arguments.
  var longestLine: Int { max(channels, resultChannels) }

  /// What the transforms and their products cost, in multiplications of a product.
  ///
  /// A transformed value costs about as much as 20, as measured on the shipped networks. From the
  /// shape alone, so that results do not depend on threads.
  var cost: Double {
    let (depth, width) = (fields.count * channels, results.count * resultChannels)
    let products = Double(points * tiles) * Double(depth * width)
    let values = Double(points * tiles) * Double(depth + width) + Double(points * depth * width)
    return products + 20 * values
  }

  /// Whether this beats a plain sum of so many products.
  func pays(besides products: Double) -> Bool { cost < 0.9 * products }

  /// The image and the tile's place in it, in tiles.
  func place(ofTile tile: Int) -> (n: Int, i: Int, j: Int) {
    let (n, within) = tile.quotientAndRemainder(dividingBy: tileRows * tileColumns)
    let (i, j) = within.quotientAndRemainder(dividingBy: tileColumns)
    return (n, i * Tile.results, j * Tile.results)
  }
}

/// Every `step`-th pixel of images `[batch, height, width, channels]`, from an origin that may lie
/// outside.
struct PixelLattice: Sendable {
  let images: Floats
  let height: Int, width: Int, channels: Int
  let originY: Int, originX: Int
  let stepY: Int, stepX: Int
  /// Rows and columns of the lattice.
  let rows: Int, columns: Int

  /// The channels of pixel (i, j) of image n; nil outside.
  @inline(__always)
  func pixel(_ n: Int, _ i: Int, _ j: Int) -> Floats? {
    let (y, x) = (originY + i * stepY, originX + j * stepX)
    guard y >= 0 && y < height && x >= 0 && x < width && i < rows && j < columns else { return nil }
    return images + ((n * height + y) * width + x) * channels
  }
}

extension WinogradConvolution {
  /// The convolution of x with stride and padding as one between lattices: for the output (x, w) → y
  /// and the weight gradient; nil where the kernel has no use for it.
  init?(_ g: ConvolutionGeometry, x: Floats, y: Floats) {
    let window = g.window
    let (strideY, strideX) = (window.strideY, window.strideX)
    let verticalTaps = (window.kernelHeight + strideY - 1) / strideY
    let horizontalTaps = (window.kernelWidth + strideX - 1) / strideX
    guard Tile.taps ~= verticalTaps && Tile.taps ~= horizontalTaps else { return nil }
    var fields: [PixelLattice] = []
    var taps: [[Int?]] = []
    for remainderY in 0..<strideY {
      for remainderX in 0..<strideX {
        fields.append(
          PixelLattice(
            images: x, height: g.height, width: g.width, channels: g.inputChannels,
            originY: remainderY - window.padding.top, originX: remainderX - window.padding.left,
            stepY: strideY, stepX: strideX, rows: .max, columns: .max))
        taps.append(
          (0..<verticalTaps * horizontalTaps).map { tap in
            let (a, b) = tap.quotientAndRemainder(dividingBy: horizontalTaps)
            let (row, column) = (a * strideY + remainderY, b * strideX + remainderX)
            guard row < window.kernelHeight && column < window.kernelWidth else { return nil }
            return (row * window.kernelWidth + column) * g.inputChannels * g.outputChannels
          })
      }
    }
    self.init(
      verticalTaps: verticalTaps, horizontalTaps: horizontalTaps, batch: g.batch, fields: fields,
      results: [
        PixelLattice(
          images: y, height: g.outputHeight, width: g.outputWidth, channels: g.outputChannels,
          originY: 0, originX: 0, stepY: 1, stepX: 1, rows: g.outputHeight,
          columns: g.outputWidth)
      ], rows: g.outputHeight, columns: g.outputWidth, taps: taps)
  }

  /// Phases of an input gradient, one or all: a convolution of y to the pixels of x in these phases.
  ///
  /// Several phases share the tiles of y. Those that see y from a later row on have their results
  /// shifted by as much, and some of their taps are zero.
  init?(_ g: ConvolutionGeometry, phases: [InputPhase], y: Floats, x: Floats) {
    guard let first = phases.first,
      phases.allSatisfy({ !$0.verticalTaps.isEmpty && !$0.horizontalTaps.isEmpty })
    else { return nil }
    let originY = phases.reduce(first.originY) { min($0, $1.originY) }
    let originX = phases.reduce(first.originX) { min($0, $1.originX) }
    let verticalTaps = phases.reduce(0) { max($0, $1.verticalTaps.count) }
    let horizontalTaps = phases.reduce(0) { max($0, $1.horizontalTaps.count) }
    guard Tile.taps ~= verticalTaps && Tile.taps ~= horizontalTaps else { return nil }
    let (stepY, stepX) = (g.window.strideY, g.window.strideX)
    let results = phases.map { phase in
      let (shiftY, shiftX) = (phase.originY - originY, phase.originX - originX)
      return PixelLattice(
        images: x, height: g.height, width: g.width, channels: g.inputChannels,
        originY: phase.y - shiftY * stepY, originX: phase.x - shiftX * stepX, stepY: stepY,
        stepX: stepX, rows: phase.rows + shiftY, columns: phase.columns + shiftX)
    }
    let taps = phases.map { phase in
      (0..<verticalTaps * horizontalTaps).map { tap -> Int? in
        let (a, b) = tap.quotientAndRemainder(dividingBy: horizontalTaps)
        guard a < phase.verticalTaps.count && b < phase.horizontalTaps.count else { return nil }
        return phase.weightOffsets[a * phase.horizontalTaps.count + b]
      }
    }
    self.init(
      verticalTaps: verticalTaps, horizontalTaps: horizontalTaps, batch: g.batch,
      fields: [
        PixelLattice(
          images: y, height: g.outputHeight, width: g.outputWidth, channels: g.outputChannels,
          originY: originY, originX: originX, stepY: 1, stepX: 1, rows: .max, columns: .max)
      ], results: results, rows: results.reduce(0) { max($0, $1.rows) },
      columns: results.reduce(0) { max($0, $1.columns) }, taps: taps)
  }
}
