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
    contest = try Plan(recipe, for: DataShape(checkpoint.dataset), isForTraining: false).contest
    isAverage = try checkpoint.restoreGenerator(contest, average: !raw)
  }

  /// The shape of one sample.
  public var sampleShape: Shape { checkpoint.dataset.sampleShape }

  /// Whether the generator asks for a class.
  public var isConditional: Bool { recipe.config.conditioning != nil }

  /// The number of classes, where there are labels.
  public var classes: Int? { checkpoint.dataset.classNames?.count }

  /// The samples of latent codes `[N, size]`, in portions that need no more memory than training.
  ///
  /// - Parameter labels: A class for each, if `isConditional`.
  public func draw(_ latents: Tensor, labels: [Int32]?) -> Tensor {
    contest.generator.draw(
      latents, labels, portion: max(recipe.config.training.batch.largest, 64),
      Context(
        .inference, random: RandomSource(seed: 0, step: 0, substep: 0), step: checkpoint.step))
  }

  /// Image values brought from the config's range to 0...1; points as they are.
  public func unit(_ samples: Tensor) -> [Float] {
    guard sampleShape.count == 3 else { return samples.floats }
    return samples.unit(from: recipe.config.data.range)
  }
}
