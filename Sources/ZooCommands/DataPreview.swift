import ZooCore

/// `zoo data preview`: a sheet of what the networks will see.
enum DataPreview {
  static func run(
    _ operand: String, _ arguments: Arguments, _ program: Program
  ) throws(ZooError) {
    let output = try Output(arguments, standard: "preview.png")
    let (settings, seed) = try settings(operand, arguments, program)
    let dataset = try Setup.data(arguments, settings, Warnings()).dataset
    var grid =
      try arguments.value("--grid").map { text throws(ZooError) in
        try SampleGrid(parsing: text, at: "--grid")
      } ?? SampleGrid(rows: 8, columns: 12)
    // Of two domains, each sample stands beside what it starts from.
    let domain = dataset.source
    let pairs = max(1, grid.columns / 2)
    if domain != nil { grid = SampleGrid(rows: grid.rows, columns: 2 * pairs) }
    let count = grid.rows * (domain == nil ? grid.columns : pairs)
    try Setup.checkMemory(samples: count, of: dataset.sampleShape, at: "--grid")
    let isImage = dataset.sampleShape.count == 3
    let source = BatchSource(
      dataset, batch: isImage ? count : SamplePicture.pointCount, seed: seed, range: settings.range,
      mirrored: settings.mirror && isImage)
    let batch = try source.batch(0)
    for remark in dataset.takeRemarks() { Console.warn(remark) }
    let png =
      isImage
      ? grid.png(try shown(batch, domain, settings.range), range: settings.range)
      : ScatterPlot().png(batch.samples, over: batch.samples)
    try output.deliver(png, quiet: arguments.has("--quiet"))
    guard !output.isStandardOutput else { return }
    var lines = [
      "\(dataset.name): \(dataset.count) samples \(dataset.sampleShape), sha256 \(dataset.digest.prefix(16))…"
    ]
    if let domain {
      lines.append(
        "each beside what it starts from: \(domain.images.count) images "
          + "\(domain.images.sampleShape), \(domain.isPaired ? "in pairs" : "without pairs"); "
          + "\(domain.test?.count ?? 0) kept for tests")
    } else if let names = dataset.classNames, let labels = batch.labels, names.count <= 100 {
      for row in 0..<grid.rows {
        let classes = labels[row * grid.columns..<(row + 1) * grid.columns]
        lines.append(
          "row \(row + 1): " + classes.map { Text.printable(names[Int($0)]) }.joined(separator: " ")
        )
      }
    }
    try Console.result((lines + [output.path]).joined(separator: "\n"))
  }

  /// A batch's samples, or each beside what it starts from.
  private static func shown(
    _ batch: Batch, _ domain: SourceDomain?, _ range: ClosedRange<Double>
  ) throws(ZooError) -> Tensor {
    guard let domain, let source = batch.condition.source else { return batch.samples }
    let images = domain.images.labelMaps?.picture(of: source, in: range) ?? source
    return .sideBySide([images, batch.samples])
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

extension SampleGrid {
  /// Rows and columns from text such as `4x8`.
  init(parsing text: String, at flag: String) throws(ZooError) {
    let sizes = try Arguments.sizes(text, ["rows", "columns"], at: flag)
    self.init(rows: sizes[0], columns: sizes[1])
  }
}
