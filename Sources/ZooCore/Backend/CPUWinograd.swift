import CKernels

/// One operand of the products in the transformed domain: for each point a packed matrix.
struct PackedPoints: Sendable {
  let rows: Int
  let depth: Int
  /// Rows of a panel.
  let panel: Int
  let blockDepth: Int
  let buffer: Buffer

  init(points: Int, rows: Int, depth: Int, panel: Int, _ backend: CPUBackend) {
    self.rows = roundUp(rows, panel)
    self.depth = depth
    self.panel = panel
    blockDepth = backend.kernels.blockDepth
    buffer = backend.makeBuffer(
      byteCount: points * self.rows * depth * MemoryLayout<Float>.size)
  }

  /// How deep the block is that holds depth k.
  func depthOfBlock(_ k: Int) -> Int { min(blockDepth, depth - k / blockDepth * blockDepth) }

  /// Where row `row`, the first of a panel, begins at depth k.
  func address(_ point: Int, row: Int, depth k: Int) -> Floats {
    let first = k / blockDepth * blockDepth
    return Floats(buffer)
      + ((point * depth + first) * rows + row * depthOfBlock(k) + (k - first) * panel)
  }
}

/// One of Winograd's maps for both sides of a tile.
private struct TileTransform: Sendable {
  let map: zk_winograd_map
  let verticalTaps: Int
  let horizontalTaps: Int

  /// Places read and written.
  var sources: Int { side(taps: verticalTaps).from * side(taps: horizontalTaps).from }
  var targets: Int { side(taps: verticalTaps).to * side(taps: horizontalTaps).to }

  private func side(taps: Int) -> (from: Int, to: Int) {
    let (points, results) = (taps + Tile.results - 1, Tile.results)
    switch map {
    case zk_kernel: return (taps, points)
    case zk_kernel_transposed: return (points, taps)
    case zk_result: return (points, results)
    case zk_result_transposed: return (results, points)
    default: return (points, points)
    }
  }
}

/// What is transformed into an operand: items (tiles, or lines of weights) with some fields of
/// channels each.
private struct PointSource: Sendable {
  let transform: TileTransform
  let items: Int
  let fields: Int
  let channels: Int
  /// Whether channels make the rows of the operand and items its depth, or the other way round.
  let channelsAreRows: Bool
  /// Whether fields follow each other along the rows, each beginning with a panel of its own, or
  /// along the depth.
  var fieldsAlongRows = false
  /// Where the places of an item lie, from channel 0 on.
  let places: @Sendable (_ item: Int, _ field: Int, _ places: PlaceList) -> Void
}

/// Addresses that a transform reads; a missing place is zero.
private typealias PlaceList = UnsafeMutablePointer<UnsafePointer<Float>?>

extension CPUBackend {
  /// When convolutions go through Winograd's transforms.
  package enum Tiling: Sendable, CaseIterable {
    /// Where they cost less than the multiplications that they save.
    case whereItPays
    /// Wherever the kernel allows it, for tests.
    case wherePossible
    /// The same, the phases of an input gradient each by itself.
    case phaseByPhase
  }

  /// How the output or the weight gradient of a convolution goes through the transforms, if it does.
  func tiled(_ g: ConvolutionGeometry, x: Floats, y: Floats) -> WinogradConvolution? {
    guard let tiled = WinogradConvolution(g, x: x, y: y) else { return nil }
    return tiling != .whereItPays || tiled.pays(besides: g.products) ? tiled : nil
  }

  /// How an input gradient goes through the transforms: all phases together, some by themselves, the
  /// others not.
  func tiled(
    _ g: ConvolutionGeometry, _ phases: [InputPhase], y: Floats, x: Floats
  ) -> (all: WinogradConvolution?, each: [WinogradConvolution?]) {
    var direct = 0.0
    let each = phases.map { phase -> WinogradConvolution? in
      let products = phase.products(g)
      guard let tiled = WinogradConvolution(g, phases: [phase], y: y, x: x),
        tiling != .whereItPays || tiled.pays(besides: products)
      else {
        direct += products
        return nil
      }
      direct += tiled.cost
      return tiled
    }
    guard tiling != .phaseByPhase, phases.count > 1,
      let all = WinogradConvolution(g, phases: phases, y: y, x: x),
      tiling == .wherePossible || all.pays(besides: direct)
    else { return (nil, each) }
    return (all, each)
  }

