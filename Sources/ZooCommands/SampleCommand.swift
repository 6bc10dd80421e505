import ZooCore

/// `zoo sample RUN`.
enum SampleCommand: Command {
  static let name = "sample"
  static let operands = "RUN|CHECKPOINT|latest"
  static let summary = "Draws with a trained generator: a picture, single images, or an array"
  static let options =
    Generators.options + [
      Option(
        "--out", "FILE", "The picture, - for standard output; default a new samples.png. Also -o."),
      Option("--count", "N", "How many samples; default what fills the grid."),
      Option("--grid", "RxC", "Rows and columns of the picture, such as 4x8."),
      Option("--class", "NAME", "This class only; default all in turn, one in each row."),
      Option(
        "--truncate", "T",
        "Safer samples: draw numbers of latent codes beyond ±T again, or leave the share T of styles' "
          + "distance from their mean."),
      Option("--cutoff", "N", "Draw only the first N styles to their mean."),
      Option("--interpolate", nil, "Each row goes from one latent code to another."),
      Option(
        "--separate", "DIR", "One PNG for each sample, in a folder without an earlier sampling."),
      Option("--npy", "FILE", "The samples as float32 [N, H, W, C] in [0, 1]; - as above."),
    ] + SampleSheet.options
  static let examples = [
    "zoo sample latest --grid 4x8 -o digits.png",
    "zoo sample runs/short --interpolate --seed 7",
    "zoo sample latest --sheet categories",
  ]

  static func run(_ arguments: Arguments, _ program: Program) throws(ZooError) {
    try Backends.using(Setup.backend(arguments)) { () throws(ZooError) in
      try draw(Generators.open(arguments, program, command: name), arguments)
    }
  }

  private static func draw(
    _ generator: TrainedGenerator, _ arguments: Arguments
  ) throws(ZooError) {
    let seed =
      try arguments.integer("--seed", in: 0...4_294_967_295)
      ?? generator.recipe.config.training.seed
    if let sheet = arguments.value("--sheet") {
      return try SampleSheet.draw(sheet, generator, seed: UInt32(seed), arguments)
    }
    let grid = try grid(generator, arguments)
    if generator.takes.source != nil {
      return try SampleTranslations.draw(
        generator, seed: UInt32(seed), grid: (grid.rows, grid.columns), arguments)
    }
    let count =
      try arguments.integer("--count", in: 1...1_000_000)
      ?? (generator.sampleShape.count == 3 || arguments.has("--grid")
        ? grid.rows * grid.columns : SamplePicture.pointCount)
    let truncation = try truncation(generator, arguments)
    let bound = truncation == nil ? try arguments.number("--truncate", in: 0.01...100) : nil
    let choice: LatentChoice =
      arguments.has("--interpolate")
      ? .paths(count: (count + grid.columns - 1) / grid.columns, steps: grid.columns)
      : .independent(count: count, bound: bound)
    try checkOutputs(generator, arguments)
    let array = try arguments.value("--npy").map { path throws(ZooError) in
      try Output(path, flag: "--npy")
    }
    let folder = arguments.value("--separate")
    if let folder { try expectUnused(folder) }
    let isPicture = arguments.has("--out") || (array == nil && folder == nil)
    if isPicture || folder != nil {
      try SamplePicture.expectPicture(
        of: generator.sampleShape, at: generator.checkpoint.dataset.name)
    }
    let sheet = isPicture ? try Output(arguments, standard: "samples.png") : nil
    try Setup.checkMemory(
      samples: count, of: generator.sampleShape,
      at: arguments.has("--count") ? "--count" : "--grid")
    var inputs = try inputs(choice, count, UInt32(seed), grid, generator, arguments)
    inputs.truncation = truncation
    let samples = try generator.draw(0..<inputs.count, of: inputs, seed: UInt32(seed))
    guard samples.isFinite else { throw notFinite }
    try array?.deliver(NPY.encode(generator.unit(samples), shape: samples.shape))
    if let folder { try separate(samples, generator, into: folder) }
    try sheet?.deliver(picture(samples, grid, generator))
    let written = [array?.path, folder, sheet?.path].compactMap { $0 }
    guard !written.contains("-") else { return }
    try Console.result(
      "\(samples.shape[0]) samples of step \(generator.checkpoint.step)"
        + "\(generator.isAverage ? " (moving average)" : "") in \(written.joined(separator: ", "))")
  }

