/// Sets values to zero with probability `rate` while training.
///
/// The others are scaled up so that the mean stays. Source: Srivastava et al. 2014.
public struct Dropout: Layer {
  private let rate: Double
  private let byChannel: Bool

  /// Drops values, or with `byChannel` whole channels of an image (PyTorch's `Dropout2d`).
  public init(rate: Double, byChannel: Bool = false) {
    require(0..<1 ~= rate, "dropout rate \(rate) is not in 0..<1")
    self.rate = rate
    self.byChannel = byChannel
  }

  public func callAsFunction(_ input: Tensor, _ context: Context) -> Tensor {
    guard context.mode == .training, rate > 0 else { return input }
    let shape =
      byChannel && input.shape.count == 4 ? [input.shape[0], 1, 1, input.shape[3]] : input.shape
    let draws = context.random.next(.dropout).uniform(shape, type: input.type)
    // A gate opens where its draw exceeds the rate.
    return .combine(.leakyGate(slope: 0), draws - rate, input * (1 / (1 - rate)))
  }

  /// Nothing: a trained network drops nothing.
  public func export(to graph: GraphBuilder) {}

  /// `{ "dropout": rate, "byChannel": false }`.
  public struct Spec: LayerSpec {
    public static let key = "dropout"
    public static let summary = "Drops values at random while training."
    var rate = 0.5
    var byChannel = false

    public init() {}

    public static var fields: [Field<Spec>] {
      [
        .number("dropout", \.rate, in: 0...0.99, "Probability that a value is dropped."),
        .flag("byChannel", \.byChannel, "Whether whole channels are dropped."),
      ]
    }

    public func build(at site: Site) -> Built {
      Built(Dropout(rate: rate, byChannel: byChannel), output: site.input)
    }
  }
}
