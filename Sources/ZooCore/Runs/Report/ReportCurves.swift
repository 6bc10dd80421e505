/// The curves of a report: the figures of the page and the numbers for its script.
struct ReportCurves {
  /// One diagram.
  struct Chart {
    let title: String
    let curves: [(name: String, series: LoggedMetrics.Series)]
  }

  let charts: [Chart]

  private static let chartLimit = 24
  private static let curveLimit = 32

  /// One run: the losses together, the scores together, everything else for itself.
  ///
  /// - Parameter others: Diagrams of what is not in the metrics log.
  init(_ metrics: LoggedMetrics, besides others: [Chart]) {
    func chart(_ title: String, _ belongs: (String) -> Bool) -> Chart {
      let chosen = metrics.series.filter { belongs($0.name) }
      return Chart(title: title, curves: chosen.map { ($0.title, $0) })
    }
    let isLoss = { (name: String) in name.hasSuffix("Loss") }
    let isScore = { (name: String) in name.hasSuffix("Score") || name.hasSuffix("Probability") }
    let terms = metrics.series.filter { !isLoss($0.name) && !isScore($0.name) && isOwn($0.name) }
    self.init(
      [chart("Losses", isLoss), chart("Scores", isScore)]
        + others
        + terms.map { series in chart(capitalized(series.title)) { $0 == series.name } }
        + [chart("Images per second") { $0 == "imagesPerSecond" }])
  }

  /// Several runs: a diagram for each name, a curve for each run that logged it.
  init(comparing runs: [(name: String, metrics: LoggedMetrics)]) {
    var names: [String] = []
    for name in runs.flatMap({ $0.metrics.series.map(\.name) })
    where name != "seconds" && !names.contains(name) { names.append(name) }
    self.init(
      names.map { name in
        Chart(
          title: capitalized(LoggedMetrics.Series(name: name, points: []).title),
          curves: runs.map { ($0.name, $0.metrics[name] ?? .init(name: name, points: [])) })
      })
  }

  private init(_ charts: [Chart]) {
    self.charts = Array(
      charts.filter { !$0.curves.allSatisfy(\.series.points.isEmpty) }.prefix(Self.chartLimit))
  }

  /// The section of the page; nothing if there is nothing to draw.
  var html: HTML {
    guard !charts.isEmpty else { return "" }
    return """
      <section>
      <div class="heading"><h2>Curves</h2>
      <label>smoothing <input type="range" id="smoothing" min="0" max="0.98" step="0.02" \
      value="0.6"><output id="smoothing-value"></output></label>
      <label><input type="checkbox" id="log"> log scale</label></div>
      <div class="charts">
      \(charts.map(Self.figure))
      </div>
      \(HTML.data(.array(charts.map(Self.numbers)), id: "curves"))
      </section>
      """
  }

  private static func curves(
    _ chart: Chart
  ) -> [(colour: Int, name: String, series: LoggedMetrics.Series)] {
    // The colour stays a run's own, even where other runs have no curve.
    let curves = chart.curves.enumerated().filter { !$0.element.series.points.isEmpty }
    return curves.prefix(curveLimit).map { ($0.offset, $0.element.name, $0.element.series) }
  }

  private static func figure(_ chart: Chart) -> HTML {
    let legend = curves(chart).map { curve -> HTML in
      let last = curve.series.points.last?.value ?? .nan
      let value = last.isFinite ? Text.figure(last, digits: 4) : "not finite"
      return """
        <div class="s\(curve.colour % ReportStyle.colourCount)"><dt>\(curve.name)</dt>\
        <dd>\(value)</dd></div>
        """
    }
    return """
      <figure class="card chart"><figcaption><h3>\(chart.title)</h3><span></span></figcaption>
      <svg tabindex="0" role="img" aria-label="\(chart.title) over the steps"></svg>
      <dl class="legend">\(legend)</dl></figure>
      """
  }

  private static func numbers(_ chart: Chart) -> JSONValue {
    .array(
      curves(chart).map { curve in
        let points = curve.series.reduced()
        func list(_ values: [Double?]) -> JSONValue { .array(values.map(number)) }
        var members: [JSONValue.Member] = [
          .init("name", .string(Text.printable(curve.name))),
          .init("colour", .number(curve.colour)),
          .init("steps", .array(points.map { .number($0.step) })),
          .init("mean", list(points.map(\.mean))),
          .init("odd", .array(points.filter { $0.nonFinite > 0 }.map { .number($0.step) })),
        ]
        if points.contains(where: { $0.low != $0.high }) {
          members.append(.init("low", list(points.map(\.low))))
          members.append(.init("high", list(points.map(\.high))))
        }
        return .object(members)
      })
  }

  /// A number with the digits that a picture can show.
  private static func number(_ value: Double?) -> JSONValue {
    guard let value, let short = Double(Text.formatted(value, significantDigits: 5)) else {
      return nil
    }
    return .number(short)
  }
}

/// Whether a name gets a diagram of its own place; rates come last and the time is no curve.
private func isOwn(_ name: String) -> Bool { name != "seconds" && name != "imagesPerSecond" }

private func capitalized(_ text: String) -> String {
  text.prefix(1).uppercased() + text.dropFirst()
}
