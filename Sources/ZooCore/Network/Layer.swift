/// Whether a network learns or is used: batch norm and dropout differ.
public enum Mode: Sendable {
  case training, inference
}

/// What a forward pass needs besides its input.
public struct Context {
  /// Learning or using.
  public let mode: Mode
  /// Random numbers for dropout and noise.
  public let random: RandomSource
  /// The generator step, for networks that change as training goes on.
  public let step: Int
  /// What steers styled layers, in networks that have them.
  public var styles: Styles?
  /// In a pass that only looks at what batch norm sees: the share of this batch in the statistics.
  var statisticsShare: Double?

  /// A pass in `mode` with these random numbers.
  public init(_ mode: Mode, random: RandomSource, step: Int = 0, styles: Styles? = nil) {
    self.mode = mode
    self.random = random
    self.step = step
    self.styles = styles
  }

  /// The same pass, steered by these styles.
  public func styled(by styles: Styles) -> Context {
    var context = self
    context.styles = styles
    return context
  }
}

/// One step of a network, from `[N, …]` to `[N, …]`.
public protocol Layer {
  /// The layer's output.
  func callAsFunction(_ input: Tensor, _ context: Context) -> Tensor
  /// Whether a sample's output depends on the other samples of its batch.
  var mixesSamples: Bool { get }
  /// Appends the layer to an ONNX graph, as it works in inference.
  func export(to graph: GraphBuilder) throws(ZooError)
}

extension Layer {
  /// Each sample by itself.
  public var mixesSamples: Bool { false }

  /// An error: not every layer has an ONNX form.
  public func export(to graph: GraphBuilder) throws(ZooError) {
    throw graph.noForm(of: "the layer \(Self.self)")
  }
}

/// What a layer of a config's list says, before it is built.
///
/// A layer is one file: its arithmetic, its keys, and how it takes its place in a network.
public protocol LayerSpec: ConfigBlock {
  /// The layer's name in a config, which is also the key of its main value.
  static var key: String { get }
  /// What the layer does, in one line.
  static var summary: String { get }
  /// Registers what the layer owns, and says what comes out. It computes nothing.
  ///
  /// - Throws: A sentence that says what does not fit.
  func build(at site: Site) throws(ShapeMismatch) -> Built
}

/// A layer without parameters, given by a function.
struct FunctionLayer: Layer {
  let function: (Tensor) -> Tensor
  /// The same function as ONNX nodes.
  let nodes: (GraphBuilder) -> Void

  func callAsFunction(_ input: Tensor, _ context: Context) -> Tensor { function(input) }

  func export(to graph: GraphBuilder) { nodes(graph) }
}
