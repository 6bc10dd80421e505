import CKernels

/// Packs rows (of A) or columns (of B) `row..<row + count`, depth `first..<first + depth`, into
/// panels.
private typealias Packing =
  @Sendable (_ packed: Floats, _ row: Int, _ count: Int, _ first: Int, _ depth: Int) -> Void

/// A product C = A · B whose operands can be packed block by block from wherever they live.
///
/// This is all that distinguishes matrices from convolutions: another way to pack, and another
/// place for each row of the result.
private struct PackedProduct {
  let rows: Int
  let columns: Int
  let depth: Int
  let packA: Packing
  let packB: Packing
  /// Where row i of the result begins.
  let rowOffset: @Sendable (Int) -> Int
}

extension CPUBackend {
  func multiplyFloat32(_ g: MatrixProductGeometry, _ a: Floats, _ b: Floats, into y: Floats) {
    let (aRow, aDepth) = g.transposeA ? (1, g.rows) : (g.depth, 1)
    let (bColumn, bDepth) = g.transposeB ? (g.depth, 1) : (1, g.columns)
    compute(
      PackedProduct(
        rows: g.rows, columns: g.columns, depth: g.depth,
        packA: packing(a, rowStride: aRow, depthStride: aDepth, panel: kernels.tileRows),
        packB: packing(b, rowStride: bColumn, depthStride: bDepth, panel: kernels.tileColumns),
        rowOffset: { $0 * g.columns }), into: y)
  }

  /// Packs a strided matrix.
  private func packing(
    _ matrix: Floats, rowStride: Int, depthStride: Int, panel: Int
  ) -> Packing {
    { [kernels] packed, row, count, first, depth in
      kernels.pack(
        packed, matrix + (row * rowStride + first * depthStride), rowStride: rowStride,
        depthStride: depthStride, count: count, depth: depth, panel: panel, depthCapacity: depth)
    }
  }

  /// y = x * w: rows are output pixels, depth runs over (tap, input channel).
  func convolutionOutput(
    _ g: ConvolutionGeometry, x: Floats, w weights: Buffer, into y: Floats
  ) {
    let w = Floats(weights)
    if let tiled = tiled(g, x: x, y: y) {
      return winograd(tiled, weights: weights, weightsByDepth: false)
    }
    let patches = Patches(of: x, g)
    let columns = g.outputChannels
    compute(
      PackedProduct(
        rows: g.batch * g.outputHeight * g.outputWidth, columns: columns, depth: patches.depth,
        packA: { [kernels] packed, row, count, first, depth in
          kernels.packPatches(
            packed, patches.code, row: row, count: count, first: first, depth: depth)
        },
        packB: packing(w, rowStride: 1, depthStride: columns, panel: kernels.tileColumns),
        rowOffset: { $0 * columns }), into: y)
  }

  /// w = Σ patchesᵀ · y: rows are (tap, input channel), depth runs over output pixels.
  func convolutionWeight(_ g: ConvolutionGeometry, x: Floats, y: Floats, into w: Floats) {
    if let tiled = tiled(g, x: x, y: y) {
      return winogradWeight(tiled, into: w)
    }
    let patches = Patches(of: x, g)
    let columns = g.outputChannels
    compute(
      PackedProduct(
        rows: patches.depth, columns: columns, depth: g.batch * g.outputHeight * g.outputWidth,
        packA: { [kernels] packed, row, count, first, depth in
          kernels.packPatchesTransposed(
            packed, patches.code, row: row, count: count, first: first, depth: depth)
        },
        packB: packing(y, rowStride: 1, depthStride: columns, panel: kernels.tileColumns),
        rowOffset: { $0 * columns }), into: w)
  }

