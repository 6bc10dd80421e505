/// Layers that need more samples at once than an update would give them.
extension Recipe {
  /// Refuses batches that leave a layer nothing to learn from.
  ///
  /// Only for training: what was trained can be drawn, whatever its batches were.
  func checkBatches(for sample: Shape) throws(ZooError) {
    let networks = try networks(for: sample)
    let reading = ConfigReading(document)
    let (before, input) =
      config.conditioning?.plan(networks.discriminator.map(\.spec), sample: sample).start(sample)
      ?? (0, sample)
    checkBatches(networks.generator[...], "generator", from: [generatorInput], reading)
    checkBatches(networks.discriminator[before...], "discriminator", from: input, reading)
    try reading.finish()
  }

  private func checkBatches(
    _ layers: ArraySlice<LayerEntry>, _ player: String, from input: Shape, _ reading: ConfigReading
  ) {
    // Both players see batches of either size: the generator draws fakes for both updates, and with
    // batch norm the discriminator scores the real ones and the fakes apart.
    let training = config.training
    let sizes =
      [("batch", training.batch)]
      + (training.discriminatorBatch.map { [("discriminatorBatch", $0)] } ?? [])
    let smallest = sizes.map(\.1).min() ?? training.batch
    var shape = input
    for (index, layer) in zip(layers.indices, layers) {
      let needed = layer.spec.fewestSamples(input: shape)
      if smallest < needed {
        let keys = sizes.filter { $0.1 < needed }.map(\.0)
        let origins = keys.compactMap { given["training"]?[$0]?.origin }
        let isWritten = if case .none = layer.origin { false } else { true }
        // One layer says it for all of its kind.
        return reading.report(
          isWritten ? layer.origin : origins.first ?? .none, "\(player).layers[\(index)]",
          "\(type(of: layer.spec).key) on \(shape) would see one value for each channel in a pass of "
            + "\(smallest) sample\(smallest == 1 ? "" : "s"), and nothing is left of one value",
          advice: "set \(keys.map { "training.\($0)" }.joined(separator: " and ")) to \(needed) or "
            + "more, or leave the layer out")
      }
      // Shapes have been checked.
      guard let next = try? layer.spec.outputShape(for: shape) else { return }
      shape = next
    }
  }
}
