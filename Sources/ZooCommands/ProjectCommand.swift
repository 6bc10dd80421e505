import ZooCore

/// `zoo project RUN IMAGE`.
enum ProjectCommand: Command {
  static let name = "project"
  static let operands = "RUN|CHECKPOINT|latest IMAGE"
  static let summary = "Finds the style that draws a picture, with a generator that has styles"
  static let options =
    Generators.options + [
      Option("--out", "DIR", "The folder of what was found; default a new projection. Also -o."),
      Option("--steps", "N", "Steps of the search; default \(Projection.steps)."),
      Option(
        "--each-place", nil,
        "Find a style for each place and not one for all: closer to the picture, further from what the "
          + "generator draws by itself."),
      Option("--quiet", nil, "Show no progress."),
    ]
  static let examples = [
    "zoo project latest seven.png", "zoo project runs/styles me.png --each-place --out me",
  ]

  /// Pictures of the film.
  private static let frames = 60
  private static let (style, drawn, film) = ("style.npy", "drawn.png", "film.png")

  static func run(_ arguments: Arguments, _ program: Program) throws(ZooError) {
    guard arguments.operands.count == 2 else {
      throw ZooError(
        .usage, "expected a run and a picture", at: "zoo project",
        advice: "for instance \(examples[0])")
    }
    let (run, picture) = (arguments.operands[0], arguments.operands[1])
    try Backends.using(Setup.backend(arguments)) { () throws(ZooError) in
      let generator = try Generators.open(run: run, arguments, program)
      guard generator.styleDriven != nil, generator.sampleShape.count == 3 else {
        throw ZooError(
          .usage, "\(generator.recipe.card.title) has no styles to look for", at: "zoo project",
          advice: "train a generator that has some: zoo run stylegan2-mnist")
      }
      try SamplePicture.expectPicture(
        of: generator.sampleShape, at: generator.checkpoint.dataset.name)
      try project(picture, generator, arguments)
    }
  }

  private static func project(
    _ picture: String, _ generator: TrainedGenerator, _ arguments: Arguments
  ) throws(ZooError) {
    let seed = try Generators.seed(generator, arguments)
    let steps = try arguments.integer("--steps", in: 1...1_000_000) ?? Projection.steps
    let target = try target(picture, generator.sampleShape)
    let folder = arguments.value("--out") ?? "projection"
    let taken = [style, drawn, film].map { Files.join(folder, $0) }.filter(Files.isTaken)
    guard taken.isEmpty else {
      throw ZooError(
        .usage, "the folder holds an earlier projection", at: "--out \(Text.printable(folder))",
        advice: "name another folder, or remove it")
    }
    try Files.createDirectory(folder)
    try Files.expectWritable(Files.join(folder, style))
    let range = generator.recipe.config.data.range
    let scaled = target.mapped(to: range)
    let projection = try Projection(
      of: scaled, by: generator, eachPlace: arguments.has("--each-place"), steps: steps,
      seed: seed)
    var progress = PhaseProgress(quiet: arguments.has("--quiet"))
    var shown: [APNG.Frame] = []
    func show() {
      shown.append(
        APNG.Frame(
          name: "picture \(shown.count)",
          bytes: SampleGrid(rows: 1, columns: 2).png(
            .concatenated([scaled, projection.drawn]), range: range)))
    }
    let start = projection.distance
    show()
    for step in 1...steps {
      _ = projection.advance()
      if step * frames / steps > (step - 1) * frames / steps { show() }
      progress.show("looking for the style", Double(step) / Double(steps))
    }
    progress.finish()
    guard projection.drawn.isFinite else { throw SampleCommand.notFinite }
    let found = projection.found
    try Files.write(
      NPY.encode(found.floats, shape: found.shape), to: Files.join(folder, style))
    try Files.write(
      SampleGrid(rows: 1, columns: 1, gap: 0).png(projection.drawn, range: range),
      to: Files.join(folder, drawn))
    try Files.write(APNG(shown, delay: 80).bytes, to: Files.join(folder, film))
    try Console.result(
      "distance \(Text.figure(projection.distance, digits: 4)) of pixels in 0...1 (mean style: "
        + "\(Text.figure(start, digits: 4))), in \(folder): \(style), \(drawn), \(film)")
  }

  /// The picture in the generator's size and colours; what had to be resized is said.
  private static func target(_ path: String, _ shape: Shape) throws(ZooError) -> Tensor {
    let picture = try PictureInput.read(path, channels: shape[2])
    guard picture.height != shape[0] || picture.width != shape[1] else { return picture.tensor }
    Console.say(
      "note: \(Text.printable(path)) is resized from \(picture.width)x\(picture.height) to "
        + "\(shape[1])x\(shape[0])")
    return picture.resized(width: shape[1], height: shape[0], filter: .bicubic).tensor
  }
}
