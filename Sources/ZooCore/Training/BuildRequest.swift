/// What one of a variant's networks is for.
public struct NetworkRole: Equatable, Sendable {
  /// The name in configs: `generator`, `discriminator`, or a variant's own.
  public let name: String
  /// Who trains it.
  public let player: Player
  /// What the advice for a wrong last layer is.
  let outputAdvice: String

  /// What draws.
  public static let generator = NetworkRole(
    name: "generator", player: .generator,
    outputAdvice: "the generator must draw what the dataset holds")
  /// What judges.
  public static let discriminator = NetworkRole(
    name: "discriminator", player: .discriminator,
    outputAdvice: "a score is one number per sample")
}

/// What a variant builds from.
public final class BuildRequest<Options> {
  /// The config's `objective` block.
  public let options: Options
  /// All other settings.
  public var config: RunConfig { construction.config }
  /// What is known of the data.
  public var data: DataShape { construction.data }
  let construction: Construction

  init(_ options: Options, _ construction: Construction) {
    self.options = options
    self.construction = construction
  }

  /// The network of a role as the config gives it, from samples of one shape to those of another.
  ///
  /// Where its layers do not fit, the fault is told with its place when `build` returns; what is
  /// given back has the wanted shapes and must not be computed.
  ///
  /// - Parameter style: The size of a style vector, where passes through it have any.
  public func network(
    _ role: NetworkRole, from input: Shape, to output: Shape, style: Int? = nil
  ) -> Network {
    construction.network(role, from: input, to: output, style: style)
  }

  /// Where the parameters of a role's player go that no layer owns, such as codes of classes.
  public func scope(_ role: NetworkRole) -> Scope { construction.scope(role) }

  /// The usual contest: both networks as the config says, conditional or not, and this objective.
  public func contest(_ objective: any Objective) -> Contest {
    Contest(
      generator: generator(), discriminator: discriminator(), objective: objective,
      generatorStore: construction.generatorStore,
      discriminatorStore: construction.discriminatorStore)
  }
}
