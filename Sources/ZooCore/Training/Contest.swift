/// Two players and what they play for.
public struct Contest {
  /// Makes samples.
  public let generator: any Generator
  /// Judges samples.
  public let discriminator: any Discriminator
  /// What both minimise.
  public let objective: any Objective
  /// All that the generator's player trains, however many networks it has.
  public let generatorStore: ParameterStore
  /// All that the discriminator's player trains.
  public let discriminatorStore: ParameterStore

  /// A contest between players whose networks are registered in these stores.
  public init(
    generator: any Generator, discriminator: any Discriminator, objective: any Objective,
    generatorStore: ParameterStore, discriminatorStore: ParameterStore
  ) {
    self.generator = generator
    self.discriminator = discriminator
    self.objective = objective
    self.generatorStore = generatorStore
    self.discriminatorStore = discriminatorStore
  }

  /// Everything that both players hold, under names for people.
  var tensors: [(name: String, tensor: Tensor)] { named(\.parameters) + named(\.buffers) }

  /// What both players hold of one kind, under names for people.
  func named(
    _ kind: KeyPath<ParameterStore, [Parameter]>
  ) -> [(name: String, tensor: Tensor)] {
    [("generator", generatorStore), ("discriminator", discriminatorStore)].flatMap {
      player, store in
      store[keyPath: kind].map { ("the \(player)'s \($0.name)", $0.value) }
    }
  }
}
