import Foundation
import Testing
import Variants
import ZooCommands
import ZooCore

/// The program beside these tests.
enum Executable {
  static let path: String? = {
    let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    return [folder.appending(path: "zoo").path].first(where: Files.exists)
  }()
}

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
    #expect(try run(program, [check, "\(folder.path)/script"]).code == 0)
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
    let output = try run("/bin/bash", ["script"], in: folder.path).output
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
    #expect(try Files.list(folder.path) == [])
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

  // MARK: Help for these tests

  struct Output {
    let code: Int32
    let output: String
    let errors: String
  }

  /// A folder that goes away with its owner.
  final class Folder {
    let path = NSTemporaryDirectory() + "/zoo-" + UUID().uuidString
    init() throws { try Files.createDirectory(path) }
    deinit { try? Files.remove(path) }
  }

  func zoo(_ words: [String], in folder: Folder, input: String = "") throws -> Output {
    try run(#require(Executable.path), words, in: folder.path, input: input)
  }

  private func run(
    _ program: String, _ words: [String], in folder: String? = nil, input: String = ""
  ) throws -> Output {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = words
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    // Files, not pipes: what is written cannot fill them up.
    let place = try Folder()
    try Files.write(input, to: "\(place.path)/in")
    for name in ["out", "err"] { try Files.write("", to: "\(place.path)/\(name)") }
    process.standardInput = try FileHandle(
      forReadingFrom: URL(fileURLWithPath: "\(place.path)/in"))
    process.standardOutput = FileHandle(forWritingAtPath: "\(place.path)/out")
    process.standardError = FileHandle(forWritingAtPath: "\(place.path)/err")
    try process.run()
    process.waitUntilExit()
    func text(_ name: String) throws -> String {
      String(decoding: try Files.read("\(place.path)/\(name)"), as: UTF8.self)
    }
    return try Output(
      code: process.terminationStatus, output: text("out"), errors: text("err"))
  }
}
