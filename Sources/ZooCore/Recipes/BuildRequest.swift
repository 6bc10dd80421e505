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

  /// How many styles the layers of a role's network name, as the config gives it; 0 where none steers a
  /// layer, or layers do not fit, which is told when the network is built.
  public func stylePlaces(_ role: NetworkRole, from input: Shape, to output: Shape) -> Int {
    construction.stylePlaces(role, from: input, to: output) ?? 0
  }

  /// The network of a role whose output may have any shape, such as a map of scores.
  public func network(_ role: NetworkRole, from input: Shape) -> Network {
    construction.network(role, from: input, to: nil)
  }

  /// The network of a role that goes on where another ends, to samples of this shape.
  public func network(
    _ role: NetworkRole, after trunk: Network, to output: Shape
  ) -> Network {
    // What the trunk does not fit is told already.
    if trunk.isStandIn { return Network(standingFor: trunk.output, to: output) }
    return network(role, from: trunk.output, to: output)
  }

  /// Where the parameters of a role's player go that no layer owns, such as codes of classes.
  public func scope(_ role: NetworkRole) -> Scope { construction.scope(role) }

  /// Where an objective keeps what it remembers from step to step, as buffers: checkpoints have it.
  public var state: Scope { construction.scope(of: "objective", in: construction.objectiveStore) }

  /// A pool of earlier fakes, of which each shard of a batch has its own share.
  ///
  /// - Parameters:
  ///   - name: What it is called among what the objective remembers.
  ///   - size: The value of the option `pool`, which is refused where a shard would get nothing.
  public func replayPool(_ name: String, size: Int, of sample: Shape) -> ReplayPool {
    let shards = config.training.shards
    if 1..<shards ~= size {
      refuse(
        ["objective", "pool"], "\(size) fakes are too few for \(shards) shards",
        advice: "keep at least \(shards), or none with 0")
    }
    return ReplayPool(state / name, size: size, of: sample)
  }

  /// The usual contest: both networks as the config says, conditional or not, and this objective.
  public func contest(_ objective: any Objective) -> Contest {
    contest(objective, generator: generator(), discriminator: discriminator())
  }

  /// A contest of players of the variant's own.
  ///
  /// - Parameter reverse: Translates the other way, where somebody does.
  public func contest(
    _ objective: any Objective, generator: any Generator, discriminator: (any Discriminator)?,
    reverse: (any Generator)? = nil
  ) -> Contest {
    Contest(
      generator: generator, discriminator: discriminator, objective: objective,
      generatorStore: construction.generatorStore,
      discriminatorStore: construction.discriminatorStore,
      objectiveStore: construction.objectiveStore, reverse: reverse)
  }

  /// Refuses `conditioning`, for a variant that asks for no classes.
  public func refuseClasses() {
    guard config.conditioning != nil else { return }
    refuse(
      ["conditioning"], "this variant takes no classes",
      advice: "leave \"conditioning\" out, or choose a variant such as \"cgan\"")
  }

  /// Refuses settings of the config that this variant cannot do with.
  ///
  /// - Parameter keys: The keys that lead to the setting, for its place: `["data", "range"]`.
  public func refuse(_ keys: [String], _ problem: String, advice: String?) {
    construction.refuse(keys, problem, advice: advice)
  }
}
