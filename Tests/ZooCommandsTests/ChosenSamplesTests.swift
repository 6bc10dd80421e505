import Foundation
import Testing
import Variants
import ZooCommands
import ZooCore

/// Samples chosen one by one, with a generator that styles drive.
@Suite(.serialized) final class ChosenSamplesTests {
  private let folder: Folder
  private let run: String

  init() throws {
    folder = try Folder()
    run = "\(folder.path)/run"
    setenv("ZOO_OFFLINE", "1", 1)
    let config = "\(folder.path)/config.json"
    // The noise has to weigh something, or nobody would see whose it is: one step moves it from zero.
    try Files.write(
      """
      { "variant": "stylegan2", "data": { "dataset": "stroke-digits" },
        "generator": { "width": 4, "latent": { "size": 6 } }, "discriminator": { "width": 4 },
        "objective": { "style": 5 }, "training": { "steps": 1, "batch": 4, "averageDecay": 0 },
        "output": { "grid": [2, 3] } }
      """, to: config)
    #expect(zoo("run", config, "--out", run, "--data-dir", folder.path, "--quiet") == 0)
  }

  private func zoo(_ words: String...) -> Int32 {
    Zoo.run(builtIn, arguments: ["zoo"] + words)
  }

  /// The samples `[N, values]` that flags ask for.
  private func sampled(_ flags: String...) throws -> [[Float]] {
    let file = "\(folder.path)/\(UUID().uuidString).npy"
    #expect(Zoo.run(builtIn, arguments: ["zoo", "sample", run, "--npy", file] + flags) == 0)
    let contents = try NPY.decode(Files.read(file), name: file)
    guard case .numbers(let values) = contents.values else { return [] }
    let size = values.count / contents.shape[0]
    return (0..<contents.shape[0]).map { Array(values[$0 * size..<($0 + 1) * size]) }
  }

  /// A seed's sample is the first that the seed draws, whatever stands beside it and in which order.
  @Test func seedsDrawTheirFirstSample() throws {
    let alone = try sampled("--seed", "7", "--count", "1")
    let several = try sampled("--seeds", "9,5-7")
    #expect(several.count == 4 && several[3] == alone[0])
    #expect(try sampled("--seeds", "7,9") == [alone[0], several[0]])
    #expect(Set(several).count == 4)
    #expect(zoo("sample", run, "--seeds", "3,5", "--separate", "\(folder.path)/each") == 0)
    #expect(try Files.list("\(folder.path)/each").sorted() == ["seed-3.png", "seed-5.png"])
  }

