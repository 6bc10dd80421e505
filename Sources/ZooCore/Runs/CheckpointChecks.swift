extension Checkpoint {
  // What may change between two parts of one run: how long it is, and what is shown and kept. The
  // dataset is compared by its digest, and a run that met no broken picture is the same either way.
  private static let free = [
    "training.steps", "training.rollbacks", "training.evalEvery", "training.bestBy",
    "training.stopOnCollapse", "output", "data.dataset", "data.fallback",
    "data.broken",
  ]

  /// Whether a run with this config can go on from here.
  ///
  /// - Throws: `ZooError` that lists every value that differs and may not.
  public func check(_ resolved: JSONValue) throws(ZooError) {
    let wrong = ConfigDifference.between(config, resolved).filter { difference in
      !Self.free.contains { difference.path == $0 || difference.path.hasPrefix($0 + ".") }
    }
    guard wrong.isEmpty else {
      throw ZooError(
        .usage,
        wrong.map { difference in
          .init(
            "the run has \(Self.shown(difference.old)), now asked for is \(Self.shown(difference.new))",
            at: difference.path,
            advice: "a run goes on as it began; start a new one to change this")
        })
    }
  }

  /// Whether a run on these data can go on from here.
  func check(_ dataset: any Dataset) throws(ZooError) {
    guard let difference = self.dataset.difference(from: dataset) else { return }
    throw ZooError(
      .data, "the dataset is not the one that the run began with: \(difference)",
      at: dataset.name,
      advice: "a run goes on with the data that it began with; a new one may have others")
  }

  private static func shown(_ value: JSONValue?) -> String {
    guard let value else { return "nothing" }
    let text = value.compact()
    return text.count <= 60 ? text : "\(text.prefix(57))…"
  }
}
