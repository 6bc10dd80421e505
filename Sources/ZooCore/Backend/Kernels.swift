import CKernels

/// The address of Float32 values; the one place where the CPU backend meets raw pointers.
struct Floats: @unchecked Sendable {
  // Unchecked: tiles of one computation write to disjoint places.
  let pointer: UnsafeMutablePointer<Float>

  init(_ buffer: Buffer) {
    pointer = buffer.address.assumingMemoryBound(to: Float.self)
  }

  private init(pointer: UnsafeMutablePointer<Float>) { self.pointer = pointer }

  static func + (base: Floats, offset: Int) -> Floats { Floats(pointer: base.pointer + offset) }

  subscript(index: Int) -> Float {
    get { pointer[index] }
    nonmutating set { pointer[index] = newValue }
  }

  func copy(_ source: Floats, _ count: Int) {
    pointer.update(from: source.pointer, count: count)
  }

  func clear(_ count: Int) { pointer.update(repeating: 0, count: count) }
}

/// The address of Float64 values: sums on their way.
struct Doubles: @unchecked Sendable {
  // Unchecked: as above.
  fileprivate let pointer: UnsafeMutablePointer<Double>

  init(_ buffer: Buffer) {
    pointer = buffer.address.assumingMemoryBound(to: Double.self)
  }

  private init(pointer: UnsafeMutablePointer<Double>) { self.pointer = pointer }

  static func + (base: Doubles, offset: Int) -> Doubles { Doubles(pointer: base.pointer + offset) }

  subscript(index: Int) -> Double {
    get { pointer[index] }
    nonmutating set { pointer[index] = newValue }
  }
}

/// The kernel table of one instruction set.
struct Kernels: @unchecked Sendable {
  // Unchecked: a table is constant data.
  fileprivate let table: UnsafePointer<zk_kernels>

  init(table: UnsafePointer<zk_kernels>) { self.table = table }

  var tileRows: Int { Int(table.pointee.mr) }
  var tileColumns: Int { Int(table.pointee.nr) }
  var blockDepth: Int { Int(table.pointee.kc) }
  var blockRows: Int { Int(table.pointee.mc) }

  func multiply(
    _ a: Floats, _ b: Floats, _ c: Floats, _ rowOffsets: UnsafePointer<Int64>, rows: Int,
    columns: Int, depth: Int, accumulate: Bool
  ) {
    table.pointee.multiply(
      a.pointer, b.pointer, c.pointer, rowOffsets, Int64(rows), Int64(columns), Int64(depth),
      accumulate ? 1 : 0)
  }

  func pack(
    _ packed: Floats, _ source: Floats, rowStride: Int, depthStride: Int, count: Int, depth: Int,
    panel: Int, depthCapacity: Int
  ) {
    table.pointee.pack(
      packed.pointer, source.pointer, Int64(rowStride), Int64(depthStride), Int64(count),
      Int64(depth), Int64(panel), Int64(depthCapacity))
  }

  func packPatches(
    _ packed: Floats, _ patches: zk_patches, row: Int, count: Int, first: Int, depth: Int
  ) {
    withUnsafePointer(to: patches) {
      table.pointee.pack_patches(
        packed.pointer, $0, Int64(row), Int64(count), Int64(first), Int64(depth))
    }
  }

  func packPatchesTransposed(
    _ packed: Floats, _ patches: zk_patches, row: Int, count: Int, first: Int, depth: Int
  ) {
    withUnsafePointer(to: patches) {
      table.pointee.pack_patches_transposed(
        packed.pointer, $0, Int64(row), Int64(count), Int64(first), Int64(depth))
    }
  }

  func foldPatches(_ patches: zk_patches, _ rows: Floats, n: Int, y: Int, into row: Floats) {
    withUnsafePointer(to: patches) {
      table.pointee.fold_patches($0, rows.pointer, Int64(n), Int64(y), row.pointer)
    }
  }

  func winograd(
    _ map: zk_winograd_map, verticalTaps: Int, horizontalTaps: Int,
    _ source: UnsafePointer<UnsafePointer<Float>?>,
    _ target: UnsafePointer<UnsafeMutablePointer<Float>?>, _ count: Int
  ) {
    table.pointee.winograd(
      map, Int32(verticalTaps), Int32(horizontalTaps), source, target, Int64(count))
  }

