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
  private let count: Int

  /// Prepares the test samples, and judges as many real ones.
  ///
  /// - Throws: `.usage` if there are too few of them.
  public init(
    _ data: EvaluationData, _ space: FeatureSpace, progress: Evaluator.Progress = { _, _ in }
  ) throws(ZooError) {
    count = min(Self.sampleCount, data.test.count)
    self.space = space
    evaluator = try Evaluator(data, space, count: count, progress: progress)
    real = try evaluator.judge(
      SampleSource(data.training, count: count), as: "real", progress: progress)
  }

  /// Judges the trainer's generator, or its moving average, whose samples lie in `range`.
  ///
  /// - Throws: `.diverged` if samples are not finite.
  func judge(_ trainer: Trainer, range: ClosedRange<Double>, classes: Int?) throws(ZooError)
    -> Evaluation
  {
    // Draw 0 of the purpose is that of `zoo eval`, which must not meet the codes by which a step was
    // found the best.
    let latents = trainer.contest.generator.latent.draw(
      count, from: RandomStream(seed: trainer.settings.seed, purpose: .evaluation, draw: 1))
    let labels = classes.map { classes in (0..<count).map { $0 % classes } }
    let source = SampleSource(count: count, labels: labels) { places throws(ZooError) in
      let samples = trainer.draw(
        latents.rows(places), labels: labels.map { $0[places].map(Int32.init) })
      return samples.shape.count == 4
        ? Tensor(samples.unit(from: range), shape: samples.shape) : samples
    }
    return Evaluation(
      generated: try evaluator.judge(source, as: "generated"), real: real, space, evaluator,
      count: count)
  }
}

extension Trainer {
  /// What the generator, or its moving average, makes of latent codes, in portions of a training
  /// batch that need no more memory than training.
  func draw(_ latents: Tensor, labels: [Int32]?) -> Tensor {
    let random = RandomSource(seed: settings.seed, step: step, substep: 0)
    let context = Context(.inference, random: random, step: step)
    let count = latents.shape[0]
    func samples() -> Tensor {
      withoutDerivatives {
        let parts = stride(from: 0, to: count, by: settings.batch).map { first in
          let range = first..<min(first + settings.batch, count)
          return contest.generator(
            GeneratorInput(latents: latents.rows(range), labels: labels.map { Array($0[range]) }),
            context)
        }
        return .concatenated(parts)
      }
    }
    return average.map { $0.whileInUse(samples) } ?? samples()
  }
}

extension Tensor {
  /// The values of images in `range`, brought to 0...1.
  func unit(from range: ClosedRange<Double>) -> [Float] {
    let (lower, width) = (Float(range.lowerBound), Float(range.upperBound - range.lowerBound))
    return floats.map { max(0, min(1, ($0 - lower) / width)) }
  }
}
