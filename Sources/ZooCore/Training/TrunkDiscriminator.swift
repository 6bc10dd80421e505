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

  /// The features of the real batch and of the fakes, taken as `Round.scores` takes scores.
  public func features(_ round: Round) -> (real: Tensor, fake: Tensor) {
    round.ofBoth(mixingSamples: mixesSamples) { samples, _ in
      trunk(round.seen(samples), round.context)
    }
  }
}
