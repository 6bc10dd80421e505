/// A generator that is one network over latent codes.
public struct SequentialGenerator: Generator {
  public let takes: Ingredients
  private let network: any Layer

  /// A generator of this network.
  public init(latent: LatentSpace, network: any Layer) {
    takes = Ingredients(latent: latent)
    self.network = network
  }

  public func callAsFunction(_ input: GeneratorInput, _ context: Context) -> Tensor {
    network(input.codes(), context)
  }

  public func export(to graph: GraphBuilder) throws(ZooError) { try network.export(to: graph) }
}

/// A discriminator that is one network over samples.
public struct SequentialDiscriminator: Discriminator {
  private let network: any Layer

  /// A discriminator of this network.
  public init(network: any Layer) { self.network = network }

  public func callAsFunction(
    _ samples: Tensor, given condition: Condition, _ context: Context
  ) -> Tensor {
    network(samples, context)
  }

  public var mixesSamples: Bool { network.mixesSamples }
}

/// A generator that is one network over images of another domain: a translator.
public struct SequentialTranslator: Generator {
  public let takes: Ingredients
  private let network: any Layer

  /// A translator of images of shape `source`.
  public init(source: Shape, network: any Layer) {
    takes = Ingredients(source: source)
    self.network = network
  }

  public func callAsFunction(_ input: GeneratorInput, _ context: Context) -> Tensor {
    translate(input.condition.images(), context)
  }

  /// What becomes of images `[N, H, W, C]`.
  public func translate(_ images: Tensor, _ context: Context) -> Tensor { network(images, context) }

  public func export(to graph: GraphBuilder) throws(ZooError) { try network.export(to: graph) }
}
