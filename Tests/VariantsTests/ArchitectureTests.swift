import Foundation
import Testing

/// Who may know whom: `CKernels ← ZooCore ← Variants ← ZooCommands ← zoo`, and inside ZooCore
/// `Backend ← Tensor ← Ops ← Autodiff ← Network ← Training`.
@Suite struct ArchitectureTests {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Swift files below a folder of Sources, with their text.
  private func files(_ folder: String) throws -> [(name: String, text: String)] {
    let base = Self.root.appending(path: "Sources/\(folder)")
    let paths = try FileManager.default.subpathsOfDirectory(atPath: base.path)
    return try paths.filter { $0.hasSuffix(".swift") }.map {
      let text = try String(contentsOf: base.appending(path: $0), encoding: .utf8)
      // Comments may speak of anything.
      let code = text.split(separator: "\n").filter {
        !$0.drop { $0 == " " }.hasPrefix("//")
      }
      return (folder + "/" + $0, code.joined(separator: "\n"))
    }
  }

  private func expectNone(
    of words: [String], in folder: String, except allowed: [String] = [], _ reason: String
  ) throws {
    let found = try files(folder)
    #expect(!found.isEmpty)
    for (name, text) in found where !allowed.contains(where: name.hasSuffix) {
      for word in words where text.contains(word) {
        Issue.record("\(name) contains \"\(word)\": \(reason)")
      }
    }
  }

  @Test func roomsKnowOnlyTheRoomsBelow() throws {
    try expectNone(
      of: ["import CKernels"], in: "ZooCore",
      except: [
        "CPUBackend.swift", "CPUInstructionSets.swift", "CPUProducts.swift",
        "CPUWinograd.swift", "Kernels.swift", "ThreadPool.swift", "WindowPooling.swift",
      ],
      "only the CPU backend calls kernels")
    try expectNone(
      of: ["Tensor(", ": Tensor", "Variant", ": Parameter", "[Parameter"], in: "ZooCore/Backend",
      "the backend sees buffers and sizes")
    try expectNone(
      of: ["Parameter", "Layer", "Scope"], in: "ZooCore/Ops", "ops know tensors alone")
    try expectNone(of: ["import Variants", "import ZooCommands"], in: "ZooCore", "a room above")
    try expectNone(of: ["import ZooCommands"], in: "Variants", "a room above")
    try expectNone(
      of: ["print(", "CommandLine", "exit("], in: "ZooCore", "only ZooCommands talks and exits")
    try expectNone(
      of: ["print(", "CommandLine", "exit("], in: "Variants", "only ZooCommands talks and exits")
  }

  private static let unsafe = ["Unsafe", "unsafeBitCast", "(unsafe)"]

  @Test func unsafePointersStayInTheBackendAndTheFormats() throws {
    for folder in ["Ops", "Autodiff", "Network", "Training", "Config", "Recipes", "Runs"] {
      try expectNone(of: Self.unsafe, in: "ZooCore/\(folder)", "unsafe memory")
    }
    try expectNone(of: Self.unsafe, in: "Variants", "unsafe memory")
  }

  @Test func theLoopNamesNoVariantAndVariantsNotEachOther() throws {
    let variants = try files("Variants").filter { $0.text.contains(": Variant {") }
      .map { String($0.name.split(separator: "/").last?.dropLast(6) ?? "") }
    #expect(!variants.isEmpty)
    try expectNone(of: variants, in: "ZooCore/Training", "a variant's name")
    try expectNone(of: variants.map { "\($0)." }, in: "ZooCore/Recipes", "a variant's name")
    for variant in variants {
      // The file of a variant names that variant alone.
      let others = variants.filter { $0 != variant }
      try expectNone(
        of: others.map { "\($0)." }, in: "Variants",
        except: others.map { "/\($0).swift" } + ["Registry.swift"], "another variant")
    }
  }

  @Test func everyVariantFileIsRegistered() throws {
    let sources = try files("Variants")
    let registry = try #require(sources.first { $0.name.hasSuffix("Registry.swift") }).text
    for (name, text) in sources where text.contains(": Variant {") {
      let type = try #require(
        text.split(separator: "\n").first { $0.contains(": Variant {") }?
          .split(separator: " ").drop { !["enum", "struct"].contains($0) }.dropFirst().first?
          .replacing(":", with: ""))
      #expect(registry.contains("\(type).self"), "\(name) is not in the registry")
    }
  }
}
