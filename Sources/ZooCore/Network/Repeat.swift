/// `{ "repeat": 9, "layers": [ … ] }`: the same layers several times, each time with parameters of
/// their own.
public struct RepeatSpec: LayerSpec {
  public static let key = "repeat"
  public static let summary = "The same layers several times, each with parameters of its own."
  var times = 2
  var layers: [LayerEntry] = []

  public init() {}

  public static var fields: [Field<RepeatSpec>] {
    [
      .integer("repeat", \.times, in: 1...1000, required: true, "How often."),
      Field("layers", \.layers, .layers, required: true, "The layers."),
    ]
  }

  public func build(at site: Site) throws(ShapeMismatch) -> Built {
    var stacks: [Network] = []
    for index in 0..<times {
      stacks.append(
        try site.stack(layers, "layers", in: "\(index)", from: stacks.last?.output))
    }
    let all = Network(stacks.flatMap(\.steps), from: site.input)
    return Built(all, output: all.output, multiplyAdds: all.multiplyAdds)
  }
}
