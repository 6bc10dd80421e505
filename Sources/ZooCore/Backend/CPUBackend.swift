import CKernels

/// Float32 on the processor: packed GEMM, vectorised element-wise kernels, several threads.
///
/// Float64 is the reference backend's work. Tiles are cut by shape alone, and sums have a fixed
/// order: the same bits on any number of threads.
public final class CPUBackend: ComputeBackend {
  /// All processors that this process may use, and the instruction set that `ZOO_ISA` names, or the
  /// best they have.
  public static let shared = CPUBackend(instructionSet: requestedInstructionSet)

  /// Threads that compute.
  public let threadCount: Int
  /// The instruction set in use: `baseline`, `avx2`, `avx512` or `neon`.
  public let instructionSet: String

  let tiling: Tiling
  let kernels: Kernels
  let threads: ThreadPool
  let recentWeights = RecentWeights<PackedPoints>(limit: 32 << 20)
  let reference = ReferenceBackend.shared

  /// `cpu`, with instruction set and threads.
  public var name: String { "cpu (\(instructionSet), threads: \(threadCount))" }

  /// A backend with its own threads.
  ///
  /// - Parameters:
  ///   - threads: Number of threads, the caller's included; all available processors when nil.
  ///   - instructionSet: One of `instructionSets`; the best when nil or not available here.
  public convenience init(threads: Int? = nil, instructionSet: String? = nil) {
    self.init(threads: threads, instructionSet: instructionSet, tiling: .whereItPays)
  }

  package init(threads: Int?, instructionSet: String?, tiling: Tiling) {
    self.tiling = tiling
    guard let table = zk_select(instructionSet) ?? zk_select(nil) else {
      fatalError("the baseline kernels run everywhere")
    }
    kernels = Kernels(table: table)
    self.instructionSet = String(cString: table.pointee.name)
    threadCount = threads ?? Machine.availableProcessors
    self.threads = ThreadPool(threadCount: threadCount)
  }

  public func concurrently(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    threads.run(count, body)
  }

  public func makeBuffer(byteCount: Int) -> Buffer { reference.makeBuffer(byteCount: byteCount) }

  public func write(_ bytes: UnsafeRawBufferPointer, to buffer: Buffer) {
    reference.write(bytes, to: buffer)
  }

  public func read(_ buffer: Buffer, into bytes: UnsafeMutableRawBufferPointer) {
    reference.read(buffer, into: bytes)
  }

  public func fill(_ y: Buffer, with value: Double, count: Int, type: ElementType) {
    reference.fill(y, with: value, count: count, type: type)
  }

  // Elements that one tile of element-wise work covers: large enough to hide the hand-out,
  // small enough to stay in L2.
  private static let chunk = 16_384

  /// Calls `body` for consecutive chunks of `0..<count`, from several threads.
  func forEachChunk(
    _ count: Int, _ body: @escaping @Sendable (_ first: Int, _ count: Int) -> Void
  ) {
    let chunk = Self.chunk
    threads.run((count + chunk - 1) / chunk) { tile in
      body(tile * chunk, min(chunk, count - tile * chunk))
    }
  }

  /// Calls `body` for consecutive rows of `0..<rows`, as many at a time as make a chunk.
  func forEachRow(
    _ rows: Int, of columns: Int,
    _ body: @escaping @Sendable (_ first: Int, _ count: Int) -> Void
  ) {
    let rowsPerTile = max(1, Self.chunk / max(1, columns))
    threads.run((rows + rowsPerTile - 1) / rowsPerTile) { tile in
      let first = tile * rowsPerTile
      body(first, min(rowsPerTile, rows - first))
    }
  }

  public func map(
    _ f: UnaryFunction, _ x: Buffer, into y: Buffer, count: Int, type: ElementType
  ) {
    guard type == .float32 else { return reference.map(f, x, into: y, count: count, type: type) }
    let (code, p, q) = f.code
    let x = Floats(x)
    let y = Floats(y)
    forEachChunk(count) { [kernels] first, count in
      kernels.unary(code, p, q, x + first, y + first, count)
    }
  }

