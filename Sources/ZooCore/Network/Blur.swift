/// `{ "blur": [1, 3, 3, 1], "up": 1, "down": 1, "padding": "same" }`: rows and columns filtered,
/// between raising and lowering their number.
///
/// The filter is brought to a sum of 1, and with `up` makes up for the zeros between pixels. Source:
/// `upfirdn2d` of StyleGAN2 (Karras et al. 2020, arXiv:1912.04958); Zhang 2019, arXiv:1904.11486.
public struct BlurSpec: LayerSpec {
  public static let key = "blur"
  public static let summary = "Filters images, and raises or lowers their size without aliases."
  var filter: [Double] = [1, 3, 3, 1]
  var up = 1
  var down = 1
  var padding = Padding.same

  public init() {}

  public static var fields: [Field<BlurSpec>] {
    [
      Field(
        "blur", \.filter, .numbers(count: 1...31, in: 0...1e6),
        "The filter of rows and of columns; the kernel is its product with itself."),
      .integer("up", \.up, in: 1...16, "Factor by which rows and columns become more."),
      .integer("down", \.down, in: 1...16, "Factor by which rows and columns become fewer."),
      Field(
        "padding", \.padding, .padding,
        "Zeros around the image, between raising and filtering; \"same\" keeps its place."),
    ]
  }

  public func build(at site: Site) throws(ShapeMismatch) -> Built {
    let (height, width, channels) = try site.image(for: Self.key)
    guard filter.reduce(0, +) > 0 else {
      throw ShapeMismatch("the filter \(filter) adds up to nothing")
    }
    guard up == 1 || down == 1, filter.count >= max(up, down) else {
      throw ShapeMismatch(
        "a blur of \(filter.count) taps cannot go up by \(up) and down by \(down)",
        advice: "go one way, by at most the number of taps")
    }
    guard up == 1 || padding == .same else {
      throw ShapeMismatch(
        "padding of its own goes with a blur that does not go up", advice: "leave \"padding\" out")
    }
    let resampling = Resampling(filter: filter, up: up, down: down, padding: padding)
    let output = [resampling.size(height, 0), resampling.size(width, 1), channels]
    guard output[0] > 0 && output[1] > 0 else {
      throw ShapeMismatch("\(filter.count) taps do not fit \(height)x\(width) pixels")
    }
    let layer = FunctionLayer {
      resampling($0)
    } nodes: {
      $0.append(resampling, output: output)
    }
    // One for each tap, along columns and along rows.
    let taps = Double(filter.count * channels)
    return Built(
      layer, output: output,
      multiplyAdds: taps * Double(output[0] * (width + output[1])),
      keeping: Double(max(height, output[0]) * max(width, output[1]) * channels))
  }
}

/// A filter with its factors and zeros.
struct Resampling {
  /// The taps, with the sum that keeps an image's mean.
  let taps: [Double]
  let up: Int
  let down: Int
  let zeros: Window.Padding

  /// - Parameter gain: A further factor for each direction.
  init(
    filter: [Double], up: Int = 1, down: Int = 1, padding: Padding = .same, gain: Double = 1
  ) {
    let total = filter.reduce(0, +)
    taps = filter.map { $0 * Double(up) * gain / total }
    (self.up, self.down) = (up, down)
    switch padding {
    case .same:
      let before = (filter.count + up - down) >> 1
      let after = up > 1 ? (filter.count - up) >> 1 : (filter.count - down) >> 1
      zeros = .init(top: before, bottom: after, left: before, right: after)
    case .valid: zeros = .none
    case .explicit(let sides): zeros = sides
    }
  }

  /// Rows (axis 0) or columns that come out.
  func size(_ size: Int, _ axis: Int) -> Int {
    let around = axis == 0 ? zeros.top + zeros.bottom : zeros.left + zeros.right
    let room = size * up + around - taps.count
    return room < 0 ? 0 : room / down + 1
  }

  func callAsFunction(_ images: Tensor) -> Tensor {
    images.filtered(taps, up: up, down: down, padding: zeros)
  }
}

extension GraphBuilder {
  /// Appends a filter as a depthwise convolution, transposed where it goes up.
  func append(_ resampling: Resampling, output: Shape) {
    let (channels, count) = (shape[2], resampling.taps.count)
    let taps = resampling.up > 1 ? resampling.taps : resampling.taps.reversed()
    let kernel = taps.flatMap { row in taps.map { Float(row * $0) } }
    let weights = constant(
      (0..<channels).flatMap { _ in kernel }, shape: [channels, 1, count, count])
    let zeros = resampling.zeros
    var attributes: [String: ONNXModel.Attribute] = [
      "kernel_shape": .ints([count, count]), "group": .int(channels),
    ]
    if resampling.up > 1 {
      // Zeros between pixels, then a filter: each pixel spreads it, and of the edges some are cut off.
      let (up, last) = (resampling.up, count - 1)
      attributes["strides"] = .ints([up, up])
      attributes["pads"] = .ints([
        last - zeros.top, last - zeros.left, count - up - zeros.bottom, count - up - zeros.right,
      ])
      append("ConvTranspose", [weights], attributes, shape: output)
    } else {
      attributes["strides"] = .ints([resampling.down, resampling.down])
      attributes["pads"] = .ints([zeros.top, zeros.left, zeros.bottom, zeros.right])
      append("Conv", [weights], attributes, shape: output)
    }
  }
}