  static let notFinite = ZooError(
    .diverged, "the generator's samples are not finite",
    advice: "sample an older checkpoint of the run")

  /// How far styles are drawn to their mean, for a generator that has any.
  private static func truncation(
    _ generator: TrainedGenerator, _ arguments: Arguments
  ) throws(ZooError) -> StyleTruncation? {
    guard generator.takes.hasStyles else {
      guard arguments.has("--cutoff") else { return nil }
      throw ZooError(
        .usage, "this generator has no styles", at: "--cutoff", advice: "leave the flag out")
    }
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

  /// Refuses flags that would undo each other.
  private static func checkOutputs(
    _ generator: TrainedGenerator, _ arguments: Arguments
  ) throws(ZooError) {
    if arguments.has("--interpolate"), arguments.has("--truncate"), !generator.takes.hasStyles {
      throw ZooError(
        .usage, "does not go with --interpolate", at: "--truncate", advice: "leave one of them out")
    }
    if let path = arguments.value("--npy"), path == arguments.value("--out") {
      throw ZooError(
        .usage, "would be replaced by the picture of --out", at: "--npy \(path)",
        advice: "give them different names")
    }
    if arguments.has("--separate"), generator.sampleShape.count != 3 {
      throw ZooError(.usage, "points have no pictures of their own", at: "--separate")
    }
  }

  private static func grid(
    _ generator: TrainedGenerator, _ arguments: Arguments
  ) throws(ZooError) -> SampleGrid {
    let configured = generator.recipe.config.output.grid
    guard let text = arguments.value("--grid") else {
      // A picture of some samples is as square as it can be.
      guard let count = try arguments.integer("--count", in: 1...1_000_000) else {
        return SampleGrid(rows: configured[0], columns: configured[1])
      }
      let columns = (1...).first { $0 * $0 >= count } ?? 1
      return SampleGrid(rows: (count + columns - 1) / columns, columns: columns)
    }
    return try SampleGrid(parsing: text, at: "--grid")
  }

  /// What the samples are drawn from: of the class asked for, or of one for each row of the grid.
  private static func inputs(
    _ choice: LatentChoice, _ count: Int, _ seed: UInt32, _ grid: SampleGrid,
    _ generator: TrainedGenerator, _ arguments: Arguments
  ) throws(ZooError) -> InputSource {
    let takes = generator.takes
    for flag in ["--truncate", "--interpolate"] where arguments.has(flag) && takes.latent == nil {
      throw ZooError(
        .usage, "this generator takes no latent codes", at: flag, advice: "leave the flag out")
    }
    let latents = takes.latent?.choose(choice, seed: seed)
    let wanted = try wantedClass(generator, arguments)
    return takes.inputs(latents?.shape[0] ?? count, latents: latents) { sample, classes in
      wanted ?? sample / grid.columns % classes
    }
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

  private static func picture(
    _ samples: Tensor, _ grid: SampleGrid, _ generator: TrainedGenerator
  ) throws(ZooError) -> [UInt8] {
    guard generator.sampleShape.count == 3 else {
      return ScatterPlot().png(samples, over: samples)
    }
    let rows = (samples.shape[0] + grid.columns - 1) / grid.columns
    let range = generator.recipe.config.data.range
    return SampleGrid(rows: rows, columns: grid.columns).png(samples, range: range)
  }

  private static let (single, ending) = ("sample-", ".png")

  /// Refuses a folder with pictures of an earlier sampling: nobody could tell the two apart.
  private static func expectUnused(_ folder: String) throws(ZooError) {
    guard Files.isTaken(folder) else { return }
    let earlier = try Files.list(folder).count { $0.hasPrefix(single) && $0.hasSuffix(ending) }
    guard earlier == 0 else {
      throw ZooError(
        .usage, "the folder holds \(earlier) pictures of an earlier sampling",
        at: "--separate \(Text.printable(folder))", advice: "name another folder, or remove them")
    }
    try Files.expectWritable(Files.join(folder, single))
  }

  private static func separate(
    _ samples: Tensor, _ generator: TrainedGenerator, into folder: String
  ) throws(ZooError) {
    try Files.createDirectory(folder)
    let range = generator.recipe.config.data.range
    for index in 0..<samples.shape[0] {
      let number = String(1_000_000 + index).dropFirst()
      let image = samples.rows(index..<index + 1)
      try Files.write(
        SampleGrid(rows: 1, columns: 1, gap: 0).png(image, range: range),
        to: Files.join(folder, single + number + ending))
    }
  }
}
