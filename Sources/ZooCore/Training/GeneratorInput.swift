/// What a generator starts from.
public struct GeneratorInput {
  /// Latent codes `[N, size]`, where the generator takes any.
  public var latents: Tensor?
  /// What the samples shall be.
  public var condition: Condition
  /// How far styles are drawn to their mean, where the generator has any; not at all when nil.
  public var truncation: StyleTruncation?
  /// Styles `[N, places, size]` in place of those that latent codes would give; see `StyleDriven`.
  public var styles: Tensor?

  /// An input.
  public init(
    latents: Tensor?, condition: Condition = Condition(), truncation: StyleTruncation? = nil
  ) {
    self.latents = latents
    self.condition = condition
    self.truncation = truncation
  }

  /// One class for each sample, where there are labels.
  public var labels: [Int32]? { condition.labels }

  /// The latent codes of a generator that takes them.
  public func codes() -> Tensor {
    guard let latents else { fatalError("a generator of latent codes was given none") }
    return latents
  }
}

/// Styles drawn towards their mean: fewer kinds of samples, and safer ones.
///
/// Source: Karras et al. 2019, arXiv:1812.04948, appendix B, which call it truncation in W.
public struct StyleTruncation: Equatable, Sendable {
  /// ψ, what is left of the distance from the mean; 1 changes nothing, 0 draws the mean.
  public var share: Double
  /// Styles from the first on that are drawn near; all when nil.
  public var places: Int?

  /// A truncation to this share.
  public init(share: Double, places: Int? = nil) {
    self.share = share
    self.places = places
  }
}
