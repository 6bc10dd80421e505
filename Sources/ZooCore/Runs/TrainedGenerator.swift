/// A generator out of a checkpoint, ready to draw; it needs no dataset.
public struct TrainedGenerator {
  /// The checkpoint that it comes from.
  public let checkpoint: Checkpoint
  /// The run's recipe.
  public let recipe: Recipe
  /// The contest whose generator draws.
  public let contest: Contest
  /// Whether the moving average draws.
  public let isAverage: Bool

  /// The generator of a checkpoint, or of the newest good checkpoint of a run.
  ///
  /// - Parameters:
  ///   - path: The folder of a checkpoint or of a run.
  ///   - raw: The last weights even where there is a moving average.
  ///   - warn: Is told of checkpoints that are damaged.
  public init(
    in path: String, raw: Bool, registry: Registry, warn: (ZooError) -> Void
  ) throws(ZooError) {
    let isRun = Files.exists(Files.join(path, "config.json"))
    if isRun {
      let folder = CheckpointFolder(Files.join(path, "checkpoints"))
      guard let newest = try folder.newest(warn) else {
        throw ZooError(
          .data, "the run has no checkpoint yet", at: Text.printable(path),
          advice: "train it on with zoo resume \(Shell.quoted(path))")
      }
      checkpoint = newest
    } else {
      guard Files.exists(Files.join(path, Checkpoint.manifest)), !RunDirectory.isRun(path) else {
        throw RunDirectory.missing(at: path)
      }
      checkpoint = try CheckpointFolder.checkpoint(at: path)
    }
    do throws(ZooError) {
      recipe = try Recipe(
        parsing: Array(checkpoint.config.pretty().utf8), file: Files.join(path, "config.json"),
        registry: registry)
    } catch {
      throw ForeignVariant.explain(
        error, checkpoint.config, ofRun: isRun ? path : Files.join(path, "../.."), registry)
    }
    (contest, isAverage) = try Self.contest(checkpoint, recipe, raw: raw)
  }

  /// The generator of a checkpoint that came from elsewhere.
  init(_ checkpoint: Checkpoint, registry: Registry) throws(ZooError) {
    self.checkpoint = checkpoint
    recipe = try Recipe(
      parsing: Array(checkpoint.config.pretty().utf8), file: "the first rank's config",
      registry: registry)
    (contest, isAverage) = try Self.contest(checkpoint, recipe, raw: false)
  }

  private static func contest(
    _ checkpoint: Checkpoint, _ recipe: Recipe, raw: Bool
  ) throws(ZooError) -> (Contest, isAverage: Bool) {
    let contest = try Plan(recipe, for: DataShape(checkpoint.dataset), purpose: .drawing).contest
    let isAverage = try checkpoint.restoreGenerator(contest, average: !raw)
    let training = recipe.config.training
    if isAverage, training.averageStatistics == .standing {
      try contest.renewStatistics(batch: training.batch.largest, seed: UInt32(training.seed))
    }
    return (contest, isAverage)
  }

  /// The shape of one sample.
  public var sampleShape: Shape { checkpoint.dataset.sampleShape }

  /// What the generator draws from.
  public var takes: Ingredients { contest.generator.takes }

  /// The samples with these numbers, in portions that need no more memory than training.
  ///
  /// - Parameter seed: Seeds random numbers of layers, which are each sample's own.
  public func draw(
    _ numbers: Range<Int>, of inputs: InputSource, seed: UInt32
  ) throws(ZooError) -> Tensor {
    try contest.generator.draw(
      numbers, of: inputs, portion: max(recipe.config.training.batch.largest, 64), seed: seed,
      step: checkpoint.step)
  }

  /// The pictures that the objective adds to those of the samples.
  public var sheets: [Sheet] { contest.objective.sheets }

  /// The images of a sheet.
  ///
  /// - Parameter real: Gives so many samples of the data, for sheets that show some.
  public func draw(
    _ sheet: Sheet, seed: UInt32, real: @escaping (_ count: Int) throws(ZooError) -> Batch
  ) throws(ZooError) -> Tensor {
    try sheet.images(Easel(seed: seed, step: checkpoint.step, real: real))
  }

  /// Image values brought from the config's range to 0...1; points as they are.
  public func unit(_ samples: Tensor) -> [Float] {
    guard sampleShape.count == 3 else { return samples.floats }
    return samples.unit(from: recipe.config.data.range)
  }
}

extension SampleSource {
  /// Samples of a generator, in equal shares of all classes if it takes classes; what a translator
  /// makes of the test images, all of them at most.
  public init(_ generator: TrainedGenerator, count: Int, seed: UInt32, test: any Dataset) {
    let inputs = generator.takes.inputs(
      count, from: RandomStream(seed: seed, purpose: .evaluation), of: test,
      range: generator.recipe.config.data.range)
    self.init(of: inputs, range: generator.recipe.config.data.range) { numbers throws(ZooError) in
      try generator.draw(numbers, of: inputs, seed: seed)
    }
  }
}

extension Evaluation {
  /// Judges a generator by `count` samples, and as many training samples beside them.
  ///
  /// - Parameter messenger: The way to the ranks that describe a share of the samples each.
  public init(
    of generator: TrainedGenerator, count: Int, seed: UInt32, _ data: EvaluationData,
    _ space: FeatureSpace, with messenger: (any Messenger)? = nil,
    progress: Evaluator.Progress = { _, _ in }
  ) throws(ZooError) {
    var source = SampleSource(generator, count: count, seed: seed, test: data.test)
    source.share = messenger?.share
    try self.init(
      of: source, data, space,
      examine: { test, classifier throws(ZooError) in
        try generator.contest.scores(
          Examination(
            seed: seed, step: generator.checkpoint.step, count: count, test: test,
            range: generator.recipe.config.data.range, classifier: classifier))
      }, progress: progress)
  }
}
