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

  /// A pass in `mode` with these random numbers.
  public init(_ mode: Mode, random: RandomSource, step: Int = 0) {
    self.mode = mode
    self.random = random
    self.step = step
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
/// A layer is one file: its arithmetic, its keys, and the shape it gives.
public protocol LayerSpec: ConfigBlock {
  /// The layer's name in a config, which is also the key of its main value.
  static var key: String { get }
  /// What the layer does, in one line.
  static var summary: String { get }
  /// The number of trained values for samples of shape `input`.
  func parameterCount(input: Shape) -> Int
  /// Multiplications of the textbook form for one sample of shape `input`; see `LayerCost.swift`.
  func multiplyAdds(input: Shape) -> Double
  /// The shape of one sample after this layer: `[features]` or `[H, W, C]`.
  ///
  /// - Throws: A sentence that says what does not fit.
  func outputShape(for input: Shape) throws(ShapeMismatch) -> Shape
  /// How many samples of shape `input` a pass must have in training for the layer to be of use.
  func fewestSamples(input: Shape) -> Int
  /// Builds the layer for samples of shape `input`.
  func makeLayer(_ scope: Scope, input: Shape) -> any Layer
}

extension LayerSpec {
  /// Nothing to train.
  public func parameterCount(input: Shape) -> Int { 0 }

  /// Nothing to multiply, or next to nothing.
  public func multiplyAdds(input: Shape) -> Double { 0 }

  /// One: each sample by itself.
  public func fewestSamples(input: Shape) -> Int { 1 }
}

/// Why a layer cannot follow what comes before it.
public struct ShapeMismatch: Error, Equatable {
  /// What was expected and what was found.
  public let problem: String

  /// A mismatch described by `problem`.
  public init(_ problem: String) { self.problem = problem }

  /// The rows, columns and channels of a sample, or an error that names the layer.
  static func image(_ shape: Shape, for layer: String) throws(ShapeMismatch) -> (Int, Int, Int) {
    guard shape.count == 3 else {
      throw ShapeMismatch(
        "\(layer) needs images [height, width, channels], but \(shape) comes in")
    }
    return (shape[0], shape[1], shape[2])
  }
}

/// Layers one after another.
public struct Sequential: Layer {
  /// The layers, first to last.
  public let layers: [any Layer]

  /// A network of these layers.
  public init(_ layers: [any Layer]) { self.layers = layers }

  /// Builds a config's layer list for samples of shape `input`, which has been checked.
  ///
  /// Layer i registers as `i`, which is its name in PyTorch's `nn.Sequential`; a part of a network
  /// counts on from `firstIndex`.
  public init(_ specs: [any LayerSpec], scope: Scope, input: Shape, firstIndex: Int = 0) {
    var shape = input
    var layers: [any Layer] = []
    for (index, spec) in specs.enumerated() {
      layers.append(spec.makeLayer(scope / "\(firstIndex + index)", input: shape))
      do throws(ShapeMismatch) {
        shape = try spec.outputShape(for: shape)
      } catch {
        preconditionFailure("layer \(index) on \(shape): \(error.problem)")
      }
    }
    self.layers = layers
  }

  public func callAsFunction(_ input: Tensor, _ context: Context) -> Tensor {
    layers.reduce(input) { $1($0, context) }
  }

  public var mixesSamples: Bool { layers.contains { $0.mixesSamples } }

  public func export(to graph: GraphBuilder) throws(ZooError) {
    for layer in layers { try layer.export(to: graph) }
  }
}

/// A layer without parameters, given by a function.
struct FunctionLayer: Layer {
  let function: (Tensor) -> Tensor
  /// The same function as ONNX nodes.
  let nodes: (GraphBuilder) -> Void

  func callAsFunction(_ input: Tensor, _ context: Context) -> Tensor { function(input) }

  func export(to graph: GraphBuilder) { nodes(graph) }
}
