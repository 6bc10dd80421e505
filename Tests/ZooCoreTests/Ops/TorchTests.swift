import Foundation
import Testing
import ZooCore

/// Ops and their first derivatives against PyTorch's, which `Fixtures/make_ops.py` wrote.
@Suite struct TorchTests {
  private struct Case: Sendable {
    let name: String
    let function: @Sendable ([Tensor]) -> Tensor
  }

  private static let cases: [Case] = [
    Case(name: "softmax") { $0[0].softmax() },
    Case(name: "log softmax") { $0[0].logSoftmax() },
    Case(name: "cross-entropy") { crossEntropy(of: $0[0], labels: [4, 0, 2]) },
    Case(name: "batched product") { $0[0].matrixProduct($0[1]) },
    Case(name: "max") { $0[0].maximum(over: [1]) },
    Case(name: "convolution, groups") {
      $0[0].convolved(
        with: $0[1], window: Window(kernel: 3, stride: 2, padding: .init(1)), groups: 2)
    },
    Case(name: "convolution, depthwise") {
      $0[0].convolved(with: $0[1], window: Window(kernel: 3, padding: .init(2)), groups: 5)
    },
    Case(name: "convolution, multiplied") {
      $0[0].convolved(with: $0[1], window: Window(kernel: 3, padding: .init(1)), groups: 3)
    },
    // 3 and 4 pixels by stride 2 are 5 and 7, or one more with PyTorch's output_padding.
    Case(name: "transposed, groups") {
      $0[0].transposedConvolved(
        with: $0[1], window: Window(kernel: 3, stride: 2, padding: .init(1)), height: 6, width: 8,
        groups: 2)
    },
    Case(name: "transposed, depthwise") {
      $0[0].transposedConvolved(
        with: $0[1], window: Window(kernel: 3, stride: 2, padding: .init(1)), height: 5, width: 7,
        groups: 4)
    },
    Case(name: "transposed, plain") {
      $0[0].transposedConvolved(
        with: $0[1], window: Window(kernel: 3, stride: 2, padding: .init(1)), height: 6, width: 8)
    },
    Case(name: "filter, blur") { $0[0].filtered([1, 2, 4], padding: .init(1)) },
    Case(name: "filter, up") {
      $0[0].filtered(
        [1, 3, 3, 1], up: 2, padding: .init(top: 2, bottom: 1, left: 2, right: 1))
    },
    Case(name: "filter, down") { $0[0].filtered([1, 3, 3, 1], down: 2, padding: .init(1)) },
    Case(name: "filter, both") {
      $0[0].filtered(
        [1, -2, 5, 3], up: 3, down: 2, padding: .init(top: 1, bottom: 4, left: 3, right: 0))
    },
    Case(name: "filter, crop") {
      $0[0].filtered(
        [1, 2, 4], up: 2, padding: .init(top: 1, bottom: -2, left: -1, right: 2))
    },
    Case(name: "padding, reflect") {
      $0[0].padded(.init(top: 2, bottom: 0, left: 1, right: 3), by: .reflection)
    },
    Case(name: "padding, replicate") {
      $0[0].padded(.init(top: 2, bottom: 0, left: 1, right: 3), by: .edge)
    },
    Case(name: "mean, padding") {
      $0[0].averagePooled(Window(kernel: 3, stride: 2, padding: .init(1)))
    },
    Case(name: "mean, inside") {
      $0[0].averagePooled(
        Window(kernel: 3, stride: 2, padding: .init(1)), countingPadding: false)
    },
  ]

  private static let fixture = Result { () throws -> Safetensors in
    let folder = try #require(Bundle.module.resourcePath)
    let path = "\(folder)/Fixtures/ops.safetensors"
    return try Safetensors(parsing: Files.read(path), name: path)
  }

  /// Both compute in Float64 with sums of at most 10³ products; Float32 rounds as
  /// `ConvolutionAgreementTests` says.
  @Test(arguments: cases.indices, [ElementType.float64, .float32])
  func agreesWithPyTorch(_ index: Int, _ type: ElementType) throws {
    let test = Self.cases[index]
    let file = try Self.fixture.get()
    func tensor(_ key: String) throws -> Tensor? {
      guard let entry = file["\(test.name).\(key)"] else { return nil }
      let values = try entry.values(as: Double.self)
      return Tensor(values, shape: entry.shape, type: type)
    }
    let tolerance = type == .float64 ? 1e-12 : 1e-5
    let inputs = try ["a", "b"].compactMap { try tensor($0)?.tracked() }
    let y = test.function(inputs)
    let expected = try #require(try tensor("y"))
    #expect(y.shape == expected.shape, "\(test.name)")
    expectClose(y.doubles, expected.doubles, relative: tolerance)
    let slopes = gradient(of: y, at: inputs, seed: try tensor("g"))
    for (slope, key) in zip(slopes, ["da", "db"]) {
      let (found, wanted) = (try #require(slope), try #require(try tensor(key)))
      #expect(found.shape == wanted.shape, "\(test.name), \(key)")
      expectClose(found.doubles, wanted.doubles, relative: tolerance)
    }
  }
}