  /// x = Σ y · wᵀ.
  func convolutionInput(
    _ g: ConvolutionGeometry, y: Floats, w weights: Buffer, into x: Floats
  ) {
    let w = Floats(weights)
    // A kernel that reaches far beyond y, such as one from a single pixel, would mostly meet zeros.
    let phases = InputPhase.all(g)
    let inPhases = phases.reduce(0) { $0 + $1.products(g) }
    if g.inputChannels < kernels.tileColumns / 2 || inPhases > 2 * g.products {
      return foldedConvolutionInput(g, y: y, w: w, into: x)
    }
    let (all, each) = tiled(g, phases, y: y, x: x)
    if let all { return winograd(all, weights: weights, weightsByDepth: true) }
    for (phase, tiled) in zip(phases, each) {
      if let tiled {
        winograd(tiled, weights: weights, weightsByDepth: true)
      } else {
        inputPhase(g, phase, y: y, w: w, into: x)
      }
    }
  }

  /// An input gradient with few channels, which would leave most columns of a register tile empty, or
  /// of few pixels: the product y · wᵀ gives whole patches of x, which are added up where they
  /// overlap.
  private func foldedConvolutionInput(
    _ g: ConvolutionGeometry, y: Floats, w: Floats, into x: Floats
  ) {
    let kernels = kernels
    let patches = Patches(of: x, g)
    let pixels = g.batch * g.outputHeight * g.outputWidth
    let products = makeBuffer(byteCount: pixels * patches.depth * MemoryLayout<Float>.size)
    let rows = Floats(products)
    multiplyFloat32(
      MatrixProductGeometry(
        rows: pixels, columns: patches.depth, depth: g.outputChannels, transposeA: false,
        transposeB: true), y, w, into: rows)
    let rowFloats = g.width * g.inputChannels
    let lines = g.batch * g.height
    let linesPerTile = max(1, 4096 / max(1, rowFloats))
    threads.run((lines + linesPerTile - 1) / linesPerTile) { tile in
      for line in tile * linesPerTile..<min((tile + 1) * linesPerTile, lines) {
        let (n, row) = line.quotientAndRemainder(dividingBy: g.height)
        kernels.foldPatches(patches.code, rows, n: n, y: row, into: x + line * rowFloats)
      }
    }
    withExtendedLifetime(products) {}
  }

  private func inputPhase(
    _ g: ConvolutionGeometry, _ phase: InputPhase, y: Floats, w: Floats, into x: Floats
  ) {
    let kernels = kernels
    let patches = Patches(
      images: y, height: g.outputHeight, width: g.outputWidth, channels: g.outputChannels,
      gridHeight: phase.rows, gridWidth: phase.columns, strideY: 1, strideX: 1,
      originY: phase.originY, originX: phase.originX, patchHeight: phase.verticalTaps.count,
      patchWidth: phase.horizontalTaps.count)
    let (channels, depthPerTap) = (g.inputChannels, g.outputChannels)
    compute(
      PackedProduct(
        rows: g.batch * phase.rows * phase.columns, columns: channels, depth: patches.depth,
        packA: { packed, row, count, first, depth in
          kernels.packPatches(
            packed, patches.code, row: row, count: count, first: first, depth: depth)
        },
        packB: { packed, column, count, first, depth in
          // w is [tap, input channel, output channel]: a column is an input channel, and depth
          // runs over (tap, output channel), tap by tap.
          var done = 0
          while done < depth {
            let (tap, channel) = (first + done).quotientAndRemainder(dividingBy: depthPerTap)
            let run = min(depthPerTap - channel, depth - done)
            kernels.pack(
              packed + done * kernels.tileColumns,
              w + (phase.weightOffsets[tap] + column * depthPerTap + channel),
              rowStride: depthPerTap, depthStride: 1, count: count, depth: run,
              panel: kernels.tileColumns, depthCapacity: depth)
            done += run
          }
        },
        rowOffset: { row in
          let (n, within) = row.quotientAndRemainder(dividingBy: phase.rows * phase.columns)
          let (i, j) = within.quotientAndRemainder(dividingBy: phase.columns)
          let (pixelY, pixelX) = (phase.y + i * g.window.strideY, phase.x + j * g.window.strideX)
          return ((n * g.height + pixelY) * g.width + pixelX) * channels
        }), into: x)
  }

