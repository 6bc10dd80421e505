/// A network layer by layer, with what each layer costs.
public struct NetworkOutline: Sendable {
  /// One layer.
  public struct Layer: Sendable {
    /// As a config says it.
    public let written: JSONValue
    /// As a config may say it, without what holds by itself.
    let told: JSONValue
    /// The shape of one sample before it.
    public let input: Shape
    /// The shape of one sample after it.
    public let output: Shape
    /// Trained values.
    public let parameters: Int
    /// Multiplications of the textbook form for one sample.
    public let multiplyAdds: Double
    /// The stacks of layers within it.
    public let parts: [Part]

    /// The layer as one line: its name, its main value and what else is said of it; layers within it
    /// are left to `parts`.
    public var text: String {
      guard let members = told.object else { return told.string ?? told.compact() }
      return members.map { member in
        let isStack = !parts.isEmpty && member.value.array != nil
        return isStack
          ? member.key : "\(member.key) \(member.value.string ?? member.value.compact())"
      }.joined(separator: ", ")
    }
  }

  /// A stack of layers within a layer.
  public struct Part: Sendable {
    /// The key under which a config gives them.
    public let name: String
    /// The layers, first to last.
    public let layers: [Layer]
  }

  /// The network's role: `generator`, `discriminator`, or one that the variant adds.
  public let role: String
  /// What the first layer sees.
  public let input: Shape
  /// The layers, first to last.
  public let layers: [Layer]
  /// Trained values.
  public var parameters: Int { layers.reduce(0) { $0 + $1.parameters } }
  /// Multiplications for one sample.
  public var multiplyAdds: Double { layers.reduce(0) { $0 + $1.multiplyAdds } }
  /// Bytes in training, about.
  public let memory: Double
}
