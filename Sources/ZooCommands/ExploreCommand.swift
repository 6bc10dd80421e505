import ZooCore

/// `zoo explore RUN`.
enum ExploreCommand: Command {
  static let name = "explore"
  static let operands = "RUN|CHECKPOINT|latest"
  static let summary = "Writes a page to look around in what a generator draws, seed by seed"
  static let options =
    Generators.options.filter { $0.name != "--seed" } + [
      Option(
        "--out", "FILE", "The page, - for standard output; default a new explore.html. Also -o."),
      Option("--seeds", "LIST", "Seeds of the grid; default 0-35."),
      Option("--json", nil, "Print the page's path, and errors, as JSON."),
      Option("--quiet", nil, "Show no progress."),
    ]
  static let examples = [
    "zoo explore latest", "zoo explore runs/styles --seeds 0-63 -o styles.html",
  ]

  /// More of them would make a page of hundreds of megabytes.
  private static let most = 400

  static func run(_ arguments: Arguments, _ program: Program) throws(ZooError) {
    let seeds = try SeedList.parse(arguments.value("--seeds") ?? "0-35", at: "--seeds")
    guard seeds.count <= most else {
      throw ZooError(
        .usage, "these are \(Text.grouped(seeds.count)) seeds, expected at most \(most)",
        at: "--seeds")
    }
    let output = try Output(arguments, standard: "explore.html")
    try Backends.using(Setup.backend(arguments)) { () throws(ZooError) in
      let generator = try Generators.open(arguments, program, command: name)
      guard generator.takes.source == nil else {
        throw ZooError(
          .usage, "\(generator.recipe.card.title) translates images, and draws from no seeds",
          at: "zoo explore", advice: "look at translations with zoo sample, or at zoo report")
      }
      try SamplePicture.expectPicture(
        of: generator.sampleShape, at: generator.checkpoint.dataset.name)
      guard generator.sampleShape.count == 3 else {
        throw ZooError(
          .usage, "points have no pictures of their own", at: "zoo explore",
          advice: "draw them with zoo sample")
      }
      try Setup.checkMemory(
        samples: seeds.count, of: generator.sampleShape, at: "--seeds")
      var progress = PhaseProgress(quiet: arguments.has("--quiet"))
      let page = try ExplorePage(generator, seeds: seeds).html { phase, share in
        progress.show(phase, share)
      }
      progress.finish()
      try ReportCommand.deliver(page, to: output, "page", arguments)
    }
  }
}
