import ZooCore

/// What `eval`, `sample`, `run` and `resume` share: from data to what samples of them are judged by.
enum EvaluationSetup {
  /// The data that a generator was trained on, and where they are if not a set of the program.
  static func training(
    of generator: TrainedGenerator, _ arguments: Arguments, _ warnings: Warnings
  ) throws(ZooError) -> (dataset: any Dataset, path: String?) {
    let known = generator.checkpoint.dataset
    var settings = generator.recipe.config.data
    // The data that the run has had, should a fallback have served.
    if settings.path == nil || settings.fallback == known.name {
      (settings.dataset, settings.path, settings.fallback) = (known.name, nil, nil)
    }
    let training = try Setup.data(arguments, settings, warnings).dataset
    if let difference = known.difference(from: training) {
      throw ZooError(
        .data, "the dataset \(known.name) is not what the run was trained on: \(difference)",
        at: Text.printable(settings.path ?? Setup.dataDirectory(arguments)),
        advice: "point --data-dir to the data of the run")
    }
    return (training, settings.path)
  }

  /// A dataset beside the samples that were kept from training.
  ///
  /// - Parameter path: Where data of one's own are; nil for a set of the program.
  static func data(
    _ training: any Dataset, path: String?, _ arguments: Arguments, _ warnings: Warnings
  ) throws(ZooError) -> EvaluationData {
    let library = DataLibrary(directory: Setup.dataDirectory(arguments))
    let data = try EvaluationData(
      training, test: path == nil ? library.testSplit(of: training.name) : nil)
    warnings.add(notice: data.notice)
    return data
  }

  /// The space in which samples are compared; a classifier that is missing is trained now.
  static func space(
    for data: EvaluationData, _ arguments: Arguments, _ progress: inout PhaseProgress,
    _ warnings: Warnings
  ) throws(ZooError) -> FeatureSpace {
    let directory = Setup.dataDirectory(arguments)
    return try FeatureSpace(
      for: data, cache: ClassifierCache(dataDirectory: directory),
      library: DataLibrary(directory: directory),
      progress: { progress.show("training a classifier of the data, once", $0) },
      warn: warnings.add)
  }

  /// What a run judges its generator by, if its config asks for that.
  static func onTheWay(
    _ recipe: Recipe, on dataset: any Dataset, _ arguments: Arguments, _ warnings: Warnings
  ) throws(ZooError) -> TrainingEvaluation? {
    guard let every = recipe.config.training.evalEvery, every > 0 else { return nil }
    _ = try recipe.plan(for: dataset).bestMetric(for: dataset)
    var progress = PhaseProgress(quiet: arguments.has("--quiet"))
    let settings = recipe.config.data
    // A fallback that serves is a set of the program.
    let path = settings.fallback == dataset.name ? nil : settings.path
    let data = try advised(
      "or set training.evalEvery to 0, which trains without evaluations"
    ) { () throws(ZooError) -> EvaluationData in
      try Self.data(dataset, path: path, arguments, warnings)
    }
    let space = try space(for: data, arguments, &progress, warnings)
    let evaluation = try TrainingEvaluation(data, space) { progress.show($0, $1) }
    progress.finish()
    return evaluation
  }

  /// What `body` returns; what is wrong with the data is told with one more way out.
  private static func advised<Result>(
    _ wayOut: String, _ body: () throws(ZooError) -> Result
  ) throws(ZooError) -> Result {
    do throws(ZooError) {
      return try body()
    } catch {
      guard error.kind == .data else { throw error }
      throw ZooError(
        error.kind,
        error.findings.map { finding in
          var finding = finding
          finding.advice = [finding.advice, wayOut].compactMap { $0 }.joined(separator: ", ")
          return finding
        })
    }
  }
}
