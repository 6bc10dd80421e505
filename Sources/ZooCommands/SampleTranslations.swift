import ZooCore

/// `zoo sample` with a translator: what becomes of the test images of its data.
enum SampleTranslations {
  /// What says from which codes samples are drawn; there are none.
  private static let others =
    SampleChoice.flags.filter { $0 != "--grid" } + ["--separate", "--film"]

  static func draw(
    _ generator: TrainedGenerator, seed: UInt32, grid: (rows: Int, columns: Int),
    _ arguments: Arguments
  ) throws(ZooError) {
    if let other = others.first(where: { arguments.has($0) }) {
      throw ZooError(
        .usage, "this generator translates images, and draws from no latent codes", at: other,
        advice: "leave the flag out; zoo translate translates pictures of your own")
    }
    let array = try arguments.value("--npy").map { path throws(ZooError) in
      try Output(path, flag: "--npy")
    }
    let picture =
      array == nil || arguments.has("--out")
      ? try Output(arguments, standard: "samples.png") : nil
    let data = try EvaluationSetup.training(of: generator, arguments, Warnings()).dataset
    let (png, samples) = try generator.translations(data, seed: seed, grid: grid)
    guard samples.isFinite else { throw SampleCommand.notFinite }
    try array?.deliver(NPY.encode(generator.unit(samples), shape: samples.shape))
    try picture?.deliver(png)
    let written = [array?.path, picture?.path].compactMap { $0 }
    guard !written.contains("-") else { return }
    try Console.result(
      "\(samples.shape[0]) test images translated by step \(generator.checkpoint.step)"
        + "\(generator.isAverage ? " (moving average)" : "") in \(written.joined(separator: ", "))")
  }
}
