/// What both poolings say in a config; the stride is the kernel's size when not given.
struct PoolingSettings: Equatable, Sendable {
  var kernel = [2, 2]
  var stride: [Int]?
  var padding = Padding.valid

  func window(_ input: Shape) -> Window {
    WindowSettings(kernel: kernel, stride: stride ?? kernel, padding: padding)
      .window(height: input[0], width: input[1])
  }

  /// The window over what comes in, and the shape that it gives.
  func window(at site: Site, _ layer: String) throws(ShapeMismatch) -> (Window, output: Shape) {
    let (height, width, channels) = try site.image(for: layer)
    let window = window(site.input)
    let size = window.outputSize(height: height, width: width)
    guard size.height > 0 && size.width > 0 else {
      throw ShapeMismatch(
        "a window of \(kernel[0])x\(kernel[1]) does not fit \(height)x\(width) pixels")
    }
    guard
      max(window.padding.top, window.padding.bottom) < kernel[0],
      max(window.padding.left, window.padding.right) < kernel[1]
    else { throw ShapeMismatch("padding must be smaller than the window \(kernel)") }
    return (window, [size.height, size.width, channels])
  }
}

/// `{ "maxPool": 2, "stride": 2, "padding": "valid" }`.
public struct MaxPoolSpec: PoolingSpec {
  public static let key = "maxPool"
  public static let summary = "The largest value of each window."
  var settings = PoolingSettings()

  public init() {}

  public static var fields: [Field<MaxPoolSpec>] { windowFields }

  var pool: (Tensor, Window) -> Tensor { { $0.maxPooled($1) } }
  var node: (name: String, attributes: [String: ONNXModel.Attribute]) { ("MaxPool", [:]) }
}

/// `{ "avgPool": 2, "stride": 2, "padding": "valid", "countPadding": true }`.
public struct AveragePoolSpec: PoolingSpec {
  public static let key = "avgPool"
  public static let summary = "The mean of each window."
  var settings = PoolingSettings()
  var countsPadding = true

  public init() {}

  public static var fields: [Field<AveragePoolSpec>] {
    windowFields + [
      .flag("countPadding", \.countsPadding, "Whether padding counts as zeros, or not at all.")
    ]
  }

  var pool: (Tensor, Window) -> Tensor {
    { [countsPadding] in $0.averagePooled($1, countingPadding: countsPadding) }
  }
  var node: (name: String, attributes: [String: ONNXModel.Attribute]) {
    ("AveragePool", ["count_include_pad": .int(countsPadding ? 1 : 0)])
  }
}

/// A layer that makes one value of each window.
protocol PoolingSpec: LayerSpec {
  var settings: PoolingSettings { get set }
  var pool: (Tensor, Window) -> Tensor { get }
  /// The pooling in ONNX, with the settings that do not come from the window.
  var node: (name: String, attributes: [String: ONNXModel.Attribute]) { get }
}

extension PoolingSpec {
  /// The window, its step and its padding.
  static var windowFields: [Field<Self>] {
    [
      .pair(key, \.settings.kernel, in: 1...255, "Window size in pixels."),
      .optionalPair("stride", \.settings.stride, in: 1...255, "Step; the window's size if absent."),
      .padding("padding", \.settings.padding),
    ]
  }

  /// The pooling as a layer: fewer pixels, the same channels.
  public func build(at site: Site) throws(ShapeMismatch) -> Built {
    let (window, output) = try settings.window(at: site, Self.key)
    let (pool, node) = (pool, node)
    let layer = FunctionLayer {
      pool($0, window)
    } nodes: { graph in
      graph.append(
        node.name, [], window.graphAttributes.merging(node.attributes) { $1 }, shape: output)
    }
    return Built(layer, output: output)
  }
}

/// `{ "upsample": 2 }`: repeats every pixel.
public struct UpsampleSpec: LayerSpec {
  public static let key = "upsample"
  public static let summary = "Repeats every pixel in both directions (nearest neighbour)."
  var factor = 2

  public init() {}

  public static var fields: [Field<UpsampleSpec>] {
    [.integer("upsample", \.factor, in: 1...64, "How often each pixel is repeated.")]
  }

  public func build(at site: Site) throws(ShapeMismatch) -> Built {
    let (height, width, channels) = try site.image(for: Self.key)
    let output = [height * factor, width * factor, channels]
    let layer = FunctionLayer { [factor] in
      $0.upsampled(by: factor)
    } nodes: { [factor] graph in
      graph.enlarge(by: factor)
    }
    return Built(layer, output: output)
  }
}

extension GraphBuilder {
  /// Repeats every pixel in both directions.
  package func enlarge(by factor: Int) {
    let scales: [Float] = [1, 1, Float(factor), Float(factor)]
    // Pixel i of the output is pixel ⌊i / factor⌋ of the input.
    append(
      "Resize", ["", constant(scales, shape: [4])],
      [
        "mode": .text("nearest"), "coordinate_transformation_mode": .text("asymmetric"),
        "nearest_mode": .text("floor"),
      ], shape: [shape[0] * factor, shape[1] * factor, shape[2]])
  }
}
