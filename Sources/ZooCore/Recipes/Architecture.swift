/// Networks that fit any image size, written as config layer lists, one for each role that they have.
public struct Architecture: Sendable {
  /// What a network is for.
  public struct Request: Sendable {
    /// Rows, columns and channels of the images.
    public let height: Int, width: Int, channels: Int
    /// The base number of feature maps or units.
    public let features: Int
    /// The shape of what comes in: latent codes for a generator, images for a discriminator.
    public let input: Shape
    /// The shape of what must come out.
    public let output: Shape
    /// Numbers in a style that steers norms; nil where passes have none.
    public let style: Int?
    /// What pixels lie in.
    public let range: ClosedRange<Double>

    /// Numbers in one latent code, class codes among them, for a generator.
    public var latent: Int { input.elementCount }

    /// The layer that keeps a generator's pixels in range, if there is one for it.
    public var outputActivation: [JSONValue] {
      switch range {
      case 0...1: ["sigmoid"]
      case -1...1: ["tanh"]
      default: []
      }
    }
  }

  /// The layers of a network.
  public typealias Layers = @Sendable (Request) -> [JSONValue]

  /// The name in configs.
  public let name: String
  /// What it is, in one line.
  public let summary: String
  /// The number of features that a config's `"width"` replaces.
  public let defaultWidth: Int
  /// The layers by the names of the roles that it has networks for.
  public let networks: [String: Layers]

  /// An architecture with these networks.
  public init(name: String, summary: String, defaultWidth: Int, networks: [String: Layers]) {
    self.name = name
    self.summary = summary
    self.defaultWidth = defaultWidth
    self.networks = networks
  }

  /// An architecture of a generator, from latent codes to images, and a discriminator, from images to
  /// one score.
  public init(
    name: String, summary: String, defaultWidth: Int, generator: @escaping Layers,
    discriminator: @escaping Layers
  ) {
    self.init(
      name: name, summary: summary, defaultWidth: defaultWidth,
      networks: ["generator": generator, "discriminator": discriminator])
  }

  /// The generator's layers.
  public var generator: Layers { layers(of: .generator) }
  /// The discriminator's layers.
  public var discriminator: Layers { layers(of: .discriminator) }

  private func layers(of role: NetworkRole) -> Layers {
    guard let layers = networks[role.name] else {
      fatalError("the architecture \(name) has no \(role.name)")
    }
    return layers
  }
}
