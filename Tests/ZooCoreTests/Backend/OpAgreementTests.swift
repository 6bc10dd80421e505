import Testing
import ZooCore

/// Ops of the larger networks: every instruction set against the reference backend, and the same
/// bits on any number of threads.
@Suite struct OpAgreementTests {
  private struct Case: Sendable {
    let name: String
    /// Relative to the largest value.
    let tolerance: Double
    let results: @Sendable () -> [Tensor]
  }

  /// Sums of up to 10³ products, as in AgreementTests.
  private static let sums = AgreementTests.sumTolerance

  private static let cases: [Case] = [
    products, softmaxes, groupedConvolutions, filters, borders, spectralNorms,
  ].flatMap { $0 }

  private static let products =
    ([
      (1, 5, 7, 3), (2, 33, 17, 300), (5, 16, 31, 65), (23, 40, 19, 8), (70, 3, 2, 5),
    ] as [(Int, Int, Int, Int)]).map { batch, m, n, k in
      Case(name: "\(batch) products \(m)x\(n)x\(k)", tolerance: sums) {
        [false, true].flatMap { ta in
          [false, true].map { tb in
            numbers(ta ? [batch, k, m] : [batch, m, k], 1)
              .matrixProduct(
                numbers(tb ? [batch, n, k] : [batch, k, n], 2), transposeSelf: ta,
                transposeOther: tb)
          }
        }
      }
    }

  private static let softmaxes =
    ([[1, 1], [3, 5], [7, 33], [700, 67], [2, 3, 256]] as [Shape]).map {
      shape in
      // The exponential's two units in the last place, and as many of sum and division.
      Case(name: "softmax \(shape)", tolerance: 1e-6) {
        let x = (numbers(shape, 3) * 4).tracked()
        let y = x.softmax()
        let logarithms = x.logSoftmax()
        return [y, logarithms] + slopes(of: [y, logarithms], at: [x])
      }
    }

  /// (batch, height, width, input channels, output channels, groups, window).
  private static let groupedConvolutions =
    ([
      (2, 7, 6, 4, 6, 2, Window(kernel: 3, stride: 2, padding: .init(1))),
      (3, 9, 8, 48, 48, 3, Window(kernel: 3, padding: .init(1))),
      (70, 9, 8, 20, 10, 5, Window(kernel: 3, padding: .init(1))),
      (2, 6, 7, 34, 17, 17, Window(kernelHeight: 2, kernelWidth: 3, strideY: 1, strideX: 2)),
      (2, 4, 4, 40, 40, 40, Window(kernel: 4)),
      (3, 9, 7, 70, 70, 70, Window(kernel: 3, padding: .init(1))),
      (2, 8, 5, 3, 3, 3, Window(kernel: 5, stride: 3, padding: .init(2))),
      (2, 3, 3, 4, 8, 4, Window(kernel: 1, stride: 3)),
    ] as [(Int, Int, Int, Int, Int, Int, Window)]).map {
      batch, height, width, inputs, outputs, groups, window in
      // As the plain sum, or ten times as much where a group goes through Winograd's transforms.
      Case(name: "\(inputs) to \(outputs) in \(groups) groups", tolerance: 1e-4) {
        let x = numbers([batch, height, width, inputs], 4).tracked()
        let w = numbers(
          [window.kernelHeight, window.kernelWidth, inputs / groups, outputs], 5
        ).tracked()
        let y = x.convolved(with: w, window: window, groups: groups)
        return [y] + slopes(of: [y], at: [x, w])
      }
    }

  private static let filters =
    ([
      (1, 1, 1, [1.0, 2, 1]), (33, 2, 1, [1, 3, 3, 1]), (64, 1, 2, [1, 3, 3, 1]),
      (3, 3, 2, [1, -2, 5, 3]), (70, 2, 3, [1]),
    ] as [(Int, Int, Int, [Double])]).map { channels, up, down, taps in
      Case(name: "filter \(taps), \(channels) channels, \(up)/\(down)", tolerance: sums) {
        let x = numbers([3, 17, 19, channels], 6).tracked()
        let y = x.filtered(
          taps, up: up, down: down, padding: .init(top: 2, bottom: -1, left: 1, right: 3))
        return [y] + slopes(of: [y], at: [x])
      }
    }

  private static let borders = [(1, Border.reflection), (3, .edge), (70, .reflection)].map {
    channels, border in
    // Values are copied; where they meet again a few are added up.
    Case(name: "\(border), \(channels) channels", tolerance: 1e-6) {
      let x = numbers([5, 21, 18, channels], 7).tracked()
      let y = x.padded(.init(top: 3, bottom: 2, left: 1, right: 4), by: border)
      return [y] + slopes(of: [y], at: [x])
    }
  }

  private static let spectralNorms = [(1, 1), (7, 5), (300, 70), (33, 129)].map {
    inputs, outputs in
    Case(name: "spectral norm \(inputs)x\(outputs)", tolerance: sums) {
      let scope = Scope(player: "test", seed: 1, weights: .spectralNorm)
      let layer = Dense(scope, inputs, outputs)
      layer.weight.parameter.assign(numbers([inputs, outputs], 8))
      scope.store.buffers[0].assign(numbers([outputs], 9))
      let values = layer.weight.parameter.value
      let y = layer.weight(
        Context(.training, random: RandomSource(seed: 1, step: 0, substep: 0)))
      return [y, scope.store.buffers[0].value] + slopes(of: [y], at: [values])
    }
  }

  private static func numbers(_ shape: Shape, _ seed: UInt32) -> Tensor {
    fixedNumbers(shape, seed: seed, type: .float32)
  }

  /// The derivatives of results at inputs, along fixed directions.
  private static func slopes(of results: [Tensor], at inputs: [Tensor]) -> [Tensor] {
    results.flatMap { y in
      gradient(of: y, at: inputs, seed: numbers(y.shape, 9)).compactMap { $0 }
    }
  }

  @Test(arguments: cpuBackends.indices, cases.indices)
  func agreesWithReference(_ backend: Int, _ index: Int) {
    let (set, test) = (CPUBackend.instructionSets[backend], Self.cases[index])
    let fast = Backends.using(cpuBackends[backend]) { test.results().map(\.floats) }
    let slow = Backends.using(ReferenceBackend.shared) { test.results().map(\.floats) }
    for (place, (fast, slow)) in zip(fast, slow).enumerated() {
      expectClose(fast, slow, test.tolerance, "\(set) \(test.name), result \(place)")
    }
  }

  @Test(arguments: cases.indices)
  func bitsDoNotDependOnThreads(_ index: Int) {
    let test = Self.cases[index]
    let results = [1, 2, 3, 5].map { threads in
      Backends.using(CPUBackend(threads: threads, instructionSet: nil)) {
        test.results().map(\.floats)
      }
    }
    #expect(results.dropFirst().allSatisfy { $0 == results[0] }, "\(test.name)")
  }
}
