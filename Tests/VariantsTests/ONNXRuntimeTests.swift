import Foundation
import Testing
import Variants
import ZooCore

/// Exported generators in ONNX Runtime, through `Benchmarks/onnx_check.py`.
@Suite struct ONNXRuntimeTests {
  private static let python = ProcessInfo.processInfo.environment["ZOO_ONNX_PYTHON"]

  @Test(
    .enabled(
      if: python != nil, "ZOO_ONNX_PYTHON names no Python with onnx, onnxruntime and safetensors"),
    arguments: [
      ("configs", ExportCase.shipped), ("architectures", ExportCase.architectures),
      ("layers", ExportCase.layers),
      ("translators", ExportCase.translators.filter { $0.name != "pix2pix-unet-64" }),
    ])
  func samplesAreTheProgramsOwn(_ group: String, _ exports: [ExportCase]) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "zoo-onnx-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let models = try exports.map { try write($0, in: folder) }

    let process = Process()
    process.executableURL = URL(filePath: try #require(Self.python))
    process.arguments =
      [ArchitectureTests.root.appending(path: "Benchmarks/onnx_check.py").path] + models
      // Norms make much of rounding: instance norms of few pixels, and batch norms of channels that hardly
      // vary, which they multiply by up to 1 / √ε = 316; residual blocks of three channels have such.
      + ["--tolerance", group == "architectures" ? "1e-3" : group == "layers" ? "1e-5" : "1e-4"]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(
      decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(text)")
  }

  /// Writes a model and, beside it, what went into the program and what came out.
  private func write(_ export: ExportCase, in folder: URL) throws -> String {
    let contest = try export.contest()
    let count = 5
    let (takes, range) = (contest.generator.takes, try export.recipe().config.data.range)
    let stream = RandomStream(seed: 3, purpose: .samples)
    let labels = (0..<count).map { Int32(3 * $0 % 10) }
    // Images in 0...1, as the file takes them, or maps of labels.
    let source = takes.source.map { shape -> Tensor in
      let draws = stream.uniform([count] + shape)
      guard let maps = takes.maps else { return draws }
      let labels = draws.floats.map { Float(Int($0 * Float(maps.classes))) }
      return Tensor(labels, shape: draws.shape)
    }
    let input = takes.input(
      count, from: stream,
      given: Condition(
        labels: labels,
        source: source.map {
          takes.maps == nil
            ? $0 * (range.upperBound - range.lowerBound) + range.lowerBound : $0
        }))
    if takes.latent != nil {
      // Statistics of what layers see: with those of the beginning values grow from block to block, and
      // rounding with them.
      for pass in 0..<30 {
        let context = Context(.training, random: RandomSource(seed: 1, step: pass, substep: 0))
        withoutDerivatives { _ = contest.generator(input, context) }
      }
    }
    var samples = withoutDerivatives {
      contest.generator(
        input, Context(.inference, random: RandomSource(seed: 1, step: 0, substep: 0)))
    }
    if export.sample.count == 3 {
      samples = ((samples - range.lowerBound) / (range.upperBound - range.lowerBound))
        .clamped(to: 0...1)
    }
    let path = folder.appending(path: export.name).path
    try Files.write(
      Safetensors([
        source.map { .init(name: "source", shape: $0.shape, values: $0.floats) }
          ?? .init(
            name: "latents", shape: input.codes().shape, values: input.codes().floats),
        .init(name: "labels", shape: [count], values: labels.map(Int64.init)),
        .init(name: "samples", shape: samples.shape, values: samples.floats),
      ]).serialized(), to: path + ".safetensors")
    try Files.write(export.model(contest), to: path + ".onnx")
    return path + ".onnx"
  }
}