  /// Whether a convolution, or some phase of an input gradient, goes through the transforms.
  package func tiles(_ part: ConvolutionPart, _ g: ConvolutionGeometry) -> Bool {
    // Only the shape matters: any address will do.
    let nowhere = Floats(makeBuffer(byteCount: 0))
    guard part == .input else { return tiled(g, x: nowhere, y: nowhere) != nil }
    let (all, each) = tiled(g, InputPhase.all(g), y: nowhere, x: nowhere)
    return all != nil || each.contains { $0 != nil }
  }

  /// y = x * w, or with `weightsByDepth` one phase of an input gradient, whose w is `[tap, column,
  /// depth]`.
  func winograd(_ problem: WinogradConvolution, weights: Buffer, weightsByDepth: Bool) {
    let kernels = kernels
    let (points, channels) = (problem.points, problem.channels)
    let depth = problem.fields.count * channels
    // Each result begins with a panel of its own.
    let columnsPerResult = roundUp(problem.resultChannels, kernels.tileColumns)
    let columns = (problem.results.count - 1) * columnsPerResult + problem.resultChannels
    let zeros = zeroLine(problem.longestLine)
    let b = recentWeights.value(
      for: weights,
      // The taps say which weights meet which pixels: all of them belong to the key.
      problem.taps + [
        [channels, columns, problem.verticalTaps, problem.horizontalTaps, weightsByDepth ? 1 : 0]
      ], byteCount: points * depth * columns * MemoryLayout<Float>.size
    ) { packedWeights(problem, weights, byDepth: weightsByDepth, zeros) }

    // So many tiles at a time that their operands stay in the last cache.
    let tilesAtOnce = max(
      roundUp(64, kernels.tileRows), 2_000_000 / (points * (depth + columns)))
    for first in stride(from: 0, to: problem.tiles, by: tilesAtOnce) {
      let tiles = min(tilesAtOnce, problem.tiles - first)
      let a = PackedPoints(
        points: points, rows: tiles, depth: depth, panel: kernels.tileRows, self)
      pack(problem.tileSource(first, tiles, zeros), into: a)
      let products = makeBuffer(byteCount: points * tiles * columns * MemoryLayout<Float>.size)
      multiply(a, b, points: points, into: products, rows: tiles, columns: columns)
      unpack(
        products, problem.transform(zk_result), items: tiles, columns: columns,
        pieces: problem.results.count, pieceStride: columnsPerResult,
        channels: problem.resultChannels
      ) { item, result, trash, targets in
        let (n, i, j) = problem.place(ofTile: first + item)
        for y in 0..<Tile.results {
          for x in 0..<Tile.results {
            targets[y * Tile.results + x] =
              (problem.results[result].pixel(n, i + y, j + x) ?? trash).pointer
          }
        }
      }
    }
    withExtendedLifetime((b, zeros)) {}
  }

  private func packedWeights(
    _ problem: WinogradConvolution, _ weights: Buffer, byDepth: Bool, _ zeros: Buffer
  ) -> PackedPoints {
    let (channels, columns, w) = (problem.channels, problem.resultChannels, Floats(weights))
    let packed = PackedPoints(
      points: problem.points,
      rows: problem.results.count * roundUp(columns, kernels.tileColumns),
      depth: problem.fields.count * channels, panel: kernels.tileColumns, self)
    pack(
      PointSource(
        transform: problem.transform(zk_kernel), items: byDepth ? columns : channels,
        fields: problem.taps.count, channels: byDepth ? channels : columns,
        channelsAreRows: !byDepth, fieldsAlongRows: problem.results.count > 1
      ) { [line = byDepth ? channels : columns] item, field, places in
        for (index, offset) in problem.taps[field].enumerated() {
          places[index] = UnsafePointer(
            (offset.map { w + ($0 + item * line) } ?? Floats(zeros)).pointer)
        }
      }, into: packed)
    return packed
  }

  /// w = Σ x · y over all tiles, field by field, so that the products stay small.
  func winogradWeight(_ problem: WinogradConvolution, into w: Floats) {
    let kernels = kernels
    let (points, channels, columns) = (problem.points, problem.channels, problem.resultChannels)
    let zeros = zeroLine(problem.longestLine)
    let products = makeBuffer(byteCount: points * channels * columns * MemoryLayout<Float>.size)
    let tilesAtOnce = max(kernels.blockDepth, 6_000_000 / (points * (channels + columns)))
    var results: PackedPoints?
    for field in problem.fields.indices {
      for first in stride(from: 0, to: problem.tiles, by: tilesAtOnce) {
        let tiles = min(tilesAtOnce, problem.tiles - first)
        let a = PackedPoints(
          points: points, rows: channels, depth: tiles, panel: kernels.tileRows, self)
        pack(problem.tileSource(first, tiles, zeros, field: field), into: a)
        // All fields meet the same results: those of the only piece are transformed once.
        let b = results ?? packedResults(problem, first, tiles, zeros)
        results = tiles == problem.tiles ? b : nil
        multiply(
          a, b, points: points, into: products, rows: channels, columns: columns,
          adding: first > 0)
      }
      unpack(
        products, problem.transform(zk_kernel_transposed), items: channels, columns: columns,
        pieces: 1, pieceStride: 0, channels: columns
      ) { channel, _, trash, targets in
        for (index, offset) in problem.taps[field].enumerated() {
          targets[index] = (offset.map { w + ($0 + channel * columns) } ?? trash).pointer
        }
      }
    }
    withExtendedLifetime((zeros, products)) {}
  }

