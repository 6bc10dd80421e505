import ZooCore

/// `zoo data preview`: a sheet of what the networks will see.
enum DataPreview {
  static func run(
    _ operand: String, _ arguments: Arguments, _ program: Program
  ) throws(ZooError) {
    let standard = "preview.png"
    // Whoever names a file means it; what happens to have the default name is somebody's.
    guard arguments.value("--out") != nil || !Files.exists(standard) else {
      throw ZooError(
        .usage, "the file exists already", at: standard,
        advice: "-o \(standard) replaces it, any other name keeps it")
    }
    let (settings, seed) = try settings(operand, arguments, program)
    let data = try Setup.data(arguments, settings)
    if let notice = data.notice { Console.say("note: \(notice)") }
    let dataset = data.dataset
    let grid =
      try arguments.value("--grid").map { text throws(ZooError) in
        try SampleGrid(parsing: text, at: "--grid")
      } ?? SampleGrid(rows: 8, columns: 12)
    let out = arguments.value("--out") ?? standard
    let count = grid.rows * grid.columns
    try Setup.checkMemory(samples: count, of: dataset.sampleShape, at: "--grid")
    let isImage = dataset.sampleShape.count == 3
    let source = BatchSource(
      dataset, batch: isImage ? count : 2500, seed: seed, range: settings.range,
      mirrored: settings.mirror && isImage)
    let batch = try source.batch(0)
    let png =
      isImage
      ? grid.png(batch.samples, range: settings.range)
      : ScatterPlot().png(batch.samples, over: batch.samples)
    try Console.deliver(png, to: out)
    guard out != "-" else { return }
    var lines = [
      "\(dataset.name): \(dataset.count) samples \(dataset.sampleShape), sha256 \(dataset.digest.prefix(16))…"
    ]
    if let names = dataset.classNames, let labels = batch.labels, names.count <= 100 {
      for row in 0..<grid.rows {
        let classes = labels[row * grid.columns..<(row + 1) * grid.columns]
        lines.append(
          "row \(row + 1): " + classes.map { Text.printable(names[Int($0)]) }.joined(separator: " ")
        )
      }
    }
    try Console.result((lines + [out]).joined(separator: "\n"))
  }

  /// A config's data, or those of a name with all else as it is by default.
  private static func settings(
    _ operand: String, _ arguments: Arguments, _ program: Program
  ) throws(ZooError) -> (DataSettings, seed: UInt32) {
    guard operand.hasSuffix(".json") || operand == "-" else {
      var settings = DataSettings()
      settings.dataset = operand
      if arguments.has("--set") {
        throw ZooError(
          .usage, "replaces values of a config; \"\(operand)\" is a dataset", at: "--set",
          advice: "name a config: zoo data preview my.json --set …")
      }
      return (settings, 1)
    }
    let recipe = try Setup.recipe(at: operand, arguments, program)
    return (recipe.config.data, UInt32(recipe.config.training.seed))
  }
}

/// `zoo data import`: a folder of pictures becomes one file.
enum DataImport {
  static func run(_ folder: String, _ arguments: Arguments) throws(ZooError) {
    var settings = DataSettings()
    if let text = arguments.value("--size") {
      settings.size = try Arguments.sizes(text, ["height", "width"], at: "--size")
    }
    if let crop = arguments.value("--crop") {
      if crop == "square" {
        settings.crop = .square
      } else if let pixels = try arguments.integer("--crop", in: 1...65_500) {
        settings.crop = .pixels(pixels)
      }
    }
    settings.channels = arguments.has("--grey") ? 1 : 3
    settings.broken = arguments.has("--skip-broken") ? .skip : .fail
    guard let out = arguments.value("--out") else {
      throw ZooError(
        .usage, "the file to write is missing", at: "zoo data import",
        advice: "add -o FILE.zoopack")
    }
    guard out != "-" else {
      throw ZooError(
        .usage, "a pack is read at any place and cannot be a stream", at: "--out -",
        advice: "name a file")
    }
    try Files.expectWritable(out)
    let (images, notice) = try DataLibrary.images(in: folder, settings)
    if let notice { Console.say("note: \(notice)") }
    var broken = 0
    let kept = try PackFile.write(
      to: out, name: Files.split(folder).name,
      sampleShape: [settings.size[0], settings.size[1], settings.channels],
      classNames: images.index.classNames.isEmpty ? nil : images.index.classNames,
      count: images.count
    ) { index throws(ZooError) in
      do throws(ZooError) {
        return (try images.image(at: index), images.classIndex(at: index) ?? 0)
      } catch {
        // A fault between header and end shows only now.
        guard settings.broken == .skip, error.kind == .data else { throw error }
        broken += 1
        return nil
      }
    }
    if broken > 0 { Console.say("note: left out \(broken) more pictures that do not decode") }
    try Console.result(
      "\(kept) images in \(out); train on them with \"data\": { \"dataset\": \"pack\", \"path\": \"\(out)\" }"
    )
  }
}

extension SampleGrid {
  /// Rows and columns from text such as `4x8`.
  init(parsing text: String, at flag: String) throws(ZooError) {
    let sizes = try Arguments.sizes(text, ["rows", "columns"], at: flag)
    self.init(rows: sizes[0], columns: sizes[1])
  }
}