  public func combine(
    _ f: BinaryFunction, _ a: Buffer, strides aStrides: [Int], _ b: Buffer,
    strides bStrides: [Int], into y: Buffer, shape: [Int], type: ElementType
  ) {
    guard type == .float32 else {
      return reference.combine(
        f, a, strides: aStrides, b, strides: bStrides, into: y, shape: shape, type: type)
    }
    let (code, p) = f.code
    let box = CollapsedBox(shape: shape, strides: [aStrides, bStrides])
    let (aStep, bStep) = (box.innerStrides[0], box.innerStrides[1])
    let (a, b, y) = (Floats(a), Floats(b), Floats(y))
    let inner = box.innerCount
    if box.outerCount == 1 {
      return forEachChunk(inner) { [kernels] first, count in
        kernels.binary(
          code, p, a + first * aStep, aStep, b + first * bStep, bStep, y + first, count)
      }
    }
    let rowsPerTile = max(1, Self.chunk / max(1, inner))
    threads.run((box.outerCount + rowsPerTile - 1) / rowsPerTile) { [kernels] tile in
      let rows = tile * rowsPerTile..<min((tile + 1) * rowsPerTile, box.outerCount)
      box.forEachRow(rows) { row, offsets in
        kernels.binary(
          code, p, a + offsets[0], aStep, b + offsets[1], bStep, y + row * inner, inner)
      }
    }
  }

  public func sum(
    _ x: Buffer, into y: Buffer, outer: Int, reduced: Int, inner: Int, type: ElementType
  ) {
    guard type == .float32 else {
      return reference.sum(x, into: y, outer: outer, reduced: reduced, inner: inner, type: type)
    }
    // The long axis is cut into pieces of fixed length whose sums are added in order.
    let rowsPerPiece = max(1, Self.chunk / max(1, inner))
    let pieces = max(1, (reduced + rowsPerPiece - 1) / rowsPerPiece)
    let partial =
      pieces == 1
      ? nil : makeBuffer(byteCount: outer * pieces * inner * MemoryLayout<Double>.size)
    let parts = partial.map(Doubles.init)
    let (source, result) = (Floats(x), Floats(y))
    // Many short sums share a tile.
    let sumsPerTile = max(1, Self.chunk / max(1, min(reduced, rowsPerPiece) * inner))
    let total = outer * pieces
    threads.run((total + sumsPerTile - 1) / sumsPerTile) { [kernels] tile in
      for index in tile * sumsPerTile..<min((tile + 1) * sumsPerTile, total) {
        let (o, piece) = index.quotientAndRemainder(dividingBy: pieces)
        let first = piece * rowsPerPiece
        let rows = min(rowsPerPiece, reduced - first)
        let from = source + (o * reduced + first) * inner
        switch (parts, inner) {
        case (nil, 1): result[index] = Float(kernels.sum(from, rows))
        case (nil, _): kernels.sumRows(from, result + index * inner, rows, inner)
        case (let parts?, 1): parts[index] = kernels.sum(from, rows)
        case (let parts?, _): kernels.sumRows(from, partial: parts + index * inner, rows, inner)
        }
      }
    }
    guard let parts else { return }
    for o in 0..<outer {
      kernels.addPartials(parts + o * pieces * inner, result + o * inner, pieces, inner)
    }
    withExtendedLifetime(partial) {}
  }

