/// Adds noise N(0, 1), one number for each pixel, times a learned strength that starts at zero.
///
/// Source: Karras et al. 2019, arXiv:1812.04948, §2; one strength for a layer is StyleGAN2's.
public struct Noise: Layer {
  /// `[C]`, or `[1]` for all channels.
  public let strength: Parameter
  private let isAlways: Bool

  /// What a strength is for.
  public enum Strengths: String, Sendable, CaseIterable {
    /// The layer: StyleGAN2.
    case layer
    /// Each channel: StyleGAN.
    case channel
  }

  /// Registers `strength` in `scope`; with `isAlways` noise is added in inference too.
  public init(_ scope: Scope, channels: Int, _ strengths: Strengths, isAlways: Bool = true) {
    self.isAlways = isAlways
    let shape = [strengths == .layer ? 1 : channels]
    strength = scope.parameter("strength", shape: shape) { _ in
      Tensor(repeating: 0, shape: shape, type: scope.type)
    }
  }

  public func callAsFunction(_ input: Tensor, _ context: Context) -> Tensor {
    guard isAlways || context.mode == .training else { return input }
    let noise = context.random.next(.noise).normal(
      input.shape.dropLast() + [1], type: input.type)
    return input + noise * strength.value
  }

  /// The same noise in distribution: the runtime draws it.
  public func export(to graph: GraphBuilder) {
    guard isAlways else { return }
    let noise = graph.fork {
      // One number for each pixel.
      graph.append("ReduceMean", [], ["axes": .ints([1]), "keepdims": .int(1)])
      graph.append("RandomNormalLike")
      graph.append("Mul", [graph.parameter(strength, shape: [strength.shape[0], 1, 1])])
    }
    graph.append("Add", [noise])
  }

  /// `"noise"` or `{ "noise": "layer", "always": true }`.
  public struct Spec: LayerSpec {
    public static let key = "noise"
    public static let summary = "Adds noise to each pixel, times a learned strength."
    var strengths = Strengths.layer
    var isAlways = true

    public init() {}

    public static var fields: [Field<Spec>] {
      [
        .choice("noise", \.strengths, "One strength for the layer, or one for each channel."),
        .flag("always", \.isAlways, "Whether noise is added in inference too."),
      ]
    }

    public func build(at site: Site) throws(ShapeMismatch) -> Built {
      let channels = try site.image(for: Self.key).channels
      return Built(
        Noise(site.scope, channels: channels, strengths, isAlways: isAlways), output: site.input)
    }
  }
}
