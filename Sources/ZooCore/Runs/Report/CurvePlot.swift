/// Series over the steps of a run, as an SVG picture that suits light and dark pages.
public struct CurvePlot: Sendable {
  private let title: String
  private let curves: [(name: String, points: [CurvePoint])]
  private let steps: ClosedRange<Double>
  private let values: ClosedRange<Double>

  private static let size = (width: 800.0, height: 420.0)
  private static let plot = (left: 64.0, top: 64.0, right: 776.0, bottom: 376.0)

  /// A picture of several series under a title.
  public init(_ series: [LoggedMetrics.Series], title: String) {
    self.title = title
    curves = series.map { ($0.title, $0.reduced()) }
    let points = curves.flatMap(\.points)
    let last = Double(points.map(\.step).max() ?? 1)
    let first = min(Double(points.map(\.step).min() ?? 0), last - 1)
    steps = first...last
    // The bound keeps differences of the largest numbers finite.
    let lows = points.compactMap(\.low).map { max($0, -1e300) }
    let highs = points.compactMap(\.high).map { min($0, 1e300) }
    let (low, high) = (lows.min() ?? 0, max(highs.max() ?? 1, lows.min() ?? 0))
    let margin = high > low ? (high - low) * 0.05 : max(high.magnitude * 0.05, 1e-300)
    values = low - margin...high + margin
  }

  /// The picture as a file.
  public func svg() -> String {
    let legend = curves.indices.map(legendEntry).joined()
    let lines = curves.indices.map(curve).joined(separator: "\n")
    let (width, height) = (Self.number(Self.size.width), Self.number(Self.size.height))
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" \
      width="\(width)" height="\(height)" role="img">
      <title>\(HTML.escaped(title))</title>
      <style>
      svg { background: #fff; font: 13px system-ui, sans-serif; }
      text { fill: #5d6470; } .title { fill: #1c2027; font-weight: 600; font-size: 15px; }
      .grid { stroke: #e6e6e2; } .line { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
      .band { opacity: .18; } .odd { stroke: #c4320a; stroke-width: 1.6; }
      \(ReportStyle.curveColours)
      .line { stroke: var(--c); } .band, .dot { fill: var(--c); }
      @media (prefers-color-scheme: dark) {
      svg { background: #14161a; } text { fill: #9ba1ab; } .title { fill: #e8e8e5; }
      .grid { stroke: #2b2f36; } .odd { stroke: #ff8a5c; }
      }
      </style>
      <text class="title" x="\(Self.number(Self.plot.left))" y="28">\(HTML.escaped(title))</text>
      \(legend)
      \(axes)
      \(lines)
      </svg>

      """
  }

  // MARK: Parts

  private var axes: String {
    let plot = Self.plot
    let rows = Ticks.linear(values.lowerBound, values.upperBound, count: 6).map { value in
      let place = Self.number(y(value))
      return """
        <path class="grid" d="M\(Self.number(plot.left)) \(place)H\(Self.number(plot.right))"/>\
        <text x="\(Self.number(plot.left - 8))" y="\(place)" dy=".35em" text-anchor="end">\
        \(Ticks.label(value))</text>
        """
    }
    let columns = Ticks.linear(steps.lowerBound, steps.upperBound, count: 8).map { step in
      """
      <text x="\(Self.number(x(step)))" y="\(Self.number(plot.bottom + 20))" \
      text-anchor="middle">\(Ticks.label(step))</text>
      """
    }
    let caption = """
      <text x="\(Self.number(plot.right))" y="\(Self.number(plot.bottom + 38))" \
      text-anchor="end">step</text>
      """
    return (rows + columns + [caption]).joined(separator: "\n")
  }

  private func legendEntry(_ index: Int) -> String {
    // As wide as the names together with the dots; letters are about 7 units wide.
    let before = curves[..<index].reduce(0) { $0 + Double($1.name.count) * 7 + 34 }
    let left = Self.plot.left + before
    return """
      <circle class="dot \(Self.colour(index))" cx="\(Self.number(left + 5))" cy="45" r="4"/>\
      <text x="\(Self.number(left + 14))" y="45" dy=".35em">\(HTML.escaped(curves[index].name))</text>
      """
  }

  private func curve(_ index: Int) -> String {
    let points = curves[index].points
    var parts: [String] = []
    for stretch in points.split(whereSeparator: { $0.mean == nil }) {
      let lower = stretch.compactMap { point in point.low.map { (point.step, $0) } }
      let upper = stretch.compactMap { point in point.high.map { (point.step, $0) } }
      let means = stretch.compactMap { point in point.mean.map { (point.step, $0) } }
      if lower.map(\.1) != upper.map(\.1) {
        parts.append(
          #"<path class="band \#(Self.colour(index))" d="\#(path(lower + upper.reversed()))Z"/>"#)
      }
      parts.append(
        means.count == 1
          ? dot(means[0], index)
          : #"<path class="line \#(Self.colour(index))" d="\#(path(means))"/>"#)
    }
    for point in points where point.nonFinite > 0 {
      let (left, bottom) = (Self.number(x(Double(point.step)) - 4), Self.number(Self.plot.bottom))
      parts.append(
        """
        <path class="odd" d="M\(left) \(bottom)m0 -4l8 8m0 -8l-8 8"><title>\
        \(HTML.escaped(curves[index].name)) is not finite at step \(point.step)</title></path>
        """)
    }
    return parts.joined(separator: "\n")
  }

  private func dot(_ point: (step: Int, value: Double), _ index: Int) -> String {
    let (x, y) = (Self.number(x(Double(point.step))), Self.number(y(point.value)))
    return #"<circle class="dot \#(Self.colour(index))" cx="\#(x)" cy="\#(y)" r="2.5"/>"#
  }

  private func path(_ points: [(step: Int, value: Double)]) -> String {
    points.enumerated().map { index, point in
      "\(index == 0 ? "M" : "L")\(Self.number(x(Double(point.step)))) \(Self.number(y(point.value)))"
    }.joined()
  }

  private func x(_ step: Double) -> Double {
    let unit = (step - steps.lowerBound) / (steps.upperBound - steps.lowerBound)
    return Self.plot.left + unit * (Self.plot.right - Self.plot.left)
  }

  private func y(_ value: Double) -> Double {
    let unit = (value - values.lowerBound) / (values.upperBound - values.lowerBound)
    return Self.plot.bottom - min(max(unit, 0), 1) * (Self.plot.bottom - Self.plot.top)
  }

  private static func colour(_ index: Int) -> String { "s\(index % ReportStyle.colourCount)" }

  private static func number(_ x: Double) -> String { Text.formatted(x, significantDigits: 5) }
}
