import ZooCore

/// `zoo sample RUN --sheet NAME`: one of the pictures that a variant adds.
enum SampleSheet {
  static let options = [
    Option(
      "--sheet", "NAME",
      "One of the variant's own pictures: sweeps of codes, reconstructions; ? lists them."),
    Option("--data-dir", "DIR", "Where data are, for sheets that show some."),
  ]
  /// What says how samples are drawn, which a sheet knows by itself.
  private static let others = SampleChoice.flags + ["--separate", "--film", "--npy"]

  static func draw(
    _ name: String, _ generator: TrainedGenerator, seed: UInt32, _ arguments: Arguments
  ) throws(ZooError) {
    if let other = others.first(where: { arguments.has($0) }) {
      throw ZooError(
        .usage, "does not go with --sheet", at: other, advice: "leave one of the two out")
    }
    let sheets = generator.sheets
    guard name != "?" else {
      return try Console.result(
        sheets.isEmpty
          ? "\(generator.recipe.card.title) adds no pictures"
          : HelpCommand.table(sheets.map { ($0.name, $0.summary) }))
    }
    guard let sheet = sheets.first(where: { $0.name == name }) else {
      throw ZooError(
        .usage, "there is no picture \"\(Text.printable(name))\" of this run", at: "--sheet",
        advice: advice(name, sheets.map(\.name), generator.recipe.card.title))
    }
    let file = try Output(arguments, standard: "\(name).png")
    let warnings = Warnings()
    let images = try generator.draw(sheet, seed: seed) { count throws(ZooError) in
      let data = try EvaluationSetup.training(of: generator, arguments, warnings).dataset
      return try SheetPicture.real(count, of: data, range: generator.recipe.config.data.range)
    }
    guard images.isFinite else { throw SampleCommand.notFinite }
    try file.deliver(
      SheetPicture.png(images, sheet, range: generator.recipe.config.data.range))
    guard file.path != "-" else { return }
    try Console.result(
      "\(sheet.name) of step \(generator.checkpoint.step)"
        + "\(generator.isAverage ? " (moving average)" : "") in \(file.path): \(sheet.summary)")
  }

  private static func advice(_ name: String, _ names: [String], _ variant: String) -> String {
    guard !names.isEmpty else { return "\(variant) adds none: leave the flag out" }
    return Suggestion.closest(to: name, among: names).map { "did you mean \"\($0)\"?" }
      ?? "pictures: \(names.joined(separator: ", "))"
  }
}
