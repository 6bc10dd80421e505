/// A generator that is one stack of layers over latent codes.
public struct SequentialGenerator: Generator {
  public let latent: LatentSpace
  private let network: Sequential

  /// A generator of these layers.
  public init(latent: LatentSpace, network: Sequential) {
    self.latent = latent
    self.network = network
  }

  public func callAsFunction(_ input: GeneratorInput, _ context: Context) -> Tensor {
    network(input.latents, context)
  }

  public func export(to graph: GraphBuilder) throws(ZooError) { try network.export(to: graph) }
}

/// A discriminator that is one stack of layers over samples.
public struct SequentialDiscriminator: Discriminator {
  private let network: Sequential

  /// A discriminator of these layers.
  public init(network: Sequential) { self.network = network }

  public func callAsFunction(_ samples: Tensor, labels: [Int32]?, _ context: Context) -> Tensor {
    network(samples, context)
  }

  public var mixesSamples: Bool { network.mixesSamples }
}
