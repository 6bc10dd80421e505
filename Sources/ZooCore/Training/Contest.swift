/// Players and what they play for.
public struct Contest {
  /// Makes samples.
  public let generator: any Generator
  /// Judges samples; nil where nobody does.
  public let discriminator: (any Discriminator)?
  /// Translates the other way; nil where nobody does.
  public let reverse: (any Generator)?
  /// What is minimised.
  public let objective: any Objective
  /// All that the generator's player trains, however many networks it has.
  public let generatorStore: ParameterStore
  /// All that the discriminator's player trains.
  public let discriminatorStore: ParameterStore
  /// What the objective remembers from step to step.
  public let objectiveStore: ParameterStore

  /// A contest between players whose networks are registered in these stores.
  public init(
    generator: any Generator, discriminator: (any Discriminator)?, objective: any Objective,
    generatorStore: ParameterStore, discriminatorStore: ParameterStore,
    objectiveStore: ParameterStore = ParameterStore(), reverse: (any Generator)? = nil
  ) {
    self.reverse = reverse
    self.generator = generator
    self.discriminator = discriminator
    self.objective = objective
    self.generatorStore = generatorStore
    self.discriminatorStore = discriminatorStore
    self.objectiveStore = objectiveStore
  }

  /// The same players with another objective.
  func played(for objective: any Objective) -> Contest {
    Contest(
      generator: generator, discriminator: discriminator, objective: objective,
      generatorStore: generatorStore, discriminatorStore: discriminatorStore,
      objectiveStore: objectiveStore, reverse: reverse)
  }

  /// What a player trains.
  public func store(of player: Player) -> ParameterStore {
    player == .generator ? generatorStore : discriminatorStore
  }

  /// All stores, with names for people and files.
  var stores: [(name: String, store: ParameterStore)] {
    [
      ("generator", generatorStore), ("discriminator", discriminatorStore),
      ("objective", objectiveStore),
    ]
  }

  /// Everything that is trained or kept, under names for people.
  var tensors: [(name: String, tensor: Tensor)] { named(\.parameters) + named(\.buffers) }

  /// What all stores hold of one kind, under names for people.
  func named(
    _ kind: KeyPath<ParameterStore, [Parameter]>
  ) -> [(name: String, tensor: Tensor)] {
    stores.flatMap { owner, store in
      store[keyPath: kind].map { ("the \(owner)'s \($0.name)", $0.value) }
    }
  }
}
