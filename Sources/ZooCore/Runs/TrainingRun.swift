/// A recipe, its data and its folder, carried through to the last step.
public final class TrainingRun {
  /// What a watcher is told.
  public enum Event {
    /// A step is done; the rate counts the real images of this step.
    case step(StepReport, imagesPerSecond: Double)
    /// A picture was written.
    case sample(path: String)
    /// Weights were written.
    case weights(path: String)
  }

  /// The folder.
  public let directory: RunDirectory
  /// The training loop.
  public let trainer: Trainer
  /// How many steps the run has.
  public let steps: Int
  private let recipe: Recipe
  private let metrics: LogFile
  private let picture: SamplePicture

  /// Prepares a run; nothing is written before recipe and data are known to fit.
  ///
  /// - Parameters:
  ///   - recipe: What to train.
  ///   - dataset: What to train on.
  ///   - path: The run's folder, which must not exist; nil for a new one below `runs/`.
  ///   - manifest: What is to be remembered of how the run came about.
  public init(
    _ recipe: Recipe, on dataset: any Dataset, in path: String?, manifest: JSONValue
  ) throws(ZooError) {
    self.recipe = recipe
    steps = recipe.config.training.steps
    trainer = try recipe.trainer(on: dataset)
    let shape = dataset.sampleShape
    picture = try SamplePicture(recipe, dataset)
    directory = try RunDirectory(
      creating: path, name: recipe.name,
      files: ["config.json": try recipe.resolved(for: shape), "manifest.json": manifest])
    metrics = try LogFile(appendingTo: directory.metrics)
  }

  /// Trains to the last step.
  ///
  /// - Throws: `ZooError` when training diverges or the disk fails.
  public func run(_ watch: (Event) -> Void) throws(ZooError) {
    let output = recipe.config.output
    let clock = ContinuousClock()
    let start = clock.now
    try writeSample(watch)
    while trainer.step < steps {
      let stepStart = clock.now
      let report = try runStep(watch)
      let now = clock.now
      let rate = Double(report.images) / max((now - stepStart).seconds, 1e-9)
      if report.step % output.logEvery == 0 || report.step == steps {
        try log(report, rate, seconds: (now - start).seconds)
      }
      watch(.step(report, imagesPerSecond: rate))
      if report.step % output.sampleEvery == 0 || report.step == steps {
        try writeSample(watch)
      }
      if report.step % output.checkpointEvery == 0 || report.step == steps {
        watch(.weights(path: try directory.writeWeights(of: trainer)))
      }
    }
  }

  /// A step of the loop; when it diverges, the last finite weights are written.
  private func runStep(_ watch: (Event) -> Void) throws(ZooError) -> StepReport {
    do throws(ZooError) {
      return try trainer.runStep()
    } catch {
      if error.kind == .diverged {
        watch(.weights(path: try directory.writeWeights(of: trainer)))
      }
      throw error
    }
  }

  private func log(_ report: StepReport, _ rate: Double, seconds: Double) throws(ZooError) {
    var members: [JSONValue.Member] = [
      .init("step", .number(report.step)),
      .init("discriminatorLoss", .number(report.discriminatorLoss)),
      .init("generatorLoss", .number(report.generatorLoss)),
    ]
    members += report.terms.map { .init($0.name, .number($0.value)) }
    // Timings with the digits that mean something.
    members.append(.init("imagesPerSecond", .number((rate * 100).rounded() / 100)))
    members.append(.init("seconds", .number((seconds * 1000).rounded() / 1000)))
    try metrics.write(line: JSONValue.object(members).compact())
  }

  private func writeSample(_ watch: (Event) -> Void) throws(ZooError) {
    let path = directory.sample(step: trainer.step)
    try Files.write(picture.draw(trainer), to: path)
    watch(.sample(path: path))
  }
}

extension Duration {
  /// The duration in seconds.
  public var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