  public func channelSums(
    _ x: Buffer, _ z: Buffer, centre: Buffer, centringBoth: Bool, into sums: Buffer, rows: Int,
    channels: Int, type: ElementType
  ) {
    guard type == .float32 else {
      return reference.channelSums(
        x, z, centre: centre, centringBoth: centringBoth, into: sums, rows: rows,
        channels: channels, type: type)
    }
    // Pieces of fixed length, added in order.
    let rowsPerPiece = max(1, Self.chunk / max(1, channels))
    let pieces = max(1, (rows + rowsPerPiece - 1) / rowsPerPiece)
    let partial = makeBuffer(byteCount: pieces * 2 * channels * MemoryLayout<Float>.size)
    let (x, z, centre, parts) = (Floats(x), Floats(z), Floats(centre), Floats(partial))
    threads.run(pieces) { [kernels] piece in
      let first = piece * rowsPerPiece
      kernels.channelSums(
        x + first * channels, z + first * channels, centre: centre, centresBoth: centringBoth,
        parts + piece * 2 * channels, rows: min(rowsPerPiece, rows - first), channels: channels)
    }
    kernels.sumRows(parts, Floats(sums), pieces, 2 * channels)
    withExtendedLifetime(partial) {}
  }

  public func channelBlend(
    _ z: Buffer, centre: Buffer, scale b: Buffer, offset c: Buffer,
    adding: (x: Buffer, a: Buffer)?, into y: Buffer, rows: Int, channels: Int, type: ElementType
  ) {
    guard type == .float32 else {
      return reference.channelBlend(
        z, centre: centre, scale: b, offset: c, adding: adding, into: y, rows: rows,
        channels: channels, type: type)
    }
    let (z, centre, b, c, y) = (Floats(z), Floats(centre), Floats(b), Floats(c), Floats(y))
    let (x, a) = (adding.map { Floats($0.x) }, adding.map { Floats($0.a) })
    forEachRow(rows, of: channels) { [kernels] first, count in
      let from = first * channels
      kernels.channelBlend(
        z + from, centre, b, c, x.map { $0 + from }, a, y + from, rows: count, channels: channels)
    }
  }

  public func copy(_ box: StridedCopy, from x: Buffer, to y: Buffer, type: ElementType) {
    guard type == .float32 else { return reference.copy(box, from: x, to: y, type: type) }
    let rows = CollapsedBox(
      shape: box.shape, strides: [box.sourceStrides, box.destinationStrides])
    let (from, to) = (Floats(x) + box.sourceOffset, Floats(y) + box.destinationOffset)
    let (fromStep, toStep, inner) = (rows.innerStrides[0], rows.innerStrides[1], rows.innerCount)
    let rowsPerTile = max(1, Self.chunk / max(1, inner))
    threads.run((rows.outerCount + rowsPerTile - 1) / rowsPerTile) { tile in
      let range = tile * rowsPerTile..<min((tile + 1) * rowsPerTile, rows.outerCount)
      rows.forEachRow(range) { _, offsets in
        let (source, destination) = (from + offsets[0], to + offsets[1])
        if fromStep == 1 && toStep == 1 {
          destination.copy(source, inner)
        } else {
          for i in 0..<inner { destination[i * toStep] = source[i * fromStep] }
        }
      }
    }
  }

  public func gatherRows(
    _ x: Buffer, _ indices: [Int32], columns: Int, into y: Buffer, type: ElementType
  ) {
    reference.gatherRows(x, indices, columns: columns, into: y, type: type)
  }

  public func scatterAddRows(
    _ x: Buffer, _ indices: [Int32], rows: Int, columns: Int, into y: Buffer, type: ElementType
  ) {
    reference.scatterAddRows(x, indices, rows: rows, columns: columns, into: y, type: type)
  }

  public func multiply(
    _ geometry: MatrixProductGeometry, _ a: Buffer, _ b: Buffer, into y: Buffer,
    type: ElementType
  ) {
    guard type == .float32 else {
      return reference.multiply(geometry, a, b, into: y, type: type)
    }
    let (a, b, y) = (Floats(a), Floats(b), Floats(y))
    let one = geometry.single
    let (rows, columns, depth) = (one.rows, one.columns, one.depth)
    forEachPart(geometry.batch) { item in
      self.multiplyFloat32(
        one, a + item * rows * depth, b + item * depth * columns, into: y + item * rows * columns)
    }
  }

