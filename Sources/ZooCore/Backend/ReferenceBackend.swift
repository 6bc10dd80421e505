/// Plain loops in Float32 and Float64: the oracle that fast backends are tested against.
public final class ReferenceBackend: ComputeBackend {
  /// The only instance that is needed: the backend has no state.
  public static let shared = ReferenceBackend()

  /// `reference`.
  public let name = "reference"

  private init() {}

  public func concurrently(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    for index in 0..<count { body(index) }
  }

  public func makeBuffer(byteCount: Int) -> Buffer {
    HostMemory.shared.allocate(byteCount: byteCount)
  }

  public func write(_ bytes: UnsafeRawBufferPointer, to buffer: Buffer) {
    require(bytes.count <= buffer.byteCount, "\(bytes.count) bytes into \(buffer.byteCount)")
    guard let source = bytes.baseAddress else { return }
    buffer.address.copyMemory(from: source, byteCount: bytes.count)
  }

  public func read(_ buffer: Buffer, into bytes: UnsafeMutableRawBufferPointer) {
    require(bytes.count <= buffer.byteCount, "\(bytes.count) bytes of \(buffer.byteCount)")
    guard let destination = bytes.baseAddress else { return }
    destination.copyMemory(from: buffer.address, byteCount: bytes.count)
  }

  public func fill(_ y: Buffer, with value: Double, count: Int, type: ElementType) {
    func run<T: RealElement>(_: T.Type) {
      y.elements(T.self, count: count).update(repeating: T(value))
    }
    type == .float32 ? run(Float.self) : run(Double.self)
  }

  public func map(
    _ f: UnaryFunction, _ x: Buffer, into y: Buffer, count: Int, type: ElementType
  ) {
    func run<T: RealElement>(_: T.Type) {
      let x = x.elements(T.self, count: count)
      let y = y.elements(T.self, count: count)
      for i in 0..<count { y[i] = f(x[i]) }
    }
    type == .float32 ? run(Float.self) : run(Double.self)
  }

  public func combine(
    _ f: BinaryFunction, _ a: Buffer, strides aStrides: [Int], _ b: Buffer,
    strides bStrides: [Int], into y: Buffer, shape: [Int], type: ElementType
  ) {
    func run<T: RealElement>(_: T.Type) {
      let y = y.elements(T.self, count: shape.elementCount)
      let a = a.address.assumingMemoryBound(to: T.self)
      let b = b.address.assumingMemoryBound(to: T.self)
      var index = 0
      forEachOffset(shape, aStrides, bStrides) { aOffset, bOffset in
        y[index] = f(a[aOffset], b[bOffset])
        index += 1
      }
    }
    type == .float32 ? run(Float.self) : run(Double.self)
  }

  public func sum(
    _ x: Buffer, into y: Buffer, outer: Int, reduced: Int, inner: Int, type: ElementType
  ) {
    func run<T: RealElement>(_: T.Type) {
      let x = x.elements(T.self, count: outer * reduced * inner)
      let y = y.elements(T.self, count: outer * inner)
      for o in 0..<outer {
        for i in 0..<inner {
          // Summed in Float64, so that the oracle is better than what it judges.
          var total = 0.0
          for r in 0..<reduced { total += Double(x[(o * reduced + r) * inner + i]) }
          y[o * inner + i] = T(total)
        }
      }
    }
    type == .float32 ? run(Float.self) : run(Double.self)
  }

  public func channelSums(
    _ x: Buffer, _ z: Buffer, centre: Buffer, centringBoth: Bool, into sums: Buffer, rows: Int,
    channels: Int, type: ElementType
  ) {
    func run<T: RealElement>(_: T.Type) {
      let x = x.elements(T.self, count: rows * channels)
      let z = z.elements(T.self, count: rows * channels)
      let centre = centre.elements(T.self, count: channels)
      accumulate(sums.elements(T.self, count: 2 * channels)) { sums in
        for i in 0..<rows * channels {
          let c = i % channels
          let u = Double(x[i]) - (centringBoth ? Double(centre[c]) : 0)
          sums[c] += u
          sums[channels + c] += u * (Double(z[i]) - Double(centre[c]))
        }
      }
    }
    type == .float32 ? run(Float.self) : run(Double.self)
  }

  public func channelBlend(
    _ z: Buffer, centre: Buffer, scale b: Buffer, offset c: Buffer,
    adding: (x: Buffer, a: Buffer)?, into y: Buffer, rows: Int, channels: Int, type: ElementType
  ) {
    func run<T: RealElement>(_: T.Type) {
      let z = z.elements(T.self, count: rows * channels)
      let (centre, b, c) = (
        centre.elements(T.self, count: channels), b.elements(T.self, count: channels),
        c.elements(T.self, count: channels)
      )
      let y = y.elements(T.self, count: rows * channels)
      for i in 0..<rows * channels {
        let channel = i % channels
        y[i] = b[channel] * (z[i] - centre[channel]) + c[channel]
      }
      guard let adding else { return }
      let x = adding.x.elements(T.self, count: rows * channels)
      let a = adding.a.elements(T.self, count: channels)
      for i in 0..<rows * channels { y[i] += a[i % channels] * x[i] }
    }
    type == .float32 ? run(Float.self) : run(Double.self)
  }

