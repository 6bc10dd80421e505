import Testing
import ZooCore

/// Spectral normalisation and equalised rates.
@Suite struct WeightTests {
  private func context(_ mode: Mode) -> Context {
    Context(mode, random: RandomSource(seed: 1, step: 0, substep: 0))
  }

  private func dense(_ weights: WeightTransform, _ shape: Shape = [6, 4]) -> (Scope, Dense) {
    let scope = Scope(player: "test", seed: 1, weights: weights, type: .float64)
    return (scope, Dense(scope, shape[0], shape[1]))
  }

  /// Weights with known singular values: the estimate is the largest after enough passes, and a pass
  /// in inference moves nothing.
  @Test func spectralNormFindsTheLargestSingularValue() throws {
    let (scope, layer) = dense(.spectralNorm, [3, 3])
    let diagonal = Tensor([3.0, 0, 0, 0, -2, 0, 0, 0, 0.5], shape: [3, 3], type: .float64)
    layer.weight.parameter.assign(diagonal)
    for _ in 0..<60 { _ = layer.weight(context(.training)) }
    let u = try #require(scope.store.buffers.first)
    #expect(u.name == "weight_u")
    let before = u.value.doubles
    let weights = layer.weight(context(.inference)).doubles
    #expect(u.value.doubles == before)
    // The error shrinks by (2 / 3)² a pass, to 1e-21.
    expectClose(weights, diagonal.doubles.map { $0 / 3 }, relative: 1e-12)
  }

  /// One power iteration a pass: u of the second pass continues that of the first.
  @Test func trainingMovesUOnceAPass() throws {
    let (scope, layer) = dense(.spectralNorm)
    let u = try #require(scope.store.buffers.first)
    var states = [u.value.doubles]
    for _ in 0..<2 {
      _ = withoutDerivatives { layer.weight(context(.training)) }
      states.append(u.value.doubles)
    }
    #expect(Set(states).count == 3)
    #expect(states.allSatisfy { abs($0.reduce(0) { $0 + $1 * $1 } - 1) < 1e-12 })
  }

  /// The derivative takes u and v for constants: ∂L/∂W = G / σ − ⟨G, W⟩ / σ² · v uᵀ.
  @Test(arguments: [WeightTransform.spectralNorm, .equalized])
  func derivativesOfWeights(_ transform: WeightTransform) {
    Backends.using(ReferenceBackend.shared) {
      let (_, layer) = dense(transform)
      let parameter = layer.weight.parameter
      let values = parameter.value.detached()
      // At a u that a pass leaves as it is, differences see no movement of v: the largest singular
      // value is stationary in u and v.
      for _ in 0..<4000 { _ = withoutDerivatives { layer.weight(context(.training)) } }
      DerivativeCheck().check(
        { inputs in
          parameter.substitute(inputs[0])
          return layer.weight(context(.inference)).squared()
        }, at: [values], second: transform == .equalized)
    }
  }

  /// First and second derivatives are those of the plain operations, u and v being constants.
  @Test(arguments: [[6, 4], [3, 3, 4, 2]] as [Shape])
  func derivativesAreThoseOfPlainOperations(_ shape: Shape) throws {
    try Backends.using(ReferenceBackend.shared) {
      let scope = Scope(player: "test", seed: 1, weights: .spectralNorm, type: .float64)
      let fan = Fan(dense: shape.elementCount / shape[shape.count - 1], shape[shape.count - 1])
      let weight = scope.weights(shape, fan: fan, layout: .plain)
      let u = try #require(scope.store.buffers.first).value.detached()
      let values = weight.parameter.value.detached().tracked()
      weight.parameter.substitute(values)
      let matrix = values.reshaped(to: [shape.elementCount / u.count, u.count])
      let image = u.reshaped(to: [1, u.count]).matrixProduct(
        matrix.detached(), transposeOther: true)
      let v = image / image.squared().sum().squareRoot()
      let plain = values / (v.matrixProduct(matrix) * u).sum()
      let derivatives = [weight(context(.inference)), plain].map { y -> [[Double]] in
        let direction = fixedNumbers(shape, seed: 3)
        let first = gradient(
          of: y.squared(), at: [values], seed: direction, differentiable: true)[0]
        let second = first.flatMap { gradient(of: $0.squared(), at: [values])[0] }
        return [y, first, second].map { $0?.doubles ?? [] }
      }
      for (ours, plain) in zip(derivatives[0], derivatives[1]) {
        #expect(!ours.isEmpty)
        // Another order of the same sums.
        expectClose(ours, plain, relative: 1e-12)
      }
    }
  }

  @Test func equalizedWeightsAreScaledByTheirFan() {
    let (_, layer) = dense(.equalized, [400, 100])
    let (stored, used) = (layer.weight.parameter.value.doubles, layer.weight(context(.training)))
    let deviation = (stored.reduce(0) { $0 + $1 * $1 } / Double(stored.count)).squareRoot()
    // Five standard errors of a deviation of 40,000 values.
    #expect(abs(deviation - 1) < 5 * (1 / 8e4).squareRoot())
    expectClose(used.doubles, stored.map { $0 / 20 }, relative: 1e-15)
    #expect(layer.bias?(context(.training)).doubles.allSatisfy { $0 == 0 } == true)
  }

  /// What backends keep of weights is found again only under the same buffer.
  @Test(arguments: [WeightTransform.plain, .spectralNorm, .equalized])
  func unchangedWeightsKeepTheirBuffer(_ transform: WeightTransform) {
    let (_, layer) = dense(transform)
    withoutDerivatives {
      let first = layer.weight(context(.inference))
      #expect(layer.weight(context(.inference)).buffer === first.buffer)
      layer.weight.parameter.assign(layer.weight.parameter.value * 2)
      #expect(layer.weight(context(.inference)).buffer !== first.buffer)
    }
  }

  @Test func theLayersWordOverridesTheNetworks() throws {
    let layers = try LayerEntry.list(
      parsing: """
        [{ "dense": 3 }, { "dense": 2, "weights": "plain", "gain": 0 }, { "dense": 2,
          "weights": "equalized", "rate": 0.5 }]
        """)
    let scope = Scope(player: "test", seed: 1, weights: .spectralNorm)
    _ = try Network(layers, scope, from: [4])
    #expect(scope.store.buffers.map(\.name) == ["0.weight_u"])
    let values = scope.store.parameters.filter { $0.name.hasSuffix("weight") }
    #expect(values[1].value.doubles.allSatisfy { $0 == 0 })
    let wrong = [
      (#"{ "dense": 3, "gain": 0 }"#, "a gain of 0 leaves nothing of spectralNorm weights"),
      (#"{ "dense": 3, "rate": 2 }"#, "a rate of 2.0 goes with equalized weights"),
    ]
    for (json, told) in wrong {
      let entries = try LayerEntry.list(parsing: "[\(json)]")
      let error = #expect(throws: ShapeMismatch.self) {
        try Network(
          entries, Scope(player: "test", seed: 1, weights: .spectralNorm), from: [4])
      }
      #expect(error?.problem.hasPrefix(told) == true && error?.advice != nil)
    }
  }

  /// Equal updates of parameters are the same as no transform of weights at other bits: plain layers
  /// hand out the parameter itself.
  @Test func plainWeightsAreTheParameter() {
    let (_, layer) = dense(.plain)
    #expect(layer.weight(context(.training)).buffer === layer.weight.parameter.value.buffer)
  }
}
