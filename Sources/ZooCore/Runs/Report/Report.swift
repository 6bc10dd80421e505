/// A page about one run, in a single file that needs no other and asks for none.
///
/// It shows how far the run came, its curves, the film of its samples, what was configured and on
/// what machine it ran. Files that are missing or damaged are said and left out.
public struct Report: Sendable {
  private let run: RunRecord
  private let title: String
  private let changed: Set<String>
  private let verdict: [String]

  /// Reads a run.
  ///
  /// - Parameters:
  ///   - path: The run's folder.
  ///   - title: What the page is called; nil for the variant and the dataset.
  ///   - changed: Dotted paths of the config whose values differ from the variant's defaults.
  ///   - verdict: Lines about the outcome that only the caller knows, such as why training stopped.
  /// - Throws: `ZooError` when the folder is not that of a run.
  public init(
    run path: String, title: String? = nil, changed: Set<String> = [], verdict: [String] = []
  ) throws(ZooError) {
    run = try RunRecord(path)
    self.title = title ?? (run.title.isEmpty ? run.name : run.title)
    self.changed = changed
    self.verdict = verdict
  }

  /// The page, of at most `sizeLimit` bytes unless config and curves alone are larger.
  ///
  /// The film is thinned until it fits.
  public func html(sizeLimit: Int = 5_000_000) -> String {
    let bare = page(ReportFilm(SampleFrames(), room: 0)).html.utf8.count
    // The rest is for what a film adds to the page around its pictures.
    let film = ReportFilm(run.frames, room: sizeLimit - bare - 4000)
    return page(film).html
  }

  private func page(_ film: ReportFilm) -> ReportPage {
    let picture = film.html
    let style: HTML = picture == nil ? "opening single" : "opening"
    let opening: HTML = """
      <div class="\(style)">
      <div>\(header(notes: film.notes))\(figures)</div>
      \(picture ?? "")
      \(commands)
      </div>
      """
    let facts: HTML = #"<div class="pair">\#(config)\#(origin)</div>"#
    let curves = ReportCurves(
      run.metrics, besides: run.evaluation.charts + run.sentinel.charts)
    return ReportPage(
      title: title, body: [opening, run.evaluation.html, curves.html, facts, log])
  }

  // MARK: Opening

  private func header(notes: [String]) -> HTML {
    let started = run.manifest["started"]?.string.map { ", started \(Self.spoken($0))" } ?? ""
    let warnings = (run.warnings + notes).map { "<li>\($0)</li>" as HTML }
    let list: HTML = warnings.isEmpty ? "" : #"<ul class="warnings">\#(warnings)</ul>"#
    let lines = [run.progress] + run.sentinel.verdict + verdict
    return """
      <h1>\(title)</h1>
      <p class="where">\(run.name)\(started)</p>
      \(lines.map { #"<p class="progress">\#($0)</p>"# as HTML })
      \(list)
      """
  }

  /// `2026-01-01T12:00:00Z` as `2026-01-01 12:00 UTC`; anything else as it is.
  private static func spoken(_ time: String) -> String {
    let parts = time.split(separator: "T")
    guard parts.count == 2, parts[1].utf8.count == 9, parts[1].hasSuffix("Z") else { return time }
    return "\(parts[0]) \(parts[1].prefix(5)) UTC"
  }

  private var figures: HTML {
    let training = run.config["training"]
    let numbers: [(String, String?)] = [
      ("steps", run.metrics.lastStep.map(RunRecord.grouped)),
      ("time", run.seconds.map { Text.duration(seconds: $0) }),
      ("images/s", run.rate),
      ("batch", training?["batch"]?.int.map(RunRecord.grouped)),
      ("seed", training?["seed"]?.compact()),
      ("threads", run.manifest["threads"]?.compact()),
    ]
    let entries = numbers.compactMap { name, value in
      value.map { "<div><dt>\(name)</dt><dd>\($0)</dd></div>" as HTML }
    }
    return #"<dl class="figures">\#(entries)</dl>"#
  }

  private var commands: HTML {
    let path = Shell.quoted(run.path)
    guard run.hasCheckpoints else { return "" }
    let entries = [("Go on from the last checkpoint", "resume"), ("Draw more samples", "sample")]
    let lines = entries.map { purpose, command in
      "<dt>\(purpose)</dt><dd><code>zoo \(command) \(path)</code></dd>" as HTML
    }
    return #"<dl class="commands">\#(lines)</dl>"#
  }

  // MARK: Config, origin, log

  private var config: HTML {
    guard run.config.object?.isEmpty == false else { return "" }
    let hint: HTML =
      changed.isEmpty
      ? ""
      : """
      <p class="hint"><span class="changed">Marked</span> values differ from the variant’s \
      defaults.</p>
      """
    return """
      <section><h2>Config</h2>
      \(hint)\(ConfigListing.html(run.config, changed: changed))</section>
      """
  }

  private var origin: HTML {
    let facts = (run.manifest.object ?? []).filter { $0.key != "schema_version" }
      .flatMap { member -> [(String, String)] in
        guard let inner = member.value.object else {
          return [(Self.word(member.key), Self.text(member.key, member.value))]
        }
        return inner.map { ("\(Self.word(member.key)) \($0.key)", Self.text($0.key, $0.value)) }
      }
    guard !facts.isEmpty else { return "" }
    let rows = facts.map { "<div><dt>\($0)</dt><dd>\($1)</dd></div>" as HTML }
    return #"<section><h2>Origin</h2><dl class="facts">\#(rows)</dl></section>"#
  }

  private static func word(_ key: String) -> String {
    LoggedMetrics.Series(name: key, points: []).title
  }

  private static func text(_ key: String, _ value: JSONValue) -> String {
    if key == "command", let words = value.array {
      return words.map { Shell.quoted($0.string ?? $0.compact()) }.joined(separator: " ")
    }
    return value.isNull ? "none" : value.string ?? value.compact()
  }

  private var log: HTML {
    guard !run.log.isEmpty else { return "" }
    return """
      <section class="log"><details><summary>Last \(run.log.count) lines of the log</summary>
      <pre class="card">\(run.log.joined(separator: "\n"))</pre></details></section>
      """
  }
}