  public func copy(_ box: StridedCopy, from x: Buffer, to y: Buffer, type: ElementType) {
    func run<T: RealElement>(_: T.Type) {
      let x = x.address.assumingMemoryBound(to: T.self) + box.sourceOffset
      let y = y.address.assumingMemoryBound(to: T.self) + box.destinationOffset
      forEachOffset(box.shape, box.sourceStrides, box.destinationStrides) { from, to in
        y[to] = x[from]
      }
    }
    type == .float32 ? run(Float.self) : run(Double.self)
  }

  public func gatherRows(
    _ x: Buffer, _ indices: [Int32], columns: Int, into y: Buffer, type: ElementType
  ) {
    func run<T: RealElement>(_: T.Type) {
      let x = x.address.assumingMemoryBound(to: T.self)
      let y = y.elements(T.self, count: indices.count * columns)
      for (row, index) in indices.enumerated() {
        for c in 0..<columns { y[row * columns + c] = x[Int(index) * columns + c] }
      }
    }
    type == .float32 ? run(Float.self) : run(Double.self)
  }

  public func scatterAddRows(
    _ x: Buffer, _ indices: [Int32], rows: Int, columns: Int, into y: Buffer, type: ElementType
  ) {
    func run<T: RealElement>(_: T.Type) {
      let x = x.elements(T.self, count: indices.count * columns)
      let y = y.elements(T.self, count: rows * columns)
      y.update(repeating: 0)
      for (row, index) in indices.enumerated() {
        for c in 0..<columns { y[Int(index) * columns + c] += x[row * columns + c] }
      }
    }
    type == .float32 ? run(Float.self) : run(Double.self)
  }

  public func multiply(
    _ geometry: MatrixProductGeometry, _ a: Buffer, _ b: Buffer, into y: Buffer,
    type: ElementType
  ) {
    func run<T: RealElement>(_: T.Type) {
      let (rows, columns, depth) = (geometry.rows, geometry.columns, geometry.depth)
      let batch = geometry.batch
      let a = a.elements(T.self, count: batch * rows * depth)
      let b = b.elements(T.self, count: batch * depth * columns)
      let y = y.elements(T.self, count: batch * rows * columns)
      for n in 0..<batch {
        let (a0, b0, y0) = (n * rows * depth, n * depth * columns, n * rows * columns)
        for i in 0..<rows {
          for j in 0..<columns {
            var total = 0.0
            for k in 0..<depth {
              let left = a[a0 + (geometry.transposeA ? k * rows + i : i * depth + k)]
              let right = b[b0 + (geometry.transposeB ? j * depth + k : k * columns + j)]
              total += Double(left) * Double(right)
            }
            y[y0 + i * columns + j] = T(total)
          }
        }
      }
    }
    type == .float32 ? run(Float.self) : run(Double.self)
  }

  public func convolve(
    _ part: ConvolutionPart, _ geometry: ConvolutionGeometry, _ first: Buffer, _ second: Buffer,
    into result: Buffer, type: ElementType
  ) {
    func run<T: RealElement>(_: T.Type) {
      let xCount = geometry.inputShape.elementCount
      let wCount = geometry.weightShape.elementCount
      let yCount = geometry.outputShape.elementCount
      switch part {
      case .output:
        let x = first.elements(T.self, count: xCount)
        let w = second.elements(T.self, count: wCount)
        accumulate(result.elements(T.self, count: yCount)) { sums in
          forEachProduct(geometry) { sums[$2] += Double(x[$0]) * Double(w[$1]) }
        }
      case .input:
        let y = first.elements(T.self, count: yCount)
        let w = second.elements(T.self, count: wCount)
        accumulate(result.elements(T.self, count: xCount)) { sums in
          forEachProduct(geometry) { sums[$0] += Double(y[$2]) * Double(w[$1]) }
        }
      case .weight:
        let x = first.elements(T.self, count: xCount)
        let y = second.elements(T.self, count: yCount)
        accumulate(result.elements(T.self, count: wCount)) { sums in
          forEachProduct(geometry) { sums[$1] += Double(x[$0]) * Double(y[$2]) }
        }
      }
    }
    type == .float32 ? run(Float.self) : run(Double.self)
  }

  public func fillRandom(
    _ y: Buffer, _ distribution: RandomDistribution, _ philox: Philox,
    counter: SIMD3<UInt32>, count: Int, type: ElementType
  ) {
    func run<T: RealElement>(_: T.Type) {
      let y = y.elements(T.self, count: count)
      let width = distribution.valuesPerBlock
      for start in stride(from: 0, to: count, by: width) {
        let words = philox.block(
          SIMD4(UInt32(start / width), counter.x, counter.y, counter.z))
        let values = distribution.values(words)
        for lane in 0..<min(width, count - start) { y[start + lane] = T(values[lane]) }
      }
    }
    type == .float32 ? run(Float.self) : run(Double.self)
  }

