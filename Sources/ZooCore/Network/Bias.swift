/// A learned number for each channel, added where no convolution adds one itself.
///
/// Between a convolution and its bias StyleGAN filters, pools, or adds noise. Source: Karras et al.
/// 2019, arXiv:1812.04948.
public struct Bias: Layer {
  /// `[C]`.
  public let bias: Weight

  /// Registers `bias` in `scope`.
  public init(_ scope: Scope, channels: Int) {
    bias = scope.bias(channels, fan: Fan(dense: channels, channels), start: 0)
  }

  public func callAsFunction(_ input: Tensor, _ context: Context) -> Tensor {
    input + bias(context)
  }

  public func export(to graph: GraphBuilder) {
    let axes = graph.shape.count == 3 ? [1, 1] : []
    graph.append("Add", [graph.weight(bias, shape: bias.shape + axes)])
  }

  /// `"channelBias"`.
  public struct Spec: LayerSpec {
    public static let key = "channelBias"
    public static let summary = "Adds a learned number to each channel."

    public init() {}

    public static var fields: [Field<Spec>] { [] }

    public func build(at site: Site) -> Built {
      Built(
        Bias(site.scope, channels: site.input[site.input.count - 1]), output: site.input)
    }
  }
}
