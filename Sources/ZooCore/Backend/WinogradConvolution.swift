/// A tile of Winograd's minimal filtering F(4, r).
enum Tile {
  /// Results along one side.
  static let results = 4
  /// Taps along one side that there are maps for: two for kernels of 4 with stride 2, three for
  /// kernels of 5 or 6 with stride 2 and of 3 with stride 1.
  static let taps = 2...3
}

/// A convolution with stride 1 between pixel lattices, cut into tiles of four by four results:
/// y[n, i, j, o] = Σ x_f[n, i + a, j + b, c] · w_f[a, b, c, o] over fields f, taps a, b, channels c.
///
/// A stride of s makes s² fields of x, the pixels that leave the same remainders by s; each meets its
/// own taps. The input gradient is such a convolution of y for each of its phases. So strided layers
/// gain as much as others: a 4x4 layer with stride 2 takes 25 multiplications where the plain sum
/// takes 64.
struct WinogradConvolution {
  let verticalTaps: Int
  let horizontalTaps: Int
  let batch: Int
  let fields: [PixelLattice]
  let results: PixelLattice
  /// For each field where tap (a, b) begins in w; nil where the kernel has no such tap.
  let taps: [[Int?]]

  /// Sides of a tile in the transformed domain, which are also those of its data.
  var verticalPoints: Int { verticalTaps + Tile.results - 1 }
  var horizontalPoints: Int { horizontalTaps + Tile.results - 1 }
  var points: Int { verticalPoints * horizontalPoints }
  var tileRows: Int { (results.rows + Tile.results - 1) / Tile.results }
  var tileColumns: Int { (results.columns + Tile.results - 1) / Tile.results }
  var tiles: Int { batch * tileRows * tileColumns }
  /// Channels of one field.
  var channels: Int { fields[0].channels }
  /// The most channels that lie side by side in any of the three arguments.
  var longestLine: Int { max(channels, results.channels) }

  /// Whether the transforms cost less than the multiplications that they save.
  ///
  /// From the shape alone, so that results do not depend on threads. A transformed value costs about
  /// as much as 40 multiplications of a product: measured on both sides of the bound.
  var pays: Bool {
    let depth = fields.count * channels
    let columns = results.channels
    let direct =
      Double(batch * results.rows * results.columns * columns * channels)
      * Double(taps.reduce(0) { $0 + $1.count { $0 != nil } })
    let products = Double(points * tiles) * Double(depth * columns)
    let values = Double(points * tiles) * Double(depth + columns) + Double(points * depth * columns)
    return products + 40 * values < 0.9 * direct
  }

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
      results: PixelLattice(
        images: y, height: g.outputHeight, width: g.outputWidth, channels: g.outputChannels,
        originY: 0, originX: 0, stepY: 1, stepX: 1, rows: g.outputHeight, columns: g.outputWidth),
      taps: taps)
  }

  /// One phase of an input gradient: a convolution of y to the pixels of x in that phase.
  init?(_ g: ConvolutionGeometry, phase: InputPhase, y: Floats, x: Floats) {
    let (verticalTaps, horizontalTaps) = (phase.verticalTaps.count, phase.horizontalTaps.count)
    guard Tile.taps ~= verticalTaps && Tile.taps ~= horizontalTaps else { return nil }
    self.init(
      verticalTaps: verticalTaps, horizontalTaps: horizontalTaps, batch: g.batch,
      fields: [
        PixelLattice(
          images: y, height: g.outputHeight, width: g.outputWidth, channels: g.outputChannels,
          originY: phase.originY, originX: phase.originX, stepY: 1, stepX: 1, rows: .max,
          columns: .max)
      ],
      results: PixelLattice(
        images: x, height: g.height, width: g.width, channels: g.inputChannels,
        originY: phase.y, originX: phase.x, stepY: g.window.strideY, stepX: g.window.strideX,
        rows: phase.rows, columns: phase.columns),
      taps: [phase.weightOffsets.map { $0 }])
  }
}
