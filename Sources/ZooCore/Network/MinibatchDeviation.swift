/// Puts how much samples of a group differ behind their channels, as one more: a discriminator then
/// sees when fakes are all alike.
///
/// Sample n is in group n mod (N / size), as in Karras's code. Source: Karras et al. 2018,
/// arXiv:1710.10196, §3, with the groups of its code.
public struct MinibatchDeviation: Layer {
  private let size: Int
  /// In the root, so that samples that are equal have a derivative.
  private static let epsilon = 1e-8

  /// Groups of at most `size` samples: the largest divisor of the batch up to it.
  public init(size: Int) { self.size = size }

  public func callAsFunction(_ input: Tensor, _ context: Context) -> Tensor {
    let (count, sample) = (input.shape[0], Array(input.shape.dropFirst()))
    let size = (1...min(size, count)).last { count % $0 == 0 } ?? 1
    let groups = count / size
    let grouped = input.reshaped(to: [size, groups, sample.elementCount])
    let centred = grouped - grouped.mean(over: [0], keepingAxes: true)
    let deviation = (centred.squared().mean(over: [0], keepingAxes: true) + Self.epsilon)
      .squareRoot().mean(over: [2], keepingAxes: true)
    let plane = [count] + sample.dropLast() + [1]
    let repeated = deviation.broadcast(to: [size, groups, plane.dropFirst().reduce(1, *)])
    return .concatenated([input, repeated.reshaped(to: plane)], along: input.shape.count - 1)
  }

  public var mixesSamples: Bool { true }

  /// `"minibatchDeviation"` or `{ "minibatchDeviation": group }`.
  public struct Spec: LayerSpec {
    public static let key = "minibatchDeviation"
    public static let summary = "Adds a channel that tells how much samples of a batch differ."
    var size = 4

    public init() {}

    public static var fields: [Field<Spec>] {
      [
        .integer(
          "minibatchDeviation", \.size, in: 2...65_536,
          "Samples in a group at most; the largest divisor of the batch up to it.")
      ]
    }

    public func build(at site: Site) -> Built {
      let channels = site.input[site.input.count - 1]
      return Built(
        MinibatchDeviation(size: size), output: site.input.dropLast() + [channels + 1],
        keeping: 2 * Double(site.input.elementCount))
    }
  }
}
