/// Element-wise functions of one argument.
public enum UnaryFunction: Hashable, Sendable {
  /// scale · x + offset.
  case affine(scale: Double, offset: Double)
  case exp, log, squareRoot, square, reciprocal, tanh, sigmoid
  /// ln(1 + eˣ), computed without overflow.
  case softplus
  /// x where positive, slope · x elsewhere.
  case leakyReLU(slope: Double)
  case absolute
  /// −1, 0 or 1.
  case sign
  /// min(max(x, lower), upper).
  case clamp(lower: Double, upper: Double)
}

/// Element-wise functions of two arguments a and b.
public enum BinaryFunction: Hashable, Sendable {
  case add, subtract, multiply, divide
  /// b where a is positive, slope · b elsewhere.
  case leakyGate(slope: Double)
  /// b · (1 − a²).
  case tanhGate
  /// b · a · (1 − a).
  case sigmoidGate
}

/// How an optimizer moves a parameter.
public enum UpdateRule: Hashable, Sendable {
  /// Slots: mean and mean square of the gradient. Kingma & Ba 2015, algorithm 1.
  case adam(learningRate: Double, beta1: Double, beta2: Double, epsilon: Double, step: Int)
  /// Slot: mean square of the gradient. PyTorch's form, ε outside the root.
  case rmsprop(learningRate: Double, decay: Double, epsilon: Double)
  /// Slot: velocity. v ← momentum · v + g; p ← p − learningRate · v.
  case sgd(learningRate: Double, momentum: Double)
}

/// Distributions that a backend can draw from.
public enum RandomDistribution: Hashable, Sendable {
  /// Uniform in `lower..<upper`.
  case uniform(lower: Double, upper: Double)
  /// Normal, by Box and Muller's transform.
  case normal(mean: Double, deviation: Double)
}

/// What computes: it sees buffers and sizes, never a tensor, and owns the memory.
///
/// All layouts are dense and row-major; images are `[N, H, W, C]`. Every result is a pure function
/// of the arguments, whatever the number of threads. Nothing here assumes memory that the host can
/// read, so that a device can join as one more backend. Arguments have been checked by the ops.
public protocol ComputeBackend: AnyObject, Sendable {
  /// A short name, for logs.
  var name: String { get }

  /// Calls `body` once for each number in `0..<count`, on the threads that the backend computes
  /// with, and waits. The body must not compute with the backend.
  func concurrently(_ count: Int, _ body: @escaping @Sendable (Int) -> Void)

  /// Memory with undefined contents.
  func makeBuffer(byteCount: Int) -> Buffer
  /// Copies bytes from the host into a buffer.
  func write(_ bytes: UnsafeRawBufferPointer, to buffer: Buffer)
  /// Copies a buffer's first bytes to the host.
  func read(_ buffer: Buffer, into bytes: UnsafeMutableRawBufferPointer)

  /// y = value.
  func fill(_ y: Buffer, with value: Double, count: Int, type: ElementType)
  /// y = f(x).
  func map(_ f: UnaryFunction, _ x: Buffer, into y: Buffer, count: Int, type: ElementType)
  /// y = f(a, b) over a box of `shape`; a stride of 0 repeats a value along that axis.
  func combine(
    _ f: BinaryFunction, _ a: Buffer, strides aStrides: [Int], _ b: Buffer,
    strides bStrides: [Int], into y: Buffer, shape: [Int], type: ElementType)
  /// y `[outer, inner]` = Σ over the middle axis of x `[outer, reduced, inner]`.
  func sum(
    _ x: Buffer, into y: Buffer, outer: Int, reduced: Int, inner: Int, type: ElementType)
  /// Two sums for each channel of x and z `[rows, channels]`, `[2, channels]`: of u and of
  /// u · (z − centre), with u = x, or x − centre when `centringBoth`.
  func channelSums(
    _ x: Buffer, _ z: Buffer, centre: Buffer, centringBoth: Bool, into sums: Buffer, rows: Int,
    channels: Int, type: ElementType)
  /// y = b · (z − centre) + c, plus a · x if given, with centre, a, b and c for each channel of
  /// `[rows, channels]`.
  func channelBlend(
    _ z: Buffer, centre: Buffer, scale b: Buffer, offset c: Buffer,
    adding: (x: Buffer, a: Buffer)?, into y: Buffer, rows: Int, channels: Int, type: ElementType)
  /// Copies a box of elements.
  func copy(_ box: StridedCopy, from x: Buffer, to y: Buffer, type: ElementType)
  /// y `[indices.count, columns]` = the rows of x named by `indices`.
  func gatherRows(
    _ x: Buffer, _ indices: [Int32], columns: Int, into y: Buffer, type: ElementType)
  /// y `[rows, columns]` = 0, then each row of x is added to the row of y named by its index.
  func scatterAddRows(
    _ x: Buffer, _ indices: [Int32], rows: Int, columns: Int, into y: Buffer, type: ElementType)

