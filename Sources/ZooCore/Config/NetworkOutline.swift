/// A network layer by layer, with what each layer costs.
public struct NetworkOutline: Sendable {
  /// One layer.
  public struct Layer: Sendable {
    /// As a config says it.
    public let written: JSONValue
    /// The shape of one sample after it.
    public let output: Shape
    /// Trained values.
    public let parameters: Int
    /// Multiplications of the textbook form for one sample.
    public let multiplyAdds: Double

    /// The layer as one line: its name, its main value and what else is said of it.
    public var text: String {
      guard let members = written.object else { return written.string ?? written.compact() }
      return members.map { member in
        "\(member.key) \(member.value.string ?? member.value.compact())"
      }.joined(separator: ", ")
    }
  }

  /// `generator` or `discriminator`.
  public let player: String
  /// What the first layer sees.
  public let input: Shape
  /// The layers, first to last.
  public let layers: [Layer]
  /// Trained values, those that learn of the class left out.
  public var parameters: Int { layers.reduce(0) { $0 + $1.parameters } }
  /// Multiplications for one sample.
  public var multiplyAdds: Double { layers.reduce(0) { $0 + $1.multiplyAdds } }
  /// Bytes in training, about.
  public let memory: Double
}

extension Recipe {
  /// Both networks for samples of this shape, the generator first.
  public func outlines(for sample: Shape) throws(ZooError) -> [NetworkOutline] {
    try checkBatches(for: sample)
    let networks = try networks(for: sample)
    let (before, input) =
      config.conditioning?.plan(networks.discriminator.map(\.spec), sample: sample).start(sample)
      ?? (0, sample)
    return [
      outline("generator", networks.generator[...], from: [generatorInput]),
      outline("discriminator", networks.discriminator[before...], from: input),
    ]
  }

  private func outline(
    _ player: String, _ entries: ArraySlice<LayerEntry>, from input: Shape
  ) -> NetworkOutline {
    var shape = input
    var layers: [NetworkOutline.Layer] = []
    for entry in entries {
      // Shapes have been checked.
      guard let output = try? entry.spec.outputShape(for: shape) else { break }
      layers.append(
        .init(
          written: entry.written, output: output,
          parameters: entry.spec.parameterCount(input: shape),
          multiplyAdds: entry.spec.multiplyAdds(input: shape)))
      shape = output
    }
    let activations = layers.reduce(Double(input.elementCount)) {
      $0 + Double($1.output.elementCount)
    }
    let parameters = layers.reduce(0.0) { $0 + Double($1.parameters) }
    return NetworkOutline(
      player: player, input: input, layers: layers,
      memory: config.training.memory(parameters: parameters, activations: activations))
  }
}

extension OptimizerSettings {
  /// The name and the settings: `adam learningRate 0.0002, beta1 0.5, …`.
  public var described: String {
    guard let member = written.object?.first else { return written.compact() }
    let settings = (member.value.object ?? []).map { "\($0.key) \($0.value.compact())" }
    return "\(member.key) \(settings.joined(separator: ", "))"
  }

  /// The optimizer as a config shows it.
  public var written: JSONValue { Codec<OptimizerSettings>.optimizer.write(self) ?? .object([]) }
}