  func unary(_ f: zk_unary, _ p: Float, _ q: Float, _ x: Floats, _ y: Floats, _ count: Int) {
    table.pointee.unary(f, p, q, x.pointer, y.pointer, Int64(count))
  }

  func binary(
    _ f: zk_binary, _ p: Float, _ a: Floats, _ aStep: Int, _ b: Floats, _ bStep: Int, _ y: Floats,
    _ count: Int
  ) {
    table.pointee.binary(
      f, p, a.pointer, Int64(aStep), b.pointer, Int64(bStep), y.pointer, Int64(count))
  }

  func sum(_ x: Floats, _ count: Int) -> Double { table.pointee.sum(x.pointer, Int64(count)) }

  /// Adds rows up, in one piece.
  func sumRows(_ x: Floats, _ y: Floats, _ rows: Int, _ columns: Int) {
    table.pointee.sum_rows(x.pointer, y.pointer, nil, Int64(rows), Int64(columns))
  }

  /// Adds up the rows of one piece of several.
  func sumRows(_ x: Floats, partial: Doubles, _ rows: Int, _ columns: Int) {
    table.pointee.sum_rows(x.pointer, nil, partial.pointer, Int64(rows), Int64(columns))
  }

  /// Adds up the sums of all pieces.
  func addPartials(_ partial: Doubles, _ y: Floats, _ rows: Int, _ columns: Int) {
    table.pointee.add_partials(partial.pointer, y.pointer, Int64(rows), Int64(columns))
  }

  func channelSums(
    _ x: Floats, _ z: Floats, centre: Floats, centresBoth: Bool, _ sums: Floats, rows: Int,
    channels: Int
  ) {
    table.pointee.channel_sums(
      x.pointer, z.pointer, centre.pointer, centresBoth ? 1 : 0, sums.pointer, Int64(rows),
      Int64(channels))
  }

  func channelBlend(
    _ z: Floats, _ centre: Floats, _ b: Floats, _ c: Floats, _ x: Floats?, _ a: Floats?,
    _ y: Floats, rows: Int, channels: Int
  ) {
    table.pointee.channel_blend(
      z.pointer, centre.pointer, b.pointer, c.pointer, x?.pointer, a?.pointer, y.pointer,
      Int64(rows), Int64(channels))
  }

  func softmax(_ x: Floats, _ y: Floats, rows: Int, columns: Int) {
    table.pointee.softmax(x.pointer, y.pointer, Int64(rows), Int64(columns))
  }

  /// y[c] = Σ a[t][c] · b[t][c], or with `oneFactor` Σ a[t][c] · b[t][0], added to what is there when
  /// `accumulate`.
  func sumProducts(
    _ terms: TermList, oneFactor: Bool, _ y: Floats, _ count: Int, accumulate: Bool = false
  ) {
    table.pointee.sum_products(
      terms.first, terms.second, oneFactor ? 0 : 1, Int64(terms.count), y.pointer, Int64(count),
      accumulate ? 1 : 0)
  }

  /// Σ a[i] · b[i].
  func dot(_ a: Floats, _ b: Floats, _ count: Int) -> Float {
    table.pointee.dot(a.pointer, b.pointer, Int64(count))
  }

  /// y[c] = Σ v[r] · x[r][c], rows of x lying `stride` apart.
  func columnProducts(_ x: Floats, stride: Int, _ v: Floats, _ y: Floats, rows: Int, columns: Int) {
    table.pointee.column_products(
      x.pointer, Int64(stride), v.pointer, y.pointer, Int64(rows), Int64(columns))
  }

  func allFinite(_ x: Floats, _ count: Int) -> Bool {
    table.pointee.all_finite(x.pointer, Int64(count)) != 0
  }

  func windowSum(_ pooling: zk_pooling, _ x: Floats, _ y: Floats) {
    withUnsafePointer(to: pooling) { table.pointee.window_sum($0, x.pointer, y.pointer) }
  }

  func windowSpread(_ pooling: zk_pooling, _ y: Floats, _ x: Floats) {
    withUnsafePointer(to: pooling) { table.pointee.window_spread($0, y.pointer, x.pointer) }
  }

  func windowPick(_ pooling: zk_pooling, _ keys: Floats, _ values: Floats, _ y: Floats) {
    withUnsafePointer(to: pooling) {
      table.pointee.window_pick($0, keys.pointer, values.pointer, y.pointer)
    }
  }

