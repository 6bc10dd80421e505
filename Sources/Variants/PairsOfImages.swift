import ZooCore

extension BuildRequest {
  /// Refuses data whose two domains come apart, for a variant that learns from pairs.
  func refuseUnpaired() {
    guard !config.data.comesInPairs else { return }
    refuse(
      ["data", "source"], "this variant learns from pairs",
      advice: "set \"paired\" to true, or choose \"cyclegan\"")
  }

  /// Refuses images that are not as large as the samples that they become.
  func refuseOtherSizes(than source: Shape) {
    guard source.dropLast() != data.sample.dropLast() else { return }
    refuse(
      ["data", "source"], "images \(source) are translated into \(data.sample): the sizes differ",
      advice: "give both the same size")
  }
}

extension [Tensor] {
  /// The sum of losses, of which there is at least one.
  func total() -> Tensor { dropFirst().reduce(self[0], +) }
}
