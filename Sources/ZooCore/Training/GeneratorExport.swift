extension ONNXModel {
  /// An ONNX file of a contest's generator with its present parameters.
  ///
  /// Inputs: `latents` `[N, size]` (Float32), or for a translator `source`, images `[N, H, W, C]` in
  /// [0, 1]; and, if the generator asks for it, `labels` `[N]` (Int64). Output: `samples`, images `[N, H, W, C]` in [0, 1] or points `[N, D]`.
  ///
  /// - Parameters:
  ///   - contest: Whose generator; for a moving average, while that is in use.
  ///   - sample: The shape of one sample: `[H, W, C]` or `[D]`.
  ///   - range: What pixels of 0...1 are mapped to; points are left as they are.
  ///   - name: The graph's name.
  /// - Throws: `ZooError` when a layer has no ONNX form or the file would exceed 2 GiB.
  public static func generator(
    of contest: Contest, sample: Shape, range: ClosedRange<Double>, name: String
  ) throws(ZooError) -> [UInt8] {
    let takes = contest.generator.takes
    let graph: GraphBuilder
    if let latent = takes.latent {
      graph = GraphBuilder(
        name: name, latentSize: latent.size, latents: "latent codes: \(latent.ranges)",
        classes: takes.classes)
    } else if let source = takes.source {
      let things = takes.maps?.hasInstances == true ? ", and the number of the thing" : ""
      graph = GraphBuilder(
        name: name, source: source,
        note: takes.maps.map { "maps of labels: classes 0 to \($0.classes - 1)\(things)" }
          ?? "images [N, H, W, C] in [0, 1]", range: takes.maps == nil ? range : nil,
        classes: takes.classes)
    } else {
      fatalError("a generator that starts from nothing")
    }
    try contest.generator.export(to: graph)
    require(graph.shape == sample, "a graph of \(graph.shape) for samples \(sample)")
    return try graph.finish(range: range).serialized()
  }
}
