/// A discriminator whose last features other networks read too: of codes, of classes.
public struct TrunkDiscriminator: Discriminator {
  /// All but the last layer with parameters and what follows it.
  public let trunk: Network
  /// The rest: the score of the trunk's features.
  public let head: Network

  /// The trunk and the head of this network.
  public init(_ network: Network) { (trunk, head) = network.split() }

  public func callAsFunction(
    _ samples: Tensor, given condition: Condition, _ context: Context
  ) -> Tensor {
    head(trunk(samples, context), context)
  }

  public var mixesSamples: Bool { trunk.mixesSamples || head.mixesSamples }
}

extension TrunkDiscriminator {
  /// The features of a real batch and of fakes: in one pass where each sample is judged by itself,
  /// else apart, as `Round.scores` does.
  public func features(
    real: Tensor, fake: Tensor, _ context: Context
  ) -> (real: Tensor, fake: Tensor) {
    guard !mixesSamples else { return (trunk(real, context), trunk(fake, context)) }
    let count = real.shape[0]
    let both = trunk(.concatenated([real, fake]), context)
    return (both.rows(0..<count), both.rows(count..<count + fake.shape[0]))
  }
}
