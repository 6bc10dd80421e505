import ZooCore

/// What `zoo sample` draws: samples one after another or of seeds, what lies between two, or mixed styles.
struct SampleChoice {
  /// What samples are drawn from.
  private(set) var inputs: InputSource
  /// How they lie in the picture.
  let grid: SampleGrid
  /// What files of single images are called, without their ending.
  let names: [String]

  static let options = [
    Option("--count", "N", "How many samples; default what fills the grid."),
    Option("--grid", "RxC", "Rows and columns of the picture, such as 4x8."),
    Option("--class", "NAME", "This class only; default all in turn, one in each row."),
    Option("--seeds", "LIST", "The first sample of each of these seeds, such as 0-35 or 1,5,9-12."),
    Option(
      "--mix", "ROWS,COLS",
      "Coarse styles of a seed in each row with fine ones of another in each column: 0-3,10-14."),
    Option(
      "--truncate", "T",
      "Safer samples: draw numbers of latent codes beyond ±T again, or leave the share T of styles' "
        + "distance from their mean."),
    Option(
      "--cutoff", "N",
      "Draw only the first N styles to their mean; of mixed ones take so many from the row."),
    Option(
      "--interpolate", nil,
      "Each row goes from one latent code to another; with --seeds from each to the next."),
    Option(
      "--space", "z|w", "Go between latent codes (z, the default), or between styles (w)."),
  ]

  /// The flags that say what is drawn.
  static let flags = options.map(\.name)

  /// What the flags ask for.
  init(
    _ generator: TrainedGenerator, seed: UInt32, _ arguments: Arguments
  ) throws(ZooError) {
    try Self.checkFlags(generator, arguments)
    if let text = arguments.value("--mix") {
      self = try Self.mixed(SeedList.parsePair(text, at: "--mix"), generator, seed, arguments)
    } else if let text = arguments.value("--seeds") {
      self = try Self.ofSeeds(SeedList.parse(text, at: "--seeds"), generator, arguments)
    } else {
      self = try Self.drawn(generator, seed, arguments)
    }
    inputs.truncation = try Self.truncation(generator, arguments)
  }

  private init(_ inputs: InputSource, _ grid: SampleGrid, names: [String]? = nil) {
    (self.inputs, self.grid) = (inputs, grid)
    self.names = names ?? Self.numbered(inputs.count)
  }

  /// Coarse styles of some seeds with fine ones of others.
  private static func mixed(
    _ seeds: (rows: [UInt32], columns: [UInt32]), _ generator: TrainedGenerator, _ seed: UInt32,
    _ arguments: Arguments
  ) throws(ZooError) -> SampleChoice {
    let wanted = try wantedClass(generator, arguments)
    let grid = SampleGrid(rows: seeds.rows.count + 1, columns: seeds.columns.count + 1)
    try checkCount(grid.rows * grid.columns, generator, at: "--mix")
    return SampleChoice(
      try generator.mixed(
        rows: seeds.rows, columns: seeds.columns,
        cutoff: arguments.integer("--cutoff", in: 0...1000), seed: seed,
        classOf: { wanted ?? $0 % $1 }), grid)
  }

  /// The first sample of each seed, or the ways from each to the next.
  private static func ofSeeds(
    _ seeds: [UInt32], _ generator: TrainedGenerator, _ arguments: Arguments
  ) throws(ZooError) -> SampleChoice {
    try checkCount(seeds.count, generator, at: "--seeds")
    let wanted = try wantedClass(generator, arguments)
    let inputs = generator.inputs(ofSeeds: seeds, bound: try bound(generator, arguments)) {
      wanted ?? $0 % $1
    }
    guard arguments.has("--interpolate") else {
      return SampleChoice(
        inputs, try grid(for: seeds.count, generator, arguments), names: names(of: seeds))
    }
    guard seeds.count > 1 else {
      throw ZooError(
        .usage, "there is nothing between one seed and itself", at: "--seeds",
        advice: "give several, such as 0-4")
    }
    let ways = SampleGrid(
      rows: seeds.count - 1, columns: try grid(generator, arguments).columns)
    try checkCount(ways.rows * ways.columns, generator, at: "--seeds")
    let pairs = (1..<seeds.count).map { (from: $0 - 1, to: $0) }
    return SampleChoice(
      try generator.walks(
        inputs, pairs: pairs, steps: ways.columns, throughStyles: goesThroughStyles(arguments),
        seed: seeds[0]), ways)
  }

