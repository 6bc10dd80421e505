import Testing
import ZooCore

/// Every instruction set against the reference backend, everything but convolution.
@Suite struct AgreementTests {
  /// `ZOO_ISA=avx2 swift test` tests AVX2 wherever a test does not choose for itself.
  @Test func environmentChoosesTheInstructionSet() {
    #expect(
      CPUBackend.shared.instructionSet
        == CPUBackend.requestedInstructionSet ?? CPUBackend.instructionSets[0])
  }

  /// Sums of up to 10³ products rounded to Float32, relative to the largest result.
  static let sumTolerance = 1e-5
  /// Two units in the last place, with Float32's rounding of the result on top.
  static let functionTolerance = 4e-7

  private func agree(
    _ backend: Int, _ tolerance: Double, _ what: String, _ f: () -> Tensor
  ) {
    let fast = Backends.using(cpuBackends[backend]) { f().floats }
    let slow = Backends.using(ReferenceBackend.shared) { f().floats }
    expectClose(fast, slow, tolerance, "\(CPUBackend.instructionSets[backend]) \(what)")
  }

  @Test(arguments: cpuBackends.indices)
  func matrixProducts(_ backend: Int) {
    var draw = Draws(seed: 31)
    let sizes = [1, 2, 3, 5, 6, 7, 8, 11, 12, 13, 15, 16, 17, 31, 33, 48, 65, 100, 257, 300]
    for _ in 0..<120 {
      let (m, n, k) = (sizes[draw(0...19)], sizes[draw(0...19)], sizes[draw(0...19)])
      let (ta, tb) = (draw(0...1) == 1, draw(0...1) == 1)
      let a = fixedNumbers(ta ? [k, m] : [m, k], seed: 1, type: .float32)
      let b = fixedNumbers(tb ? [n, k] : [k, n], seed: 2, type: .float32)
      agree(backend, Self.sumTolerance, "\(m)x\(n)x\(k) \(ta) \(tb)") {
        a.matrixProduct(b, transposeSelf: ta, transposeOther: tb)
      }
    }
  }

  static let unary: [UnaryFunction] = [
    .affine(scale: 2, offset: -1), .exp, .square, .reciprocal, .tanh, .sigmoid, .softplus,
    .leakyReLU(slope: 0.2), .absolute, .sign, .clamp(lower: -0.5, upper: 0.5),
  ]

  @Test(arguments: cpuBackends.indices, unary)
  func unaryFunctions(_ backend: Int, _ function: UnaryFunction) {
    let x = fixedNumbers([40_001], seed: 3, type: .float32)
    agree(backend, Self.functionTolerance, "\(function)") { .map(function, x * 4) }
  }

  @Test(arguments: cpuBackends.indices, [UnaryFunction.log, .squareRoot])
  func functionsOfPositiveNumbers(_ backend: Int, _ function: UnaryFunction) {
    let x = positiveNumbers([40_001], seed: 3).converted(to: .float32)
    agree(backend, Self.functionTolerance, "\(function)") { .map(function, x * 100) }
  }

  /// Values at and beyond the ends of Float32's range: finite where the result is (G1).
  @Test(arguments: cpuBackends.indices)
  func extremeArguments(_ backend: Int) {
    let values: [Float] = [
      0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 1e-8, -1e-8, 1, -1, 20, -20, 88.7,
      89, -89, -103, -105, 1e4, -1e4,
      3.4e38, -3.4e38,
    ]
    let x = Tensor(values, shape: [values.count])
    for function in [UnaryFunction.exp, .tanh, .sigmoid, .softplus] {
      let fast = Backends.using(cpuBackends[backend]) { Tensor.map(function, x).floats }
      for (value, result) in zip(values, fast) {
        let exact = function(Double(value))
        if exact > Double(Float.greatestFiniteMagnitude) {
          #expect(result == .infinity, "\(function)(\(value)) = \(result)")
        } else {
          // 2e-6 relative (G1); subnormal results may be flushed towards zero.
          #expect(
            abs(Double(result) - exact) <= 2e-6 * abs(exact) + 1.2e-38,
            "\(function)(\(value)) = \(result), exactly \(exact)")
        }
      }
    }
  }

  @Test(arguments: cpuBackends.indices)
  func broadcasting(_ backend: Int) {
    let shapes: [(Shape, Shape)] = [
      ([70_000], [70_000]), ([300, 67], [67]), ([300, 67], [300, 1]), ([], [5, 9]),
      ([4, 5, 6, 7], [5, 1, 7]), ([64, 1, 1, 3], [64, 28, 28, 3]), ([3, 1], [1, 4]),
    ]
    let functions: [BinaryFunction] = [
      .add, .subtract, .multiply, .divide, .leakyGate(slope: 0.2), .tanhGate, .sigmoidGate,
    ]
    for (a, b) in shapes {
      let (x, y) = (
        fixedNumbers(a, seed: 4, type: .float32), fixedNumbers(b, seed: 5, type: .float32)
      )
      for function in functions {
        agree(backend, Self.functionTolerance, "\(function) \(a) \(b)") {
          .combine(function, x, y)
        }
        agree(backend, Self.functionTolerance, "\(function) \(b) \(a)") {
          .combine(function, y, x)
        }
      }
    }
  }

  @Test(arguments: cpuBackends.indices)
  func reductions(_ backend: Int) {
    let cases: [(Shape, [Int])] = [
      ([100_000], [0]), ([50, 14, 14, 33], [0, 1, 2]), ([50, 784], [1]), ([3, 40_000, 2], [1]),
      ([7, 5, 3], [0, 2]), ([1, 9], [0]), ([2, 3, 4], [0, 1, 2]), ([40_000, 1, 3], [0]),
    ]
    for (shape, axes) in cases {
      let x = fixedNumbers(shape, seed: 6, type: .float32)
      agree(backend, Self.sumTolerance, "sum \(shape) over \(axes)") {
        x.sum(over: axes) / Double(shape.elementCount).squareRoot()
      }
    }
  }

  /// What cancels in exact arithmetic cancels to zero whatever the lanes: the gradient of a critic's
  /// last bias is so many times c and as many times -c, and Adam makes full steps of any rest.
  @Test(arguments: cpuBackends.indices, [1, 3, 10, 33, 70])
  func oppositesCancel(_ backend: Int, _ columns: Int) {
    // 2 · 25,000 rows are more than one piece of a sum.
    for half in [3, 50, 61, 1000, 25_000] {
      let column = Tensor.concatenated(
        [Tensor(repeating: -0.02, shape: [half, 1]), Tensor(repeating: 0.02, shape: [half, 1])],
        along: 0)
      let sums = Backends.using(cpuBackends[backend]) {
        column.broadcast(to: [2 * half, columns]).sum(over: [0]).floats
      }
      #expect(sums == Array(repeating: 0, count: columns), "\(half) rows of each sign")
    }
  }

  @Test(arguments: cpuBackends.indices)
  func movement(_ backend: Int) {
    let x = fixedNumbers([5, 6, 7, 8], seed: 7, type: .float32)
    agree(backend, 0, "transpose") { x.transposed([0, 3, 1, 2]) }
    agree(backend, 0, "slice") { x.slice(at: [1, 2, 3, 4], shape: [2, 3, 4, 3]) }
    agree(backend, 0, "pad") { x.padded(before: [0, 1, 2, 0], after: [1, 0, 0, 3]) }
    agree(backend, 0, "concatenate") { .concatenated([x, x], along: 2) }
    agree(backend, 0, "broadcast") { x.broadcast(to: [2, 5, 6, 7, 8]) }
  }

  static let rules: [UpdateRule] = [
    .adam(learningRate: 1e-3, beta1: 0.5, beta2: 0.9, epsilon: 1e-8, step: 7),
    .adam(learningRate: 1e-3, beta1: 0.9, beta2: 0.999999, epsilon: 1e-8, step: 3),
    .rmsprop(learningRate: 1e-3, decay: 0.99, epsilon: 1e-8),
    .sgd(learningRate: 0.1, momentum: 0.9),
  ]

  @Test(arguments: cpuBackends.indices, rules)
  func optimizers(_ backend: Int, _ rule: UpdateRule) {
    let count = 20_003
    let values = fixedNumbers([count], seed: 8, type: .float32)
    let gradient = fixedNumbers([count], seed: 9, type: .float32)
    let slots = [10, 11].map { positiveNumbers([count], seed: $0).converted(to: .float32) }
    agree(backend, Self.functionTolerance, "\(rule)") {
      let value = Tensor(repeating: 0, shape: [count])
      let results = slots.map { Tensor($0.floats, shape: [count]) }
      Backends.current.update(
        rule, value: values.buffer, gradient: gradient.buffer, slots: results.map(\.buffer),
        into: value.buffer, count: count, type: .float32)
      return .concatenated([value] + results)
    }
  }

  /// Pooling, windows that overlap, that leave pixels out, and that hang over the edge.
  @Test(arguments: cpuBackends.indices, [1, 3, 70])
  func pooling(_ backend: Int, _ channels: Int) {
    let x = fixedNumbers([3, 7, 9, channels], seed: 1, type: .float32)
    for window in [
      Window(kernel: 2, stride: 2), Window(kernel: 3, stride: 2, padding: .init(1)),
      Window(kernelHeight: 1, kernelWidth: 3, strideY: 3, strideX: 1),
    ] {
      // A maximum is exact; means and overlapping sums round a few times.
      agree(backend, 0, "max \(window)") { x.maxPooled(window) }
      agree(backend, 1e-6, "mean \(window)") { x.averagePooled(window) }
      for pool in [{ $0.maxPooled(window) }, { $0.averagePooled(window) }] as [(Tensor) -> Tensor] {
        agree(backend, 1e-6, "derivative \(window)") {
          let input = x.tracked()
          return gradient(of: pool(input).squared(), at: [input])[0] ?? x
        }
      }
    }
  }

  /// Values and derivatives of batch norm, with a mean of several deviations.
  ///
  /// Taking the mean off loses a digit, and the derivative takes off two means more: ten times the
  /// tolerance of a sum.
  @Test(arguments: cpuBackends.indices, [[2, 3], [700, 33], [3, 9, 9, 130]])
  func batchNorm(_ backend: Int, _ shape: Shape) {
    let channels = shape[shape.count - 1]
    let x = fixedNumbers(shape, seed: 1, type: .float32) + 3
    let weights = fixedNumbers(shape, seed: 2, type: .float32)
    agree(backend, 1e-4, "batch norm \(shape)") {
      let layer = BatchNorm(Scope(player: "d", seed: 1, initialization: .dcgan), channels)
      let input = x.tracked()
      let context = Context(.training, random: RandomSource(seed: 1, step: 0, substep: 0))
      let y = layer(input, context)
      let slope = gradient(of: y, at: [input], seed: weights)[0]
      return .concatenated([y, slope ?? y])
    }
  }

  /// Uniform numbers are exact, normal ones nearly.
  ///
  /// These pass through our own Float64 logarithm, sine and cosine:
  /// a last digit of Float64 may turn the rounding to Float32, but no more than one unit of it.
  @Test(arguments: cpuBackends.indices, [1, 3, 130, 70_001])
  func randomNumbers(_ backend: Int, _ count: Int) {
    for distribution in [
      RandomDistribution.uniform(lower: -1, upper: 3), .normal(mean: 0.5, deviation: 2),
    ] {
      func values(_ backend: any ComputeBackend) -> [Float] {
        Backends.using(backend) {
          let stream = RandomStream(seed: 7, purpose: .noise, step: 5, substep: 2, draw: 1)
          return switch distribution {
          case .uniform(let lower, let upper): stream.uniform([count], in: lower..<upper).floats
          case .normal(let mean, let deviation):
            stream.normal([count], mean: mean, deviation: deviation).floats
          }
        }
      }
      let (fast, plain) = (values(cpuBackends[backend]), values(ReferenceBackend.shared))
      switch distribution {
      case .uniform: #expect(fast == plain)
      case .normal:
        #expect(zip(fast, plain).allSatisfy { $0 == $1 || $0.nextUp == $1 || $0.nextDown == $1 })
        let differing = zip(fast, plain).count { $0 != $1 }
        #expect(differing <= count / 1000, "\(differing) of \(count)")
      }
    }
  }

  @Test(arguments: cpuBackends.indices)
  func findsWhatIsNotFinite(_ backend: Int) {
    Backends.using(cpuBackends[backend]) {
      for place in [0, 1, 500, 1002] {
        for bad in [Float.nan, .infinity, -.infinity] {
          var values = [Float](repeating: 3e38, count: 1003)
          #expect(Tensor(values, shape: [1003]).isFinite)
          values[place] = bad
          #expect(!Tensor(values, shape: [1003]).isFinite)
        }
      }
    }
  }

  /// The same bits on any number of threads, for products and convolutions of every kind.
  @Test(arguments: [2, 3, 4], CPUBackend.Tiling.allCases)
  func bitsDoNotDependOnThreads(_ threads: Int, _ tiling: CPUBackend.Tiling) {
    let one = CPUBackend(threads: 1, instructionSet: nil, tiling: tiling)
    let many = CPUBackend(threads: threads, instructionSet: nil, tiling: tiling)
    for seed in 0..<40 {
      let g = randomGeometry(seed: UInt32(900 + seed))
      let x = fixedNumbers(g.inputShape, seed: 1, type: .float32)
      let w = fixedNumbers(g.weightShape, seed: 2, type: .float32)
      let y = fixedNumbers(g.outputShape, seed: 3, type: .float32)
      let results = [one, many].map { backend in
        Backends.using(backend) {
          [
            Tensor.convolution(.output, g, x, w).floats,
            Tensor.convolution(.input, g, y, w).floats,
            Tensor.convolution(.weight, g, x, y).floats, [Float(x.sum().scalar)],
          ]
        }
      }
      #expect(results[0] == results[1])
    }
  }

  /// The same for sums and passes over more values than one thread takes at a time.
  @Test(arguments: [2, 3])
  func bitsOfLargeTensorsDoNotDependOnThreads(_ threads: Int) {
    let results = [1, threads].map { threads in
      Backends.using(CPUBackend(threads: threads, instructionSet: nil)) { () -> [[Float]] in
        let line = fixedNumbers([70_001], seed: 1, type: .float32)
        let table = fixedNumbers([40_000, 33], seed: 2, type: .float32)
        let images = fixedNumbers([50, 20, 20, 9], seed: 3, type: .float32)
        let window = Window(kernel: 2, stride: 2)
        return [
          [Float(line.sum().scalar), Float(line.mean().scalar)], table.sum(over: [0]).floats,
          table.sum(over: [1]).floats, images.sum(over: [0, 1, 2]).floats,
          images.averagePooled(window).floats, images.maxPooled(window).floats,
          RandomStream(seed: 5, purpose: .noise).normal([70_001]).floats,
          RandomStream(seed: 5, purpose: .noise).uniform([70_001]).floats,
          (line.exp() * line + 1).floats,
        ]
      }
    }
    for (index, (one, many)) in zip(results[0], results[1]).enumerated() {
      #expect(one == many, "result \(index)")
    }
  }
}

