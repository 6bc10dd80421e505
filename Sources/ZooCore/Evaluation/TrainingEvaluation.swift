/// Judges the generator of a run while it trains, each time by the same latent codes.
///
/// The codes are a random sequence of their own and nothing of the run is touched: its bits are the
/// same without evaluations.
public struct TrainingEvaluation {
  /// How many samples are judged: the Fréchet distance of 2,000 varies by some percent from one
  /// draw to the next, and they take a second or two.
  public static let sampleCount = 2000

  private let evaluator: Evaluator
  private let space: FeatureSpace
  private let real: Scores
  private let realCount: Int
  private let count: Int
  private let notice: String?

  /// Prepares the test samples, and judges as many real ones.
  ///
  /// - Throws: `.usage` if there are too few of them.
  public init(
    _ data: EvaluationData, _ space: FeatureSpace, progress: Evaluator.Progress = { _, _ in }
  ) throws(ZooError) {
    count = min(Self.sampleCount, data.test.count)
    notice = data.notice
    self.space = space
    evaluator = try Evaluator(data, space, count: count, progress: progress)
    let source = SampleSource(data.training, count: count)
    real = try evaluator.judge(source, as: "real", progress: progress)
    realCount = source.count
  }

  /// Judges the trainer's generator, or its moving average, whose samples lie in `range`.
  ///
  /// - Throws: `.diverged` if samples are not finite.
  func judge(_ trainer: Trainer, range: ClosedRange<Double>) throws(ZooError) -> Evaluation {
    // Draw 0 of the purpose is that of `zoo eval`, which must not meet the codes by which a step was
    // found the best.
    let inputs = trainer.contest.generator.takes.inputs(
      count, from: RandomStream(seed: trainer.settings.seed, purpose: .evaluation, draw: 1),
      of: evaluator.data.test, range: range)
    let source = SampleSource(of: inputs, range: range) { numbers throws(ZooError) in
      try trainer.draw(numbers, of: inputs)
    }
    var generated = try evaluator.judge(source, as: "generated")
    generated.list += try TranslationScores(source, evaluator.data.test, space.classifier).generated
    generated.list += try trainer.whileAveraged { () throws(ZooError) in
      try trainer.contest.scores(
        Examination(
          seed: trainer.settings.seed, step: trainer.step, count: count, test: evaluator.data.test,
          range: range, classifier: space.classifier))
    }
    return Evaluation(
      generated: generated, real: real, realCount: realCount,
      space, evaluator, count: count, notice: notice)
  }
}
