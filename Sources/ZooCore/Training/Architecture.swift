/// A pair of networks that fits any image size, written as config layer lists.
public struct Architecture: Sendable {
  /// What the networks are for.
  public struct Request: Sendable {
    /// Rows, columns and channels of the images.
    public let height: Int, width: Int, channels: Int
    /// The base number of feature maps or units.
    public let features: Int
    /// Numbers in one latent code.
    public let latent: Int
    /// What pixels lie in.
    public let range: ClosedRange<Double>

    /// The layer that keeps a generator's pixels in range, if there is one for it.
    public var outputActivation: [JSONValue] {
      switch range {
      case 0...1: ["sigmoid"]
      case -1...1: ["tanh"]
      default: []
      }
    }
  }

  /// The name in configs.
  public let name: String
  /// What it is, in one line.
  public let summary: String
  /// The number of features that a config's `"width"` replaces.
  public let defaultWidth: Int
  /// The generator's layers, from latent codes to images.
  public let generator: @Sendable (Request) -> [JSONValue]
  /// The discriminator's layers, from images to one score.
  public let discriminator: @Sendable (Request) -> [JSONValue]

  /// An architecture.
  public init(
    name: String, summary: String, defaultWidth: Int,
    generator: @escaping @Sendable (Request) -> [JSONValue],
    discriminator: @escaping @Sendable (Request) -> [JSONValue]
  ) {
    self.name = name
    self.summary = summary
    self.defaultWidth = defaultWidth
    self.generator = generator
    self.discriminator = discriminator
  }
}
