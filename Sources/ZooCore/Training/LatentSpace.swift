/// Where latent codes come from.
public struct LatentSpace: Equatable, Sendable {
  /// The shape of the distribution.
  public enum Distribution: String, Sendable, CaseIterable {
    /// N(0, 1).
    case normal
    /// Uniform in [−1, 1).
    case uniform
  }

  /// Numbers in one code.
  public var size: Int
  /// How they are drawn.
  public var distribution: Distribution

  /// A latent space.
  public init(size: Int, distribution: Distribution = .normal) {
    self.size = size
    self.distribution = distribution
  }

  /// `count` codes, `[count, size]`.
  public func draw(_ count: Int, from stream: RandomStream, type: ElementType = .float32) -> Tensor
  {
    switch distribution {
    case .normal: stream.normal([count, size], type: type)
    case .uniform: stream.uniform([count, size], in: -1..<1, type: type)
    }
  }
}
