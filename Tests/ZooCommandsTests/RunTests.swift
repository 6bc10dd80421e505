import Foundation
import Testing
import Variants
import ZooCommands
import ZooCore

/// The command line from end to end, in this process: exit codes and what is on disk.
@Suite(.serialized) final class RunTests {
  private let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "/zoo-" + UUID().uuidString
    try Files.createDirectory(folder)
    // Tests never ask the network.
    setenv("ZOO_OFFLINE", "1", 1)
  }

  deinit { try? Files.remove(folder) }

  private func zoo(_ words: String...) -> Int32 {
    Zoo.run(builtIn, arguments: ["zoo"] + words)
  }

  private func config(_ text: String) throws -> String {
    let path = "\(folder)/config.json"
    try Files.write(text, to: path)
    return path
  }

  /// Pairs stand side by side, whatever the columns: one pair where there is room for none.
  @Test(arguments: [("2x1", 2), ("2x3", 2), ("2x4", 4)])
  func pairsArePreviewed(_ grid: String, _ columns: Int) throws {
    let path = try config(
      #"{ "variant": "pix2pix", "data": { "dataset": "stroke-digits", "source": { "made": "edges" } } }"#
    )
    let sheet = "\(folder)/\(grid).png"
    #expect(zoo("data", "preview", path, "--grid", grid, "-o", sheet, "--quiet") == 0)
    // The width is the third word of a PNG's header: digits of 28 pixels and a gap of 2 around each.
    let bytes = try Files.read(sheet)
    let width = bytes[16..<20].reduce(0) { $0 << 8 | Int($1) }
    #expect(width == columns * 30 + 2)
  }

  private func tiny() throws -> String {
    try config(
      """
      { "variant": "wgan-gp",
        "data": { "dataset": "mnist", "fallback": "stroke-digits" },
        "generator": { "latent": { "size": 4 }, "width": 1 }, "discriminator": { "width": 1 },
        "training": { "steps": 3, "batch": 4, "discriminatorSteps": 2 },
        "output": { "sampleEvery": 2, "grid": [2, 3] } }
      """)
  }

  @Test func aRunLeavesWhatItPromises() throws {
    let out = "\(folder)/run"
    let code = zoo("run", try tiny(), "--out", out, "--data-dir", folder, "--quiet", "--seed", "9")
    #expect(code == 0)
    #expect(
      try Files.list(out).filter { !$0.hasPrefix("events.out.tfevents.") } == [
        "checkpoints", "config.json", "lock", "log.txt", "losses.svg", "manifest.json",
        "metrics.jsonl", "report.html", "samples", "samples.apng", "sentinel.jsonl",
      ])
    #expect(try Files.list(out).count { $0.hasPrefix("events.out.tfevents.") } == 1)
    #expect(
      try Files.list("\(out)/samples") == [
        "step-000000.png", "step-000002.png", "step-000003.png",
      ])
    let lines = String(decoding: try Files.read("\(out)/metrics.jsonl"), as: UTF8.self)
      .split(separator: "\n")
    #expect(lines.count == 3)
    for (index, line) in lines.enumerated() {
      let json = try JSONDocument(parsing: String(line), name: "metrics").root
      #expect(json["step"]?.int == index + 1)
      for key in [
        "discriminatorLoss", "generatorLoss", "wassersteinEstimate", "gradientPenalty",
        "imagesPerSecond", "seconds",
      ] { #expect(json[key]?.double != nil, "\(key) is missing") }
    }
    let manifest = try JSONDocument(parsing: Files.read("\(out)/manifest.json"), name: "m").root
    #expect(manifest["seed"]?.int == 9)
    #expect(manifest["dataset"]?["name"]?.string == "stroke-digits")
    #expect(manifest["dataset"]?["notice"]?.string?.contains("instead") == true)
    let weights = try Safetensors(
      parsing: Files.read("\(out)/checkpoints/step-000003/generator.safetensors"), name: "generator"
    )
    // PyTorch's layouts: a dense layer to 4·4·4 features, a transposed convolution 4 → 2.
    #expect(weights["0.weight"]?.shape == [64, 4])
    #expect(weights["3.weight"]?.shape == [4, 2, 5, 5])
    let log = String(decoding: try Files.read("\(out)/log.txt"), as: UTF8.self)
    #expect(log.contains("Z picture \(out)/samples/step-000002.png\n") && log.hasSuffix("Z done\n"))
    // The resolved config runs again, and so does the manifest.
    for origin in [["\(out)/config.json"], ["--from-manifest", "\(out)/manifest.json"]] {
      let again = "\(folder)/again-\(origin.count)"
      let words = ["run"] + origin + ["--out", again, "--data-dir", folder, "--quiet"]
      #expect(Zoo.run(builtIn, arguments: ["zoo"] + words) == 0)
      let files = ["checkpoints/step-000003/generator.safetensors", "samples/step-000003.png"]
      for file in files {
        #expect(try Files.read("\(out)/\(file)") == Files.read("\(again)/\(file)"))
      }
    }
  }

  @Test func aManifestOfOtherDataIsRefused() throws {
    let out = "\(folder)/run"
    #expect(zoo("run", try tiny(), "--out", out, "--data-dir", folder, "--quiet") == 0)
    let manifest = "\(out)/manifest.json"
    let text = String(decoding: try Files.read(manifest), as: UTF8.self)
    let other = text.replacing(#/"sha256": "[0-9a-f]{4}/#, with: "\"sha256\": \"0000")
    try Files.write(other, to: manifest)
    let again = "\(folder)/again"
    func repeated(_ words: String...) -> Int32 {
      Zoo.run(builtIn, arguments: ["zoo", "run"] + words + ["--data-dir", folder, "--out", again])
    }
    #expect(repeated("--from-manifest", manifest) == 4)
    #expect(repeated("--from-manifest", "\(out)/config.json") == 2)
    #expect(repeated("--from-manifest", manifest, "\(out)/config.json") == 2)
    #expect(!Files.exists(again))
  }

  /// From a run to a second part, pictures, files for other programs, and pages.
  @Test func aRunIsContinuedDrawnAndExported() throws {
    let out = "\(folder)/run"
    #expect(zoo("run", try tiny(), "--out", out, "--data-dir", folder, "--quiet") == 0)
    #expect(
      zoo("resume", out, "--data-dir", folder, "--quiet", "--set", "training.steps=5") == 0)
    #expect(try CheckpointFolder("\(out)/checkpoints").steps() == [3, 5])
    #expect(zoo("resume", out, "--set", "training.steps=9", "--set", "training.batch=5") == 2)

    let files = ["npy", "png", "onnx", "safetensors"].map { "\(folder)/g.\($0)" }
    #expect(zoo("sample", out, "--count", "5", "--npy", files[0], "-o", files[1]) == 0)
    guard case .numbers(let values) = try NPY.decode(Files.read(files[0]), name: "npy").values
    else { throw ZooError(.data, "expected floats") }
    #expect(values.count == 5 * 784 && values.allSatisfy { 0...1 ~= $0 })
    #expect(zoo("sample", out, "--separate", "\(folder)/single", "--count", "3") == 0)
    #expect(try Files.list("\(folder)/single").count == 3)
    #expect(zoo("sample", out, "--interpolate", "--grid", "2x4", "-o", files[1]) == 0)
    #expect(zoo("sample", out, "--class", "3") == 2)
    #expect(zoo("sample", "\(folder)/nothing") == 2)
    #expect(zoo("export", out, "-o", files[2]) == 0)
    #expect(zoo("export", "\(out)/checkpoints/step-000003", "-o", files[3]) == 0)
    let weights = try Safetensors(parsing: Files.read(files[3]), name: "weights")
    #expect(weights.metadata["step"] == "3" && weights["0.weight"] != nil)
    #expect(zoo("export", out, "--format", "onxx") == 2)

    #expect(zoo("report", out, "-o", "\(folder)/page.html") == 0)
    #expect(zoo("compare", out, out, "-o", "\(folder)/both.html") == 0)
    #expect(zoo("compare", out) == 2)
    let page = String(decoding: try Files.read("\(folder)/page.html"), as: UTF8.self)
    #expect(page.hasPrefix("<!doctype html>") && page.contains("wgan-gp"))
  }

  /// A variant's own pictures: as the run drew them, of real samples too; what is no picture is told.
  @Test func sheetsAreDrawnAfterwards() throws {
    let out = "\(folder)/vae"
    let path = try config(
      """
      { "variant": "vae", "data": { "dataset": "stroke-digits" }, "generator": { "width": 4 },
        "training": { "steps": 1, "batch": 4 } }
      """)
    #expect(zoo("run", path, "--out", out, "--data-dir", folder, "--quiet") == 0)
    let picture = "\(folder)/sheet.png"
    #expect(
      zoo("sample", out, "--sheet", "reconstructions", "-o", picture, "--data-dir", folder) == 0)
    #expect(
      try Files.read(picture) == Files.read("\(out)/samples/step-000001-reconstructions.png"))
    #expect(zoo("sample", out, "--sheet", "?") == 0)
    for more in [["reconstruction"], ["reconstructions", "--grid", "2x2"]] {
      #expect(Zoo.run(builtIn, arguments: ["zoo", "sample", out, "--sheet"] + more) == 2)
    }
  }

  private func judged(_ data: String, output: Int) throws -> String {
    try config(
      """
      { "variant": "gan", "data": \(data),
        "generator": { "latent": { "size": 2 }, "layers": [{ "dense": \(output) }
          \(output == 2 ? "" : #", { "reshape": [8, 8, 1] }"#)] },
        "discriminator": { "layers": [\(output == 2 ? "" : #""flatten", "#){ "dense": 1 }] },
        "training": { "steps": 2, "batch": 8, "evalEvery": 1 } }
      """)
  }

  /// Points need no classifier; figures go to the run, and wrong use is told before any work.
  @Test func anEvaluationIsLogged() throws {
    let out = "\(folder)/judged"
    let path = try judged(#"{ "dataset": "ring8" }"#, output: 2)
    #expect(zoo("run", path, "--out", out, "--quiet") == 0)
    let best = try FileManager.default.destinationOfSymbolicLink(atPath: "\(out)/checkpoints/best")
    #expect(["step-000001", "step-000002"].contains(best))
    #expect(zoo("eval", out, "--samples", "100", "--quiet", "--json") == 0)
    #expect(zoo("eval", "\(out)/checkpoints/best", "--samples", "50", "--quiet") == 0)
    let lines = try String(decoding: Files.read("\(out)/evaluations.jsonl"), as: UTF8.self)
      .split(separator: "\n").map { try JSONDocument(parsing: String($0), name: "e").root }
    #expect(lines.map { $0["samples"]?.int } == [2000, 2000, 100, 50])
    #expect(lines[2]["path"]?.string == out && lines[2]["realSamples"]?.int == 100)
    #expect(lines[3]["path"]?.string == "\(out)/checkpoints/best")
    #expect(lines.allSatisfy { $0["generated"]?["modes"]?.int != nil })
    #expect(zoo("eval", out, "--neighbours", "\(folder)/n.png", "--quiet") == 2)
    #expect(zoo("eval", out, "--inception", "\(folder)/none", "--quiet") == 2)
  }

  /// What cannot be judged is known before there is a folder.
  @Test func tooFewSamplesToJudgeLeaveNothing() throws {
    let file = "\(folder)/few.npy"
    try Files.write(
      NPY.encode([Float](repeating: 0.5, count: 12 * 64), shape: [12, 8, 8, 1]), to: file)
    let path = try judged(#"{ "dataset": "npy", "path": "\#(file)" }"#, output: 64)
    let out = "\(folder)/few"
    #expect(zoo("run", path, "--out", out, "--quiet") == 4)
    #expect(!Files.exists(out))
    #expect(zoo("run", path, "--out", out, "--quiet", "--set", "training.evalEvery=0") == 0)
  }

  /// A single picture can be trained on; that it cannot be judged is told where that was asked for.
  @Test func aSinglePictureIsTrainedOn() throws {
    let file = "\(folder)/one.npy"
    try Files.write(
      NPY.encode((0..<64).map { Float($0) / 64 }, shape: [1, 8, 8, 1]), to: file)
    let path = try judged(#"{ "dataset": "npy", "path": "\#(file)" }"#, output: 64)
    let out = "\(folder)/one"
    let words = ["run", path, "--out", out, "--quiet"]
    let error = #expect(throws: ZooError.self) {
      try Zoo.execute(builtIn, arguments: ["zoo"] + words)
    }
    #expect(error?.kind == .data && !Files.exists(out))
    #expect(error?.findings.first?.advice?.contains("set training.evalEvery to 0") == true)
    #expect(
      Zoo.run(builtIn, arguments: ["zoo"] + words + ["--set", "training.evalEvery=0"]) == 0)
    #expect(zoo("resume", out, "--quiet", "--set", "training.steps=4") == 0)
  }

  /// A manifest that cannot be read keeps what is left of it.
  @Test func aDamagedManifestIsNotReplaced() throws {
    let out = "\(folder)/run"
    let path = try judged(#"{ "dataset": "ring8" }"#, output: 2)
    #expect(zoo("run", path, "--out", out, "--quiet") == 0)
    let damaged = Array(try Files.read("\(out)/manifest.json").dropLast(4))
    try Files.write(damaged, to: "\(out)/manifest.json")
    #expect(zoo("resume", out, "--quiet", "--set", "training.steps=4") == 0)
    #expect(try Files.read("\(out)/manifest.json") == damaged)
    let log = String(decoding: try Files.read("\(out)/log.txt"), as: UTF8.self)
    #expect(log.contains("manifest.json: warning: cannot be read"))
  }

  @Test func nothingIsOverwritten() throws {
    let out = "\(folder)/there"
    try Files.createDirectory(out)
    #expect(zoo("run", try tiny(), "--out", out, "--data-dir", folder, "--quiet") == 2)
    #expect(try Files.list(out).isEmpty)
  }

  @Test func wrongUseHasItsCodes() throws {
    #expect(zoo("rnu") == 2)
    #expect(zoo("run") == 2)
    #expect(zoo("run", "\(folder)/none.json") == 2)
    #expect(zoo("run", folder) == 2)
    #expect(zoo("run", try config("{ \"variant\": ")) == 2)
    #expect(zoo("run", try tiny(), "--thread", "2") == 2)
    #expect(zoo("run", try tiny(), "--threads", "0") == 2)
    #expect(zoo("run", try tiny(), "--threads") == 2)
    #expect(zoo("run", try tiny(), "--seed", "-1") == 2)
    #expect(zoo("run", try tiny(), "--set", "data.dataset=nothing") == 2)
    #expect(zoo("run", try tiny(), "--out=") == 2)
    #expect(zoo("bench", try tiny(), "--sample", "4096x4096x4096") == 2)
    #expect(zoo("bench", try tiny(), "--sample", "28x28") == 2)
    #expect(zoo("list", "extra") == 2)
    #expect(zoo("help", "nothing") == 2)
    #expect(zoo("list") == 0)
    #expect(zoo("list", "--json") == 0)
    #expect(zoo("help") == 0)
    #expect(zoo("help", "exit-codes") == 0)
    #expect(zoo("run", "--help") == 0)
  }

  @Test func missingDataWithoutFallback() throws {
    let out = "\(folder)/run"
    let path = try config(#"{ "variant": "wgan-gp", "data": { "dataset": "mnist" } }"#)
    #expect(zoo("run", path, "--out", out, "--data-dir", folder, "--quiet") == 4)
    #expect(!Files.exists(out))
  }

  @Test(arguments: [
    [UInt8](), [0, 0, 8], [1, 2, 3, 4, 5, 6, 7, 8],
    [0, 0, 8, 3] + [UInt8](repeating: 255, count: 12),
    [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3], [0x1f, 0x8b, 8, 0, 0],
    [0, 0, 13, 3] + [UInt8](repeating: 0, count: 12),
    [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 7, 7],
  ])
  func brokenDataFilesStopBeforeTraining(_ bytes: [UInt8]) throws {
    let out = "\(folder)/run"
    try Files.createDirectory("\(folder)/mnist")
    try Files.write(bytes, to: "\(folder)/mnist/train-images-idx3-ubyte")
    try Files.write([0, 0, 8, 1, 0, 0, 0, 1, 3], to: "\(folder)/mnist/train-labels-idx1-ubyte")
    #expect(zoo("run", try tiny(), "--out", out, "--data-dir", folder, "--quiet") == 4)
    #expect(!Files.exists(out))
  }

  @Test func anUnwritableFolderIsKnownBeforeTraining() throws {
    #expect(
      zoo("run", try tiny(), "--out", "/proc/zoo/run", "--data-dir", folder, "--quiet") == 5)
    try Files.write("a file", to: "\(folder)/file")
    #expect(
      zoo("run", try tiny(), "--out", "\(folder)/file/run", "--data-dir", folder, "--quiet") == 5)
  }

  @Test func divergenceHasItsCode() throws {
    let out = "\(folder)/run"
    let code = zoo(
      "run", try tiny(), "--out", out, "--data-dir", folder, "--quiet", "--set",
      "training.steps=200", "--set",
      #"training.optimizer={"sgd":{"learningRate":100,"momentum":0.99}}"#)
    #expect(code == 3)
  }

  /// A trace holds what a twin needs, in PyTorch's layouts, for each of the three updates.
  @Test func aTraceHoldsEveryUpdate() throws {
    let path = "\(folder)/trace.safetensors"
    #expect(zoo("trace", try tiny(), "--data-dir", folder) == 2)
    #expect(zoo("trace", try tiny(), "--out", path, "--data-dir", folder) == 0)
    let file = try Safetensors(parsing: Files.read(path), name: path)
    #expect(file.metadata["players"] == "discriminator discriminator generator")
    #expect(file["update.0.real"]?.shape == [4, 1, 28, 28])
    #expect(file["update.1.latents.0"]?.shape == [4, 4])
    #expect(file["update.1.interpolation.0"]?.shape == [4, 1, 1, 1])
    #expect(file["update.2.interpolation.0"] == nil && file["update.2.loss"]?.shape == [])
    for player in ["generator", "discriminator"] {
      for part in ["initial", "gradient", "final"] {
        #expect(file.entries.contains { $0.name == "\(part).\(player).0.weight" })
      }
    }
    #expect(file["initial.discriminator.0.weight"]?.shape == [1, 1, 5, 5])
    #expect(
      file["initial.generator.0.weight"]?.data != file["final.generator.0.weight"]?.data)
  }

  /// What would be known only after long work is known before it.
  @Test func aTraceKnowsItsFolderFirst() throws {
    let steps = ["--steps", "10000", "--data-dir", folder]
    for out in ["\(folder)/none/trace.safetensors", folder] {
      let code = Zoo.run(builtIn, arguments: ["zoo", "trace", try tiny(), "--out", out] + steps)
      #expect(code == 5)
    }
  }

  @Test func anExportSaysItsFormat() throws {
    let out = "\(folder)/run"
    #expect(zoo("run", try tiny(), "--out", out, "--data-dir", folder, "--quiet") == 0)
    for name in ["g.bar", "g", "onnx"] {
      #expect(zoo("export", out, "-o", "\(folder)/\(name)") == 2)
      #expect(!Files.exists("\(folder)/\(name)"))
    }
    #expect(zoo("export", out, "-o", "\(folder)/g.bar", "--format", "onnx") == 0)
    #expect(zoo("export", out, "-o", "\(folder)/G.ONNX") == 0)
    #expect(try Files.read("\(folder)/g.bar") == Files.read("\(folder)/G.ONNX"))
  }

  /// A run that has all its steps: nothing is left to train, but what is asked for must fit, and what
  /// a kill kept from being written is written.
  @Test func aCompleteRunIsStillChecked() throws {
    let out = "\(folder)/run"
    #expect(zoo("run", try tiny(), "--out", out, "--data-dir", folder, "--quiet") == 0)
    let pages = ["report.html", "samples.apng"].map { "\(out)/\($0)" }
    for page in pages { try Files.remove(page) }
    try Files.createDirectory("\(out)/checkpoints/.step-000003.1-1-1.tmp")
    #expect(zoo("resume", out, "--set", "training.batch=5") == 2)
    #expect(zoo("resume", out) == 0)
    #expect(pages.allSatisfy(Files.exists))
    #expect(try Files.list("\(out)/checkpoints") == ["step-000003"])
  }

  /// A pack file's pixels are compared with its digest.
  @Test func aPackFileIsVerified() throws {
    let path = "\(folder)/digits.zoopack"
    let digits = ByteImages.strokeDigits(count: 4)
    _ = try PackFile.write(
      to: path, name: "digits", sampleShape: [28, 28, 1], classNames: nil, count: 4
    ) { index throws(ZooError) in (Array(digits.bytes[index * 784..<(index + 1) * 784]), 0) }
    #expect(zoo("data", "verify", path) == 0)
    var bytes = try Files.read(path)
    bytes[100] ^= 1
    try Files.write(bytes, to: path)
    #expect(zoo("data", "verify", path) == 4)
    #expect(zoo("data", "verify", "\(folder)/none.zoopack") == 4)
    #expect(zoo("data", "verify", folder) == 4)
    #expect(zoo("data", "verify", "mnits") == 2)
  }

  @Test func newWritesASkeletonOnce() throws {
    #expect(zoo("new", "hinge", "--in", folder) == 2)
    try Files.createDirectory("\(folder)/Sources/Variants")
    try Files.createDirectory("\(folder)/Configs")
    try Files.createDirectory("\(folder)/Tests/VariantsTests")
    #expect(zoo("new", "my-hinge-gan", "--in", folder) == 0)
    let source = try Files.read("\(folder)/Sources/Variants/MyHingeGAN.swift")
    #expect(String(decoding: source, as: UTF8.self).contains("enum MyHingeGAN: Variant"))
    #expect(Files.exists("\(folder)/Tests/VariantsTests/MyHingeGANTests.swift"))
    let config = try Files.read("\(folder)/Configs/my-hinge-gan-mnist.json")
    #expect(throws: Never.self) {
      try JSONDocument(parsing: String(decoding: config, as: UTF8.self), name: "config")
    }
    #expect(zoo("new", "my-hinge-gan", "--in", folder) == 2)
    for wrong in ["gan", "Hinge", "a--b", "-x", "../x", ""] {
      #expect(zoo("new", wrong, "--in", folder) == 2, "\(wrong)")
    }
  }
}
