import Testing
import Variants
import ZooCore

/// One black picture of 3136x3136 pixels.
private struct LargePicture: Dataset {
  let name = "large"
  let count = 1
  let sampleShape = [3136, 3136, 3]
  let classNames: [String]? = nil
  let digest = ""

  func label(at index: Int) -> Int32? { nil }
  func read(_ indices: [Int], into values: inout MutableSpan<Float>) {}
}

@Suite struct PictureSizeTests {
  /// 4096 pictures of 30 million values take 1.8 TB: told before anything is drawn or written.
  @Test func aGridThatNoMachineHoldsIsRefused() throws {
    let json = """
      { "variant": "gan", "training": { "batch": 1 },
        "generator": { "latent": { "size": 1 }, "layers": [{ "dense": 3 }, { "reshape": [1, 1, 3] },
          { "upsample": 49 }, { "upsample": 64 }] },
        "discriminator": { "layers": [{ "avgPool": 196 }, { "avgPool": 16 }, "flatten", { "dense": 1 }] },
        "output": { "grid": [64, 64] } }
      """
    let recipe = try Recipe(parsing: Array(json.utf8), file: "grid.json", registry: builtIn)
    try inFolder { folder in
      let error = #expect(throws: ZooError.self) {
        try TrainingRun(
          recipe, on: LargePicture(), in: "\(folder)/run", manifest: .object([]))
      }
      #expect(error?.kind == .usage)
      let finding = try #require(error?.findings.first)
      #expect(finding.place == "grid.json:5:23")
      #expect(
        finding.problem.hasPrefix("output.grid: a picture of 4,096 samples [3136, 3136, 3] needs"))
      #expect(!Files.exists("\(folder)/run"))
    }
  }
}
