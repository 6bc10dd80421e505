import Foundation
import Testing
import ZooCore

/// What a variant's author reads when something does not fit; in a release build as well.
@Suite struct RequireTests {
  private func expectText(_ text: String, _ result: ExitTest.Result?) throws {
    let errors = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(errors.contains(text), "\(errors.prefix(300))")
  }

  @Test func lossOfManyNumbers() async throws {
    try expectText(
      "a loss is one number, found shape [64, 1]",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Loss(Tensor(repeating: 0, shape: [64, 1]))
      })
  }

  @Test func shapesOfAnOp() async throws {
    try expectText(
      "matrix product: [2, 3] · [2, 3]",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let a = Tensor(repeating: 0, shape: [2, 3])
        _ = a.matrixProduct(a)
      })
  }

  @Test func targetWithoutAHistory() async throws {
    try expectText(
      "gradient: a target of shape [3] is not tracked",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let x = Tensor(repeating: 0, shape: [3])
        _ = gradient(of: x.sum(), at: [x])
      })
  }

  /// No text of a check is lost: nothing but `require` and `fatalError` ends the program.
  @Test func nothingEndsTheProgramInSilence() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Sources")
    let files = try FileManager.default.subpathsOfDirectory(atPath: root.path)
      .filter { $0.hasSuffix(".swift") }
    #expect(files.count > 100)
    for file in files {
      let text = try String(contentsOf: root.appending(path: file), encoding: .utf8)
      for silent in ["precondition(", "preconditionFailure(", "assert(", "assertionFailure("]
      where text.contains(silent) {
        Issue.record("\(file) has \(silent)…), which a release build passes over without a word")
      }
    }
  }
}