  /// A way through styles begins and ends at the seeds, and its neighbours are nearer than its ends.
  @Test(arguments: ["z", "w"]) func waysLeadFromSeedToSeed(_ space: String) throws {
    let ways = try sampled(
      "--seeds", "1-3", "--interpolate", "--space", space, "--grid", "1x5")
    #expect(ways.count == 2 * 5)
    let ends = try sampled("--seeds", "1-3")
    // The first of a way is the seed itself; in between nothing repeats.
    #expect(ways[0] == ends[0] && ways[5] == ends[1] && Set(ways).count == 10)
    // Its end has the next one's style, rounded, and its own noise, which after one step weighs little.
    for (last, end) in [(ways[4], ends[1]), (ways[9], ends[2])] {
      let difference = zip(last, end).map { abs($0 - $1) }.reduce(0, +) / Float(end.count)
      let apart = zip(last, ends[0]).map { abs($0 - $1) }.reduce(0, +) / Float(end.count)
      #expect(difference < apart / 4)
    }
    let film = "\(folder.path)/way.png"
    #expect(
      zoo(
        "sample", run, "--seeds", "1-3", "--interpolate", "--grid", "1x5", "--film", film) == 0)
    #expect(try Files.read(film).count > 5 * 100)
  }

  /// A mixed sheet has the mean in its corner and unmixed styles in its first row and column; with all
  /// places from the row it repeats them.
  @Test func stylesAreMixed() throws {
    let sheet = try sampled("--mix", "1-2,5-7")
    #expect(sheet.count == 3 * 4)
    #expect(Set(sheet).count == 12)
    let rows = try sampled("--mix", "1-2,5-7", "--cutoff", "1000")
    #expect(rows[4] == sheet[4] && rows[5] == rows[4] && rows[7] == rows[4])
    let columns = try sampled("--mix", "1-2,5-7", "--cutoff", "0")
    #expect(columns[1] == sheet[1] && columns[5] == columns[1] && columns[9] == columns[1])
    // Truncated all the way, each sample with the noise of the sheet is its corner.
    #expect(try sampled("--seeds", "1", "--truncate", "0")[0] == sheet[0])
  }

  private static let wrong = [
    ["--seeds", "3-1"], ["--seeds", "a"], ["--seeds", "1,"], ["--seeds", "-1"],
    ["--seeds", "1-2-3"],
    ["--seeds", "4294967296"], ["--seeds", "0-4294967295"], ["--seeds", "1", "--seed", "1"],
    ["--seeds", "1", "--interpolate"], ["--mix", "1"], ["--mix", "1,2,3"],
    ["--mix", "0-9999,0-9999"],
    ["--mix", "0,1", "--count", "3"], ["--film", "f.png"], ["--space", "w"],
    ["--interpolate", "--space", "x"], ["--sheet", "mixing", "--seeds", "1"],
  ]

  @Test func wrongUseIsTold() {
    for flags in Self.wrong {
      let words = ["zoo", "sample", run, "-o", "\(folder.path)/never.png"] + flags
      #expect(Zoo.run(builtIn, arguments: words) == 2, "\(flags)")
    }
    #expect(!Files.exists("\(folder.path)/never.png"))
  }

  /// A search comes nearer to a picture that the generator drew than the mean style is, and one style for
  /// each place nearer still to one that it did not; another size is resized.
  @Test func picturesAreProjected() throws {
    let picture = "\(folder.path)/target.png"
    try Files.write(
      SampleGrid(rows: 1, columns: 1, gap: 0).png(
        Tensor((0..<56 * 56).map { Double($0 % 56) / 56 }, shape: [1, 56, 56, 1]), range: 0...1),
      to: picture)
    let found = "\(folder.path)/found"
    #expect(
      zoo("project", run, picture, "--steps", "30", "--out", found, "--quiet") == 0)
    #expect(try Files.list(found).sorted() == ["drawn.png", "film.png", "style.npy"])
    let style = try NPY.decode(Files.read("\(found)/style.npy"), name: "style")
    #expect(style.shape.last == 5 && style.shape.count == 2)
    #expect(zoo("project", run, picture, "--out", found) == 2)
    #expect(zoo("project", run, "\(folder.path)/none.png") == 4)
    #expect(zoo("project", run) == 2)

    let generator = try TrainedGenerator(in: run, raw: false, registry: builtIn) { _ in }
    let target = Tensor((0..<784).map { Double($0 % 28) / 14 - 1 }, shape: [1, 28, 28, 1])
    func distances(eachPlace: Bool) throws -> (first: Double, last: Double) {
      let projection = try Projection(
        of: target, by: generator, eachPlace: eachPlace, steps: 60, seed: 1)
      let first = projection.distance
      while projection.advance() {}
      return (first, projection.distance)
    }
    let (one, each) = (try distances(eachPlace: false), try distances(eachPlace: true))
    #expect(one.first == each.first)
    #expect(one.last < one.first && each.last < one.last)
  }

  /// A page for a generator with styles has both sliders, and asks for nothing outside itself.
  @Test func aPageIsExplored() throws {
    let file = "\(folder.path)/page.html"
    #expect(zoo("explore", run, "--seeds", "0-4", "-o", file, "--quiet") == 0)
    let page = String(decoding: try Files.read(file), as: UTF8.self)
    #expect(page.contains(#"id="truncation""#) && page.contains(#"id="ways""#))
    #expect(page.contains("ψ 0.5") && page.contains("seed 4"))
    #expect(!page.contains("http:") && !page.contains("https:"))
    #expect(page.contains("default-src 'none'"))
    #expect(zoo("explore", run, "--seeds", "0-999", "-o", file) == 2)
  }
}
