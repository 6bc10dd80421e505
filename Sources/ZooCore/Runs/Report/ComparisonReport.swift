/// A page that lays several runs side by side, in a single file that needs no other.
public struct ComparisonReport: Sendable {
  private let runs: [RunRecord]
  /// One short name for each run, all different.
  private let names: [String]

  /// Reads the runs.
  ///
  /// - Parameter paths: The runs' folders, at least one.
  /// - Throws: `ZooError` when a folder is not that of a run.
  public init(_ paths: [String]) throws(ZooError) {
    require(!paths.isEmpty, "a comparison needs runs, got none")
    var runs: [RunRecord] = []
    for path in paths { runs.append(try RunRecord(path)) }
    let short = runs.map(\.name)
    names = runs.map { run in short.count { $0 == run.name } > 1 ? run.path : run.name }
    self.runs = runs
  }

  /// The page, of at most `sizeLimit` bytes unless configs and curves alone are larger.
  public func html(sizeLimit: Int = 5_000_000) -> String {
    let bare = page(room: 0).html.utf8.count
    return page(room: sizeLimit - bare - 1000 * runs.count).html
  }

  private func page(room: Int) -> ReportPage {
    let title = "\(runs.count) runs compared"
    let metrics = zip(names, runs).map { (name: $0, metrics: $1.metrics) }
    return ReportPage(
      title: title,
      body: [
        "<h1>\(title)</h1>", summary, warnings, samples(room: room),
        ReportCurves(comparing: metrics).html, differences,
      ])
  }

  private var summary: HTML {
    func cell(_ text: String?) -> HTML { "<td>\(text ?? "–")</td>" }
    let rows = runs.indices.map { index -> HTML in
      let run = runs[index]
      let values: [String?] = [
        run.manifest["variant"]?.string ?? run.config["variant"]?.string, run.datasetName,
        run.steps, run.seconds.map { Text.duration(seconds: $0) }, run.rate,
        last("discriminatorLoss", run), last("generatorLoss", run),
      ]
      return "<tr>\(heading(index))\(values.map(cell))</tr>"
    }
    let columns = [
      "run", "variant", "dataset", "steps", "time", "images/s", "discriminator loss",
      "generator loss",
    ]
    return """
      <section class="scroll"><table><thead><tr>\(columns.map { "<th>\($0)</th>" as HTML })</tr>
      </thead><tbody>\(rows)</tbody></table></section>
      """
  }

  private func heading(_ index: Int) -> HTML {
    "<th>\(label(index))</th>"
  }

  private func label(_ index: Int) -> HTML {
    #"<span class="swatch s\#(index % ReportStyle.colourCount)">\#(names[index])</span>"#
  }

  private func last(_ name: String, _ run: RunRecord) -> String? {
    guard let value = run.metrics[name]?.points.last?.value else { return nil }
    return value.isFinite ? Text.figure(value, digits: 4) : "not finite"
  }

  private var warnings: HTML {
    let lines = zip(names, runs).flatMap { name, run in
      run.warnings.map { "<li>\(name): \($0)</li>" as HTML }
    }
    return lines.isEmpty ? "" : #"<ul class="warnings">\#(lines)</ul>"#
  }

  private func samples(room: Int) -> HTML {
    var room = room
    let figures = runs.indices.map { index -> HTML in
      guard let frame = runs[index].frames.frames.last,
        let png = try? Files.read(frame.path, limit: 5 << 20),
        (try? PNGFile(png, name: frame.path)) != nil, Base64.length(of: png.count) <= room
      else {
        return "<figure><figcaption>\(label(index)), no picture to show</figcaption></figure>"
      }
      room -= Base64.length(of: png.count)
      return """
        <figure><img src="\(ReportPage.address(of: png))" alt="samples of \(names[index])">
        <figcaption>\(label(index)), step \(frame.step)</figcaption></figure>
        """
    }
    return #"<section><h2>Last samples</h2><div class="gallery">\#(figures)</div></section>"#
  }

  /// The values of the configs that are not the same everywhere.
  private var differences: HTML {
    let configs = runs.map { run in
      // A path that is there twice cannot come from a config; the last one counts then.
      Dictionary(
        ConfigListing.flattened(run.config).map { ($0.path, $0.value) },
        uniquingKeysWith: { $1 })
    }
    var paths: [String] = []
    var seen: Set<String> = []
    for run in runs {
      for entry in ConfigListing.flattened(run.config) where seen.insert(entry.path).inserted {
        paths.append(entry.path)
      }
    }
    let rows = paths.compactMap { path -> HTML? in
      let values = configs.map { $0[path] }
      guard Set(values).count > 1 else { return nil }
      let cells = values.map { #"<td class="mono">\#($0 ?? "–")</td>"# as HTML }
      return #"<tr><th class="mono">\#(path)</th>\#(cells)</tr>"#
    }
    guard !rows.isEmpty else {
      return "<section><h2>Config differences</h2><p>The configs are the same.</p></section>"
    }
    return """
      <section><h2>Config differences</h2><div class="scroll"><table>
      <thead><tr><th></th>\(runs.indices.map(heading))</tr></thead><tbody>\(rows)</tbody>
      </table></div></section>
      """
  }
}