  // MARK: The one GEMM core

  // Tiles to aim for, so that several threads find work; from the shape alone.
  private static let enoughTiles = 16

  /// Packs B block by block of depth; each block is a row of panels.
  private func packAllOfB(
    _ product: PackedProduct, _ depthBlocks: Int, _ paddedColumns: Int
  ) -> Buffer {
    let (depth, columns, kc) = (product.depth, product.columns, kernels.blockDepth)
    let packed = makeBuffer(byteCount: max(1, paddedColumns * depth) * MemoryLayout<Float>.size)
    let b = Floats(packed)
    let columnsPerPack = roundUp(64, kernels.tileColumns)
    let packsPerBlock = (columns + columnsPerPack - 1) / columnsPerPack
    threads.run(depth == 0 ? 0 : depthBlocks * packsPerBlock) { tile in
      let (block, pack) = tile.quotientAndRemainder(dividingBy: packsPerBlock)
      let first = block * kc
      let depthHere = min(kc, depth - first)
      let column = pack * columnsPerPack
      product.packB(
        b + (first * paddedColumns + column * depthHere), column,
        min(columnsPerPack, columns - column), first, depthHere)
    }
    return packed
  }

  /// Packs A, which has few rows, block by block of depth.
  private func packAllOfA(_ product: PackedProduct, _ depthBlocks: Int, _ paddedRows: Int) -> Buffer
  {
    let (depth, kc) = (product.depth, kernels.blockDepth)
    let packed = makeBuffer(byteCount: max(1, paddedRows * depth) * MemoryLayout<Float>.size)
    let a = Floats(packed)
    threads.run(depth == 0 ? 0 : depthBlocks) { block in
      let first = block * kc
      product.packA(a + first * paddedRows, 0, product.rows, first, min(kc, depth - first))
    }
    return packed
  }

