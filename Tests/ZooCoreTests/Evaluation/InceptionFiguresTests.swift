import Foundation
import Testing
import ZooCore

/// Features and figures beside torch-fidelity's, through `Benchmarks/inception_check.py`.
@Suite struct InceptionFiguresTests {
  private static let python = ProcessInfo.processInfo.environment["ZOO_INCEPTION_PYTHON"]
  private static let script = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Benchmarks/inception_check.py").path

  @Test(
    .enabled(
      if: python != nil, "ZOO_INCEPTION_PYTHON names no Python with torch-fidelity and safetensors")
  )
  func figuresAreTorchFidelitys() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "zoo-inception-\(UUID())")
      .path
    try Files.createDirectory(folder)
    defer { try? Files.remove(folder) }
    print(try check("make", folder))

    let network = try InceptionNetwork(contentsOf: "\(folder)/weights.safetensors")
    let (real, generated) = (try images("real", folder), try images("generated", folder))
    let data = try EvaluationData(generated, test: real)
    let scores = try Evaluator(data, .inception(network), count: real.count)
      .judge(source(generated), as: "generated")
    var tensors: [Safetensors.Entry] = []
    for (name, dataset) in [("real", real), ("generated", generated)] {
      let (features, logits) = try network.look(at: source(dataset).draw(0..<dataset.count))
      tensors += [
        .init(name: "\(name).features", shape: features.shape, values: features.floats),
        .init(name: "\(name).logits", shape: logits.shape, values: logits.floats),
      ]
    }
    // The order in which the score's splits are taken; NumPy's shuffle is another.
    let order = Sampler(seed: 1, count: generated.count).permutation(epoch: 0)
    tensors.append(.init(name: "order", shape: [order.count], values: order))
    try Files.write(Safetensors(tensors).serialized(), to: "\(folder)/zoo.safetensors")
    try Files.write(scores.json.pretty(), to: "\(folder)/zoo.json")
    print(try check("compare", folder))
  }

  private func images(_ name: String, _ folder: String) throws -> ByteImages {
    let array = try NPY.decode(Files.read("\(folder)/\(name).npy"), name: name)
    guard case .bytes(let bytes) = array.values else {
      throw ZooError(.data, "expected bytes", at: name)
    }
    return ByteImages(name: name, bytes: bytes, sampleShape: Array(array.shape.dropFirst()))
  }

  /// All images, in their order.
  private func source(_ dataset: ByteImages) -> SampleSource {
    SampleSource(count: dataset.count) { range throws(ZooError) in
      Tensor(try dataset.values(of: Array(range)), shape: [range.count] + dataset.sampleShape)
    }
  }

  /// What the script prints; a failure is an issue of the test.
  private func check(_ step: String, _ folder: String) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: try #require(Self.python))
    process.arguments = [Self.script, step, folder]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(
      decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(text)")
    return text
  }
}