  /// Tiles `first..<first + tiles` of the results, transformed for the weight gradient.
  private func packedResults(
    _ problem: WinogradConvolution, _ first: Int, _ tiles: Int, _ zeros: Buffer
  ) -> PackedPoints {
    let packed = PackedPoints(
      points: problem.points, rows: problem.resultChannels, depth: tiles,
      panel: kernels.tileColumns, self)
    pack(
      PointSource(
        transform: problem.transform(zk_result_transposed), items: tiles, fields: 1,
        channels: problem.resultChannels, channelsAreRows: true
      ) { item, _, places in
        let (n, i, j) = problem.place(ofTile: first + item)
        for y in 0..<Tile.results {
          for x in 0..<Tile.results {
            places[y * Tile.results + x] = UnsafePointer(
              (problem.results[0].pixel(n, i + y, j + x) ?? Floats(zeros)).pointer)
          }
        }
      }, into: packed)
    return packed
  }

  private func zeroLine(_ count: Int) -> Buffer {
    let zeros = makeBuffer(byteCount: count * MemoryLayout<Float>.size)
    Floats(zeros).clear(count)
    return zeros
  }

  // MARK: To the transformed domain, product, and back

  /// Transforms and packs, some items and channels at a time so that they stay in L1 and L2.
  private func pack(_ source: PointSource, into packed: PackedPoints) {
    let kernels = kernels
    let panel = packed.panel
    let (rowsAtOnce, depthAtOnce) =
      source.channelsAreRows ? (roundUp(48, panel), 16) : (panel, 32)
    let (rows, depth) =
      source.channelsAreRows ? (source.channels, source.items) : (source.items, source.channels)
    let rowPieces = (rows + rowsAtOnce - 1) / rowsAtOnce
    // Long depths are cut too, so that few rows keep several threads busy.
    let depthPerTile = 256
    let depthPieces = (depth + depthPerTile - 1) / depthPerTile
    let points = source.transform.targets
    threads.run(source.fields * rowPieces * depthPieces) { tile in
      let (field, rest) = tile.quotientAndRemainder(dividingBy: rowPieces * depthPieces)
      let (rowPiece, depthPiece) = rest.quotientAndRemainder(dividingBy: depthPieces)
      let row = rowPiece * rowsAtOnce
      let rowCount = min(rowsAtOnce, rows - row)
      let (rowBase, depthBase) =
        source.fieldsAlongRows ? (field * roundUp(rows, panel), 0) : (0, field * depth)
      let scratch = self.makeBuffer(
        byteCount: points * rowsAtOnce * depthAtOnce * MemoryLayout<Float>.size)
      let values = Floats(scratch)
      withAddresses { sources, targets in
        var k = depthPiece * depthPerTile
        let end = min(k + depthPerTile, depth)
        while k < end {
          let inPacked = depthBase + k
          let blockEnd = (inPacked / packed.blockDepth + 1) * packed.blockDepth
          let count = min(depthAtOnce, end - k, blockEnd - inPacked)
          let (item, itemCount, channel, channelCount) =
            source.channelsAreRows ? (k, count, row, rowCount) : (row, rowCount, k, count)
          for index in 0..<itemCount {
            source.places(item + index, field, sources)
            for place in 0..<source.transform.sources {
              sources[place] = sources[place].map { $0 + channel }
            }
            for point in 0..<points {
              targets[point] = (values + (point * itemCount + index) * channelCount).pointer
            }
            kernels.winograd(
              source.transform.map, verticalTaps: source.transform.verticalTaps,
              horizontalTaps: source.transform.horizontalTaps, sources, targets, channelCount)
          }
          for point in 0..<points {
            kernels.pack(
              packed.address(point, row: rowBase + row, depth: inPacked),
              values + point * itemCount * channelCount,
              rowStride: source.channelsAreRows ? 1 : channelCount,
              depthStride: source.channelsAreRows ? channelCount : 1, count: rowCount,
              depth: count, panel: panel, depthCapacity: packed.depthOfBlock(inPacked))
          }
          k += count
        }
      }
      withExtendedLifetime(scratch) {}
    }
  }

