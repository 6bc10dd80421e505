/// What an objective sees of one update.
public final class Round {
  /// Where the run is, for options that change over it: `options.weight.value(at: round.position)`.
  public let position: RunPosition
  /// The generator step, from 0.
  public var step: Int { position.step }
  /// Which update within the step, from 0.
  public let substep: Int
  /// Real data.
  public let real: Batch
  /// The forward pass: its mode and random numbers, which are this update's own.
  public let context: Context
  /// What fakes are made from, drawn when first asked for; what is known of them is the real batch's.
  public private(set) lazy var input: GeneratorInput = {
    let input = draw()
    drawn = input
    return input
  }()
  /// What the generator makes of `input`, when first asked for: constant in a turn of the
  /// discriminator, tracked in one of the generator.
  public private(set) lazy var fakes: Tensor = {
    let fakes = make(input)
    made = fakes
    return fakes
  }()
  /// The input, if anybody asked for it.
  private(set) var drawn: GeneratorInput?
  /// The fakes, if anybody asked for them.
  private(set) var made: Tensor?
  /// What is to be kept once the update is done.
  private(set) var remembered: [(buffer: Parameter, value: Tensor)] = []
  /// The scores of the real batch, once both kinds were scored.
  private(set) var realScores: Tensor?
  private let draw: () -> GeneratorInput
  private let make: (GeneratorInput) -> Tensor
  private let discriminator: (any Discriminator)?
  private let augmentation: Augmentation

  /// One update's view; `draw` and `make` are called at most once.
  init(
    at position: RunPosition, substep: Int, real: Batch, context: Context,
    discriminator: (any Discriminator)?, augmentation: Augmentation = Augmentation(),
    draw: @escaping () -> GeneratorInput, make: @escaping (GeneratorInput) -> Tensor
  ) {
    self.position = position
    self.substep = substep
    self.real = real
    self.context = context
    self.discriminator = discriminator
    self.augmentation = augmentation
    self.draw = draw
    self.make = make
  }

  /// One update's view with fakes that are there already.
  ///
  /// - Parameter steps: Steps that the run has, for schedules over it; nil where nobody knows.
  public convenience init(
    step: Int, of steps: Int? = nil, substep: Int, real: Batch, fakes: Tensor,
    input: GeneratorInput, context: Context,
    discriminator: (any Discriminator)?
  ) {
    self.init(
      at: RunPosition(step: step, steps: steps), substep: substep, real: real,
      context: context, discriminator: discriminator, draw: { input }, make: { _ in fakes })
  }

  /// The discriminator's scores `[N, …]` of samples, of which is known what is known of the fakes.
  public func score(_ samples: Tensor) -> Tensor { score(samples, given: input.condition) }

  /// The discriminator's scores of samples, of which this is known.
  public func score(_ samples: Tensor, given condition: Condition) -> Tensor {
    guard let discriminator else { fatalError("score: this contest has no discriminator") }
    return discriminator(seen(samples), given: condition, context)
  }

  /// Samples as a discriminator is to see them: changed at random where the config says so.
  public func seen(_ samples: Tensor) -> Tensor {
    augmentation.isNone ? samples : augmentation(samples, context.random)
  }

  /// The scores of the real batch and of the fakes: in one pass where the discriminator judges each
  /// sample by itself, which is faster, else apart, as batch norm needs it.
  public func scores() -> (real: Tensor, fake: Tensor) {
    // Fakes first, so that the generator's random numbers do not depend on how scores are taken.
    let fakes = fakes
    return scores(of: real.samples, fakes)
  }

  /// The same of samples that stand for the real batch and the fakes, such as their values with a
  /// history of their own.
  public func scores(of samples: Tensor, _ fakes: Tensor) -> (real: Tensor, fake: Tensor) {
    let scores = ofBoth(samples, fakes, mixingSamples: discriminator?.mixesSamples != false) {
      score($0, given: $1)
    }
    note(realScores: scores.real)
    return scores
  }

  /// Tells the scores of the real batch, where they were not taken by `scores`: an adapting augmentation
  /// looks at them.
  public func note(realScores: Tensor) { self.realScores = realScores }

  /// Lets `buffer`, which an objective keeps, be `value` once this update is done; of the shards of a
  /// batch it is their mean.
  public func remember(_ value: Tensor, in buffer: Parameter) { remembered.append((buffer, value)) }

  /// What `judge` makes of the real batch and of the fakes, of which so much is known: in one pass
  /// unless it mixes samples.
  func ofBoth(
    mixingSamples: Bool, _ judge: (Tensor, Condition) -> Tensor
  ) -> (real: Tensor, fake: Tensor) {
    let fakes = fakes
    return ofBoth(real.samples, fakes, mixingSamples: mixingSamples, judge)
  }

  private func ofBoth(
    _ samples: Tensor, _ fakes: Tensor, mixingSamples: Bool,
    _ judge: (Tensor, Condition) -> Tensor
  ) -> (real: Tensor, fake: Tensor) {
    guard !mixingSamples else {
      return (judge(samples, real.condition), judge(fakes, input.condition))
    }
    let both = judge(.concatenated([samples, fakes]), real.condition + input.condition)
    return (both.rows(0..<real.count), both.rows(real.count..<real.count + fakes.shape[0]))
  }

  /// Random numbers that nobody else in this update uses.
  public var random: RandomSource { context.random }
}
