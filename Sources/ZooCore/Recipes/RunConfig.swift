/// Everything that a run is made of, as a config says it and the variant's defaults complete it.
public struct RunConfig: ConfigBlock {
  /// The variant's name.
  public var variant = ""
  /// Where samples come from.
  public var data = DataSettings()
  /// The generator's network.
  public var generator = GeneratorSettings()
  /// The discriminator's network.
  public var discriminator = NetworkSettings()
  /// Networks that the variant adds, by role.
  public var networks: NamedNetworks = [:]
  /// How labels enter both networks; nil where they do not.
  public var conditioning: ConditioningSettings?
  /// How long, in what portions and with which optimizers.
  public var training = TrainingBlock()
  /// What is shown and kept.
  public var output = OutputSettings()

  /// A config that says nothing; a variant's defaults fill it.
  public init() {}

  public static var fields: [Field<RunConfig>] {
    [
      Field(
        "variant", \.variant, .text("the name of a variant", schema: .reference("variant")),
        required: true,
        "Which kind of GAN; see `zoo list`."),
      .block("data", \.data, "Where samples come from."),
      Field("generator", \.generator, .network, "The generator's network."),
      Field("discriminator", \.discriminator, .network, "The discriminator's network."),
      Field("networks", \.networks, .networks, "Networks that the variant adds, by role."),
      Field(
        "conditioning", \.conditioning, .conditioning,
        "How the labels of the data enter both networks."),
      .block("training", \.training, "How long, in what portions and with which optimizers."),
      .block("output", \.output, "What is shown and kept."),
    ]
  }
}

extension RunConfig {
  /// The settings of a role's network.
  package func network(_ role: NetworkRole) -> NetworkSettings {
    switch role {
    case .generator: generator.network
    case .discriminator: discriminator
    default: networks[role.name] ?? NetworkSettings()
    }
  }

  /// Changes the settings of a role's network.
  mutating func network(_ role: NetworkRole, _ change: (inout NetworkSettings) -> Void) {
    switch role {
    case .generator: change(&generator.network)
    case .discriminator: change(&discriminator)
    default:
      var settings = network(role)
      change(&settings)
      networks[role.name] = settings
    }
  }
}
