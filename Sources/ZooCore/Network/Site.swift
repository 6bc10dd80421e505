/// Where a layer is put: the names that its parameters get, and the sample that comes in.
public struct Site {
  /// Names and registers what the layer owns.
  public let scope: Scope
  /// The shape of one sample that comes in: `[features]` or `[H, W, C]`.
  public let input: Shape
  let walk: NetworkWalk

  /// Refuses training passes of fewer than `needed` samples, of which the layer could not learn.
  func expectSamples(_ needed: Int, for layer: String) throws(ShapeMismatch) {
    let short = walk.limits.batches.filter { $0.size < needed }
    guard let smallest = short.map(\.size).min() else { return }
    let keys = short.map(\.key)
    throw ShapeMismatch(
      "\(layer) on \(input) would see one value for each channel in a pass of "
        + "\(smallest) sample\(smallest == 1 ? "" : "s"), and nothing is left of one value",
      advice: "set \(keys.map { "training.\($0)" }.joined(separator: " and ")) to \(needed) or "
        + "more, or leave the layer out", settings: keys)
  }

  /// Builds layers within this one, such as the branch of a residual block.
  ///
  /// - Parameters:
  ///   - name: The key under which a config gives them.
  ///   - input: What they start from; what comes in here when nil.
  public func stack(
    _ entries: [LayerEntry], _ name: String, from input: Shape? = nil
  ) throws(ShapeMismatch) -> Network {
    try stack(entries, name, in: name, from: input)
  }

  /// The same with another name for parameters, where `name` would not tell them apart.
  func stack(
    _ entries: [LayerEntry], _ name: String, in part: String, from input: Shape?
  ) throws(ShapeMismatch) -> Network {
    try walk.stack(entries, name, scope / part, from: input ?? self.input)
  }

  /// Rows, columns and channels of what comes in, or an error that names the layer.
  public func image(
    for layer: String
  ) throws(ShapeMismatch) -> (height: Int, width: Int, channels: Int) {
    guard input.count == 3 else {
      throw ShapeMismatch(
        "\(layer) needs images [height, width, channels], but \(input) comes in")
    }
    return (input[0], input[1], input[2])
  }
}

/// What became of a layer at its site.
public struct Built {
  /// The layer.
  public let layer: any Layer
  /// The shape of one sample after it.
  public let output: Shape
  /// Multiplications of the textbook form for one sample, padding counted; a double, because a config
  /// can ask for more than an Int holds.
  public let multiplyAdds: Double
  /// Values of one sample that a pass keeps besides what comes in and goes out; layers within this
  /// one are counted by themselves.
  public let kept: Double

  /// A layer with the shape that it gives.
  public init(
    _ layer: any Layer, output: Shape, multiplyAdds: Double = 0, keeping kept: Double = 0
  ) {
    self.layer = layer
    self.output = output
    self.multiplyAdds = multiplyAdds
    self.kept = kept
  }
}

/// Why a layer cannot follow what comes before it.
public struct ShapeMismatch: Error {
  /// What was expected and what was found.
  public let problem: String
  /// What to do about it; nil for what holds of every layer.
  public let advice: String?
  /// Keys of `training` that are as much to blame as the layer.
  let settings: [String]
  /// Where in the network: `layers[3].residual[1]`; empty where nobody has said yet.
  package private(set) var path = ""
  /// Where in the config.
  private(set) var origin = JSONValue.Origin.none

  /// A mismatch described by `problem`.
  public init(_ problem: String, advice: String? = nil) {
    self.init(problem, advice: advice, settings: [])
  }

  init(_ problem: String, advice: String?, settings: [String]) {
    self.problem = problem
    self.advice = advice
    self.settings = settings
  }

  /// The same, told of a layer that holds the one that does not fit, or of that one itself.
  func within(_ place: String, _ origin: JSONValue.Origin) -> ShapeMismatch {
    var located = self
    if path.isEmpty {
      (located.path, located.origin) = (place, origin)
    } else {
      located.path = "\(place).\(path)"
    }
    return located
  }
}
