/// Batch normalisation whose scale and shift a style gives: a class code, or one with a chunk of the
/// latent code.
///
/// Source: de Vries et al. 2017, arXiv:1707.00683; Brock et al. 2019, arXiv:1809.11096, appendix B.
public struct ConditionalBatchNorm: Layer {
  private let norm: BatchNorm
  private let affine: StyleAffine

  init(norm: BatchNorm, affine: StyleAffine) {
    self.norm = norm
    self.affine = affine
  }

  public func callAsFunction(_ input: Tensor, _ context: Context) -> Tensor {
    affine(norm(input, context), context)
  }

  public var mixesSamples: Bool { true }

  public func export(to graph: GraphBuilder) {
    norm.export(to: graph)
    affine.export(to: graph)
  }

  /// `"conditionalBatchNorm"` or `{ "conditionalBatchNorm": epsilon, "momentum": 0.1, "style": 0 }`.
  ///
  /// The dense layers have no bias. With `"gain": 0` and plain weights scales start at 1 and shifts at
  /// 0, as SNGAN's and SAGAN's tables do.
  public struct Spec: LayerSpec {
    public static let key = "conditionalBatchNorm"
    public static let summary = "Batch normalisation with scale and shift from a style."
    var norm = BatchNorm.Spec()
    var place = 0
    var weights = WeightSettings()

    public init() {}

    public static var fields: [Field<Spec>] {
      [
        .number(key, \.norm.epsilon, in: 1e-12...1, "ε, added to the variance."),
        .number(
          "momentum", \.norm.momentum, in: 0...1,
          "Share of the new batch in the running statistics."), .stylePlace(\.place),
      ] + WeightSettings.fields.map { $0.lifted(to: \.weights) }
    }

    public func build(at site: Site) throws(ShapeMismatch) -> Built {
      let style = try site.style(for: Self.key, at: place)
      let channels = site.input[site.input.count - 1]
      try norm.expectSamples(at: site, for: Self.key)
      let affine = StyleAffine(
        try site.scope(weights), style: style, channels: channels, place: place, bias: false)
      return Built(
        ConditionalBatchNorm(
          norm: BatchNorm(
            site.scope, channels, epsilon: norm.epsilon, momentum: norm.momentum, affine: false),
          affine: affine), output: site.input, multiplyAdds: affine.multiplyAdds,
        keeping: Double(site.input.elementCount))
    }
  }
}

extension Field {
  /// The place of the style that steers a layer.
  static func stylePlace(_ property: WritableKeyPath<Block, Int> & Sendable) -> Field {
    .integer("style", property, in: 0...255, "The place of the style, from 0.")
  }
}
