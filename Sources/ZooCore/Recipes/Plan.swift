/// A recipe for certain data: its contest built, and all that the building left behind.
public struct Plan {
  /// What is trained.
  public let recipe: Recipe
  /// On what.
  public let data: DataShape
  /// The players and what they play for, at their beginning.
  public let contest: Contest
  /// The networks layer by layer, in the order in which the variant built them.
  public let outlines: [NetworkOutline]
  /// The config with every value that holds, layers written out.
  public let resolved: JSONValue

  /// What is done with a contest.
  public enum Purpose: Sendable {
    /// Batches that a layer could not learn of are refused.
    case training
    /// What was trained can be drawn, whatever its batches were, in portions of a batch.
    case drawing
    /// The same, one sample at a time.
    case translation
  }

  /// Builds the recipe's contest; nothing is computed.
  ///
  /// - Throws: `.usage` with all that does not fit the data, each fault with its place.
  public init(
    _ recipe: Recipe, for data: DataShape, type: ElementType = .float32,
    purpose: Purpose = .training
  ) throws(ZooError) {
    let construction = Construction(recipe, data, type, for: purpose)
    try construction.expectSamples()
    try construction.expectLabels()
    try construction.expectDomains()
    contest = try construction.contest()
    self.recipe = recipe
    self.data = data
    outlines = construction.outlines
    resolved = recipe.written(construction.resolved)
  }

  /// Where the config differs from the variant's defaults.
  public func changes() -> [ConfigDifference] {
    // A default architecture may not be known here or not fit these samples: all is then the
    // config's own.
    let defaults = try? recipe.bare()
    let old =
      defaults.flatMap { try? Plan($0, for: data, purpose: .drawing).resolved }
      ?? defaults?.config.written ?? .object([])
    return ConfigDifference.between(old, resolved)
  }

  /// By which figure the best step of a run on these data is chosen.
  ///
  /// - Throws: `.usage` if evaluations of such data do not give the figure that was asked for.
  package func bestMetric(for dataset: any Dataset) throws(ZooError) -> BestMetric {
    try recipe.bestMetric(for: dataset, isConditional: contest.generator.takes.classes != nil)
  }

  /// A run at its beginning: the contest, its batches, and the loop.
  ///
  /// - Parameter objective: What takes the place of the contest's, to watch it for instance.
  public func trainer(
    on dataset: any Dataset, objective: (any Objective)? = nil
  ) -> Trainer {
    trainer(on: dataset, objective: objective, with: nil)
  }

  /// A rank's part of a run.
  ///
  /// - Parameter messenger: The way to the other ranks; nil where there are none.
  package func trainer(
    on dataset: any Dataset, objective: (any Objective)? = nil, with messenger: (any Messenger)?
  ) -> Trainer {
    let config = recipe.config
    var settings = config.training.settings
    settings.fakeLabels = config.conditioning?.fakeLabels ?? .batch
    settings.augmentation = config.training.augment
    settings.augmentation.range = config.data.range
    return Trainer(
      objective.map(contest.played(for:)) ?? contest,
      data: BatchSource(
        dataset, batch: settings.discriminatorBatch, seed: settings.seed,
        range: config.data.range,
        mirrored: config.data.mirror && dataset.sampleShape.count == 3), settings: settings,
      team: messenger.map { Team($0, shards: settings.shards) } ?? Team(shards: settings.shards))
  }
}

extension Recipe {
  /// The plan for samples of this shape, in so many classes if they have labels.
  public func plan(
    for sample: Shape, classes: Int? = nil, type: ElementType = .float32
  ) throws(ZooError) -> Plan {
    try Plan(self, for: DataShape(sample, classes: classes), type: type)
  }

  /// The plan for a dataset.
  public func plan(for dataset: any Dataset) throws(ZooError) -> Plan {
    try Plan(self, for: DataShape(dataset))
  }
}
