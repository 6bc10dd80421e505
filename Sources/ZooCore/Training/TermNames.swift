/// The names of loss terms, which become keys of the logs.
enum TermNames {
  /// What the logs write under these names is their own: the members of a line of `metrics.jsonl`,
  /// and the pictures of TensorBoard.
  static let reserved = [
    "step", "discriminatorLoss", "generatorLoss", "imagesPerSecond", "seconds", "samples",
  ]
  /// Begins the names of what evaluations found, for TensorBoard.
  private static let reservedStart = "evaluation/"

  /// Refuses names that would stand for two things in a log.
  ///
  /// - Parameter owner: Whose terms they are: "the generator's loss".
  static func check(_ names: [String], of owner: String) throws(ZooError) {
    var seen: Set<String> = []
    let twice = names.filter { !seen.insert($0).inserted }
    let taken = names.filter { reserved.contains($0) || $0.hasPrefix(reservedStart) }
    func fault(_ names: [String], _ why: String) -> ZooError.Finding? {
      guard !names.isEmpty else { return nil }
      var told: [String] = []
      for name in names where !told.contains("\"\(name)\"") { told.append("\"\(name)\"") }
      let terms = told.count == 1 ? "a term" : "terms"
      return .init(
        "\(owner) has \(terms) named \(told.joined(separator: ", ")): \(why)",
        advice: "name them otherwise in the objective; the logs' own are "
          + "\(reserved.joined(separator: ", ")) and all that begins with \(reservedStart)")
    }
    let faults = [
      fault(taken, "the logs have these names for something else"),
      fault(twice, "the log would mix up terms of one name"),
    ].compactMap { $0 }
    if !faults.isEmpty { throw ZooError(.failure, faults) }
  }
}
