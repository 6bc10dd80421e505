import Testing
import ZooCore

/// Derivatives of grouped convolutions, filters and borders, and what they do by hand.
@Suite struct ImageOpTests {
  /// (height, width, input channels, output channels, groups, window).
  static let grouped: [(Int, Int, Int, Int, Int, Window)] = [
    (4, 5, 4, 6, 2, Window(kernel: 3, stride: 2, padding: .init(1))),
    (4, 4, 3, 3, 3, Window(kernel: 3, padding: .init(1))),
    (3, 5, 2, 4, 2, Window(kernelHeight: 2, kernelWidth: 3, strideY: 1, strideX: 2)),
    (4, 4, 4, 2, 2, Window(kernel: 1, stride: 3)),
  ]

  @Test(arguments: grouped.indices)
  func groupedConvolution(_ index: Int) {
    let (height, width, inputs, outputs, groups, window) = Self.grouped[index]
    let x = fixedNumbers([2, height, width, inputs], seed: 1)
    let w = fixedNumbers(
      [window.kernelHeight, window.kernelWidth, inputs / groups, outputs], seed: 2)
    DerivativeCheck().check(
      { $0[0].convolved(with: $0[1], window: window, groups: groups) }, at: [x, w])
    let size = window.outputSize(height: height, width: width)
    let y = fixedNumbers([2, size.height, size.width, outputs], seed: 3)
    DerivativeCheck().check(
      {
        $0[0].transposedConvolved(
          with: $0[1], window: window, height: height, width: width, groups: groups)
      }, at: [y, w])
  }

  /// Groups are convolutions of slices, one beside the other.
  @Test func groupsAreConvolutionsOfSlices() {
    let x = fixedNumbers([2, 5, 4, 6], seed: 4)
    let w = fixedNumbers([3, 2, 2, 9], seed: 5)
    let window = Window(kernelHeight: 3, kernelWidth: 2, padding: .init(1))
    let parts = (0..<3).map { group in
      x.slice(at: [0, 0, 0, 2 * group], shape: [2, 5, 4, 2]).convolved(
        with: w.slice(at: [0, 0, 0, 3 * group], shape: [3, 2, 2, 3]), window: window)
    }
    // The same products in the same order.
    #expect(
      x.convolved(with: w, window: window, groups: 3).doubles
        == Tensor.concatenated(parts, along: 3).doubles)
  }

  /// (taps, up, down, padding).
  static let filters: [([Double], Int, Int, Window.Padding)] = [
    ([1, 2, 4], 1, 1, .init(1)),
    ([1, 3, 3, 1], 2, 1, .init(top: 2, bottom: 1, left: 2, right: 1)),
    ([1, 3, 3, 1], 1, 2, .init(1)),
    ([1, -2, 5, 3], 3, 2, .init(top: 1, bottom: 4, left: 3, right: 0)),
    ([1, 2, 4], 2, 1, .init(top: 1, bottom: -2, left: -1, right: 2)),
    ([2], 2, 3, .none), ([1, 2], 1, 1, .init(-1)),
  ]

  @Test(arguments: filters.indices)
  func filter(_ index: Int) {
    let (taps, up, down, padding) = Self.filters[index]
    DerivativeCheck().check(
      { $0[0].filtered(taps, up: up, down: down, padding: padding).squared() },
      at: [fixedNumbers([1, 4, 5, 2], seed: 6)])
  }

  /// ⟨filter(x), y⟩ = ⟨x, adjoint(y)⟩ for many shapes, by the derivative at x.
  @Test(arguments: 0..<40)
  func filtersHaveAdjoints(_ seed: Int) {
    var draw = Draws(seed: UInt32(seed))
    let taps = (0..<draw(1...6)).map { _ in Double(draw(1...9)) }
    let (up, down) = (draw(1...3), draw(1...3))
    let padding = Window.Padding(
      top: draw(0...6) - 2, bottom: draw(3...6), left: draw(3...6), right: draw(0...6) - 2)
    Backends.using(ReferenceBackend.shared) {
      let x = fixedNumbers([1, draw(5...9), draw(5...9), 1], seed: 7).tracked()
      let y = x.filtered(taps, up: up, down: down, padding: padding)
      let g = fixedNumbers(y.shape, seed: 8)
      let slope = gradient(of: y, at: [x], seed: g)[0]
      let (one, two) = ((y * g).sum().scalar, slope.map { ($0 * x).sum().scalar })
      // Sums of some 10³ terms of up to 10² in Float64.
      #expect(two.map { abs($0 - one) <= 1e-10 * max(1, abs(one)) } == true)
    }
  }

  /// The filter of StyleGAN2 keeps what is constant, but for the border, and halves and doubles sizes.
  @Test func resamplingKeepsConstants() {
    let x = Tensor(repeating: 0.7, shape: [1, 6, 8, 2], type: .float64)
    for filter in [[1.0, 3, 3, 1], [1, 2, 1], [1, 1], [1, 4, 6, 4, 1]] {
      let (large, small) = (
        x.upsampled(by: 2, filter: filter), x.downsampled(by: 2, filter: filter)
      )
      #expect(large.shape == [1, 12, 16, 2] && small.shape == [1, 3, 4, 2], "\(filter)")
      // The taps at even and at odd places have the same sum.
      let centre = large.slice(at: [0, 4, 4, 0], shape: [1, 4, 4, 2]).doubles
      #expect(centre.allSatisfy { abs($0 - 0.7) < 1e-12 }, "\(filter)")
      let inner = small.slice(at: [0, 1, 1, 0], shape: [1, 1, 2, 2]).doubles
      #expect(inner.allSatisfy { abs($0 - 0.7) < 1e-12 }, "\(filter)")
    }
    let single = x.upsampled(by: 2, filter: [1])
    #expect(single.shape == [1, 12, 16, 2] && single.doubles.max() == 0.7 * 4)
  }

  @Test(arguments: [Border.reflection, .edge])
  func border(_ border: Border) {
    DerivativeCheck().check(
      {
        $0[0].padded(.init(top: 2, bottom: 0, left: 1, right: 3), by: border).squared()
      }, at: [fixedNumbers([2, 3, 4, 2], seed: 9)])
  }

  @Test func bordersByHand() {
    let row = Tensor([1, 2, 3], shape: [1, 1, 3, 1])
    let sides = Window.Padding(top: 0, bottom: 0, left: 2, right: 1)
    #expect(row.padded(sides, by: .reflection).floats == [3, 2, 1, 2, 3, 2])
    #expect(row.padded(sides, by: .edge).floats == [1, 1, 1, 2, 3, 3])
    let far = Window.Padding(top: 2, bottom: 1, left: 0, right: 4)
    #expect(row.padded(far, by: .edge).shape == [1, 4, 7, 1])
  }
}
