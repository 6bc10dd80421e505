import Foundation
import Testing
import Variants
import ZooCommands
import ZooCore

/// Every command that writes a file which a person names, and what it does with what is there.
@Suite(.serialized) final class OutputTests {
  private let folder: String
  private let run: String

  init() throws {
    folder = NSTemporaryDirectory() + "/zoo-" + UUID().uuidString
    run = "\(folder)/run"
    try Files.createDirectory(folder)
    setenv("ZOO_OFFLINE", "1", 1)
  }

  deinit { try? Files.remove(folder) }

  /// A config of pictures, the smallest there is, and a run of it.
  private func train() throws -> String {
    let path = "\(folder)/config.json"
    let pixels = (0..<12 * 64).map { Float($0 % 7) / 7 }
    try Files.write(NPY.encode(pixels, shape: [12, 8, 8, 1]), to: "\(folder)/data.npy")
    try Files.write(
      """
      { "variant": "wgan-gp", "data": { "dataset": "npy", "path": "\(folder)/data.npy" },
        "generator": { "latent": { "size": 1 },
          "layers": [{ "dense": 64 }, { "reshape": [8, 8, 1] }] },
        "discriminator": { "layers": ["flatten", { "dense": 1 }] },
        "training": { "steps": 1, "batch": 2 }, "output": { "grid": [1, 2] } }
      """, to: path)
    try Zoo.execute(builtIn, arguments: ["zoo", "run", path, "--out", run, "--quiet"])
    return path
  }

  /// Command lines that end in the file to write.
  private func writers(_ config: String) -> [[String]] {
    let photos = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "ZooCoreTests/Fixtures/images").path
    return [
      ["sample", run, "--count", "2", "-o"], ["sample", run, "--count", "2", "--npy"],
      ["export", run, "--format", "onnx", "-o"], ["report", run, "-o"],
      ["compare", run, run, "-o"], ["data", "preview", "ring8", "--quiet", "-o"],
      ["trace", config, "--out"], ["schema", "-o"],
    ]
      // The folder has pictures of both kinds.
      + (PNGReader.isAvailable && JPEGReader.isAvailable
        ? [["data", "import", photos, "--skip-broken", "--size", "4x4", "-o"]] : [])
  }

  private func fault(_ words: [String]) -> ZooError? {
    do throws(ZooError) { try Zoo.execute(builtIn, arguments: ["zoo"] + words) } catch {
      return error
    }
    return nil
  }

  private func type(_ path: String) throws -> FileAttributeType? {
    try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
  }

  @Test func whatIsThereIsSomebodys() throws {
    let config = try train()
    for (index, words) in writers(config).enumerated() {
      let name = "\(folder)/\(index)"
      // A FIFO without a reader, which must not be waited for.
      try #require(mkfifo("\(name)-fifo", 0o600) == 0)
      #expect(fault(words + ["\(name)-fifo"])?.kind == .io, "\(words)")
      #expect(try type("\(name)-fifo") != .typeRegular, "\(words)")
      // A link to a file elsewhere.
      try Files.write("old", to: "\(name)-end")
      try Files.link("\(name)-link", to: "\(index)-end")
      #expect(fault(words + ["\(name)-link"]) == nil, "\(words)")
      #expect(try type("\(name)-link") == .typeSymbolicLink, "\(words)")
      #expect(try Files.read("\(name)-end") != Array("old".utf8), "\(words)")
      // A file that is write-protected.
      try Files.write("kept", to: "\(name)-kept")
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o444], ofItemAtPath: "\(name)-kept")
      #expect(fault(words + ["\(name)-kept"])?.kind == .io, "\(words)")
      #expect(try Files.read("\(name)-kept") == Array("kept".utf8), "\(words)")
    }
  }

  /// It may take minutes, so its picture's place is looked at before.
  @Test func anEvaluationLooksFirst() throws {
    _ = try train()
    let fifo = "\(folder)/fifo"
    try #require(mkfifo(fifo, 0o600) == 0)
    let error = fault(["eval", run, "--neighbours", fifo, "--samples", "20", "--quiet"])
    #expect(error?.findings[0].problem == "nobody reads from it")
    #expect(!Files.exists("\(run)/evaluations.jsonl"))
  }

  /// Two samplings in one folder could not be told apart.
  @Test func singleImagesAreOfOneSampling() throws {
    _ = try train()
    let single = "\(folder)/single"
    try Files.createDirectory(single)
    try Files.write("other", to: "\(single)/notes.txt")
    func sample(_ count: String) -> ZooError? {
      fault(["sample", run, "--separate", single, "--count", count])
    }
    #expect(sample("4") == nil)
    let before = try Files.read("\(single)/sample-000000.png")
    let error = sample("2")
    #expect(error?.kind == .usage)
    #expect(error?.findings[0].problem == "the folder holds 4 pictures of an earlier sampling")
    #expect(try Files.list(single).count == 5)
    #expect(try Files.read("\(single)/sample-000000.png") == before)
  }

  /// A run that another program made, of a variant that only that one has.
  @Test func aForeignVariantNamesItsProgram() throws {
    _ = try train()
    let manifest = "\(run)/manifest.json"
    let text = String(decoding: try Files.read(manifest), as: UTF8.self)
    #expect(text.contains("\"program\": \""))
    try Files.write(
      text.replacing(#/"program": "[^"]*"/#, with: #""program": "custom-zoo""#), to: manifest)
    let others = Registry(
      variants: builtIn.variants.filter { $0.card.name != "wgan-gp" },
      architectures: builtIn.architectures)
    for words in [
      ["sample", run], ["sample", "\(run)/checkpoints/step-000001"], ["eval", run],
      ["export", run, "-o", "\(folder)/g.onnx"], ["resume", run],
      ["describe", "\(run)/config.json"], ["run", "--from-manifest", manifest],
    ] {
      let error = #expect(throws: ZooError.self) {
        try Zoo.execute(others, arguments: ["zoo"] + words)
      }
      let problem = error?.findings[0].problem ?? ""
      #expect(error?.kind == .usage)
      #expect(
        problem.hasPrefix(
          "the variant \"wgan-gp\" is none of this program's; custom-zoo \(Zoo.version) ("),
        "\(words): \(problem)")
    }
    // Without a manifest the config's fault is told as ever.
    try Files.remove(manifest)
    let error = #expect(throws: ZooError.self) {
      try Zoo.execute(others, arguments: ["zoo", "resume", self.run])
    }
    #expect(error?.findings[0].problem.contains("expected the name of a variant") == true)
  }

  /// What is missing is said; nothing that is whole is called damaged.
  @Test func aRunThatHasLostItsConfigIsNotDamaged() throws {
    _ = try train()
    let config = "\(run)/config.json"
    try Files.remove(config)
    for command in ["sample", "eval", "export", "resume"] {
      let error = fault([command, run])
      #expect(error?.kind == .data, "\(command)")
      #expect(error?.findings[0].problem == "the run has lost its config.json")
      #expect(error?.findings[0].advice?.contains("checkpoints/step-000001/manifest.json") == true)
    }
    let picture = "\(folder)/p.png"
    #expect(fault(["sample", "\(run)/checkpoints/step-000001", "-o", picture]) == nil)
    for place in ["\(folder)/none", "\(run)/samples", "\(run)/checkpoints", picture] {
      let error = fault(["sample", place])
      #expect(error?.kind == .usage && error?.findings[0].problem == "there is no run here")
    }
  }
}

