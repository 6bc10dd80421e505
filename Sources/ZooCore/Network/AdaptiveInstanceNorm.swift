/// Instance normalisation whose scale and shift a style gives.
///
/// Source: Huang & Belongie 2017, arXiv:1703.06868; Karras et al. 2019, arXiv:1812.04948, equation 1,
/// with scales around 1 as in its code.
public struct AdaptiveInstanceNorm: Layer {
  private let epsilon: Double
  private let affine: StyleAffine

  init(epsilon: Double, affine: StyleAffine) {
    self.epsilon = epsilon
    self.affine = affine
  }

  public func callAsFunction(_ input: Tensor, _ context: Context) -> Tensor {
    affine(input.instanceNormalized(epsilon: epsilon), context)
  }

  public func export(to graph: GraphBuilder) {
    graph.appendInstanceNorm(epsilon)
    affine.export(to: graph)
  }

  /// `"adaIN"` or `{ "adaIN": epsilon, "style": 0 }`.
  public struct Spec: LayerSpec {
    public static let key = "adaIN"
    public static let summary = "Instance normalisation with scale and shift from a style."
    var epsilon = 1e-8
    var place = 0
    var weights = WeightSettings()

    public init() {}

    public static var fields: [Field<Spec>] {
      [
        .number("adaIN", \.epsilon, in: 1e-12...1, "ε, added to the variance."),
        .stylePlace(\.place),
      ] + WeightSettings.fields.map { $0.lifted(to: \.weights) }
    }

    public func build(at site: Site) throws(ShapeMismatch) -> Built {
      let channels = try site.instanceNormChannels(for: Self.key)
      let style = try site.style(for: Self.key, at: place)
      let affine = StyleAffine(
        try site.scope(weights), style: style, channels: channels, place: place, bias: true)
      return Built(
        AdaptiveInstanceNorm(epsilon: epsilon, affine: affine), output: site.input,
        multiplyAdds: affine.multiplyAdds, keeping: 2 * Double(site.input.elementCount))
    }
  }
}
