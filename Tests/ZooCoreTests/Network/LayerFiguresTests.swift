import Foundation
import Testing
import ZooCore

/// Layers beside PyTorch's: what `Fixtures/make_layers.py` wrote of each.
@Suite struct LayerFiguresTests {
  private let file: Safetensors

  init() throws {
    let folder = try #require(Bundle.module.resourcePath)
    let path = "\(folder)/Fixtures/layers.safetensors"
    file = try Safetensors(parsing: Files.read(path), name: path)
  }

  /// Cases of the fixture, with the layer as a config names it, and the passes in training.
  static let cases: [(name: String, json: String, passes: Int)] = [
    ("spectral-dense", #"{ "dense": 4, "weights": "spectralNorm" }"#, 3),
    ("spectral-conv", #"{ "conv": 4, "kernel": 3, "weights": "spectralNorm" }"#, 3),
    (
      "spectral-transpose",
      #"{ "convTranspose": 4, "kernel": 4, "stride": 2, "padding": 1, "weights": "spectralNorm" }"#,
      3
    ),
    (
      "equalized",
      #"{ "conv": 4, "kernel": 3, "weights": "equalized", "gain": 1.4142135623730951, "rate": 0.1 }"#,
      1
    ),
    ("instance", #""instanceNorm""#, 1),
    ("instance-affine", #"{ "instanceNorm": 1e-5, "affine": true }"#, 1),
    ("pixel", #""pixelNorm""#, 1), ("deviation", #""minibatchDeviation""#, 1),
    ("conditional", #""conditionalBatchNorm""#, 1), ("adaptive", #""adaIN""#, 1),
    ("modulated", #"{ "modulatedConv": 4 }"#, 1),
    ("doubling", #"{ "modulatedConv": 4, "up": true }"#, 1),
    ("attention", #"{ "attention": 4 }"#, 1),
    ("groups", #"{ "conv": 12, "kernel": 3, "groups": 4 }"#, 1),
    ("blur-up", #"{ "blur": [1, 3, 3, 1], "up": 2 }"#, 1),
    ("blur-down", #"{ "blur": [1, 3, 2, 4], "down": 2 }"#, 1),
    ("blur-padded", #"{ "blur": [1, 2, 1], "padding": 2 }"#, 1),
    ("reflect", #"{ "reflectPad": [3, 0, 2, 1] }"#, 1),
    ("replicate", #"{ "replicatePad": [3, 0, 2, 1] }"#, 1),
    ("uncounted", #"{ "avgPool": 3, "stride": 2, "padding": 1, "countPadding": false }"#, 1),
    (
      "skip",
      #"{ "skip": ["leakyRelu", { "conv": 3, "kernel": 4, "stride": 2, "padding": 1 }, "#
        + #"{ "convTranspose": 2, "kernel": 4, "stride": 2, "padding": 1 }] }"#, 1
    ),
    (
      "residual",
      #"{ "residual": ["relu", { "conv": 4, "kernel": 3 }, { "avgPool": 2 }], "#
        + #""shortcut": [{ "avgPool": 2 }, { "conv": 4, "kernel": 1 }], "factor": 0.5 }"#, 1
    ),
  ]

  private func tensor(_ name: String) throws -> Tensor {
    let entry = try #require(file[name], "\(name)")
    return Tensor(try entry.values(as: Double.self), shape: entry.shape, type: .float64)
  }

  /// Images channels last; rows as they are.
  private func sample(_ name: String) throws -> Tensor {
    let values = try tensor(name)
    return values.shape.count == 4 ? values.transposed([0, 2, 3, 1]) : values
  }

  @Test(arguments: cases.indices)
  func layersArePyTorchs(_ index: Int) throws {
    let (name, json, passes) = Self.cases[index]
    try Backends.using(ReferenceBackend.shared) {
      let x = try sample("\(name).x").tracked()
      let style = try file["\(name).style"].map { _ in try tensor("\(name).style").tracked() }
      let scope = Scope(player: "test", seed: 1, type: .float64)
      let network = try Network(
        LayerEntry.list(parsing: "[\(json)]"), scope, from: Array(x.shape.dropFirst()),
        style: style?.shape[1])
      for parameter in scope.store.parameters + scope.store.buffers {
        parameter.assign(exported: try tensor("\(name).in.\(parameter.name)"))
      }
      var context = Context(.training, random: RandomSource(seed: 1, step: 0, substep: 0))
      context.styles = style.map { Styles($0) }
      var y = network(x, context)
      for _ in 1..<passes { y = network(x, context) }
      try expectEqual(y, sample("\(name).y"), "\(name).y")

      let parameters = scope.store.parameters
      let weighted = try (y * sample("\(name).weights")).sum()
      let slopes = gradient(
        of: weighted, at: [x] + parameters.map(\.value) + (style.map { [$0] } ?? []))
      try expectEqual(slopes[0], sample("\(name).dx"), "\(name).dx")
      for (parameter, slope) in zip(parameters, slopes.dropFirst()) {
        let key = "\(name).d.\(parameter.name)"
        try expectEqual(slope.map { parameter.exported($0) }, tensor(key), key)
      }
      if style != nil {
        try expectEqual(try #require(slopes.last), tensor("\(name).dstyle"), "\(name).dstyle")
      }
      for buffer in scope.store.buffers {
        let key = "\(name).out.\(buffer.name)"
        try expectEqual(buffer.exported, tensor(key), key)
      }
    }
  }

  /// Float64 on both sides: 1e-10 of the largest value leaves room for sums in another order.
  private func expectEqual(_ found: Tensor?, _ expected: Tensor, _ name: String) throws {
    let found = try #require(found, "\(name)")
    #expect(found.shape == expected.shape, "\(name)")
    expectClose(found.doubles, expected.doubles, relative: 1e-10)
  }
}
