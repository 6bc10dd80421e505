import Foundation
import Testing
import Variants
import ZooCommands
import ZooCore

/// Pictures that do not decode, from a config to the last checkpoint.
@Suite(.serialized, .enabled(if: PNGReader.isAvailable, "libpng16 is not here"))
final class BrokenPictureTests {
  private let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "/zoo-" + UUID().uuidString
    try Files.createDirectory("\(folder)/photos")
    for number in 0..<12 {
      try Files.write(picture(number), to: "\(folder)/photos/\(number + 10).png")
    }
  }

  deinit { try? Files.remove(folder) }

  private func picture(_ number: Int) -> [UInt8] {
    PNG.encode([UInt8](repeating: UInt8(20 * number), count: 64), width: 8, height: 8, channels: 1)
  }

  private func zoo(_ words: String...) -> Int32 {
    Zoo.run(builtIn, arguments: ["zoo"] + words)
  }

  private func config() throws -> String {
    let path = "\(folder)/config.json"
    try Files.write(
      """
      { "variant": "gan",
        "data": { "dataset": "folder", "path": "\(folder)/photos", "size": [8, 8], "channels": 1 },
        "generator": { "latent": { "size": 2 }, "layers": [
          { "dense": 64 }, "tanh", { "reshape": [8, 8, 1] } ] },
        "discriminator": { "layers": ["flatten", { "dense": 1 }] },
        "training": { "steps": 9, "batch": 2 },
        "output": { "sampleEvery": 9, "checkpointEvery": 1, "grid": [1, 2] } }
      """, to: path)
    return path
  }

  private func weights(_ run: String) throws -> [UInt8] {
    try Files.read("\(folder)/\(run)/checkpoints/step-000009/generator.safetensors")
  }

  /// Both pieces of advice, followed: the run goes on, to the same bits as if it had begun so.
  @Test func aRunThatMeetsOneCanGoOn() throws {
    // The last one of the first epoch.
    let last = Int(Sampler(seed: 1, count: 12).permutation(epoch: 0)[11])
    var damaged = picture(last)
    damaged[damaged.count - 20] ^= 1
    let place = "\(folder)/photos/\(last + 10).png"
    let config = try config()

    try Files.write(damaged, to: place)
    #expect(
      zoo("run", config, "--out", "\(folder)/skipped", "--quiet", "--set", "data.broken=skip") == 0)
    let log = String(decoding: try Files.read("\(folder)/skipped/log.txt"), as: UTF8.self)
    #expect(log.contains("stands in for it"), "\(log)")

    for (run, options) in [("advised", ["--set", "data.broken=skip"]), ("mended", [])] {
      try Files.write(picture(last), to: place)
      #expect(
        zoo("run", config, "--out", "\(folder)/\(run)", "--quiet", "--set", "training.steps=2") == 0
      )
      try Files.write(damaged, to: place)
      let resume = ["zoo", "resume", "\(folder)/\(run)", "--quiet", "--set", "training.steps=9"]
      #expect(Zoo.run(builtIn, arguments: resume) == 4)
      if run == "mended" { try Files.write(picture(last), to: place) }
      #expect(Zoo.run(builtIn, arguments: resume + options) == 0)
    }
    #expect(zoo("run", config, "--out", "\(folder)/whole", "--quiet") == 0)
    #expect(try weights("advised") == weights("skipped"))
    #expect(try weights("mended") == weights("whole"))
    #expect(try weights("mended") != weights("skipped"))
  }

  @Test func importSpeaksOfItsOwnFlag() throws {
    try Files.write("no picture", to: "\(folder)/photos/10.png")
    let words = ["zoo", "data", "import", "\(folder)/photos", "--size", "8x8", "-o", "\(folder)/p"]
    let error = try #require(throws: ZooError.self) {
      try Zoo.execute(builtIn, arguments: words)
    }
    #expect(error.findings[0].advice?.hasSuffix("or add --skip-broken") == true, "\(error)")
    // The other kind: it shows only when its pixels are decoded.
    var damaged = picture(0)
    damaged[damaged.count - 20] ^= 1
    try Files.write(damaged, to: "\(folder)/photos/10.png")
    let late = try #require(throws: ZooError.self) { try Zoo.execute(builtIn, arguments: words) }
    #expect(late.findings[0].advice?.hasSuffix("--skip-broken leaves it out") == true, "\(late)")
    #expect(Zoo.run(builtIn, arguments: words + ["--skip-broken"]) == 0)
    #expect(try PackFile("\(folder)/p").count == 11)
  }

  @Test(arguments: ["--out=caf\u{FFFD}.png", "caf\u{FFFD}"])
  func namesThatAreNotUTF8AreRefused(_ word: String) throws {
    let error = try #require(throws: ZooError.self) {
      try Zoo.execute(builtIn, arguments: ["zoo", "sample", word])
    }
    #expect(error.kind == .usage && error.description.contains("is not UTF-8"), "\(error)")
  }
}