  /// Samples one after another, or ways between pairs of them.
  private static func drawn(
    _ generator: TrainedGenerator, _ seed: UInt32, _ arguments: Arguments
  ) throws(ZooError) -> SampleChoice {
    let (wanted, takes) = (try wantedClass(generator, arguments), generator.takes)
    let asked = try grid(generator, arguments)
    let count =
      try arguments.integer("--count", in: 1...1_000_000)
      ?? (generator.sampleShape.count == 3 || arguments.has("--grid")
        ? asked.rows * asked.columns : SamplePicture.pointCount)
    try checkCount(count, generator, at: arguments.has("--count") ? "--count" : "--grid")
    let grid = SampleGrid(
      rows: (count + asked.columns - 1) / asked.columns, columns: asked.columns)
    guard arguments.has("--interpolate") else {
      let latents = takes.latent?.codes(count, seed: seed, bound: try bound(generator, arguments))
      return SampleChoice(
        takes.inputs(count, latents: latents) { wanted ?? $0 / grid.columns % $1 }, grid)
    }
    let ends = takes.inputs(
      2 * grid.rows, latents: takes.latent?.codes(2 * grid.rows, seed: seed),
      classOf: { wanted ?? $0 / 2 % $1 })
    let pairs = (0..<grid.rows).map { (from: 2 * $0, to: 2 * $0 + 1) }
    return SampleChoice(
      try generator.walks(
        ends, pairs: pairs, steps: grid.columns, throughStyles: goesThroughStyles(arguments),
        seed: seed), grid)
  }

  /// `seed-7`, and `seed-7-2` for the second of a seed that is named twice.
  private static func names(of seeds: [UInt32]) -> [String] {
    var times: [UInt32: Int] = [:]
    return seeds.map { seed in
      let time = times[seed, default: 0] + 1
      times[seed] = time
      return time == 1 ? "seed-\(seed)" : "seed-\(seed)-\(time)"
    }
  }

  private static func numbered(_ count: Int) -> [String] {
    (0..<count).map { "sample-" + String(1_000_000 + $0).dropFirst() }
  }

  /// Refuses more samples than this machine holds, before anything is drawn for them.
  private static func checkCount(
    _ count: Int, _ generator: TrainedGenerator, at flag: String
  ) throws(ZooError) {
    guard flag == "--grid" || count <= SeedList.most else {
      throw ZooError(
        .usage,
        "these are \(Text.grouped(count)) samples, expected at most "
          + Text.grouped(SeedList.most), at: flag, advice: "ask for fewer")
    }
    let styles = generator.styleDriven.map { $0.places * $0.meanStyle.count } ?? 0
    let codes = generator.takes.latent?.size ?? 0
    let values = generator.sampleShape.reduce(1) { $0 * $1 }
    try Setup.checkMemory(samples: count, of: [values + styles + codes], at: flag)
  }

  // MARK: Flags

