/// `"pixelNorm"`: each pixel's features, or a sample's, scaled to a mean square of one.
///
/// Source: Karras et al. 2018, arXiv:1710.10196, §4.2.
public struct PixelNormSpec: LayerSpec {
  public static let key = "pixelNorm"
  public static let summary = "Scales the channels of each pixel to a mean square of 1."
  var epsilon = 1e-8

  public init() {}

  public static var fields: [Field<PixelNormSpec>] {
    [.number("pixelNorm", \.epsilon, in: 1e-12...1, "ε, added to the mean square.")]
  }

  public func build(at site: Site) -> Built {
    let channels = site.input[site.input.count - 1]
    let layer = FunctionLayer { [epsilon] in
      $0
        * ($0.squared().mean(over: [$0.shape.count - 1], keepingAxes: true) + epsilon)
        .squareRoot().reciprocal()
    } nodes: { [epsilon] graph in
      let norm = graph.fork {
        graph.append("ReduceSumSquare", [], ["axes": .ints([1]), "keepdims": .int(1)])
        graph.scale(by: 1 / Double(channels))
        graph.append("Add", [graph.constant([Float(epsilon)], shape: [])])
        graph.append("Sqrt")
      }
      graph.append("Div", [norm])
    }
    return Built(layer, output: site.input)
  }
}
