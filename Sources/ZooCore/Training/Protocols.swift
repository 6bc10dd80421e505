/// Maps latent codes, and labels if conditional, to samples: images `[N, H, W, C]` or points
/// `[N, D]`.
public protocol Generator {
  /// Where latent codes come from.
  var latent: LatentSpace { get }
  /// The generated samples for `input`.
  func callAsFunction(_ input: GeneratorInput, _ context: Context) -> Tensor
  /// Writes the generator as an ONNX graph, as it works in inference.
  func export(to graph: GraphBuilder) throws(ZooError)
}

extension Generator {
  /// An error: not every generator has an ONNX form.
  public func export(to graph: GraphBuilder) throws(ZooError) {
    throw graph.noForm(of: "the generator \(Self.self)")
  }
}

/// What a generator starts from.
public struct GeneratorInput {
  /// Latent codes `[N, size]`.
  public var latents: Tensor
  /// One class for each sample, where the data have labels.
  public var labels: [Int32]?
  /// Images to translate, for generators that do not start from noise alone.
  public var source: Tensor?

  /// An input from latent codes.
  public init(latents: Tensor, labels: [Int32]? = nil, source: Tensor? = nil) {
    self.latents = latents
    self.labels = labels
    self.source = source
  }
}

/// Scores samples: logits or critic values `[N, 1]`.
public protocol Discriminator {
  /// One score for each sample; labels are there where the data have them.
  func callAsFunction(_ samples: Tensor, labels: [Int32]?, _ context: Context) -> Tensor
  /// Whether a sample's score depends on the other samples of its batch, as with batch norm.
  var mixesSamples: Bool { get }
}

extension Discriminator {
  /// The careful answer: real and fake batches are then scored apart.
  public var mixesSamples: Bool { true }
}

/// What each player minimises, and what is done to the critic after its update (WGAN clips).
public protocol Objective {
  /// The discriminator's loss on a real and a fake batch.
  func discriminatorLoss(_ round: Round) -> Loss
  /// The generator's loss; `round.fakes` can be differentiated.
  func generatorLoss(_ round: Round) -> Loss
  /// Discriminator updates before generator update `step`; `configured` is `training.discriminatorSteps`.
  func discriminatorSteps(at step: Int, configured: Int) -> Int
  /// What is done to the discriminator after each of its updates.
  func constrain(_ discriminator: ParameterStore)
}

extension Objective {
  /// As configured.
  public func discriminatorSteps(at step: Int, configured: Int) -> Int { configured }
  /// Nothing.
  public func constrain(_ discriminator: ParameterStore) {}
}

/// A loss, and the parts of it that the log names.
public struct Loss {
  /// What is minimised, of shape `[]`.
  public let total: Tensor
  /// Named values for the log, of shape `[]`.
  public let terms: [(name: String, value: Tensor)]

  /// A loss with named terms.
  public init(_ total: Tensor, terms: KeyValuePairs<String, Tensor> = [:]) {
    require(total.shape.isEmpty, "a loss is one number, found shape \(total.shape)")
    self.total = total
    self.terms = terms.map { ($0.key, $0.value.detached()) }
  }
}

/// A minibatch of data.
public struct Batch {
  /// Images `[N, H, W, C]` or points `[N, D]`, in the config's range.
  public var samples: Tensor
  /// One class for each sample, where the data have labels.
  public var labels: [Int32]?
  /// A second domain: the images to translate, paired with `samples` or not.
  public var source: Tensor?

  /// A minibatch of samples.
  public init(samples: Tensor, labels: [Int32]? = nil, source: Tensor? = nil) {
    self.samples = samples
    self.labels = labels
    self.source = source
  }

  /// The number of samples.
  public var count: Int { samples.shape[0] }
}

/// What an objective sees of one update.
public struct Round {
  /// The generator step, from 0.
  public let step: Int
  /// Which update within the step: discriminator updates count from 0, the generator's comes last.
  public let substep: Int
  /// Real data: in the generator's round the batch that the discriminator saw last.
  public let real: Batch
  /// What the generator made of `input`: constant in the discriminator's round, tracked in the
  /// generator's own.
  public let fakes: Tensor
  /// What the fakes were made from; labels are the real batch's.
  public let input: GeneratorInput
  /// The forward pass: its mode and random numbers, which are this update's own.
  public let context: Context
  private let discriminator: any Discriminator

  /// One update's view.
  public init(
    step: Int, substep: Int, real: Batch, fakes: Tensor, input: GeneratorInput, context: Context,
    discriminator: any Discriminator
  ) {
    self.step = step
    self.substep = substep
    self.real = real
    self.fakes = fakes
    self.input = input
    self.context = context
    self.discriminator = discriminator
  }

  /// The discriminator's scores `[N, 1]` of samples with the fakes' labels, which in the
  /// discriminator's round are those of the real batch.
  public func score(_ samples: Tensor) -> Tensor { score(samples, labels: input.labels) }

  /// The discriminator's scores of samples with labels of their own.
  public func score(_ samples: Tensor, labels: [Int32]?) -> Tensor {
    discriminator(samples, labels: labels, context)
  }

  /// The scores of the real batch and of the fakes: in one pass where the discriminator judges each
  /// sample by itself, which is faster, else apart, as batch norm needs it.
  public func scores() -> (real: Tensor, fake: Tensor) {
    guard !discriminator.mixesSamples else {
      return (score(real.samples, labels: real.labels), score(fakes))
    }
    let labels = real.labels.map { $0 + (input.labels ?? $0) }
    let both = score(.concatenated([real.samples, fakes]), labels: labels)
    return (
      both.slice(at: [0, 0], shape: [real.count, 1]),
      both.slice(at: [real.count, 0], shape: [fakes.shape[0], 1])
    )
  }

  /// Random numbers that nobody else in this update uses.
  public var random: RandomSource { context.random }
}
