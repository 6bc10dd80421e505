import ZooCore

/// `zoo translate RUN INPUT…`.
enum TranslateCommand: Command {
  static let name = "translate"
  static let operands = "RUN|CHECKPOINT|latest INPUT…"
  static let summary = "Translates pictures, or folders of them, with a trained translator"
  static let options =
    Generators.options + [
      Option("--out", "DIR", "The folder of the translations; default a new translated. Also -o."),
      Option("--direction", "WAY", "AtoB, or BtoA where the run has learnt both; default AtoB."),
      Option(
        "--grid", "FILE", "A picture of inputs beside their translations, at most 64 of them."),
      Option("--npy", nil, "Write each translation as an array [H, W, C] in 0...1, too."),
      Option("--quiet", nil, "Show no progress."),
    ]
  static let examples = [
    "zoo translate latest photos --out translated", "zoo translate runs/edges a.png b.png -o out",
  ]

  /// As many stand in the picture of `--grid`.
  private static let shown = 64

  static func run(_ arguments: Arguments, _ program: Program) throws(ZooError) {
    guard arguments.operands.count > 1, let run = arguments.operands.first else {
      throw ZooError(
        .usage, "expected a run and pictures or folders of them", at: "zoo translate",
        advice: "for instance \(examples[0])")
    }
    try Backends.using(Setup.backend(arguments)) { () throws(ZooError) in
      try translate(
        Generators.open(run: run, arguments, program), Array(arguments.operands.dropFirst()),
        arguments)
    }
  }

  private static func translate(
    _ generator: TrainedGenerator, _ inputs: [String], _ arguments: Arguments
  ) throws(ZooError) {
    let translation = try Translation(generator, back: isBack(arguments))
    let seed = try Generators.seed(generator, arguments)
    let pictures = try pictures(in: inputs)
    let folder = arguments.value("--out") ?? "translated"
    try expectFree(pictures.map { Files.join(folder, $0.name) }, folder)
    let sheet = try arguments.value("--grid").map { path throws(ZooError) in
      try Output(path, flag: "--grid")
    }
    try Files.createDirectory(folder)
    var progress = PhaseProgress(quiet: arguments.has("--quiet"))
    let clock = ContinuousClock()
    let start = clock.now
    var pairs: [(input: Tensor, output: Tensor)] = []
    var (done, broken) = (0, 0)
    for (number, picture) in pictures.enumerated() {
      let share = Double(number) / Double(pictures.count)
      let left = share > 0 ? (clock.now - start).seconds * (1 - share) / share : .nan
      progress.show(
        "translating \(pictures.count) pictures\(left.isFinite ? ", \(Text.duration(seconds: left)) left" : "")",
        share)
      do throws(ZooError) {
        let pixels = try PictureInput.read(picture.path, channels: translation.channels)
        try Setup.checkMemory(
          samples: 1, of: [8 * pixels.height, 8 * pixels.width, pixels.channels], at: picture.path)
        let input = pixels.tensor
        let output = try translation(
          input, number: number, seed: seed, name: picture.path)
        guard output.isFinite else { throw SampleCommand.notFinite }
        try Files.write(
          SampleGrid(rows: 1, columns: 1, gap: 0).png(output, range: 0...1),
          to: Files.join(folder, picture.name))
        if arguments.has("--npy") {
          try Files.write(
            NPY.encode(output.floats, shape: output.shape.dropFirst().map { $0 }),
            to: Files.join(folder, picture.name.dropLast(4) + ".npy"))
        }
        if sheet != nil, pairs.count < shown {
          pairs.append((try translation.shown(input, name: picture.path), output))
        }
        done += 1
      } catch {
        // One bad picture among many is told and left out; a full disk is the end.
        guard error.kind == .data else { throw error }
        progress.finish()
        Console.warn(error)
        broken += 1
      }
    }
    progress.finish()
    guard done > 0 else {
      throw ZooError(
        .data, "none of \(Text.counted(broken, "picture")) could be translated", at: inputs[0])
    }
    try sheet?.deliver(rows(pairs))
    try Console.result(
      "\(Text.counted(done, "picture")) translated by step \(generator.checkpoint.step)"
        + "\(generator.isAverage ? " (moving average)" : "") in \(folder)"
        + (broken > 0 ? "; \(broken) could not be read" : ""))
  }

  private static func isBack(_ arguments: Arguments) throws(ZooError) -> Bool {
    switch arguments.value("--direction") {
    case nil, "AtoB": return false
    case "BtoA": return true
    case let other?:
      throw ZooError(
        .usage, "expected AtoB or BtoA, found \"\(Text.printable(other))\"", at: "--direction")
    }
  }

  // MARK: Pictures

  /// Files, and the pictures of folders below their own paths, each with the name it gets.
  private static func pictures(
    in inputs: [String]
  ) throws(ZooError) -> [(path: String, name: String)] {
    var pictures: [(path: String, name: String)] = []
    for input in inputs {
      if Files.isDirectory(input) {
        let index = try ImageFolderIndex(scanning: input)
        for entry in index.entries {
          // `cats/1.png` becomes `cats-1.png`: one folder holds them all.
          pictures.append(
            (Files.join(input, entry.path), entry.path.split(separator: "/").joined(separator: "-"))
          )
        }
      } else {
        guard Files.exists(input) else {
          throw ZooError(
            .usage, "there is no such picture or folder", at: Text.printable(input),
            advice: "name PNG or JPEG files, or folders of them")
        }
        pictures.append((input, Files.split(input).name))
      }
    }
    pictures = pictures.map { path, name in
      (path, String(name.prefix(upTo: name.lastIndex(of: ".") ?? name.endIndex)) + ".png")
    }
    var seen: Set<String> = []
    if let twice = pictures.first(where: { !seen.insert($0.name).inserted }) {
      throw ZooError(
        .usage, "another picture would be called \(Text.printable(twice.name)) too",
        at: Text.printable(twice.path), advice: "translate them into folders of their own")
    }
    return pictures
  }

  /// Refuses to write over what is there.
  private static func expectFree(_ paths: [String], _ folder: String) throws(ZooError) {
    let taken = paths.filter(Files.isTaken)
    guard let first = taken.first else { return }
    throw ZooError(
      .usage,
      "\(Text.counted(taken.count, "picture")) of these names are there already, such as "
        + Text.printable(first), at: "--out \(Text.printable(folder))",
      advice: "name another folder, or remove them")
  }

  /// A PNG of inputs beside their translations, four pairs in a row, each shrunk to the first's size.
  private static func rows(_ pairs: [(input: Tensor, output: Tensor)]) -> [UInt8] {
    let size = pairs[0].output.shape
    let alike = pairs.filter { $0.output.shape == size }
    return TranslationRows.png(alike.map(\.input), alike.map(\.output), pairsInRow: 4)
  }
}
