/// The one walk over a network's layers: it puts each at its site, and keeps it within bounds.
final class NetworkWalk {
  /// What a network may not exceed.
  struct Limits {
    /// Whose network it is, for messages.
    var owner = "network"
    /// Samples in a pass of training, under the keys that set them; none where nothing is trained.
    var batches: [(key: String, size: Int)] = []
    /// Bytes in training, of so many parameters and values of one sample's activations.
    var memory: (_ parameters: Double, _ activations: Double) -> Double = { _, _ in 0 }
  }

  /// Repetitions within repetitions multiply.
  private static let mostLayers = 10_000

  let limits: Limits
  /// The size of a style vector, where the network is given any.
  let style: Int?
  /// Places of styles so far: one more than the largest that a layer names.
  private(set) var stylePlaces = 0
  private let store: ParameterStore
  private let present: Int
  private var activations: Double
  private var layerCount = 0
  /// The stacks within the layer that is being built.
  private var parts: [NetworkOutline.Part] = []

  /// A walk that begins with samples of shape `input`.
  init(_ limits: Limits, in store: ParameterStore, from input: Shape, style: Int? = nil) {
    self.limits = limits
    self.style = style
    self.store = store
    present = store.parameterCount
    activations = Double(input.elementCount)
  }

  /// Bytes in training of all that was built so far, about.
  var memory: Double {
    limits.memory(Double(store.parameterCount - present), activations)
  }

  /// Builds layers one after another; layer i registers as `i`, its name in PyTorch's
  /// `nn.Sequential`.
  func stack(
    _ entries: [LayerEntry], _ name: String, _ scope: Scope, from input: Shape
  ) throws(ShapeMismatch) -> Network {
    // Taken out and put back: a layer may have many stacks, and each would copy those before it.
    var outer: [NetworkOutline.Part] = []
    swap(&outer, &parts)
    var steps: [Network.Step] = []
    var shape = input
    for (index, entry) in entries.enumerated() {
      parts = []
      let before = store.parameterCount
      do throws(ShapeMismatch) {
        let built = try entry.spec.build(
          at: Site(scope: scope / "\(index)", input: shape, walk: self))
        try admit(built)
        steps.append(
          Network.Step(
            layer: built.layer,
            outline: NetworkOutline.Layer(
              written: entry.written, told: entry.told, input: shape, output: built.output,
              parameters: store.parameterCount - before, multiplyAdds: built.multiplyAdds,
              parts: parts)))
        shape = built.output
      } catch {
        throw error.within("\(name)[\(index)]", entry.origin)
      }
    }
    let network = Network(steps, from: input, stylePlaces: stylePlaces)
    outer.append(NetworkOutline.Part(name: name, layers: network.outline))
    parts = outer
    return network
  }

  /// Notes that a layer reads the style at a place.
  func useStyle(at place: Int) { stylePlaces = max(stylePlaces, place + 1) }

  private func admit(_ built: Built) throws(ShapeMismatch) {
    let output = built.output
    layerCount += 1
    guard layerCount <= Self.mostLayers else {
      throw ShapeMismatch(
        "up to here the \(limits.owner) has more than \(Self.mostLayers) layers",
        advice: "repeat fewer times")
    }
    // Bounded axes keep every later computation with sizes within an Int.
    guard SampleBounds.admit(output) else {
      throw ShapeMismatch("a sample would grow to \(output)")
    }
    activations += Double(output.elementCount) + built.kept
    if let shortage = Machine.memoryLimit.shortage(of: memory) {
      throw ShapeMismatch(
        "up to here the \(limits.owner) needs \(shortage)",
        advice: "make layers narrower or the batch smaller")
    }
  }
}
