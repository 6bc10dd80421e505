import ZooCore

/// `zoo bench --machine`: what the processor reaches on products and convolutions.
enum MachineBenchmark {
  static func run(_ arguments: Arguments, _ backend: CPUBackend) throws(ZooError) {
    let rates = Backends.using(backend) { products.map { productRate($0.0, $0.1, $0.2) } }
    let layers = Backends.using(backend) { convolutions.map { convolutionRates($0) } }
    if arguments.has("--json") {
      func rounded(_ rate: Double) -> JSONValue { .number((rate * 10).rounded() / 10) }
      let products = zip(products, rates).map { size, rate in
        JSONValue.object([
          .init("size", .array([size.0, size.1, size.2].map { .number($0) })),
          .init("gflops", rounded(rate)),
        ])
      }
      let convolutions = zip(convolutions, layers).map { layer, rates in
        JSONValue.object([
          .init("product", .array([layer.rows, layer.columns, layer.depth].map { .number($0) })),
          .init("output", rounded(rates.output)), .init("input", rounded(rates.input)),
          .init("weight", rounded(rates.weight)),
        ])
      }
      return try Console.result(
        JSONValue.object([
          .init("schema_version", 1), .init("instructionSet", .string(backend.instructionSet)),
          .init("available", .array(CPUBackend.instructionSets.map { .string($0) })),
          .init("threads", .number(backend.threadCount)), .init("products", .array(products)),
          .init("convolutions", .array(convolutions)),
        ]).pretty())
    }
    func gflops(_ rate: Double) -> String { Text.formatted(rate, decimals: 1) }
    let lines = zip(products, rates).map { size, rate in
      ("\(size.0) x \(size.1) x \(size.2)", "\(gflops(rate)) GFLOP/s")
    }
    let layerLines = zip(convolutions, layers).map { layer, rates in
      (
        "\(layer.rows) x \(layer.columns) x \(layer.depth)",
        "\(gflops(rates.output)), \(gflops(rates.input)), \(gflops(rates.weight)) GFLOP/s"
      )
    }
    try Console.result(
      """
      instruction set  \(backend.instructionSet) (this machine runs \
      \(CPUBackend.instructionSets.joined(separator: ", ")); ZOO_ISA chooses)
      threads          \(backend.threadCount)
      matrix products
      \(HelpCommand.table(lines))
      convolutions of these sizes, 5x5 with stride 2: output, input gradient, weight gradient
      \(HelpCommand.table(layerLines))
      """)
  }

  // The sizes of the convolutions in the shipped configs, as products.
  private static let products = [
    (1024, 1024, 1024), (9800, 64, 1600), (2450, 128, 1600), (800, 256, 3200), (64, 784, 1024),
  ]

  /// A 5x5 convolution with stride 2 of 50 images.
  private struct Layer {
    let size: Int, inputs: Int, columns: Int

    /// The product that it amounts to.
    var rows: Int { 50 * ((size + 1) / 2) * ((size + 1) / 2) }
    var depth: Int { 25 * inputs }
  }

  private static let convolutions = [
    Layer(size: 28, inputs: 64, columns: 64), Layer(size: 14, inputs: 64, columns: 128),
    Layer(size: 7, inputs: 128, columns: 256),
  ]

  /// Billions of operations per second, counted as in the plain sum.
  private static func convolutionRates(
    _ layer: Layer
  ) -> (output: Double, input: Double, weight: Double) {
    let stream = RandomStream(seed: 1, purpose: .noise)
    let x = stream.uniform([50, layer.size, layer.size, layer.inputs])
    let padding = Window.Padding(
      top: 2 - (layer.size + 1) % 2, bottom: 2, left: 2 - (layer.size + 1) % 2, right: 2)
    let window = Window(kernel: 5, stride: 2, padding: padding)
    let side = (layer.size + 1) / 2
    let y = stream.uniform([50, side, side, layer.columns])
    let operations = 2 * Double(layer.rows) * Double(layer.columns) * Double(layer.depth)
    // New weights each time, as after an update.
    func weights() -> Tensor { stream.uniform([5, 5, layer.inputs, layer.columns]) }
    return (
      bestRate(operations) {
        let w = weights()
        return { _ = x.convolved(with: w, window: window) }
      },
      bestRate(operations) {
        let w = weights()
        return {
          _ = y.transposedConvolved(with: w, window: window, height: layer.size, width: layer.size)
        }
      },
      bestRate(operations) {
        let w = weights().tracked()
        let output = x.convolved(with: w, window: window)
        return { _ = gradient(of: output, at: [w], seed: y) }
      }
    )
  }

  /// Billions of floating-point operations per second of a product, the best of several.
  static func productRate(_ rows: Int, _ columns: Int? = nil, _ depth: Int? = nil) -> Double {
    let (columns, depth) = (columns ?? rows, depth ?? rows)
    let stream = RandomStream(seed: 1, purpose: .noise)
    let (a, b) = (stream.uniform([rows, depth]), stream.uniform([depth, columns]))
    let operations = 2 * Double(rows) * Double(columns) * Double(depth)
    return bestRate(operations) { { _ = a.matrixProduct(b) } }
  }

  /// The best of several runs; what `prepare` does before is not measured.
  private static func bestRate(_ operations: Double, _ prepare: () -> () -> Void) -> Double {
    let clock = ContinuousClock()
    let repeats = max(3, Int(1e10 / operations))
    let best = (0..<repeats).reduce(Double.infinity) { best, _ in
      let body = prepare()
      let start = clock.now
      body()
      return min(best, (clock.now - start).seconds)
    }
    return operations / best / 1e9
  }
}
