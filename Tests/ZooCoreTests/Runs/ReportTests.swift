import Foundation
import Testing
import ZooCore

@Suite("Report")
struct ReportTests {
  /// A name that would do harm anywhere in a page that does not escape it.
  static let hostile = "</script><!--<img src=x onerror=alert(1)>&\"'\u{202E}"

  @Test("a run on one page: figures, curves, film, config, origin, log")
  func page() throws {
    try withRun { run in
      let html = try Report(
        run: run, changed: ["training.steps"], verdict: ["The teacher stopped it."]
      ).html()
      #expect(html.hasPrefix("<!doctype html>") && html.contains(#"<meta name="viewport""#))
      #expect(html.contains("<h1>gan on mnist</h1>"))
      #expect(html.contains("Finished: 50 steps in 1 min 40 s."))
      #expect(html.contains("The teacher stopped it."))
      #expect(html.contains("prefers-color-scheme: dark"))
      #expect(html.contains(#"<div class="row changed"><span class="key">steps</span>"#))
      #expect(html.components(separatedBy: "row changed").count == 2)
      #expect(html.contains(#"<span class="value">dense 128, bias true</span>"#))
      #expect(html.contains("zoo run &#39;a b.json&#39;"))
      #expect(html.contains("zoo sample \(run)<") && html.contains("zoo resume \(run)<"))
      #expect(html.contains("warning: slow"))

      let frames = try #require(try data("frames", html)["frames"]?.array)
      #expect(frames.map { $0["label"]?.string } == (0...5).map { "step \(10 * $0)" })
      #expect(frames.dropLast().allSatisfy { $0["src"]?.string?.hasPrefix("data:image") == true })
      let curves = try #require(try data("curves", html).array)
      #expect(
        curves.map { $0.array?.compactMap { $0["name"]?.string } } == [
          ["discriminator loss", "generator loss"], ["images per second"],
        ])
      #expect(curves[0].array?[0]["steps"]?.array?.count == 50)
    }
  }

  @Test("a page asks for nothing outside itself")
  func selfContained() throws {
    try withRun { run in
      for html in [try Report(run: run).html(), try ComparisonReport([run, run]).html()] {
        #expect(!html.contains("http:") && !html.contains("https:") && !html.contains("//cdn"))
        #expect(html.contains("default-src 'none'"))
        let attributes = ["src=", "href=", "url(", "@import", "<link", "<iframe"]
        let found = attributes.flatMap { html.components(separatedBy: $0).dropFirst() }
        #expect(found.allSatisfy { $0.hasPrefix("\"data:") || $0.hasPrefix(" rel=\"icon\"") })
      }
    }
  }

  @Test("names from files are text, whatever is in them")
  func escaping() throws {
    let name = Self.hostile
    try withRun(named: "a<b>&'", dataset: name, metric: name, log: "warning: \(name)\u{1B}[31m") {
      run in
      for html in [
        try Report(run: run, title: name, verdict: [name]).html(),
        try ComparisonReport([run]).html(),
      ] {
        #expect(!html.contains("<img src=x") && !html.contains("<!--"))
        #expect(!html.contains("\u{202E}") && !html.contains("\u{1B}"))
        #expect(html.contains("&lt;/script&gt;&lt;!--&lt;img src=x onerror=alert(1)&gt;&amp;"))
        #expect(html.components(separatedBy: "</script>").count <= 4)
        #expect(!html.contains("a<b>"))
        // For the script, the name is text anyway.
        let names = try data("curves", html).array?.flatMap { $0.array ?? [] }
          .compactMap { $0["name"]?.string }
        #expect(names?.contains { $0 == Text.printable(name) || $0.contains("a<b>") } == true)
      }
    }
  }

  @Test("what is not finite is shown as such")
  func nonFinite() throws {
    try withRun(lines: [
      #"{"step":1,"generatorLoss":1}"#, #"{"step":2,"generatorLoss":null}"#,
      #"{"step":3,"generatorLoss":"inf"}"#, #"{"step":4,"gen"#,
    ]) { run in
      let html = try Report(run: run).html()
      #expect(html.contains("The generator loss was not finite 2 times, first at step 2."))
      #expect(html.contains("<dd>not finite</dd>"))
      #expect(html.contains("the last line is torn"))
      #expect(html.contains("3 of 50 steps"))
      let curve = try #require(try data("curves", html).array?[0].array?[0])
      #expect(curve["odd"]?.array?.map(\.int) == [2, 3])
      #expect(curve["mean"]?.array?[1].isNull == true)
    }
  }

  @Test("warnings are found in the whole log, what was done to the data is said once")
  func warnings() throws {
    let usual = (0..<1000).map { "step \($0)" }.joined(separator: "\n")
    let many = (0..<30).map { "warning: number \($0)" }.joined(separator: "\n")
    let notice = "other data are used"
    try withRun(log: "warning: \(notice)\nwarning: early\n\(usual)\n\(many)\n\(usual)") { run in
      let file = Files.join(run, "manifest.json")
      let resumed: JSONValue = [
        "dataset": ["name": "mnist", "notice": .string(notice)],
        "resumed": [["notice": .string(notice)], ["notice": "a picture less"]],
      ]
      place(resumed.pretty(), to: file)
      let page = try Report(run: run).html()
      let list = try #require(
        page.components(separatedBy: #"<ul class="warnings">"#).last?
          .components(separatedBy: "</ul>").first)
      let items = list.components(separatedBy: "<li>").dropFirst().map { $0.prefix { $0 != "<" } }
      #expect(items.prefix(3) == [notice[...], "a picture less", "warning: early"])
      #expect(items.contains("… and 12 more in log.txt …"))
      #expect(items.last == "warning: number 29" && items.count == 22)
    }
  }

  @Test("the film is thinned until the page is small enough, and keeps its last picture")
  func size() throws {
    try withRun { run in
      for step in stride(from: 60, through: 1200, by: 20) {
        try picture(64, seed: step, to: run, step: step)
      }
      let limit = 300_000
      let html = try Report(run: run).html(sizeLimit: limit)
      #expect(html.utf8.count <= limit && html.utf8.count > limit * 3 / 4)
      let frames = try #require(try data("frames", html)["frames"]?.array)
      #expect(frames.last?["label"]?.string == "step 1200")
      #expect(frames.first?["label"]?.string == "step 0")
      #expect(html.contains("\(frames.count) of 64 pictures"))
      #expect(try ComparisonReport([run, run]).html(sizeLimit: limit).utf8.count <= limit)
    }
  }

  @Test("damaged and missing files are said and left out")
  func damage() throws {
    try withRun { run in
      try Files.write("{", to: Files.join(run, "manifest.json"))
      try Files.write("no picture", to: Files.join(run, "samples/step-000010.png"))
      try Files.createDirectory(Files.join(run, "samples/step-000011.png"))
      try Files.remove(Files.join(run, "log.txt"))
      try Files.remove(Files.join(run, "metrics.jsonl"))
      let html = try Report(run: run).html()
      #expect(html.contains("manifest.json: ") && html.contains("metrics.jsonl: cannot read"))
      #expect(html.contains("2 samples could not be shown, first step-000010.png"))
      #expect(html.contains("gan on mnist") && !html.contains(#"id="curves""#))
    }
  }

  @Test("a folder that is no run is refused", arguments: ["", "nothing"])
  func noRun(_ name: String) throws {
    try withTemporaryDirectory { folder in
      let path = Files.join(folder, name)
      let one = try fault { () throws(ZooError) in try Report(run: path) }
      let several = try fault { () throws(ZooError) in try ComparisonReport([path]) }
      #expect(one.kind == .usage && several.kind == .usage)
    }
  }

  @Test("damaged runs never stop the program")
  func mutants() throws {
    try withRun { run in
      var random = SplitMix(seed: 9)
      let names = ["config.json", "manifest.json", "metrics.jsonl", "samples/step-000050.png"]
      let files = try names.map { ($0, try Files.read(Files.join(run, $0))) }
      for _ in 0..<25 {
        for (name, bytes) in files {
          place(mutant(of: bytes, &random), to: Files.join(run, name))
        }
        _ = try Report(run: run).html()
        _ = try ComparisonReport([run, run]).html()
      }
    }
  }

  @Test("runs side by side: a curve for each, and what their configs differ in")
  func comparison() throws {
    try withRun(named: "one") { one in
      try withRun(named: "two", dataset: "digits") { two in
        let html = try ComparisonReport([one, two]).html()
        #expect(html.contains("<h1>2 runs compared</h1>"))
        let curves = try #require(try data("curves", html).array)
        #expect(curves[0].array?.map { $0["name"]?.string } == ["one", "two"])
        #expect(html.contains(#"<th class="mono">data.dataset</th>"#))
        #expect(!html.contains(#"<th class="mono">training.steps</th>"#))
        #expect(html.components(separatedBy: "<figure><img").count == 3)
      }
      #expect(try ComparisonReport([one, one]).html().contains("The configs are the same."))
    }
  }

  @Test("pictures are chosen evenly, the last one always")
  func choice() throws {
    try withTemporaryDirectory { run in
      let samples = Files.join(run, "samples")
      try Files.createDirectory(samples)
      for step in 0...1000 { place("", to: Files.join(samples, "step-\(step).png")) }
      for name in ["step-1.txt", "step-x.png", "other.png", "step--5.png"] {
        place("", to: Files.join(samples, name))
      }
      let frames = try SampleFrames(run: run)
      #expect(frames.frames.map(\.step) == Array(0...1000))
      #expect(frames.chosen(atMost: 5).map(\.step) == [0, 250, 500, 750, 1000])
      #expect(frames.chosen(atMost: 1).map(\.step) == [1000])
      #expect(frames.chosen(atMost: 0).isEmpty)
    }
    try withRun { run in
      let film = try SampleFrames(run: run).film()
      #expect(film.frameCount == 6 && film.skipped == 0)
    }
  }

  // RFC 4648 section 10.
  @Test(
    "Base64",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
      ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
  func base64(_ text: String, _ expected: String) {
    #expect(Base64.encoded(Array(text.utf8)) == expected)
    #expect(Base64.length(of: text.utf8.count) == expected.utf8.count)
  }

  @Test(
    "a browser runs the page without a complaint",
    .enabled(if: Browser.path != nil, "no Chromium is installed"))
  func browser() throws {
    try withRun(metric: Self.hostile) { run in
      let page = Files.join(run, "report.html")
      place(try Report(run: run).html(), to: page)
      let result = try Browser.open(page)
      // Errors of the script, and requests that the page's policy refused.
      #expect(!result.console.contains("CONSOLE"))
      #expect(result.document.contains(#"class="line s0""#))
      #expect(!result.document.contains(#"<img src="x""#))
    }
  }

  @Test(
    "curves and film answer the reader",
    .enabled(if: Browser.path != nil, "no Chromium is installed"))
  func interaction() throws {
    try withRun { run in
      let page = Files.join(run, "report.html")
      // Moves the slider to the first picture and the pointer to the left edge, then asks for a
      // logarithmic scale; the title carries out what was seen.
      let reader = """
        <script>
        {
        const slide = document.querySelector(".film input");
        slide.value = 0;
        slide.dispatchEvent(new Event("input"));
        const chart = document.querySelector(".chart"), plot = chart.querySelector("svg");
        const marks = () => [...plot.querySelectorAll("text")].map((t) => t.textContent).join();
        const before = marks();
        const box = plot.getBoundingClientRect();
        plot.dispatchEvent(new PointerEvent("pointermove", { clientX: box.left }));
        const hovered = chart.querySelector("span").textContent;
        const logarithmic = document.getElementById("log");
        logarithmic.checked = true;
        logarithmic.dispatchEvent(new Event("change"));
        document.title = [document.querySelector(".film output").textContent, hovered,
          before === marks() ? "same scale" : "other scale"].join("; ");
        }
        </script></body>
        """
      place(try Report(run: run).html().replacing("</body>", with: reader), to: page)
      let result = try Browser.open(page)
      #expect(!result.console.contains("CONSOLE"))
      #expect(result.document.contains("<title>step 0; step 1; other scale</title>"))
    }
  }

  // MARK: Runs to report on

  /// Calls the body with the folder of a run of 50 steps and six pictures.
  private func withRun(
    named name: String = "run", dataset: String = "mnist", metric: String = "generatorLoss",
    lines: [String]? = nil, log: String = "warning: slow", _ body: (String) throws -> Void
  ) throws {
    try withTemporaryDirectory { folder in
      let run = Files.join(folder, name)
      try Files.createDirectory(Files.join(run, "samples"))
      try Files.createDirectory(Files.join(run, "checkpoints"))
      let layers: JSONValue = [["dense": 128, "bias": true], "tanh"]
      let config: JSONValue = [
        "variant": "gan", "data": ["dataset": .string(dataset), "range": [-1, 1]],
        "generator": ["layers": layers], "training": ["steps": 50, "batch": 64, "seed": 1],
      ]
      let manifest: JSONValue = [
        "schema_version": 1, "command": ["zoo", "run", "a b.json"], "parent": nil,
        "started": "2026-01-01T12:00:00Z", "dataset": ["name": .string(dataset), "count": 60000],
      ]
      place(config.pretty(), to: Files.join(run, "config.json"))
      place(manifest.pretty(), to: Files.join(run, "manifest.json"))
      let logged = (1...50).map { step in
        JSONValue.object([
          .init("step", .number(step)), .init("discriminatorLoss", .number(1 / Double(step))),
          .init(metric, .number(Double(step))), .init("imagesPerSecond", 800),
          .init("seconds", .number(2 * step)),
        ]).compact()
      }
      place(
        (lines ?? logged).joined(separator: "\n"), to: Files.join(run, "metrics.jsonl"))
      place("starting\n\(log)\n", to: Files.join(run, "log.txt"))
      for step in stride(from: 0, through: 50, by: 10) {
        try picture(16, seed: step, to: run, step: step)
      }
      try body(run)
    }
  }

  private func picture(_ side: Int, seed: Int, to run: String, step: Int) throws {
    var random = SplitMix(seed: UInt64(seed))
    let pixels = (0..<side * side).map { _ in UInt8(random.below(256)) }
    let png = PNG.encode(pixels, width: side, height: side, channels: 1)
    let digits = String(step)
    let name = "step-" + String(repeating: "0", count: 6 - digits.count) + digits + ".png"
    place(png, to: Files.join(run, "samples/\(name)"))
  }

  /// The values that a page hands to its script.
  private func data(_ id: String, _ html: String) throws -> JSONValue {
    let opening = #"<script type="application/json" id="\#(id)">"#
    let parts = html.components(separatedBy: opening)
    try #require(parts.count == 2)
    let text = try #require(parts[1].components(separatedBy: "</script>").first)
    return try JSONDocument(parsing: text, name: id).root
  }
}

/// A browser without a window.
enum Browser {
  static let path = ["chromium", "chromium-browser", "google-chrome", "chrome"].lazy
    .flatMap { name in
      (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map {
        "\($0)/\(name)"
      }
    }
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  /// Opens a page and returns the document once its script has run, and what the browser said.
  static func open(_ page: String) throws -> (document: String, console: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(path))
    process.arguments = [
      "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--v=0",
      "--user-data-dir=\(page)-browser", "--virtual-time-budget=1000", "--dump-dom",
      "file://\(page)",
    ]
    // Files instead of pipes, which would have to be emptied while the browser writes.
    let (out, err) = ("\(page)-document", "\(page)-console")
    for path in [out, err] { try Files.write("", to: path) }
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: out))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: err))
    try process.run()
    process.waitUntilExit()
    return (
      String(decoding: try Files.read(out), as: UTF8.self),
      String(decoding: try Files.read(err), as: UTF8.self)
    )
  }
}