  public func update(
    _ rule: UpdateRule, value: Buffer, gradient: Buffer, slots: [Buffer], into newValue: Buffer,
    count: Int, type: ElementType
  ) {
    func run<T: RealElement>(_: T.Type) {
      let value = value.elements(T.self, count: count)
      let gradient = gradient.elements(T.self, count: count)
      let slots = slots.map { $0.elements(T.self, count: count) }
      let newValue = newValue.elements(T.self, count: count)
      for i in 0..<count {
        let g = gradient[i]
        switch rule {
        case .adam(let learningRate, let beta1, let beta2, let epsilon, let step):
          let correction = AdamCorrection(
            learningRate: learningRate, beta1: beta1, beta2: beta2, step: step)
          let mean = slots[0][i] + T(1 - beta1) * (g - slots[0][i])
          let square = T(beta2) * slots[1][i] + T(1 - beta2) * (g * g)
          let root = square.squareRoot() * T(correction.inverseRoot2)
          slots[0][i] = mean
          slots[1][i] = square
          newValue[i] = value[i] - T(correction.stepSize) * (mean / (root + T(epsilon)))
        case .rmsprop(let learningRate, let decay, let epsilon):
          let square = T(decay) * slots[0][i] + T(1 - decay) * (g * g)
          slots[0][i] = square
          newValue[i] = value[i] - T(learningRate) * (g / (square.squareRoot() + T(epsilon)))
        case .sgd(let learningRate, let momentum):
          let velocity = T(momentum) * slots[0][i] + g
          slots[0][i] = velocity
          newValue[i] = value[i] - T(learningRate) * velocity
        }
      }
    }
    type == .float32 ? run(Float.self) : run(Double.self)
  }

  public func isFinite(_ x: Buffer, count: Int, type: ElementType) -> Bool {
    func run<T: RealElement>(_: T.Type) -> Bool {
      x.elements(T.self, count: count).allSatisfy(\.isFinite)
    }
    return type == .float32 ? run(Float.self) : run(Double.self)
  }
}

/// Adam's bias corrections, folded into a step size and a factor of the root of the mean square.
package struct AdamCorrection {
  package let stepSize: Double
  package let inverseRoot2: Double

  package init(learningRate: Double, beta1: Double, beta2: Double, step: Int) {
    stepSize = learningRate / (1 - power(beta1, step))
    inverseRoot2 = 1 / (1 - power(beta2, step)).squareRoot()
  }
}

/// base to a whole power, by squaring: the same on every platform.
package func power(_ base: Double, _ exponent: Int) -> Double {
  var (result, factor, rest) = (1.0, base, exponent)
  while rest > 0 {
    if rest & 1 == 1 { result *= factor }
    factor *= factor
    rest >>= 1
  }
  return result
}

/// Calls `body` with two offsets for every element of a box, in row-major order.
package func forEachOffset(
  _ shape: [Int], _ first: [Int], _ second: [Int], _ body: (Int, Int) -> Void
) {
  func walk(_ axis: Int, _ a: Int, _ b: Int) {
    guard axis < shape.count else { return body(a, b) }
    for i in 0..<shape[axis] { walk(axis + 1, a + i * first[axis], b + i * second[axis]) }
  }
  walk(0, 0, 0)
}

/// Sums in Float64 and rounds once at the end.
func accumulate<T: RealElement>(
  _ result: UnsafeMutableBufferPointer<T>, _ body: (inout [Double]) -> Void
) {
  var sums = [Double](repeating: 0, count: result.count)
  body(&sums)
  for i in sums.indices { result[i] = T(sums[i]) }
}

/// Calls `body` with the offsets (x, w, y) of every product in the trilinear form.
private func forEachProduct(_ g: ConvolutionGeometry, _ body: (Int, Int, Int) -> Void) {
  let window = g.window
  let channels = g.inputChannels / g.groups
  for n in 0..<g.batch {
    for i in 0..<g.outputHeight {
      for j in 0..<g.outputWidth {
        let y = ((n * g.outputHeight + i) * g.outputWidth + j) * g.outputChannels
        for a in 0..<window.kernelHeight {
          let row = i * window.strideY + a - window.padding.top
          guard 0..<g.height ~= row else { continue }
          for b in 0..<window.kernelWidth {
            let column = j * window.strideX + b - window.padding.left
            guard 0..<g.width ~= column else { continue }
            let x = ((n * g.height + row) * g.width + column) * g.inputChannels
            let w = (a * window.kernelWidth + b) * channels * g.outputChannels
            for c in 0..<channels {
              for o in 0..<g.outputChannels {
                let group = o / (g.outputChannels / g.groups)
                body(x + group * channels + c, w + c * g.outputChannels + o, y + o)
              }
            }
          }
        }
      }
    }
  }
}