  /// Refuses flags that would undo each other, or that this generator has no use for.
  private static func checkFlags(
    _ generator: TrainedGenerator, _ arguments: Arguments
  ) throws(ZooError) {
    let (takes, hasStyles) = (generator.takes, generator.styleDriven != nil)
    let ofCodes = ["--truncate", "--interpolate", "--seeds", "--mix"]
    for flag in ofCodes where arguments.has(flag) && takes.latent == nil {
      throw ZooError(
        .usage, "this generator takes no latent codes", at: flag, advice: "leave the flag out")
    }
    let ofStyles = goesThroughStyles(arguments) ? ["--space", "--mix"] : ["--mix"]
    for flag in ofStyles + ["--cutoff"] where arguments.has(flag) && !hasStyles {
      throw ZooError(
        .usage, "this generator has no styles", at: flag,
        advice: "leave the flag out, or train one that has: Configs/stylegan2-mnist.json")
    }
    let apart = [
      ("--mix", ["--seeds", "--count", "--grid", "--interpolate", "--truncate"]),
      ("--seeds", ["--count", "--seed"]),
      ("--interpolate", hasStyles ? [] : ["--truncate"]),
    ]
    for (flag, others) in apart where arguments.has(flag) {
      if let other = others.first(where: arguments.has) {
        throw ZooError(
          .usage, "does not go with \(flag)", at: other, advice: "leave one of them out")
      }
    }
    for flag in ["--space", "--film"] where arguments.has(flag) && !arguments.has("--interpolate") {
      throw ZooError(
        .usage, "says how to go between samples, which is not asked for", at: flag,
        advice: "add --interpolate")
    }
    if let space = arguments.value("--space"), space != "z", space != "w" {
      throw ZooError(
        .usage, "expected z or w, found \"\(Text.printable(space))\"", at: "--space",
        advice: "z are latent codes, w the styles made of them")
    }
  }

  private static func goesThroughStyles(_ arguments: Arguments) -> Bool {
    arguments.value("--space") == "w"
  }

  /// What numbers of latent codes stay below, for a generator without styles.
  private static func bound(
    _ generator: TrainedGenerator, _ arguments: Arguments
  ) throws(ZooError) -> Double? {
    generator.styleDriven == nil ? try arguments.number("--truncate", in: 0.01...100) : nil
  }

  /// How far styles are drawn to their mean, for a generator that has any.
  private static func truncation(
    _ generator: TrainedGenerator, _ arguments: Arguments
  ) throws(ZooError) -> StyleTruncation? {
    guard generator.styleDriven != nil, !arguments.has("--mix") else { return nil }
    let places = try arguments.integer("--cutoff", in: 1...1000)
    guard let share = try arguments.number("--truncate", in: -2...2) else {
      guard places == nil else {
        throw ZooError(
          .usage, "says where --truncate ends, which is not there", at: "--cutoff",
          advice: "add for instance --truncate 0.7")
      }
      return nil
    }
    return StyleTruncation(share: share, places: places)
  }

  /// The grid that is asked for, or the run's own.
  static func grid(
    _ generator: TrainedGenerator, _ arguments: Arguments
  ) throws(ZooError) -> SampleGrid {
    if let count = try arguments.integer("--count", in: 1...1_000_000) {
      return try grid(for: count, generator, arguments)
    }
    let configured = generator.recipe.config.output.grid
    return try arguments.value("--grid").map { text throws(ZooError) in
      try SampleGrid(parsing: text, at: "--grid")
    } ?? SampleGrid(rows: configured[0], columns: configured[1])
  }

  /// The grid that is asked for, or one for so many samples, as square as it can be.
  private static func grid(
    for count: Int, _ generator: TrainedGenerator, _ arguments: Arguments
  ) throws(ZooError) -> SampleGrid {
    if let text = arguments.value("--grid") {
      let grid = try SampleGrid(parsing: text, at: "--grid")
      return SampleGrid(
        rows: (count + grid.columns - 1) / grid.columns, columns: grid.columns)
    }
    return SampleGrid(for: count)
  }

  private static func wantedClass(
    _ generator: TrainedGenerator, _ arguments: Arguments
  ) throws(ZooError) -> Int? {
    guard let wanted = arguments.value("--class") else { return nil }
    guard generator.takes.classes != nil, let names = generator.checkpoint.dataset.classNames else {
      throw ZooError(
        .usage, "this generator does not know classes", at: "--class",
        advice: "train a conditional one: Configs/cgan-mnist.json")
    }
    guard let place = names.firstIndex(of: wanted) else {
      let closest = Suggestion.closest(to: wanted, among: names)
      throw ZooError(
        .usage, "there is no class \"\(Text.printable(wanted))\"", at: "--class",
        advice: closest.map { "did you mean \"\($0)\"?" }
          ?? "classes: \(names.prefix(20).joined(separator: ", "))")
    }
    return place
  }
}
