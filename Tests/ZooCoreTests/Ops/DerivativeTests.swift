import Testing
import ZooCore

/// First and second derivatives of every op (G3).
@Suite struct DerivativeTests {
  static let shapes: [Shape] = [[3], [2, 3], [1, 4], [2, 1, 3], [2, 2, 2, 1]]

  static let unary: [(name: String, positive: Bool, function: @Sendable (Tensor) -> Tensor)] = [
    ("affine", false, { $0 * 3 + 1 }), ("exp", false, { $0.exp() }),
    ("log", true, { $0.log() }), ("square root", true, { $0.squareRoot() }),
    ("squared", false, { $0.squared() }), ("reciprocal", true, { $0.reciprocal() }),
    ("tanh", false, { $0.tanh() }), ("sigmoid", false, { $0.sigmoid() }),
    ("softplus", false, { $0.softplus() }), ("relu", false, { $0.relu() }),
    ("leaky relu", false, { $0.leakyReLU(slope: 0.2) }), ("absolute", false, { $0.absolute() }),
    // A slope, so that a clamp's own derivative, constant in pieces, is not all there is.
    ("clamp", false, { ($0 * $0).clamped(to: 0.1...0.6) }),
    ("sign", false, { $0 * $0.sign() }),
    ("negative", false, { -$0 * $0 }), ("one minus", false, { (1 - $0) / ($0 * $0 + 1) }),
    ("number first", true, { 2 * $0.squared() + (3 / $0) * (1.5 - $0) + (0.5 + $0).squared() }),
  ]

  @Test(arguments: unary.indices, shapes)
  func unaryOp(_ index: Int, _ shape: Shape) {
    let (_, positive, function) = Self.unary[index]
    let x = positive ? positiveNumbers(shape, seed: 1) : fixedNumbers(shape, seed: 1)
    DerivativeCheck().check({ function($0[0]) }, at: [x])
  }

  @Test func numbersStandOnEitherSide() {
    let x = Tensor([1.0, 2, 4], shape: [3])
    #expect((2 * x).floats == [2, 4, 8] && (x * 2).floats == [2, 4, 8])
    #expect((1 + x).floats == [2, 3, 5] && (1 - x).floats == [0, -1, -3])
    #expect((8 / x).floats == [8, 4, 2] && (x / 8).floats == [0.125, 0.25, 0.5])
  }

  static let pairs: [(Shape, Shape)] = [
    ([3], [3]), ([2, 3], [3]), ([2, 1], [1, 3]), ([], [2, 2]), ([2, 3, 2], [3, 1]),
    ([1, 4], [2, 4]),
  ]

  static let binary: [(name: String, function: @Sendable (Tensor, Tensor) -> Tensor)] = [
    ("add", { ($0 + $1).squared() }), ("subtract", { ($0 - $1).squared() }),
    ("multiply", { $0 * $1 }), ("divide", { $0 / $1 }),
    ("leaky gate", { .combine(.leakyGate(slope: 0.2), $0, $1.squared()) }),
    ("tanh gate", { .combine(.tanhGate, $0, $1) }),
    ("sigmoid gate", { .combine(.sigmoidGate, $0, $1) }),
  ]

  @Test(arguments: binary.indices, pairs.indices)
  func binaryOp(_ index: Int, _ pair: Int) {
    let (a, b) = Self.pairs[pair]
    let function = Self.binary[index].function
    DerivativeCheck().check(
      { function($0[0], $0[1]) }, at: [fixedNumbers(a, seed: 2), fixedNumbers(b, seed: 3)])
  }

