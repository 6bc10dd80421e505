/// `"globalSum"`: images as rows, each channel summed over its pixels.
///
/// The end of SNGAN's and BigGAN's discriminators. Source: Miyato et al. 2018, arXiv:1802.05957,
/// appendix B.4.
public struct GlobalSumSpec: LayerSpec {
  public static let key = "globalSum"
  public static let summary = "The sum of each channel over all pixels."

  public init() {}

  public static var fields: [Field<GlobalSumSpec>] { [] }

  public func build(at site: Site) throws(ShapeMismatch) -> Built {
    let channels = try site.image(for: Self.key).channels
    let layer = FunctionLayer {
      $0.sum(over: [1, 2])
    } nodes: {
      $0.append(
        "ReduceSum", [$0.constant([2, 3])], ["keepdims": .int(0)], shape: [channels])
    }
    return Built(layer, output: [channels])
  }
}
