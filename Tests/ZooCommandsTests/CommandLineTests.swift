import Foundation
import Testing
import Variants
import ZooCommands
import ZooCore

/// What commands print, and that those that only look leave nothing behind.
@Suite struct CommandLineTests {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  @Test func theReferenceIsWhatTheProgramWrites() throws {
    let page = try String(
      contentsOf: Self.root.appending(path: "Documentation/commands.md"), encoding: .utf8)
    #expect(
      page == CommandReference.markdown(builtIn) + "\n",
      "zoo help --markdown > Documentation/commands.md writes it again")
  }

  @Test func everyCommandHasTwoExamples() {
    for section in CommandReference.markdown(builtIn).components(separatedBy: "\n## ").dropFirst()
    where !section.hasPrefix("Topic") {
      let code = section.components(separatedBy: "```")[1]
      #expect(code.components(separatedBy: "\nzoo ").count > 2, "\(section.prefix(20))")
    }
  }

  @Test(arguments: [("bash", "-n"), ("zsh", "-n"), ("fish", "--no-execute")])
  func completionsAreGoodShell(_ shell: String, _ check: String) throws {
    let table = CompletionTable(builtIn)
    let script = ["bash": table.bash, "zsh": table.zsh, "fish": table.fish][shell] ?? ""
    for word in ["verify-resume", "wgan-gp", "exit-codes", "latest"] {
      #expect(script.contains(word))
    }
    // A shell that is not installed checks nothing.
    let places = ["/bin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"]
    guard let program = places.map({ "\($0)/\(shell)" }).first(where: Files.exists) else { return }
    let folder = try Folder()
    try Files.write(script + "\n", to: "\(folder.path)/script")
    #expect(try Executable.run(program, [check, "\(folder.path)/script"]).code == 0)
  }

  @Test(
    .enabled(if: Files.exists("/bin/bash"), "needs bash"),
    arguments: [
      ("zoo re", "report resume"), ("zoo list w", "wgan wgan-gp"),
      ("zoo run --pr", "--print-config"),
      ("zoo help exi", "exit-codes"), ("zoo run --color a", "always auto"),
      ("zoo resume lat", "latest"), ("zoo data fe", "fetch"),
    ])
  func bashCompletes(_ line: String, _ expected: String) throws {
    let words = line.split(separator: " ").map(String.init)
    let folder = try Folder()
    try Files.write(
      """
      compopt() { :; }
      \(CompletionTable(builtIn).bash)
      COMP_WORDS=(\(words.joined(separator: " "))); COMP_CWORD=\(words.count - 1)
      _zoo
      printf '%s\\n' "${COMPREPLY[@]}" | sort | tr '\\n' ' '
      """, to: "\(folder.path)/script")
    let output = try Executable.run("/bin/bash", ["script"], in: folder.path).output
    #expect(output.split(separator: " ").joined(separator: " ") == expected)
  }

  // MARK: The program itself

  static let config = """
    { "variant": "wgan-gp", "data": { "dataset": "ring8" },
      "generator": {
        "latent": { "size": 2 }, "layers": [{ "dense": 8 }, "relu", { "dense": 2 }] },
      "discriminator": { "layers": [{ "dense": 8 }, "relu", { "dense": 1 }] },
      "training": { "steps": 3, "batch": 4 } }
    """

  @Test(.enabled(if: Executable.path != nil, "the program was not built"))
  func describingCreatesNothing() throws {
    let folder = try Folder()
    for words in [["run", "-", "--dry-run"], ["run", "-", "--print-config"]] {
      let plain = try zoo(words, in: folder, input: Self.config)
      #expect(plain.code == 0 && !plain.output.isEmpty)
    }
    let output = try zoo(["describe", "-", "--json"], in: folder, input: Self.config).output
    let root = try JSONDocument(parsing: output, name: "output").root
    let players = try #require(root["players"]?.array)
    // 2·8 + 8 and 8·2 + 2; 2·8 + 8 and 8·1 + 1.
    #expect(players.map { $0["parameters"]?.int } == [42, 33])
    #expect(players.map { $0["multiplyAdds"]?.int } == [32, 24])
    #expect(root["dataset"]?["shape"] == [2])
    // Three single-precision values for each of 75 parameters.
    #expect(root["checkpointBytes"]?.int == 900)
    #expect((root["secondsPer1000Steps"]?.double ?? 0) > 0 && root["schema_version"] == 1)
    #expect(root["parameters"] == ["generator": 42, "discriminator": 33])
    let turns = try #require(root["turns"]?.array)
    #expect(turns.map { $0["player"]?.string } == ["discriminator", "generator"])
    #expect(turns.allSatisfy { ($0["seconds"]?.double ?? 0) > 0 })
    #expect(try Files.list(folder.path) == [])
  }

  /// Behind a `=` no shell puts the home folder in its place.
  @Test(
    .enabled(if: Executable.path != nil, "the program was not built"),
    arguments: [["--data-dir=~/zoo-none"], ["--data-dir", "~/zoo-none"]])
  func theHomeFolderIsKnownInFlags(_ flag: [String]) throws {
    let home = try #require(ProcessInfo.processInfo.environment["HOME"])
    let output = try zoo(["data", "list", "--json"] + flag, in: Folder()).output
    let root = try JSONDocument(parsing: output, name: "output").root
    #expect(root["directory"]?.string == "\(home)/zoo-none")
  }

  @Test(.enabled(if: Executable.path != nil, "the program was not built"))
  func everyValueHasItsOrigin() throws {
    let words = [
      "run", "-", "--print-config", "--json", "--set", "output.grid=[2,2]", "--seed", "5",
      "--set", "generator.layers[0].dense=16",
    ]
    let output = try zoo(words, in: Folder(), input: Self.config).output
    let root = try JSONDocument(parsing: output, name: "output").root
    let origins = try #require(root["origins"])
    #expect(origins["training.batch"] == "stdin:5:38")
    #expect(origins["output.grid"] == "--set output.grid=[2,2]")
    #expect(origins["training.seed"] == "--seed")
    #expect(origins["training.optimizer.adam.beta2"] == "default of wgan-gp")
    #expect(origins["generator.layers.1"] == "stdin:3:57")
    #expect(origins["generator.layers.0.dense"] == "--set generator.layers[0].dense=16")
    #expect(origins["generator.layers.0.bias"] == "default of wgan-gp")
    #expect(root["config"]?["generator"]?["layers"]?.array?.first?["dense"] == 16)
  }

  /// What changes a result is told, however quiet a command is to be, and in every form of it.
  @Test(.enabled(if: Executable.path != nil, "the program was not built"))
  func otherDataAreTold() throws {
    let folder = try Folder()
    let config = """
      { "variant": "gan", "data": { "dataset": "npy", "path": "none.npy", "fallback": "ring8" },
        "generator": { "latent": { "size": 2 }, "layers": [{ "dense": 2 }] },
        "discriminator": { "layers": [{ "dense": 1 }] }, "training": { "steps": 2, "batch": 4 } }
      """
    let told = "none.npy is not there: training on ring8 instead."
    let common = ["--data-dir", "data", "--threads", "1"]
    for words in [
      ["run", "-", "--quiet", "--json", "--out", "run"], ["describe", "-", "--json"],
      ["bench", "-", "--json", "--steps", "1", "--warmup", "1"],
    ] {
      let found = try zoo(words + common, in: folder, input: config)
      #expect(found.code == 0)
      #expect(found.errors.components(separatedBy: "warning: \(told)").count == 2, "\(words)")
      #expect(!found.errors.contains("note:"))
      let root = try JSONDocument(parsing: found.output, name: "output").root
      #expect(root["warnings"]?.array?.map { $0["problem"]?.string } == [told], "\(words)")
    }
    func text(_ name: String) throws -> String {
      String(decoding: try Files.read("\(folder.path)/run/\(name)"), as: UTF8.self)
    }
    #expect(try text("log.txt").contains("warning: \(told)"))
    #expect(try text("manifest.json").contains(told))
    // Once in the list of warnings; the log below has its lines.
    let page = try text("report.html")
    let list = try #require(page.components(separatedBy: #"<ul class="warnings">"#).last)
    #expect(list.prefix(500).components(separatedBy: told).count == 2)
    let trace = try zoo(
      ["trace", "-", "--out", "trace.safetensors"] + common, in: folder, input: config)
    #expect(trace.code == 0 && trace.errors.contains("warning: \(told)"))
    // The data that the run has had are no news when it goes on.
    let resumed = try zoo(
      ["resume", "run", "--quiet", "--json", "--set", "training.steps=3"] + common, in: folder)
    #expect(resumed.code == 0 && resumed.errors.isEmpty)
    let root = try JSONDocument(parsing: resumed.output, name: "output").root
    #expect(root["warnings"]?.array?.isEmpty == true)
    try Files.write(
      config.replacing("none.npy", with: "has.npy"), to: "\(folder.path)/has.json")
    try Files.write(
      NPY.encode((0..<60).map { Float($0) }, shape: [30, 2]), to: "\(folder.path)/has.npy")
    _ = try zoo(["run", "has.json", "--quiet", "--out", "has"] + common, in: folder)
    let judged = try zoo(
      ["eval", "has", "--quiet", "--json", "--samples", "20", "--data-dir", "data"], in: folder)
    let notice = "npy has no test split here"
    #expect(judged.code == 0 && judged.errors.contains("warning: \(notice)"))
    let result = try JSONDocument(parsing: judged.output, name: "output").root
    #expect(result["notice"]?.string?.hasPrefix(notice) == true)
    #expect(result["warnings"]?.array?.first?["problem"]?.string?.hasPrefix(notice) == true)
    #expect(
      try String(decoding: Files.read("\(folder.path)/has/evaluations.jsonl"), as: UTF8.self)
        .contains(notice))
  }

  /// A log gets lines: nothing that moves a cursor or colours, unless asked.
  @Test(.enabled(if: Executable.path != nil, "the program was not built"))
  func logsArePlain() throws {
    let folder = try Folder()
    let good = try zoo(
      ["run", "-", "--out", "one", "-v"], in: folder, input: Self.config)
    #expect(good.code == 0)
    #expect(good.errors.contains("step 1/3 (33 %)") && good.errors.contains("time by operation"))
    for flag in ["auto", "never", "always"] {
      let bad = try zoo(["--color=\(flag)", "run", "-"], in: folder, input: "{}")
      #expect(bad.code == 2 && bad.errors.contains("stdin:1:1"))
      #expect(bad.errors.contains("\u{1B}") == (flag == "always"))
    }
    #expect(!(good.errors + good.output).contains { $0 == "\u{1B}" || $0 == "\r" })
    #expect(try zoo(["list", "--color", "red"], in: folder).code == 2)
  }

  /// Nothing that was said is passed over: it is done, or it is an error that says why.
  static let refused: [(words: [String], told: String)] = [
    (["data", "list", "extra"], "takes no operands"),
    (["data", "list", "--grid", "3x3"], "is for zoo data preview"),
    (["data", "preview", "stroke-digits", "--size", "9x9"], "is for zoo data import"),
    (
      ["data", "preview", "stroke-digits", "--set", "data.crop=square", "-o", "p"], "name a config"
    ),
    (
      ["data", "preview", "stroke-digits", "--grid", "3x4x5", "-o", "p"], "expected rows x columns"
    ),
    (["data", "import", "photos", "-o", "-"], "name a file"),
    (["bench", "--machine", "toy.json"], "takes no operands"),
    (["bench", "--machine", "--steps", "3"], "does not go with --machine"),
    (["help", "run", "extra"], "expected one subject"),
    (["--threads", "1", "run", "x"], "options come after the command"),
    (["run", "x.json", "--steps", "3"], "--set training.steps=N sets it"),
    (["run", "--hlep"], "did you mean --help?"),
    (["resume"], "zoo resume latest takes the run that was started last"),
    (["run", "nonesuch"], "zoo list shows the variants"),
    (["new", "variant"], "the type Variant is there already"),
  ]

  @Test(arguments: refused)
  func whatWouldBeIgnoredIsRefused(_ words: [String], _ told: String) {
    let error = #expect(throws: ZooError.self) {
      try Zoo.execute(builtIn, arguments: ["zoo"] + words)
    }
    #expect(error?.kind == .usage)
    #expect(error?.description.contains(told) == true, "\(error?.description ?? "")")
  }

  /// A name from a file cannot drive the terminal that shows it.
  @Test func messagesHaveNoEscapes() {
    let error = ZooError(
      .usage, "unknown key \"tr\u{1B}[31m\"", at: "a\u{7}", advice: "b\nc\u{202E}")
    #expect(
      !error.description.unicodeScalars.contains {
        "\u{1B}\u{7}\u{202E}".unicodeScalars.contains($0)
      })
    #expect(error.description.contains("b\nc"))
  }

  // MARK: Pieces

  @Test func paintLeavesTheWords() {
    let error = ZooError(.usage, "wrong", at: "c.json:1:2", advice: "do it right")
    #expect(error.text(as: .error, coloured: false) == error.description)
    #expect(error.text(as: .warning, coloured: false).contains(": warning: wrong"))
    let painted = error.text(as: .error, coloured: true)
    #expect(painted.contains("\u{1B}[1;31merror:\u{1B}[0m wrong"))
    #expect(
      painted.replacing(#/\u{1B}\[[0-9;]*m/#, with: "") == error.description)
  }

  @Test func sparklinesShowTheWholeRun() {
    var line = Sparkline(width: 8)
    #expect(line.text == "")
    for value in [1.0, 2, .nan, 3, .infinity, 4, 5, 6, 7, 8] { line.append(value) }
    #expect(line.text == "▁▂▃▄▅▆▇█")
    for value in 9...16 { line.append(Double(value)) }
    // Means of two: 1.5, 3.5 … 15.5.
    #expect(line.text == "▁▂▃▄▅▆▇█")
    var flat = Sparkline(width: 4)
    for _ in 0..<100 { flat.append(3) }
    #expect(Set(flat.text) == ["▁"] && flat.text.count <= 4)
    var huge = Sparkline(width: 4)
    for value in [-1e308, 1e308] { huge.append(value) }
    #expect(huge.text.count == 2)
  }

  func zoo(_ words: [String], in folder: Folder, input: String = "") throws
    -> Executable.Output
  {
    try Executable.zoo(words, in: folder, input: input)
  }
}
