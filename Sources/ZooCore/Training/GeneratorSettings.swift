/// The generator: a network and where its latent codes come from.
public struct GeneratorSettings: ConfigBlock {
  /// Where latent codes come from.
  public var latent = LatentSettings()
  /// The network.
  public var network = NetworkSettings()

  public init() {}

  public static var fields: [Field<GeneratorSettings>] {
    [.block("latent", \.latent, "Where latent codes come from.")]
      + NetworkSettings.fields.map { $0.lifted(to: \.network) }
  }
}

extension GeneratorSettings: NetworkHolder {}

/// Where latent codes come from, as a config says it.
public struct LatentSettings: ConfigBlock, Equatable {
  /// Numbers in one code.
  public var size = 100
  /// How they are drawn.
  public var distribution = LatentSpace.Distribution.normal

  public init() {}

  public static var fields: [Field<LatentSettings>] {
    [
      .integer("size", \.size, in: 1...65_536, "Numbers in one latent code."),
      .choice("distribution", \.distribution, "How they are drawn."),
    ]
  }

  /// The latent space that these settings describe.
  public var space: LatentSpace { LatentSpace(size: size, distribution: distribution) }
}
