/// Sets values to zero with probability `rate` while training, or always.
///
/// The others are scaled up so that the mean stays. Source: Srivastava et al. 2014.
public struct Dropout: Layer {
  private let rate: Double
  private let byChannel: Bool
  private let isAlways: Bool

  /// Drops values, or with `byChannel` whole channels of an image (PyTorch's `Dropout2d`).
  ///
  /// With `isAlways` it drops in inference too, where it is a translation's only noise (Isola et al.
  /// 2017, arXiv:1611.07004, §3.1).
  public init(rate: Double, byChannel: Bool = false, isAlways: Bool = false) {
    require(0..<1 ~= rate, "dropout rate \(rate) is not in 0..<1")
    self.rate = rate
    self.byChannel = byChannel
    self.isAlways = isAlways
  }

  public func callAsFunction(_ input: Tensor, _ context: Context) -> Tensor {
    guard isAlways || context.mode == .training, rate > 0 else { return input }
    let shape =
      byChannel && input.shape.count == 4 ? [input.shape[0], 1, 1, input.shape[3]] : input.shape
    let draws = context.random.next(.dropout).uniform(shape, type: input.type)
    // A gate opens where its draw exceeds the rate.
    return .combine(.leakyGate(slope: 0), draws - rate, input * (1 / (1 - rate)))
  }

  /// Nothing: a graph's samples are to be the same each time.
  public func export(to graph: GraphBuilder) {
    if isAlways, rate > 0 { graph.note("dropout, which this program keeps on, is off") }
  }

  /// `{ "dropout": rate, "byChannel": false, "always": false }`.
  public struct Spec: LayerSpec {
    public static let key = "dropout"
    public static let summary = "Drops values at random while training, or always."
    var rate = 0.5
    var byChannel = false
    var isAlways = false

    public init() {}

    public static var fields: [Field<Spec>] {
      [
        .number("dropout", \.rate, in: 0...0.99, "Probability that a value is dropped."),
        .flag("byChannel", \.byChannel, "Whether whole channels are dropped."),
        .flag("always", \.isAlways, "Whether values are dropped in inference too."),
      ]
    }

    public func build(at site: Site) -> Built {
      Built(Dropout(rate: rate, byChannel: byChannel, isAlways: isAlways), output: site.input)
    }
  }
}