extension CommandLineTests {
  /// What was not named is never replaced; what was is, and that is said.
  @Test(.enabled(if: Executable.path != nil, "the program was not built"))
  func aDefaultNameReplacesNothing() throws {
    let folder = try Folder()
    #expect(try zoo(["run", "-", "--out", "run"], in: folder, input: Self.config).code == 0)
    for (words, name) in [
      (["sample", "run"], "samples.png"), (["export", "run"], "generator.onnx"),
      (["compare", "run", "run"], "comparison.html"),
      (["data", "preview", "ring8"], "preview.png"),
    ] {
      #expect(try zoo(words, in: folder).code == 0, "\(words)")
      #expect(try !Files.read("\(folder.path)/\(name)").isEmpty, "\(words)")
      try Files.write("mine", to: "\(folder.path)/\(name)")
      let again = try zoo(words, in: folder)
      #expect(again.code == 2, "\(words)")
      #expect(again.errors.contains("\(name): error: the file exists already"))
      #expect(again.errors.contains("-o \(name) replaces it"))
      #expect(try Files.read("\(folder.path)/\(name)") == Array("mine".utf8))
      let named = try zoo(words + ["-o", name], in: folder)
      #expect(named.code == 0 && named.errors.contains("note: replaced \(name)\n"), "\(words)")
      #expect(try Files.read("\(folder.path)/\(name)") != Array("mine".utf8))
    }
    // The page in the run's own folder is made anew.
    for _ in 0..<2 {
      let report = try zoo(["report", "run"], in: folder)
      #expect(report.code == 0 && !report.errors.contains("replaced"))
    }
    let named = try zoo(["report", "run", "-o", "run/report.html"], in: folder)
    #expect(named.errors.contains("note: replaced run/report.html"))
  }
}
