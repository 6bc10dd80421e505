import Synchronization

/// A backend that measures another one: time by operation, and floating-point operations.
///
/// Products and convolutions are counted as two operations for each multiplication of the textbook
/// form, padding included, whatever the backend does to save some.
public final class ProfilingBackend: ComputeBackend {
  /// What one kind of operation took.
  public struct Entry: Sendable {
    /// Calls.
    public var calls = 0
    /// Seconds in all calls.
    public var seconds = 0.0
    /// Floating-point operations of products and convolutions.
    public var operations = 0.0
  }

  let base: any ComputeBackend
  private let entries = Mutex<[String: Entry]>([:])

  /// Measures `base`.
  public init(_ base: any ComputeBackend) { self.base = base }

  /// The name of the measured backend.
  public var name: String { base.name }

  /// What was measured so far, the longest first.
  public var report: [(name: String, entry: Entry)] {
    entries.withLock { $0.map { ($0.key, $0.value) } }
      .sorted { ($0.1.seconds, $1.0) > ($1.1.seconds, $0.0) }
  }

  func measure<R>(_ name: String, operations: Int = 0, _ body: () -> R) -> R {
    let clock = ContinuousClock()
    let start = clock.now
    let result = body()
    let seconds = (clock.now - start).seconds
    entries.withLock { entries in
      entries[name, default: Entry()].calls += 1
      entries[name, default: Entry()].seconds += seconds
      entries[name, default: Entry()].operations += Double(operations)
    }
    return result
  }

  public func concurrently(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    base.concurrently(count, body)
  }

  public func makeBuffer(byteCount: Int) -> Buffer { base.makeBuffer(byteCount: byteCount) }

  public func write(_ bytes: UnsafeRawBufferPointer, to buffer: Buffer) {
    measure("write") { base.write(bytes, to: buffer) }
  }

  public func read(_ buffer: Buffer, into bytes: UnsafeMutableRawBufferPointer) {
    measure("read") { base.read(buffer, into: bytes) }
  }

  public func fill(_ y: Buffer, with value: Double, count: Int, type: ElementType) {
    measure("fill") { base.fill(y, with: value, count: count, type: type) }
  }

  public func map(
    _ f: UnaryFunction, _ x: Buffer, into y: Buffer, count: Int, type: ElementType
  ) {
    measure("map") { base.map(f, x, into: y, count: count, type: type) }
  }

  public func combine(
    _ f: BinaryFunction, _ a: Buffer, strides aStrides: [Int], _ b: Buffer,
    strides bStrides: [Int], into y: Buffer, shape: [Int], type: ElementType
  ) {
    measure("combine") {
      base.combine(
        f, a, strides: aStrides, b, strides: bStrides, into: y, shape: shape, type: type)
    }
  }

  public func sum(
    _ x: Buffer, into y: Buffer, outer: Int, reduced: Int, inner: Int, type: ElementType
  ) {
    measure("sum") {
      base.sum(x, into: y, outer: outer, reduced: reduced, inner: inner, type: type)
    }
  }

  public func channelSums(
    _ x: Buffer, _ z: Buffer, centre: Buffer, centringBoth: Bool, into sums: Buffer, rows: Int,
    channels: Int, type: ElementType
  ) {
    measure("channel sums") {
      base.channelSums(
        x, z, centre: centre, centringBoth: centringBoth, into: sums, rows: rows,
        channels: channels, type: type)
    }
  }

  public func channelBlend(
    _ z: Buffer, centre: Buffer, scale b: Buffer, offset c: Buffer,
    adding: (x: Buffer, a: Buffer)?, into y: Buffer, rows: Int, channels: Int, type: ElementType
  ) {
    measure("channel blend") {
      base.channelBlend(
        z, centre: centre, scale: b, offset: c, adding: adding, into: y, rows: rows,
        channels: channels, type: type)
    }
  }

  public func copy(_ box: StridedCopy, from x: Buffer, to y: Buffer, type: ElementType) {
    measure("copy") { base.copy(box, from: x, to: y, type: type) }
  }

  public func gatherRows(
    _ x: Buffer, _ indices: [Int32], columns: Int, into y: Buffer, type: ElementType
  ) {
    measure("gather") { base.gatherRows(x, indices, columns: columns, into: y, type: type) }
  }

  public func scatterAddRows(
    _ x: Buffer, _ indices: [Int32], rows: Int, columns: Int, into y: Buffer, type: ElementType
  ) {
    measure("scatter") {
      base.scatterAddRows(x, indices, rows: rows, columns: columns, into: y, type: type)
    }
  }

  public func multiply(
    _ geometry: MatrixProductGeometry, _ a: Buffer, _ b: Buffer, into y: Buffer,
    type: ElementType
  ) {
    measure(
      "matrix product",
      operations: 2 * geometry.batch * geometry.rows * geometry.columns * geometry.depth
    ) { base.multiply(geometry, a, b, into: y, type: type) }
  }

  public func convolve(
    _ part: ConvolutionPart, _ geometry: ConvolutionGeometry, _ first: Buffer, _ second: Buffer,
    into result: Buffer, type: ElementType
  ) {
    let products =
      geometry.outputShape.elementCount * geometry.weightShape.dropLast().reduce(1, *)
    let kind = geometry.groups == 1 ? "convolution" : "grouped convolution"
    measure("\(kind), \(part)", operations: 2 * products) {
      base.convolve(part, geometry, first, second, into: result, type: type)
    }
  }

  public func fillRandom(
    _ y: Buffer, _ distribution: RandomDistribution, _ philox: Philox,
    counter: SIMD3<UInt32>, count: Int, type: ElementType
  ) {
    measure("random") {
      base.fillRandom(y, distribution, philox, counter: counter, count: count, type: type)
    }
  }

  public func update(
    _ rule: UpdateRule, value: Buffer, gradient: Buffer, slots: [Buffer], into newValue: Buffer,
    count: Int, type: ElementType
  ) {
    measure("optimizer") {
      base.update(
        rule, value: value, gradient: gradient, slots: slots, into: newValue, count: count,
        type: type)
    }
  }

  public func isFinite(_ x: Buffer, count: Int, type: ElementType) -> Bool {
    measure("finite?") { base.isFinite(x, count: count, type: type) }
  }
}