  /// c[point] = a[point] · bᵀ[point], `[points, rows, columns]`.
  private func multiply(
    _ a: PackedPoints, _ b: PackedPoints, points: Int, into c: Buffer, rows: Int, columns: Int,
    adding: Bool = false
  ) {
    let kernels = kernels
    let result = Floats(c)
    let rowsPerTile = kernels.blockRows
    let rowTiles = (rows + rowsPerTile - 1) / rowsPerTile
    threads.run(points * rowTiles) { tile in
      let (point, rowTile) = tile.quotientAndRemainder(dividingBy: rowTiles)
      let row = rowTile * rowsPerTile
      let count = min(rowsPerTile, rows - row)
      withUnsafeTemporaryAllocation(of: Int64.self, capacity: count) { offsets in
        for i in 0..<count { offsets[i] = Int64((point * rows + row + i) * columns) }
        guard let rowOffsets = offsets.baseAddress else { return }
        for first in stride(from: 0, to: a.depth, by: kernels.blockDepth) {
          kernels.multiply(
            a.address(point, row: row, depth: first), b.address(point, row: 0, depth: first),
            result, rowOffsets, rows: count, columns: columns, depth: a.depthOfBlock(first),
            accumulate: adding || first > 0)
        }
      }
    }
  }

  /// Transforms `[points, items, columns]` back, item by item and piece by piece of the columns.
  private func unpack(
    _ products: Buffer, _ transform: TileTransform, items: Int, columns: Int, pieces: Int,
    pieceStride: Int, channels: Int,
    targets:
      @escaping @Sendable (
        _ item: Int, _ piece: Int, _ trash: Floats,
        _ targets: UnsafeMutablePointer<UnsafeMutablePointer<Float>?>
      ) -> Void
  ) {
    let kernels = kernels
    let values = Floats(products)
    let itemsPerTile = 16
    threads.run((items + itemsPerTile - 1) / itemsPerTile) { tile in
      let scratch = self.makeBuffer(byteCount: channels * MemoryLayout<Float>.size)
      withAddresses { sources, places in
        for item in tile * itemsPerTile..<min((tile + 1) * itemsPerTile, items) {
          for piece in 0..<pieces {
            for point in 0..<transform.sources {
              let from = (point * items + item) * columns + piece * pieceStride
              sources[point] = UnsafePointer((values + from).pointer)
            }
            targets(item, piece, Floats(scratch), places)
            kernels.winograd(
              transform.map, verticalTaps: transform.verticalTaps,
              horizontalTaps: transform.horizontalTaps, sources, places, channels)
          }
        }
      }
      withExtendedLifetime(scratch) {}
    }
    withExtendedLifetime(products) {}
  }
}

/// Room for the places of one tile.
private func withAddresses(
  _ body: (PlaceList, UnsafeMutablePointer<UnsafeMutablePointer<Float>?>) -> Void
) {
  let side = Tile.taps.upperBound + Tile.results - 1
  let capacity = side * side
  withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: capacity) { sources in
    withUnsafeTemporaryAllocation(
      of: UnsafeMutablePointer<Float>?.self, capacity: capacity
    ) { targets in
      guard let from = sources.baseAddress, let to = targets.baseAddress else { return }
      body(from, to)
    }
  }
}

extension WinogradConvolution {
  fileprivate func transform(_ map: zk_winograd_map) -> TileTransform {
    TileTransform(map: map, verticalTaps: verticalTaps, horizontalTaps: horizontalTaps)
  }

  /// Tiles `first..<first + tiles` of the data: of all fields, as rows of an operand, or of one, as
  /// its depth.
  fileprivate func tileSource(
    _ first: Int, _ tiles: Int, _ zeros: Buffer, field only: Int? = nil
  ) -> PointSource {
    PointSource(
      transform: transform(zk_data), items: tiles, fields: only == nil ? fields.count : 1,
      channels: channels, channelsAreRows: only != nil
    ) { [self] item, field, places in
      let (n, i, j) = place(ofTile: first + item)
      let lattice = fields[only ?? field]
      for a in 0..<verticalPoints {
        for b in 0..<horizontalPoints {
          places[a * horizontalPoints + b] = UnsafePointer(
            (lattice.pixel(n, i + a, j + b) ?? Floats(zeros)).pointer)
        }
      }
    }
  }
}
