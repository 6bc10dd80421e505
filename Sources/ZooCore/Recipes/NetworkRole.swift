/// What one of a variant's networks is for.
public struct NetworkRole: Equatable, Sendable {
  /// The name in configs: `generator`, `discriminator`, or a variant's own.
  public let name: String
  /// Who trains it.
  public let player: Player
  /// What it does, in a few words.
  public let meaning: String
  /// The role whose layers architectures have for it: its own, unless it is another's twin.
  let layersOf: String

  /// A network that a variant adds, given under `networks` in configs.
  ///
  /// - Parameter twin: The role whose layers it has in architectures, such as a second generator.
  public init(
    _ name: String, trainedBy player: Player, like twin: NetworkRole? = nil, _ meaning: String
  ) {
    require(!["generator", "discriminator"].contains(name), "the role \(name) is there already")
    self.init(name: name, player: player, meaning: meaning, layersOf: twin?.name ?? name)
  }

  private init(name: String, player: Player, meaning: String, layersOf: String) {
    (self.name, self.player) = (name, player)
    (self.meaning, self.layersOf) = (meaning, layersOf)
  }

  /// What draws.
  public static let generator = NetworkRole(
    name: "generator", player: .generator, meaning: "draws samples", layersOf: "generator")
  /// What judges.
  public static let discriminator = NetworkRole(
    name: "discriminator", player: .discriminator, meaning: "judges samples",
    layersOf: "discriminator")

  /// Whether the variant adds it to the two that most have.
  var isAdded: Bool { self != .generator && self != .discriminator }

  /// The keys that lead to its settings.
  var keys: [String] { isAdded ? ["networks", name] : [name] }

  /// The same as a path in a config.
  var path: String { keys.joined(separator: ".") }

  /// What the advice for a wrong last layer is.
  var outputAdvice: String {
    switch self {
    case .generator: "the generator must draw what the dataset holds"
    case .discriminator: "a score is one number per sample"
    default: "this network \(meaning)"
    }
  }
}
