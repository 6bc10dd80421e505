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
      Option(
        "--separate", "DIR", "One PNG for each sample, in a folder without an earlier sampling."),
      Option("--npy", "FILE", "The samples as float32 [N, H, W, C] in [0, 1]; - as above."),
      Option(
        "--film", "FILE",
        "With --interpolate: an animated PNG of the way, all rows at once; - as above."),
    ] + SampleChoice.options + SampleSheet.options
  static let examples = [
    "zoo sample latest --grid 4x8 -o digits.png",
    "zoo sample runs/styles --interpolate --space w --grid 8x30 --film walk.png",
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
    let seed = try Generators.seed(generator, arguments)
    if let sheet = arguments.value("--sheet") {
      return try SampleSheet.draw(sheet, generator, seed: seed, arguments)
    }
    if generator.takes.source != nil {
      let grid = try SampleChoice.grid(generator, arguments)
      return try SampleTranslations.draw(
        generator, seed: seed, grid: (grid.rows, grid.columns), arguments)
    }
    let choice = try SampleChoice(generator, seed: seed, arguments)
    try deliver(choice, generator, seed: seed, arguments)
  }

  private static func deliver(
    _ choice: SampleChoice, _ generator: TrainedGenerator, seed: UInt32, _ arguments: Arguments
  ) throws(ZooError) {
    let (array, film) = (try output("--npy", arguments), try output("--film", arguments))
    let folder = arguments.value("--separate")
    if let folder { try expectUnused(folder) }
    let isPicture = arguments.has("--out") || (array == nil && film == nil && folder == nil)
    if isPicture || film != nil || folder != nil {
      try SamplePicture.expectPicture(
        of: generator.sampleShape, at: generator.checkpoint.dataset.name)
    }
    for flag in ["--film", "--separate"]
    where arguments.has(flag) && generator.sampleShape.count != 3 {
      throw ZooError(.usage, "points have no pictures of their own", at: flag)
    }
    let sheet = isPicture ? try Output(arguments, standard: "samples.png") : nil
    let inputs = choice.inputs
    let samples = try generator.draw(0..<inputs.count, of: inputs, seed: seed)
    guard samples.isFinite else { throw notFinite }
    try array?.deliver(NPY.encode(generator.unit(samples), shape: samples.shape))
    if let folder { try separate(samples, choice.names, generator, into: folder) }
    let range = generator.recipe.config.data.range
    try film?.deliver(choice.grid.film(samples, range: range).bytes)
    try sheet?.deliver(
      generator.sampleShape.count == 3
        ? choice.grid.png(samples, range: range) : ScatterPlot().png(samples, over: samples))
    let written = [array?.path, folder, film?.path, sheet?.path].compactMap { $0 }
    guard !written.contains("-") else { return }
    try Console.result(
      "\(samples.shape[0]) samples of step \(generator.checkpoint.step)"
        + "\(generator.isAverage ? " (moving average)" : "") in \(written.joined(separator: ", "))")
  }

  /// The file of a flag, of which no other flag has the same.
  private static func output(
    _ flag: String, _ arguments: Arguments
  ) throws(ZooError) -> Output? {
    guard let path = arguments.value(flag) else { return nil }
    if let other = ["--out", "--npy", "--film"].first(where: {
      $0 != flag && arguments.value($0) == path
    }) {
      throw ZooError(
        .usage, "would be replaced by the file of \(other)", at: "\(flag) \(path)",
        advice: "give them different names")
    }
    return try Output(path, flag: flag)
  }

  static let notFinite = ZooError(
    .diverged, "the generator's samples are not finite",
    advice: "sample an older checkpoint of the run")

  /// Refuses a folder with pictures of an earlier sampling: nobody could tell the two apart.
  private static func expectUnused(_ folder: String) throws(ZooError) {
    guard Files.isTaken(folder) else { return }
    let earlier = try Files.list(folder).count { name in
      name.hasSuffix(".png") && ["sample-", "seed-"].contains { name.hasPrefix($0) }
    }
    guard earlier == 0 else {
      throw ZooError(
        .usage, "the folder holds \(earlier) pictures of an earlier sampling",
        at: "--separate \(Text.printable(folder))", advice: "name another folder, or remove them")
    }
    try Files.expectWritable(Files.join(folder, "sample-"))
  }

  private static func separate(
    _ samples: Tensor, _ names: [String], _ generator: TrainedGenerator, into folder: String
  ) throws(ZooError) {
    try Files.createDirectory(folder)
    let range = generator.recipe.config.data.range
    for (index, name) in names.enumerated() {
      let image = samples.rows(index..<index + 1)
      try Files.write(
        SampleGrid(rows: 1, columns: 1, gap: 0).png(image, range: range),
        to: Files.join(folder, name + ".png"))
    }
  }
}
