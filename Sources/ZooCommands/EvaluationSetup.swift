import ZooCore

/// What `eval`, `run` and `resume` share: from data to what samples of them are judged by.
enum EvaluationSetup {
  /// A dataset beside the samples that were kept from training.
  ///
  /// - Parameter path: Where data of one's own are; nil for a set of the program.
  static func data(
    _ training: any Dataset, path: String?, _ arguments: Arguments
  ) throws(ZooError) -> EvaluationData {
    let library = DataLibrary(directory: Setup.dataDirectory(arguments))
    let data = try EvaluationData(
      training, test: path == nil ? library.testSplit(of: training.name) : nil)
    if let notice = data.notice, !arguments.has("--quiet") { Console.say("note: \(notice)") }
    return data
  }

  /// The space in which samples are compared; a classifier that is missing is trained now.
  static func space(
    for data: EvaluationData, _ arguments: Arguments, _ progress: inout PhaseProgress
  ) throws(ZooError) -> FeatureSpace {
    let directory = Setup.dataDirectory(arguments)
    return try FeatureSpace(
      for: data, cache: ClassifierCache(dataDirectory: directory),
      library: DataLibrary(directory: directory),
      progress: { progress.show("training a classifier of the data, once", $0) },
      warn: Console.warn)
  }

  /// What a run judges its generator by, if its config asks for that.
  static func onTheWay(
    _ recipe: Recipe, on dataset: any Dataset, _ arguments: Arguments
  ) throws(ZooError) -> TrainingEvaluation? {
    guard let every = recipe.config.training.evalEvery, every > 0 else { return nil }
    _ = try recipe.bestMetric(for: dataset)
    var progress = PhaseProgress(quiet: arguments.has("--quiet"))
    let settings = recipe.config.data
    // A fallback that serves is a set of the program.
    let path = settings.fallback == dataset.name ? nil : settings.path
    let data = try data(dataset, path: path, arguments)
    let space = try space(for: data, arguments, &progress)
    let evaluation = try TrainingEvaluation(data, space) { progress.show($0, $1) }
    progress.finish()
    return evaluation
  }
}