extension AgreementTests {
  static let ranges: [(function: UnaryFunction, range: Range<Double>)] = [
    (.exp, -87..<88), (.log, 1e-30..<1e30), (.tanh, -10..<10), (.sigmoid, -80..<80),
    (.softplus, -80..<80),
  ]

  /// Our own exp, log, tanh, sigmoid and softplus: at most two units in the last place from the
  /// exact value, near zero and over the whole range where the result is a normal number.
  @Test(arguments: cpuBackends.indices, ranges.indices)
  func functionsAreWithinTwoUnitsInTheLastPlace(_ backend: Int, _ index: Int) {
    let (function, range) = Self.ranges[index]
    let count = 100_000
    let span = range.upperBound - range.lowerBound
    var values = (0..<count).map { Float(range.lowerBound + span * Double($0) / Double(count)) }
    // As many around zero, where relative errors hide.
    let stream = RandomStream(seed: 3, purpose: .noise).uniform([count], in: -1..<1).floats
    values += stream.map { function == .log ? abs($0) + 0.25 : $0 }
    let results = Backends.using(cpuBackends[backend]) {
      Tensor.map(function, Tensor(values, shape: [values.count])).floats
    }
    var worst = (units: 0.0, at: Float(0))
    for (value, result) in zip(values, results) {
      let exact = function(Double(value))
      let rounded = Float(exact)
      guard rounded.magnitude >= Float.leastNormalMagnitude else { continue }
      let units = abs(Double(result) - exact) / Double(rounded.ulp)
      if !(units <= worst.units) { worst = (units, value) }
    }
    #expect(worst.units <= 2, "\(function)(\(worst.at)): \(worst.units) units in the last place")
  }
}
