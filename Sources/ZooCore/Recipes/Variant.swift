/// A named recipe: card, options, and how to build the three parts.
///
/// A variant is one file that conforms to this protocol, and one line in a registry.
public protocol Variant: SendableMetatype {
  /// What the config's `objective` block may say.
  associatedtype Options: ConfigBlock
  /// Name, title, paper, year, one line.
  static var card: VariantCard { get }
  /// The recipe that holds where a config is silent, after the original source.
  static var defaults: RunConfig { get }
  /// Its networks: generator and discriminator unless it says otherwise; `defaults.networks` has the
  /// settings of those that it adds.
  static var networks: [NetworkRole] { get }
  /// Whether it translates images of another domain, which the data must then have.
  static var translates: Bool { get }
  /// Architectures that it brings along.
  static var architectures: [Architecture] { get }
  /// Layers that it brings along, which the configs of its program can name.
  static var layers: [any LayerSpec.Type] { get }
  /// Builds generator, discriminator and objective.
  static func build(_ request: BuildRequest<Options>) throws(ZooError) -> Contest
}

extension Variant {
  /// It draws from latent codes.
  public static var translates: Bool { false }
  /// Generator and discriminator.
  public static var networks: [NetworkRole] { [.generator, .discriminator] }
  /// None.
  public static var architectures: [Architecture] { [] }
  /// None.
  public static var layers: [any LayerSpec.Type] { [] }
}

/// What `zoo list` says of a variant.
public struct VariantCard: Sendable {
  /// The name in configs: `wgan-gp`.
  public let name: String
  /// The name in prose.
  public let title: String
  /// Where it was published.
  public let paper: String
  /// When.
  public let year: Int
  /// What it changes, in one line.
  public let summary: String
  /// The idea, in about three sentences.
  public let idea: String
  /// What the discriminator minimises, as a formula; nil without one.
  public let discriminatorLoss: String?
  /// What the generator minimises, as a formula.
  public let generatorLoss: String
  /// Papers and code that the defaults follow.
  public let sources: [String]

  /// What each player minimises.
  package var losses: [(player: String, formula: String)] {
    (discriminatorLoss.map { [("discriminator", $0)] } ?? []) + [("generator", generatorLoss)]
  }

  /// A card.
  public init(
    name: String, title: String, paper: String, year: Int, summary: String, idea: String,
    discriminatorLoss: String?, generatorLoss: String, sources: [String]
  ) {
    self.name = name
    self.title = title
    self.paper = paper
    self.year = year
    self.summary = summary
    self.idea = idea
    self.discriminatorLoss = discriminatorLoss
    self.generatorLoss = generatorLoss
    self.sources = sources
  }
}

/// One key of a variant's `objective` block, as its card shows it.
public struct OptionDescription: Sendable {
  /// The key.
  public let key: String
  /// The value that holds where a config is silent.
  public let standard: JSONValue?
  /// What the value must be.
  public let expectation: String
  /// What it means.
  public let meaning: String
}

extension Variant {
  /// The keys of the `objective` block.
  public static var options: [OptionDescription] {
    Options.fields.map { field in
      OptionDescription(
        key: field.key, standard: field.write(Options()), expectation: field.expectation,
        meaning: field.meaning)
    }
  }
}