  /// Computes the independent parts of a computation, which may use threads themselves.
  ///
  /// Parts go side by side if there is one for each thread, else one after another, each with all
  /// threads: the bits are the same.
  func forEachPart(_ count: Int, _ body: @escaping @Sendable (_ part: Int) -> Void) {
    if count < threadCount {
      for part in 0..<count { body(part) }
    } else {
      threads.run(count, body)
    }
  }

  public func convolve(
    _ part: ConvolutionPart, _ geometry: ConvolutionGeometry, _ first: Buffer, _ second: Buffer,
    into result: Buffer, type: ElementType
  ) {
    guard type == .float32 else {
      return reference.convolve(part, geometry, first, second, into: result, type: type)
    }
    if geometry.groups > 1 {
      return convolveGroups(part, geometry, Floats(first), Floats(second), into: Floats(result))
    }
    let (source, result) = (Floats(first), Floats(result))
    switch part {
    case .output: convolutionOutput(geometry, x: source, w: second, into: result)
    case .input: convolutionInput(geometry, y: source, w: second, into: result)
    case .weight: convolutionWeight(geometry, x: source, y: Floats(second), into: result)
    }
  }

  public func fillRandom(
    _ y: Buffer, _ distribution: RandomDistribution, _ philox: Philox,
    counter: SIMD3<UInt32>, count: Int, type: ElementType
  ) {
    guard type == .float32 else {
      return reference.fillRandom(
        y, distribution, philox, counter: counter, count: count, type: type)
    }
    let code = zk_philox(
      key: (philox.key.x, philox.key.y), counter: (counter.x, counter.y, counter.z))
    let y = Floats(y)
    forEachChunk(count) { [kernels] first, count in
      kernels.random(distribution, code, first: first, y + first, count)
    }
  }

  public func update(
    _ rule: UpdateRule, value: Buffer, gradient: Buffer, slots: [Buffer], into newValue: Buffer,
    count: Int, type: ElementType
  ) {
    guard type == .float32 else {
      return reference.update(
        rule, value: value, gradient: gradient, slots: slots, into: newValue, count: count,
        type: type)
    }
    let (p, g, p2) = (Floats(value), Floats(gradient), Floats(newValue))
    let s = slots.map(Floats.init)
    switch rule {
    case .adam(let learningRate, let beta1, let beta2, let epsilon, let step):
      let correction = AdamCorrection(
        learningRate: learningRate, beta1: beta1, beta2: beta2, step: step)
      let constants = zk_adam_constants(
        beta2: Float(beta2), rest1: Float(1 - beta1), rest2: Float(1 - beta2),
        step_size: Float(correction.stepSize),
        inverse_root_correction2: Float(correction.inverseRoot2), epsilon: Float(epsilon))
      forEachChunk(count) { [kernels] i, count in
        kernels.adam(
          constants, p + i, g + i, s[0] + i, s[1] + i, p2 + i, count)
      }
    case .rmsprop(let learningRate, let decay, let epsilon):
      forEachChunk(count) { [kernels] i, count in
        kernels.rmsprop(
          rate: learningRate, decay: decay, epsilon: epsilon, p + i, g + i, s[0] + i, p2 + i,
          count)
      }
    case .sgd(let learningRate, let momentum):
      forEachChunk(count) { [kernels] i, count in
        kernels.sgd(
          rate: learningRate, momentum: momentum, p + i, g + i, s[0] + i, p2 + i,
          count)
      }
    }
  }

  public func isFinite(_ x: Buffer, count: Int, type: ElementType) -> Bool {
    guard type == .float32 else { return reference.isFinite(x, count: count, type: type) }
    return kernels.allFinite(Floats(x), count)
  }
}
