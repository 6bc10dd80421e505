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
    let latents = try #require(contest.generator.takes.latent).draw(
      count, from: RandomStream(seed: 3, purpose: .samples))
    let labels = (0..<count).map { Int32(3 * $0 % 10) }
    var samples = withoutDerivatives {
      contest.generator(
        GeneratorInput(latents: latents, condition: Condition(labels: labels)),
        Context(.inference, random: RandomSource(seed: 1, step: 0, substep: 0)))
    }
    if export.sample.count == 3 {
      let range = try export.recipe().config.data.range
      samples = ((samples - range.lowerBound) / (range.upperBound - range.lowerBound))
        .clamped(to: 0...1)
    }
    let path = folder.appending(path: export.name).path
    try Files.write(
      Safetensors([
        .init(name: "latents", shape: latents.shape, values: latents.floats),
        .init(name: "labels", shape: [count], values: labels.map(Int64.init)),
        .init(name: "samples", shape: samples.shape, values: samples.floats),
      ]).serialized(), to: path + ".safetensors")
    try Files.write(export.model(contest), to: path + ".onnx")
    return path + ".onnx"
  }
}