  func windowPlace(_ pooling: zk_pooling, _ keys: Floats, _ values: Floats, _ x: Floats) {
    withUnsafePointer(to: pooling) {
      table.pointee.window_place($0, keys.pointer, values.pointer, x.pointer)
    }
  }

  func random(
    _ distribution: RandomDistribution, _ philox: zk_philox, first: Int, _ y: Floats, _ count: Int
  ) {
    withUnsafePointer(to: philox) {
      switch distribution {
      case .uniform(let lower, let upper):
        table.pointee.random_uniform($0, lower, upper, Int64(first), y.pointer, Int64(count))
      case .normal(let mean, let deviation):
        table.pointee.random_normal($0, mean, deviation, Int64(first), y.pointer, Int64(count))
      }
    }
  }

  func adam(
    _ constants: zk_adam_constants, _ value: Floats, _ gradient: Floats, _ mean: Floats,
    _ square: Floats, _ newValue: Floats, _ count: Int
  ) {
    withUnsafePointer(to: constants) {
      table.pointee.adam(
        $0, value.pointer, gradient.pointer, mean.pointer, square.pointer, newValue.pointer,
        Int64(count))
    }
  }
}

extension Kernels {
  func rmsprop(
    rate: Double, decay: Double, epsilon: Double, _ value: Floats, _ gradient: Floats,
    _ square: Floats, _ newValue: Floats, _ count: Int
  ) {
    table.pointee.rmsprop(
      Float(rate), Float(decay), Float(1 - decay), Float(epsilon), value.pointer,
      gradient.pointer, square.pointer, newValue.pointer, Int64(count))
  }

  func sgd(
    rate: Double, momentum: Double, _ value: Floats, _ gradient: Floats, _ velocity: Floats,
    _ newValue: Floats, _ count: Int
  ) {
    table.pointee.sgd(
      Float(rate), Float(momentum), value.pointer, gradient.pointer, velocity.pointer,
      newValue.pointer, Int64(count))
  }
}

extension UnaryFunction {
  /// The kernel's code for this function and its attributes.
  var code: (zk_unary, Float, Float) {
    switch self {
    case .affine(let scale, let offset): (zk_affine, Float(scale), Float(offset))
    case .exp: (zk_exp, 0, 0)
    case .log: (zk_log, 0, 0)
    case .squareRoot: (zk_sqrt, 0, 0)
    case .square: (zk_square, 0, 0)
    case .reciprocal: (zk_reciprocal, 0, 0)
    case .tanh: (zk_tanh, 0, 0)
    case .sigmoid: (zk_sigmoid, 0, 0)
    case .softplus: (zk_softplus, 0, 0)
    case .leakyReLU(let slope): (zk_leaky_relu, Float(slope), 0)
    case .absolute: (zk_absolute, 0, 0)
    case .sign: (zk_sign, 0, 0)
    case .clamp(let lower, let upper): (zk_clamp, Float(lower), Float(upper))
    }
  }
}

extension BinaryFunction {
  /// The kernel's code for this function and its attribute.
  var code: (zk_binary, Float) {
    switch self {
    case .add: (zk_add, 0)
    case .subtract: (zk_subtract, 0)
    case .multiply: (zk_multiply, 0)
    case .divide: (zk_divide, 0)
    case .leakyGate(let slope): (zk_leaky_gate, Float(slope))
    case .tanhGate: (zk_tanh_gate, 0)
    case .sigmoidGate: (zk_sigmoid_gate, 0)
    }
  }
}

/// The operands of a sum of products, for `Kernels.sumProducts`.
struct TermList {
  fileprivate let first: UnsafeMutablePointer<UnsafePointer<Float>?>
  fileprivate let second: UnsafeMutablePointer<UnsafePointer<Float>?>
  private let capacity: Int
  private(set) var count = 0

  mutating func append(_ a: Floats, _ b: Floats) {
    require(count < capacity, "a list of \(capacity) terms is full")
    first[count] = UnsafePointer(a.pointer)
    second[count] = UnsafePointer(b.pointer)
    count += 1
  }

  mutating func removeAll() { count = 0 }

  /// Calls `body` with an empty list that has room for `capacity` terms.
  static func withRoom(for capacity: Int, _ body: (inout TermList) -> Void) {
    let most = max(1, capacity)
    withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: 2 * most) { room in
      guard let base = room.baseAddress else { return }
      var list = TermList(first: base, second: base + most, capacity: capacity)
      body(&list)
    }
  }
}
