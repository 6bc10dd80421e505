/// What a generator starts from.
public struct GeneratorInput {
  /// Latent codes `[N, size]`, where the generator takes any.
  public var latents: Tensor?
  /// What the samples shall be.
  public var condition: Condition

  /// An input.
  public init(latents: Tensor?, condition: Condition = Condition()) {
    self.latents = latents
    self.condition = condition
  }

  /// One class for each sample, where there are labels.
  public var labels: [Int32]? { condition.labels }

  /// The latent codes of a generator that takes them.
  public func codes() -> Tensor {
    guard let latents else { fatalError("a generator of latent codes was given none") }
    return latents
  }
}
