import Foundation
import Testing

/// Who may know whom: `CKernels ← ZooCore ← Variants ← ZooCommands ← zoo`, and inside ZooCore what
/// `map` says.
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

  /// The rooms of ZooCore upwards, each with those below that it may name; all may name Formats.
  private static let map = """
    Formats
    Backend
    Config
    Tensor     Backend
    Ops        Backend        Tensor
    Autodiff                  Tensor Ops
    Network    Backend Config Tensor Ops
    Data       Backend Config Tensor Ops
    Metrics    Backend
    Team                      Tensor              Network
    Training   Backend Config Tensor Ops Autodiff Network Data Metrics Team
    Recipes    Backend Config                     Network Data         Team Training
    Evaluation Backend        Tensor Ops Autodiff Network Data Metrics      Training
    Runs       Backend Config Tensor Ops          Network Data Metrics Team Training Recipes Evaluation
    """

  @Test func everyRoomNamesOnlyRoomsThatTheMapAllows() throws {
    var allowed: [String: Set<String>] = [:]
    for line in Self.map.split(separator: "\n") {
      let rooms = line.split(separator: " ").map(String.init)
      // A map whose arrows all go down has no circle.
      for room in rooms.dropFirst() where allowed[room] == nil {
        Issue.record("the map has an arrow from \(rooms[0]) up to \(room)")
      }
      allowed[rooms[0]] = Set(rooms + ["Formats"])
    }
    var sources: [(file: String, room: String, code: SourceNames)] = []
    var homes: [String: String] = [:]
    for (name, text) in try files("ZooCore") {
      let room = String(name.split(separator: "/")[1])
      #expect(allowed[room] != nil, "\(name) lies in no room of the map")
      let code = SourceNames(text)
      sources.append((name, room, code))
      for type in code.types {
        let other = homes.updateValue(room, forKey: type)
        #expect(other == nil || other == room, "\(type) is in \(room) and \(other ?? "")")
      }
    }
    #expect(Set(sources.map(\.room)) == Set(allowed.keys))
    for (file, room, code) in sources {
      for type in code.mentioned.subtracting(code.declared).sorted() {
        guard let home = homes[type], allowed[room]?.contains(home) == false else { continue }
        Issue.record("\(file) names \(type): the map has no arrow from \(room) to \(home)")
      }
    }
  }

  @Test func theDocumentationShowsTheMap() throws {
    let page = try String(
      contentsOf: Self.root.appending(path: "Documentation/architecture.md"), encoding: .utf8)
    #expect(page.contains("```\n\(Self.map)\n```"))
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
    try expectNone(
      of: Self.unsafe, in: "ZooCore/Tensor", except: ["/Tensor.swift"], "unsafe memory")
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

/// The names of types in a file's code.
private struct SourceNames {
  /// Declared for the whole module.
  private(set) var types: Set<String> = []
  /// Declared at all: a name that lies within another type is not that of another room's.
  private(set) var declared: Set<String> = []
  /// All that begin with a capital and do not follow a dot.
  private(set) var mentioned: Set<String> = []

  private static let kinds: Set = ["struct", "class", "enum", "protocol", "actor", "typealias"]

  init(_ text: String) {
    for line in Self.withoutStrings(text).split(separator: "\n") {
      let code = line.split(separator: "//", maxSplits: 1, omittingEmptySubsequences: false)[0]
        .replacing("...", with: " ").replacing("..<", with: " ")
      let paths = code.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".") }
      for path in paths where path.first?.isUppercase == true {
        mentioned.insert(String(path.prefix { $0 != "." }))
      }
      guard let kind = paths.firstIndex(where: { Self.kinds.contains(String($0)) }),
        kind + 1 < paths.count, paths[kind + 1].first?.isUppercase == true
      else { continue }
      let name = String(paths[kind + 1])
      declared.insert(name)
      let isPrivate = paths[..<kind].contains { $0.hasSuffix("private") }
      if line.first != " ", !isPrivate { types.insert(name) }
    }
  }

  /// The text without what stands between quotes, but with what is put in there.
  private static func withoutStrings(_ text: String) -> String {
    // Of the pieces between the quotes of long strings, and then of a line, every second is no code.
    let long = text.split(separator: "\"\"\"", omittingEmptySubsequences: false).enumerated()
    let code = long.filter { $0.offset.isMultiple(of: 2) }.map(\.element).joined(separator: " ")
    return code.split(separator: "\n").map { line in
      line.replacing("\\\"", with: "").split(separator: "\"", omittingEmptySubsequences: false)
        .enumerated().map { index, piece in
          guard !index.isMultiple(of: 2) else { return String(piece) }
          let values = piece.split(separator: "\\(", omittingEmptySubsequences: false).dropFirst()
          return values.map { $0.prefix { $0 != ")" } }.joined(separator: " ")
        }.joined(separator: " ")
    }.joined(separator: "\n")
  }
}