  private func compute(_ product: PackedProduct, into c: Floats) {
    let (rows, columns, depth) = (product.rows, product.columns, product.depth)
    guard rows > 0 && columns > 0 else { return }
    let kernels = kernels
    let (mr, nr, kc) = (kernels.tileRows, kernels.tileColumns, kernels.blockDepth)

    let depthBlocks = max(1, (depth + kc - 1) / kc)
    let paddedColumns = roundUp(columns, nr)
    // With many rows, all tiles share one packed copy of B and pack their own rows of A. With few,
    // it is the other way round: each tile packs its columns of B while they are in cache.
    let sharesB = rows > 2 * kernels.blockRows
    let paddedRows = roundUp(rows, mr)
    let shared =
      sharesB
      ? packAllOfB(product, depthBlocks, paddedColumns)
      : packAllOfA(product, depthBlocks, paddedRows)

    // Rows first: a second column of tiles would pack A once more.
    let rowsPerTile =
      sharesB
      ? min(kernels.blockRows, roundUp((rows + Self.enoughTiles - 1) / Self.enoughTiles, mr)) : rows
    let rowTiles = (rows + rowsPerTile - 1) / rowsPerTile
    let wantedColumnTiles = max(1, Self.enoughTiles / rowTiles)
    let columnsPerTile = max(
      roundUp((columns + wantedColumnTiles - 1) / wantedColumnTiles, nr),
      min(paddedColumns, 2 * nr))
    let columnTiles = (columns + columnsPerTile - 1) / columnsPerTile
    // A small result with a long sum is cut along the sum, and the parts are added in order.
    let tiles = rowTiles * columnTiles
    let parts = tiles >= Self.enoughTiles ? 1 : min(depthBlocks, Self.enoughTiles / tiles)
    let blocksPerPart = (depthBlocks + parts - 1) / parts
    let partial = parts == 1 ? nil : makeBuffer(byteCount: parts * rows * columns * 4)
    let target = partial.map(Floats.init) ?? c
    let ownSize = sharesB ? roundUp(rowsPerTile, mr) * kc : columnsPerTile * kc

    threads.run(tiles * parts) { tile in
      let (part, tileInPart) = tile.quotientAndRemainder(dividingBy: tiles)
      let (rowTile, columnTile) = tileInPart.quotientAndRemainder(dividingBy: columnTiles)
      let row = rowTile * rowsPerTile
      let count = min(rowsPerTile, rows - row)
      let column = columnTile * columnsPerTile
      let width = min(columnsPerTile, columns - column)
      let scratch = self.makeBuffer(byteCount: ownSize * MemoryLayout<Float>.size)
      let own = Floats(scratch)
      withUnsafeTemporaryAllocation(of: Int64.self, capacity: count) { offsets in
        for i in 0..<count {
          let offset =
            parts == 1 ? product.rowOffset(row + i) : (part * rows + row + i) * columns
          offsets[i] = Int64(offset + column)
        }
        guard let rowOffsets = offsets.baseAddress else { return }
        let firstBlock = part * blocksPerPart
        for block in firstBlock..<max(min(firstBlock + blocksPerPart, depthBlocks), firstBlock) {
          let first = block * kc
          let depthHere = min(kc, depth - first)
          var (a, b) = (own, own)
          // A phase without taps has no depth: its pixels are zero.
          if depthHere > 0 {
            if sharesB {
              product.packA(own, row, count, first, depthHere)
              b = Floats(shared) + (first * paddedColumns + column * depthHere)
            } else {
              a = Floats(shared) + first * paddedRows
              product.packB(own, column, width, first, depthHere)
            }
          }
          kernels.multiply(
            a, b, target, UnsafePointer(rowOffsets), rows: count, columns: width,
            depth: depthHere, accumulate: block > firstBlock)
        }
      }
      withExtendedLifetime(scratch) {}
    }
    withExtendedLifetime(shared) {}
    if parts > 1 {
      // parts · blocksPerPart may exceed depthBlocks: only parts with work are added.
      let used = (depthBlocks + blocksPerPart - 1) / blocksPerPart
      forEachChunk(rows * columns) { first, count in
        for i in first..<first + count {
          var total = target[i]
          for part in 1..<used { total += target[part * rows * columns + i] }
          let (row, column) = i.quotientAndRemainder(dividingBy: columns)
          c[product.rowOffset(row) + column] = total
        }
      }
      withExtendedLifetime(partial) {}
    }
  }
}

func roundUp(_ value: Int, _ unit: Int) -> Int { (value + unit - 1) / unit * unit }

/// A patch matrix over images; see `zk_patches`.
private struct Patches: @unchecked Sendable {
  // Unchecked: the C struct holds an address, which is only read.
  let code: zk_patches

  init(
    images: Floats, height: Int, width: Int, channels: Int, gridHeight: Int, gridWidth: Int,
    strideY: Int, strideX: Int, originY: Int, originX: Int, patchHeight: Int, patchWidth: Int
  ) {
    code = zk_patches(
      images: UnsafePointer(images.pointer), height: Int64(height), width: Int64(width),
      channels: Int64(channels), grid_height: Int64(gridHeight), grid_width: Int64(gridWidth),
      stride_y: Int64(strideY), stride_x: Int64(strideX), origin_y: Int64(originY),
      origin_x: Int64(originX), patch_height: Int64(patchHeight), patch_width: Int64(patchWidth))
  }

  /// The patches of x that a convolution's window sees.
  init(of x: Floats, _ g: ConvolutionGeometry) {
    self.init(
      images: x, height: g.height, width: g.width, channels: g.inputChannels,
      gridHeight: g.outputHeight, gridWidth: g.outputWidth, strideY: g.window.strideY,
      strideX: g.window.strideX, originY: -g.window.padding.top, originX: -g.window.padding.left,
      patchHeight: g.window.kernelHeight, patchWidth: g.window.kernelWidth)
  }

  /// Columns of the patch matrix: (tap, channel).
  var depth: Int { Int(code.patch_height * code.patch_width * code.channels) }
}
