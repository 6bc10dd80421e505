/// A learned image that every sample starts from.
///
/// Source: Karras et al. 2019, arXiv:1812.04948, §2; scaled by features of the latent code, Huang et
/// al. 2024, arXiv:2501.05441.
public struct Constant: Layer {
  /// `[H, W, C]`.
  public let weight: Parameter
  private let isScaled: Bool

  /// How the image starts.
  public enum Start: String, Sendable, CaseIterable {
    /// N(0, 1).
    case normal
    /// 1 everywhere.
    case ones
  }

  /// Registers `weight` in `scope`; with `isScaled`, each channel is multiplied by the feature of its
  /// number that comes in.
  public init(_ scope: Scope, _ shape: Shape, start: Start = .normal, isScaled: Bool = false) {
    self.isScaled = isScaled
    weight = scope.parameter("weight", shape: shape, layout: .image) {
      start == .normal
        ? $0.normal(shape, type: scope.type) : Tensor(repeating: 1, shape: shape, type: scope.type)
    }
  }

  public func callAsFunction(_ input: Tensor, _ context: Context) -> Tensor {
    let image = weight.value.reshaped(to: [1] + weight.shape)
    guard isScaled else { return image.broadcast(to: [input.shape[0]] + weight.shape) }
    return image * input.reshaped(to: [input.shape[0], 1, 1, weight.shape[2]])
  }

  public func export(to graph: GraphBuilder) {
    let (height, width, channels) = (weight.shape[0], weight.shape[1], weight.shape[2])
    let image = graph.parameter(weight)
    if isScaled {
      graph.append("Reshape", [graph.constant([0, channels, 1, 1])])
      graph.append("Mul", [image], shape: weight.shape)
    } else {
      let target = graph.fork {
        // The number of samples.
        graph.append("Shape", [], ["start": .int(0), "end": .int(1)])
        graph.append("Concat", [graph.constant([channels, height, width])], ["axis": .int(0)])
      }
      graph.proceed(from: graph.value(of: "Expand", [image, target]), shape: weight.shape)
    }
  }

  /// `{ "constant": [height, width, channels], "start": "normal", "scaled": false }`.
  public struct Spec: LayerSpec {
    public static let key = "constant"
    public static let summary = "A learned image that every sample starts from."
    var shape: [Int] = []
    var start = Start.normal
    var isScaled = false

    public init() {}

    public static var fields: [Field<Spec>] {
      [
        .integers(
          "constant", \.shape, count: 3...3, in: 1...65_536, required: true,
          "Height, width and channels."),
        .choice("start", \.start, "How the image starts: N(0, 1), or 1 everywhere."),
        .flag(
          "scaled", \.isScaled,
          "Whether each channel is multiplied by the feature of its number that comes in."),
      ]
    }

    public func build(at site: Site) throws(ShapeMismatch) -> Built {
      guard shape.count == 3 else {
        throw ShapeMismatch("a constant has height, width and channels of 1 to 65536")
      }
      guard !isScaled || site.input == [shape[2]] else {
        throw ShapeMismatch(
          "a scaled constant of \(shape[2]) channels needs as many features, but \(site.input) "
            + "comes in", advice: "put { \"dense\": \(shape[2]) } before it")
      }
      return Built(Constant(site.scope, shape, start: start, isScaled: isScaled), output: shape)
    }
  }
}
