/// A pyramid's mirror: layers that see the image at half the size each, of which those are used that
/// have grown.
struct Funnel: Layer {
  let growth: Growth
  /// Stage k takes maps of size k + 1 to those of size k.
  let stages: [Network], images: [Network]

  func callAsFunction(_ input: Tensor, _ context: Context) -> Tensor {
    let (whole, share) = growth.level
    func maps(_ size: Int) -> Tensor {
      images[size](input.shrunk(by: 1 << (images.count - 1 - size)), context)
    }
    var present = maps(whole)
    if share > 0 {
      present = present.blended(with: stages[whole](maps(whole + 1), context), share: share)
    }
    return stages[..<whole].reversed().reduce(present) { $1($0, context) }
  }

  var mixesSamples: Bool { (stages + images).contains(where: \.mixesSamples) }

  /// `{ "funnel": [[ … ], …], "images": [[ … ], …] }`.
  struct Spec: LayerSpec {
    static let key = "funnel"
    static let summary = "Stacks that see images of half the size each, used as they grow (ProGAN)."
    var stages: [[LayerEntry]] = []
    var images: [[LayerEntry]] = []

    static var fields: [Field<Spec>] {
      [
        Field(
          "funnel", \.stages, .branches(atLeast: 0), required: true,
          "The stages down to each size but the largest, from the smallest up."),
        Field(
          "images", \.images, .branches(atLeast: 1), required: true,
          "Layers from the image at each size, from the smallest up."),
      ]
    }

    func build(at site: Site) throws(ShapeMismatch) -> Built {
      try site.expectPairs(stages.count + 1, images.count, Self.key)
      let (height, width, channels) = try site.image(for: Self.key)
      let unit = 1 << stages.count
      guard height % unit == 0 && width % unit == 0 else {
        throw ShapeMismatch(
          "a funnel of \(stages.count) stages halves images as often, found \(height)x\(width)",
          advice: "take fewer stages, or images whose sides are multiples of \(unit)")
      }
      var (built, seen): ([Network], [Network]) = ([], [])
      for (size, layers) in images.enumerated() {
        let factor = 1 << (stages.count - size)
        seen.append(
          try site.stack(
            layers, "images[\(size)]", in: "images.\(size)",
            from: [height / factor, width / factor, channels]))
      }
      for (size, stage) in stages.enumerated() {
        let network = try site.stack(
          stage, "funnel[\(size)]", in: "funnel.\(size)", from: seen[size + 1].output)
        guard network.output == seen[size].output else {
          throw ShapeMismatch(
            "funnel[\(size)] gives \(network.output), images[\(size)] \(seen[size].output)",
            advice: "let both give the same shape")
        }
        built.append(network)
      }
      return Built(
        Funnel(growth: Growth(site.scope, sizes: images.count), stages: built, images: seen),
        output: seen[0].output,
        multiplyAdds: (built + seen).reduce(0) { $0 + $1.multiplyAdds })
    }
  }
}
