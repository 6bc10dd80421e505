/// Draws samples, images `[N, H, W, C]` or points `[N, D]`, from what it takes: latent codes, classes,
/// images of another domain.
public protocol Generator {
  /// What it draws from.
  var takes: Ingredients { get }
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

/// Scores samples: logits or critic values `[N, …]`, one for each sample or for each of its patches.
public protocol Discriminator {
  /// The scores of samples, of which this is known: labels are there where the data have them.
  func callAsFunction(
    _ samples: Tensor, given condition: Condition, _ context: Context
  ) -> Tensor
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
    self.init(total, named: terms.map { ($0.key, $0.value.detached()) })
  }

  /// The same of a list.
  init(_ total: Tensor, named terms: [(name: String, value: Tensor)]) {
    (self.total, self.terms) = (total, terms)
  }

  /// The same with more terms for the log.
  func telling(_ terms: KeyValuePairs<String, Tensor>) -> Loss {
    Loss(total, named: self.terms + terms.map { ($0.key, $0.value.detached()) })
  }

  /// The sum with another loss, whose terms have other names.
  public func adding(_ other: Loss) -> Loss {
    Loss(total + other.total, named: terms + other.terms)
  }

  /// The same with more to minimise, of shape `[]`.
  public func adding(_ more: Tensor, terms: KeyValuePairs<String, Tensor> = [:]) -> Loss {
    adding(Loss(more, terms: terms))
  }
}
