/// Stacks that each draw an image of twice the size, of which those are used that have grown.
struct Pyramid: Layer {
  let growth: Growth
  let stages: [Network], images: [Network]

  func callAsFunction(_ input: Tensor, _ context: Context) -> Tensor {
    let (whole, share) = growth.level
    let maps = stages[...whole].reduce(input) { $1($0, context) }
    let present = image(of: maps, whole, context)
    guard share > 0 else { return present }
    let next = image(of: stages[whole + 1](maps, context), whole + 1, context)
    return present.blended(with: next, share: share)
  }

  /// The image that maps of a size give, enlarged to the full one.
  private func image(of maps: Tensor, _ size: Int, _ context: Context) -> Tensor {
    let factor = 1 << (stages.count - 1 - size)
    let image = images[size](maps, context)
    return factor == 1 ? image : image.upsampled(by: factor)
  }

  var mixesSamples: Bool { (stages + images).contains(where: \.mixesSamples) }

  func export(to graph: GraphBuilder) throws(ZooError) {
    let (whole, share) = growth.level
    guard share == 0 else { throw graph.noForm(of: "a generator in the middle of growing") }
    for stage in stages[...whole] { try stage.export(to: graph) }
    try images[whole].export(to: graph)
    let factor = 1 << (stages.count - 1 - whole)
    if factor > 1 { graph.enlarge(by: factor) }
  }

  /// `{ "pyramid": [[ … ], …], "images": [[ … ], …] }`.
  struct Spec: LayerSpec {
    static let key = "pyramid"
    static let summary =
      "Stacks that draw images of twice the size each, used as they grow (ProGAN)."
    var stages: [[LayerEntry]] = []
    var images: [[LayerEntry]] = []

    static var fields: [Field<Spec>] {
      [
        Field(
          "pyramid", \.stages, .branches(atLeast: 1), required: true,
          "The stages, from the smallest up."),
        Field(
          "images", \.images, .branches(atLeast: 1), required: true,
          "Layers from each stage to an image."),
      ]
    }

    func build(at site: Site) throws(ShapeMismatch) -> Built {
      try site.expectPairs(stages.count, images.count, Self.key)
      var (built, drawn): ([Network], [Network]) = ([], [])
      for (size, stage) in stages.enumerated() {
        built.append(
          try site.stack(
            stage, "pyramid[\(size)]", in: "pyramid.\(size)", from: built.last?.output))
        drawn.append(
          try site.stack(
            images[size], "images[\(size)]", in: "images.\(size)", from: built[size].output))
      }
      let output = drawn[drawn.count - 1].output
      try Site.expectHalves(drawn.map(\.output), Self.key)
      let pyramid = Pyramid(
        growth: Growth(site.scope, sizes: stages.count), stages: built, images: drawn)
      return Built(
        pyramid, output: output,
        multiplyAdds: (built + drawn).reduce(0) { $0 + $1.multiplyAdds })
    }
  }
}

extension Site {
  /// Refuses images that are not each half of the next.
  fileprivate static func expectHalves(_ shapes: [Shape], _ layer: String) throws(ShapeMismatch) {
    for (small, large) in zip(shapes, shapes.dropFirst()) {
      guard small.count == 3, large == [2 * small[0], 2 * small[1], small[2]] else {
        throw ShapeMismatch(
          "images of a \(layer) double from one to the next, found \(small) and \(large)",
          advice: "put \"upsample\" at the beginning of each stage but the first")
      }
    }
  }
}
