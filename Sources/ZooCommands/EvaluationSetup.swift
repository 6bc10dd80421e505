import ZooCore

/// What `eval`, `run` and `resume` share: from data to what samples of them are judged by.
enum EvaluationSetup {
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
