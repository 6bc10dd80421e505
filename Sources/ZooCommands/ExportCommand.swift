import ZooCore

/// `zoo export RUN`.
enum ExportCommand: Command {
  static let name = "export"
  static let operands = "RUN|CHECKPOINT|latest"
  static let summary = "Writes the generator for other programs: ONNX, or safetensors for PyTorch"
  static let options =
    Generators.options.filter { $0.name != "--seed" } + [
      Option("--format", "onnx|safetensors", "The file's format; default by --out, else onnx."),
      Option(
        "--out", "FILE",
        "The file, - for standard output; default a new generator.onnx. Also -o."),
    ]
  static let examples = [
    "zoo export latest --format onnx -o generator.onnx",
    "zoo export runs/short -o generator.safetensors",
  ]

  static func run(_ arguments: Arguments, _ program: Program) throws(ZooError) {
    let format = try format(arguments)
    let output = try Output(arguments, standard: "generator.\(format)")
    try Backends.using(Setup.backend(arguments)) { () throws(ZooError) in
      let generator = try Generators.open(arguments, program, command: name)
      let bytes = try format == "onnx" ? onnx(generator) : safetensors(generator)
      try output.deliver(bytes)
      guard !output.isStandardOutput else { return }
      try Console.result(
        "the generator of step \(generator.checkpoint.step)"
          + "\(generator.isAverage ? " (moving average)" : ""), \(Text.byteSize(bytes.count)), in \(output.path)"
      )
    }
  }

  private static let formats = ["onnx", "safetensors"]

  /// The format that is asked for, or that the file's name ends in.
  private static func format(_ arguments: Arguments) throws(ZooError) -> String {
    if let format = arguments.value("--format") {
      guard formats.contains(format) else {
        let closest = Suggestion.closest(to: format, among: formats)
        throw ZooError(
          .usage, "there is no format \"\(Text.printable(format))\"", at: "--format",
          advice: closest.map { "did you mean \($0)?" }
            ?? "formats: \(formats.joined(separator: ", "))")
      }
      return format
    }
    guard let path = arguments.value("--out"), path != "-" else { return formats[0] }
    guard let format = formats.first(where: { path.lowercased().hasSuffix(".\($0)") }) else {
      throw ZooError(
        .usage, "the name does not tell the format", at: "--out \(Text.printable(path))",
        advice: "let it end in .onnx or .safetensors, or add --format onnx")
    }
    return format
  }

  private static func onnx(_ generator: TrainedGenerator) throws(ZooError) -> [UInt8] {
    try ONNXModel.generator(
      of: generator.contest, sample: generator.sampleShape,
      range: generator.recipe.config.data.range, name: generator.recipe.card.name)
  }

  /// Weights and statistics with PyTorch's names and layouts, and what is needed to use them.
  private static func safetensors(_ generator: TrainedGenerator) throws(ZooError) -> [UInt8] {
    let config = generator.checkpoint.config
    return Safetensors(
      generator.contest.generatorStore.entries,
      metadata: [
        "format": "pt", "step": "\(generator.checkpoint.step)",
        "generator": config["generator"]?.compact() ?? "",
        "range": config["data"]?["range"]?.compact() ?? "",
        "classes": generator.checkpoint.dataset.classNames?.joined(separator: " ") ?? "",
      ]
    ).serialized()
  }
}
