/// What evaluations of a run found, as a report shows it.
struct ReportEvaluation {
  private let entries: [JSONValue]
  private let bestStep: Int?

  /// The lines of `evaluations.jsonl`, and the step that `checkpoints/best` points to.
  init(_ entries: [JSONValue], best: Int?) {
    bestStep = best
    self.entries = entries.filter { $0["step"]?.int != nil && $0["generated"]?.object != nil }
  }

  /// The latest evaluation as a table; nothing if there was none.
  var html: HTML {
    guard let last = entries.last, let generated = last["generated"]?.object else { return "" }
    let rows = generated.compactMap { member -> HTML? in
      guard !member.key.hasSuffix(Self.deviation), member.value.array == nil else { return nil }
      let cells = [last["generated"], last["real"]].map { scores in
        "<td>\(Self.text(scores?[member.key], scores?[member.key + Self.deviation]))</td>" as HTML
      }
      return "<tr><th>\(Self.title(member.key))</th>\(cells)</tr>"
    }
    return """
      <section><h2>Evaluation</h2>
      <p class="hint">\(Self.caption(last))\(best)</p>
      <div class="scroll"><table><thead><tr><th></th><th>generated</th><th>real</th></tr></thead>
      <tbody>\(rows)</tbody></table></div></section>
      """
  }

  private static let deviation = "Deviation"

  private static func caption(_ entry: JSONValue) -> String {
    func number(_ key: String) -> String { entry[key]?.int.map(RunRecord.grouped) ?? "?" }
    return "Step \(number("step")): \(number("samples")) samples against \(number("testSamples")) "
      + "test samples, by \(entry["features"]?.string ?? "?")."
      + (entry["notice"]?.string.map { " Note: \($0)." } ?? "")
  }

  private var best: String {
    bestStep.map { " The best step is \(RunRecord.grouped($0)): checkpoints/best." } ?? ""
  }

  private static func title(_ key: String) -> String {
    let words = LoggedMetrics.Series(name: key, points: []).title
    return words == "frechet distance" ? "Fréchet distance" : words
  }

  private static func text(_ value: JSONValue?, _ deviation: JSONValue?) -> String {
    guard let value = value?.double else { return "–" }
    let digits = Text.figure(value, digits: 4)
    guard let deviation = deviation?.double else { return digits }
    return digits + " ± " + Text.figure(deviation, digits: 2)
  }

  /// The figures of evaluations on the way, a diagram for each kind.
  var charts: [ReportCurves.Chart] {
    let training = entries.filter { $0["during"]?.string == "training" }
    let groups = [
      ("Fréchet distance", ["frechetDistance"]),
      ("Fidelity and variety", ["precision", "recall", "density", "coverage"]),
      ("Modes", ["modes"]), ("Share of good samples", ["highQualityShare"]),
      ("Classifier score", ["classifierScore"]),
      ("Right for their class", ["conditionalAccuracy"]),
    ]
    return groups.map { title, keys in
      ReportCurves.Chart(
        title: title,
        curves: keys.map { key in
          (Self.title(key), Self.series(key, training) { $0["generated"]?[key] })
        })
    }
  }

  /// A series of what entries say; of several entries of one step, the last counts.
  static func series(
    _ name: String, _ entries: [JSONValue], _ value: (JSONValue) -> JSONValue?
  ) -> LoggedMetrics.Series {
    var points: [LoggedMetrics.Point] = []
    for entry in entries {
      guard let step = entry["step"]?.int, step >= 0, let value = value(entry)?.double else {
        continue
      }
      while let last = points.last, last.step >= step { points.removeLast() }
      points.append(.init(step: step, value: value))
    }
    return .init(name: name, points: points)
  }
}