  /// y = eˣ / Σ eˣ for each of the rows of x `[rows, columns]`.
  func softmax(_ x: Buffer, into y: Buffer, rows: Int, columns: Int, type: ElementType)
  /// One power iteration for the matrix x `[rows, columns]`: v = x u / ‖x u‖ `[rows]`, then
  /// next = xᵀ v / ‖xᵀ v‖ `[columns]`, with lengths of at least 1e-12, and inverse `[1]` =
  /// 1 / (vᵀ x next), or where `keeps` 1 / (vᵀ x u).
  func powerIteration(
    _ x: Buffer, u: Buffer, keeps: Bool, v: Buffer, next: Buffer, inverse: Buffer, rows: Int,
    columns: Int, type: ElementType)

  /// y = a · b, for each pair of the batch.
  func multiply(
    _ geometry: MatrixProductGeometry, _ a: Buffer, _ b: Buffer, into y: Buffer,
    type: ElementType)
  /// One partial derivative of ⟨x * w, y⟩ at the two others, in the order x, w, y.
  func convolve(
    _ part: ConvolutionPart, _ geometry: ConvolutionGeometry, _ first: Buffer, _ second: Buffer,
    into result: Buffer, type: ElementType)

  /// One way between images and windows.
  func pool(
    _ part: PoolingPart, _ geometry: PoolingGeometry, _ values: Buffer, into result: Buffer,
    type: ElementType)

  /// y = x filtered along its middle axis.
  func filter(_ geometry: FilterGeometry, _ x: Buffer, into y: Buffer, type: ElementType)
  /// y = the pixels of x that the map names.
  func gatherPixels(_ map: PixelMap, _ x: Buffer, into y: Buffer, type: ElementType)
  /// The adjoint of `gatherPixels`: each pixel of y is added to the one that it came from.
  func spreadPixels(_ map: PixelMap, _ y: Buffer, into x: Buffer, type: ElementType)

  /// Fills y from a Philox sequence, block i of it with counter (i, draw, sub-step, step).
  func fillRandom(
    _ y: Buffer, _ distribution: RandomDistribution, _ philox: Philox,
    counter: SIMD3<UInt32>, count: Int, type: ElementType)

  /// One step of an optimizer: a new value, while the slots, which nobody else may hold, change in
  /// place.
  func update(
    _ rule: UpdateRule, value: Buffer, gradient: Buffer, slots: [Buffer], into newValue: Buffer,
    count: Int, type: ElementType)
  /// Whether every value is finite.
  func isFinite(_ x: Buffer, count: Int, type: ElementType) -> Bool
}

/// The backend that ops use.
public enum Backends {
  /// The backend of the current task; `withValue` replaces it for a block.
  @TaskLocal public static var current: any ComputeBackend = CPUBackend.shared

  /// Runs `body` with `backend` as the current one.
  public static func using<R, E: Error>(
    _ backend: any ComputeBackend, _ body: () throws(E) -> R
  ) throws(E) -> R {
    // A task-local's own `withValue` forgets which errors the body throws.
    let result: Result<R, E> = $current.withValue(backend) {
      do throws(E) {
        return .success(try body())
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}
