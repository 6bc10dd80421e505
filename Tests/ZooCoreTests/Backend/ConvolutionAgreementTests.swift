import Testing
import ZooCore

/// Small whole numbers from a Philox sequence, to draw shapes with.
struct Draws {
  private let words: [Int32]
  private var next = 0

  init(seed: UInt32) {
    words = RandomStream(seed: seed, purpose: .noise).integers(4096, below: 1 << 20)
  }

  mutating func callAsFunction(_ range: ClosedRange<Int>) -> Int {
    defer { next += 1 }
    return range.lowerBound + Int(words[next]) % range.count
  }
}

/// A convolution with random sizes, kernel, strides and paddings.
func randomGeometry(seed: UInt32) -> ConvolutionGeometry {
  var draw = Draws(seed: seed)
  while true {
    let window = Window(
      kernelHeight: draw(1...5), kernelWidth: draw(1...5), strideY: draw(1...3),
      strideX: draw(1...3),
      padding: .init(top: draw(0...2), bottom: draw(0...2), left: draw(0...2), right: draw(0...2)))
    let channels = [1, 2, 3, 5, 8, 17, 33]
    let geometry = ConvolutionGeometry(
      batch: draw(1...3), height: draw(1...11), width: draw(1...11),
      inputChannels: channels[draw(0...6)], outputChannels: channels[draw(0...6)], window: window)
    if geometry.outputHeight > 0 && geometry.outputWidth > 0 { return geometry }
  }
}

/// Every instruction set that this machine runs.
let cpuBackends = CPUBackend.instructionSets.map { CPUBackend(threads: 2, instructionSet: $0) }

/// The same with Winograd's transforms wherever they are possible, and not only where they pay.
let tilingBackends = CPUBackend.instructionSets.flatMap { name in
  [CPUBackend.Tiling.wherePossible, .phaseByPhase].map {
    CPUBackend(threads: 2, instructionSet: name, tiling: $0)
  }
}

@Suite struct ConvolutionAgreementTests {
  /// Both round sums of up to about 10³ products of order one to Float32: 1e-5 relative to the
  /// largest result is ten times the error of a pairwise sum, and far below one wrong product.
  static let tolerance = 1e-5

  @Test(arguments: cpuBackends.indices, [ConvolutionPart.output, .input, .weight])
  func agreesWithReferenceOn220Shapes(_ backend: Int, _ part: ConvolutionPart) {
    agree(cpuBackends[backend], part, 0..<220, Self.tolerance)
  }

  /// The transforms multiply rounding errors by about ten: ten times the plain sum's tolerance.
  ///
  /// Sources: Lavin & Gray 2016, §5.3;
  /// Barabasz and others 2018, arXiv:1803.10986.
  @Test(arguments: tilingBackends.indices, [ConvolutionPart.output, .input, .weight])
  func transformedTilesAgreeWithReference(_ backend: Int, _ part: ConvolutionPart) {
    let backend = tilingBackends[backend]
    let tiled = (0..<800).filter { backend.tiles(part, randomGeometry(seed: UInt32($0))) }
    #expect(tiled.count > 100)
    agree(backend, part, tiled, 10 * Self.tolerance)
  }

  @Test func layersOfTheShippedNetworksAreTiled() {
    let layers = [
      ConvolutionGeometry(
        batch: 50, height: 14, width: 14, inputChannels: 64, outputChannels: 128,
        window: Window(
          kernel: 5, stride: 2, padding: .init(top: 1, bottom: 2, left: 1, right: 2))),
      ConvolutionGeometry(
        batch: 64, height: 32, width: 32, inputChannels: 64, outputChannels: 128,
        window: Window(kernel: 4, stride: 2, padding: .init(1))),
    ]
    for layer in layers {
      for part in [ConvolutionPart.output, .input, .weight] {
        #expect(CPUBackend.shared.tiles(part, layer), "\(part) \(layer)")
      }
    }
  }

  private func agree(
    _ backend: CPUBackend, _ part: ConvolutionPart, _ seeds: some Sequence<Int>,
    _ tolerance: Double
  ) {
    for seed in seeds {
      let g = randomGeometry(seed: UInt32(seed))
      let shapes =
        switch part {
        case .output: (g.inputShape, g.weightShape)
        case .input: (g.outputShape, g.weightShape)
        case .weight: (g.inputShape, g.outputShape)
        }
      let a = fixedNumbers(shapes.0, seed: 1, type: .float32)
      let b = fixedNumbers(shapes.1, seed: 2, type: .float32)
      func result(_ backend: any ComputeBackend) -> [Float] {
        Backends.using(backend) { Tensor.convolution(part, g, a, b).floats }
      }
      expectClose(
        result(backend), result(ReferenceBackend.shared), tolerance,
        "\(part) \(g)")
    }
  }

  /// ⟨x * w, y⟩ is one number, whichever of the three parts computes it.
  @Test(arguments: 0..<30)
  func adjointIdentitiesHold(_ seed: Int) {
    let g = randomGeometry(seed: UInt32(400 + seed))
    Backends.$current.withValue(ReferenceBackend.shared) {
      let x = fixedNumbers(g.inputShape, seed: 3)
      let w = fixedNumbers(g.weightShape, seed: 4)
      let y = fixedNumbers(g.outputShape, seed: 5)
      let viaOutput = (Tensor.convolution(.output, g, x, w) * y).sum().scalar
      let viaInput = (Tensor.convolution(.input, g, y, w) * x).sum().scalar
      let viaWeight = (Tensor.convolution(.weight, g, x, y) * w).sum().scalar
      // Sums of at most 10⁵ terms in Float64.
      #expect(abs(viaOutput - viaInput) <= 1e-10 * max(1, abs(viaOutput)))
      #expect(abs(viaOutput - viaWeight) <= 1e-10 * max(1, abs(viaOutput)))
    }
  }
}

/// Expects two results to differ by at most `tolerance` of the largest value.
func expectClose(
  _ a: [Float], _ b: [Float], _ tolerance: Double, _ what: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let scale = Double(b.reduce(1) { max($0, abs($1)) })
  let difference = zip(a, b).reduce(0.0) { max($0, abs(Double($1.0) - Double($1.1))) }
  #expect(
    a.count == b.count && difference <= tolerance * scale,
    "\(what): differs by \(difference) at a scale of \(scale)", sourceLocation: sourceLocation)
}

extension Tensor {
  static func convolution(
    _ part: ConvolutionPart, _ g: ConvolutionGeometry, _ a: Tensor, _ b: Tensor
  ) -> Tensor {
    let shape =
      switch part {
      case .output: g.outputShape
      case .input: g.inputShape
      case .weight: g.weightShape
      }
    let result = Tensor(repeating: .nan, shape: shape, type: a.type)
    Backends.current.convolve(part, g, a.buffer, b.buffer, into: result.buffer, type: a.type)
    return result
  }
}