  // Each is squared or multiplied, so that second derivatives are not zero.
  static let movement: [(name: String, shapes: [Shape], function: @Sendable ([Tensor]) -> Tensor)] =
    [
      ("sum all", [[2, 3]], { $0[0].sum().squared() }),
      ("sum first", [[2, 3, 2]], { $0[0].sum(over: [0]).squared() }),
      ("sum middle", [[2, 3, 2]], { $0[0].sum(over: [1], keepingAxes: true).squared() }),
      ("sum outer", [[2, 3, 2]], { $0[0].sum(over: [0, 2]).squared() }),
      ("mean", [[2, 3, 2]], { $0[0].mean(over: [1, 2]).squared() }),
      ("broadcast", [[3, 1]], { $0[0].broadcast(to: [2, 3, 4]).squared() }),
      ("summed", [[2, 3, 4]], { $0[0].summed(to: [3, 1]).squared() }),
      ("reshape", [[2, 6]], { $0[0].reshaped(to: [3, 4]).squared() }),
      ("transpose", [[2, 3, 4]], { $0[0].transposed([2, 0, 1]).squared() }),
      ("slice", [[3, 4]], { $0[0].slice(at: [1, 1], shape: [2, 2]).squared() }),
      ("pad", [[2, 3]], { $0[0].padded(before: [1, 0], after: [0, 2]).squared() }),
      ("concatenate", [[2, 3], [2, 1]], { Tensor.concatenated($0, along: 1).squared() }),
      ("gather", [[4, 3]], { $0[0].gathered([2, 0, 2, 3]).squared() }),
      ("matrix product", [[2, 3], [3, 4]], { $0[0].matrixProduct($0[1]) }),
      (
        "matrix product T", [[3, 2], [3, 4]], { $0[0].matrixProduct($0[1], transposeSelf: true) }
      ),
      (
        "matrix product NT", [[2, 3], [4, 3]], { $0[0].matrixProduct($0[1], transposeOther: true) }
      ),
      (
        "matrix product TT", [[3, 2], [4, 3]],
        { $0[0].matrixProduct($0[1], transposeSelf: true, transposeOther: true) }
      ),
      ("batched product", [[2, 2, 3], [2, 3, 4]], { $0[0].matrixProduct($0[1]) }),
      (
        "batched product T", [[2, 3, 2], [2, 3, 4]],
        { $0[0].matrixProduct($0[1], transposeSelf: true) }
      ),
      (
        "batched product NT", [[2, 2, 3], [2, 4, 3]],
        { $0[0].matrixProduct($0[1], transposeOther: true) }
      ),
      (
        "batched product TT", [[2, 3, 2], [2, 4, 3]],
        { $0[0].matrixProduct($0[1], transposeSelf: true, transposeOther: true) }
      ),
      ("gather images", [[3, 2, 2]], { $0[0].gathered([2, 0, 2]).squared() }),
      ("max all", [[2, 3]], { $0[0].maximum(over: [0, 1]).squared() }),
      ("max last", [[2, 3, 2]], { $0[0].maximum(over: [2]).squared() }),
      ("max outer", [[2, 3, 2]], { $0[0].maximum(over: [0, 2], keepingAxes: true).squared() }),
      ("max pool", [[2, 4, 5, 2]], { $0[0].maxPooled(Window(kernel: 2, stride: 2)).squared() }),
      (
        "max pool overlapping", [[1, 5, 4, 1]],
        { $0[0].maxPooled(Window(kernel: 3, stride: 1, padding: .init(1))).squared() }
      ),
      (
        "average pool", [[2, 4, 5, 1]],
        { $0[0].averagePooled(Window(kernel: 3, stride: 2, padding: .init(1))).squared() }
      ),
      ("upsample", [[1, 2, 3, 2]], { $0[0].upsampled(by: 2).squared() }),
      ("maxout", [[3, 6]], { $0[0].maxout(pieces: 3).squared() }),
    ]

  @Test(arguments: movement.indices)
  func movementOp(_ index: Int) {
    let (_, shapes, function) = Self.movement[index]
    let inputs = shapes.enumerated().map { fixedNumbers($1, seed: 10 + UInt32($0)) }
    DerivativeCheck().check(function, at: inputs)
  }

  @Test func maximumGoesToTheFirstOfEquals() {
    let x = Tensor([1, 3, 2, 3, 0, 3], shape: [2, 3]).tracked()
    #expect(x.maximum(over: [1]).floats == [3, 3] && x.maximum(over: [0]).floats == [3, 3, 3])
    #expect(
      x.maximum(over: [0, 1]).shape == []
        && x.maximum(over: [1], keepingAxes: true).shape == [2, 1])
    let all = gradient(of: x.maximum(over: [0, 1]), at: [x])[0]?.floats
    #expect(all == [0, 1, 0, 0, 0, 0])
    let rows = gradient(of: x.maximum(over: [1]).sum(), at: [x])[0]?.floats
    #expect(rows == [0, 1, 0, 1, 0, 0])
  }

  static let windows: [(height: Int, width: Int, window: Window)] = [
    (4, 4, Window(kernel: 3)),
    (5, 4, Window(kernel: 3, stride: 2, padding: .init(1))),
    (4, 5, Window(kernelHeight: 2, kernelWidth: 3, strideY: 2, strideX: 1)),
    (5, 5, Window(kernel: 5, stride: 2, padding: .init(top: 1, bottom: 2, left: 2, right: 1))),
    (3, 3, Window(kernel: 1, stride: 3)),
    (2, 6, Window(kernelHeight: 2, kernelWidth: 1, strideY: 1, strideX: 4)),
  ]

  @Test(arguments: windows.indices)
  func convolution(_ index: Int) {
    let (height, width, window) = Self.windows[index]
    let x = fixedNumbers([2, height, width, 2], seed: 20)
    let w = fixedNumbers([window.kernelHeight, window.kernelWidth, 2, 3], seed: 21)
    DerivativeCheck().check({ $0[0].convolved(with: $0[1], window: window) }, at: [x, w])
    DerivativeCheck().check(
      { $0[0].convolved(with: $0[1], window: window).tanh().squared() }, at: [x, w], second: false)
  }

  @Test(arguments: windows.indices)
  func transposedConvolution(_ index: Int) {
    let (height, width, window) = Self.windows[index]
    let output = window.outputSize(height: height, width: width)
    let y = fixedNumbers([2, output.height, output.width, 3], seed: 22)
    let w = fixedNumbers([window.kernelHeight, window.kernelWidth, 2, 3], seed: 23)
    DerivativeCheck().check(
      { $0[0].transposedConvolved(with: $0[1], window: window, height: height, width: width) },
      at: [y, w])
  }
}
