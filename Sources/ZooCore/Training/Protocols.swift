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
