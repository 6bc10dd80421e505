import Foundation
import Testing
import ZooCore

/// Whether GNU's tar does this without a fault.
private func tar(_ arguments: String...) -> Bool {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  // Other programs of that name do not know this option.
  process.arguments = ["tar", "--warning=no-timestamp"] + arguments
  process.standardOutput = FileHandle.nullDevice
  process.standardError = FileHandle.nullDevice
  guard (try? process.run()) != nil else { return false }
  process.waitUntilExit()
  return process.terminationStatus == 0
}

/// An archive in memory, made by hand.
struct TarArchive {
  private(set) var bytes: [UInt8] = []

  /// Appends a member; `magic` begins at byte 257, `prefix` at byte 345 of its header.
  mutating func add(
    _ name: String, _ content: [UInt8], type: String = "0", magic: String = "ustar\u{0}00",
    prefix: String = "", size: String? = nil
  ) {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, _ offset: Int) {
      header.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
    }
    put(name, 0)
    put("0000644", 100)
    put(size ?? Self.octal(content.count, digits: 11), 124)
    put("        ", 148)
    put(type, 156)
    put(magic, 257)
    put(prefix, 345)
    put(Self.octal(header.reduce(0) { $0 + Int($1) }, digits: 6) + "\u{0} ", 148)
    bytes += header + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
  }

  /// Two blocks of zeros end an archive.
  var ended: [UInt8] { bytes + [UInt8](repeating: 0, count: 1024) }

  private static func octal(_ number: Int, digits: Int) -> String {
    let text = String(number, radix: 8)
    return String(repeating: "0", count: digits - text.count) + text
  }
}

@Suite struct TarTests {
  private let archive = {
    var archive = TarArchive()
    archive.add("top/", [], type: "5")
    archive.add("top/one", Array(1...200))
    archive.add("top/block", [UInt8](repeating: 3, count: 512), type: "\u{0}")
    archive.add("link", [], type: "2")
    archive.add("global", Array("20 comment=some text\n".utf8), type: "g")
    archive.add("empty", [], magic: "", size: "         0 ")
    return archive.ended
  }()

  @Test func regularFilesAreRead() throws {
    let files = try Tar.files(in: archive, name: "a.tar")
    #expect(files.map(\.name) == ["top/one", "top/block", "empty"])
    #expect(files.map { Array($0.bytes) } == [Array(1...200), .init(repeating: 3, count: 512), []])
  }

  @Test func onlyUstarHeadersBeginAPathElsewhere() throws {
    var archive = TarArchive()
    archive.add("name", [], prefix: "long/way")
    archive.add("name", [], magic: "ustar  \u{0}", prefix: "1234567")
    archive.add(String(repeating: "n", count: 100), [])
    let names = try Tar.files(in: archive.ended, name: "a.tar").map(\.name)
    #expect(names == ["long/way/name", "name", String(repeating: "n", count: 100)])
  }

  @Test func everyTruncationIsAnError() throws {
    // The second block of zeros adds nothing.
    for count in 0..<archive.count - 1024 + 512 {
      let error = try fault { () throws(ZooError) in
        try Tar.files(in: Array(archive[..<count]), name: "a.tar")
      }
      #expect(error.kind == .data && error.findings[0].place == "a.tar")
    }
  }

  @Test(arguments: [
    "77777777777", "00000000008", "-0000000001", "           ", "\u{1}0000000000", "1 000000000",
  ])
  func badSizes(_ size: String) throws {
    var archive = TarArchive()
    archive.add("a", [1], size: size)
    let error = try fault { () throws(ZooError) in try Tar.files(in: archive.ended, name: "a") }
    #expect(error.kind == .data)
  }

  @Test(arguments: [0, 124, 156, 257, 511])
  func aChangedHeaderIsAnError(_ index: Int) throws {
    var bytes = archive
    bytes[512 + index] ^= 4
    let error = try fault { () throws(ZooError) in try Tar.files(in: bytes, name: "a") }
    #expect(error.findings[0].problem.contains("header at byte 512"))
  }

  @Test(arguments: 0..<4)
  func randomDamageNeverTraps(_ seed: UInt64) {
    var random = SplitMix(seed: seed)
    for _ in 0..<1000 {
      let bytes = mutant(of: archive, &random)
      if let files = try? Tar.files(in: bytes, name: "a") {
        #expect(files.reduce(0) { $0 + $1.bytes.count } <= bytes.count)
      }
    }
  }

  /// Archives of GNU's program, in each of its formats.
  @Test(
    .enabled(if: tar("--version"), "tar is not GNU's"), arguments: ["v7", "ustar", "pax", "gnu"])
  func archivesOfGNUsProgramAreRead(_ format: String) throws {
    let folder = NSTemporaryDirectory() + "/zoo-" + UUID().uuidString
    defer { try? Files.remove(folder) }
    try Files.createDirectory(folder + "/in/top")
    let contents = ["a": Array("hello\n".utf8), "b": [UInt8](repeating: 200, count: 5000), "c": []]
    for (name, bytes) in contents { try Files.write(bytes, to: "\(folder)/in/top/\(name)") }
    try Files.link(folder + "/in/top/d", to: "a")
    try #require(
      tar("--format", format, "-cf", folder + "/a.tar", "-C", folder + "/in", "top"))
    let files = try Tar.files(in: Files.read(folder + "/a.tar"), name: "a.tar")
    let read = Dictionary(files.map { ($0.name, Array($0.bytes)) }) { first, _ in first }
    #expect(read == ["top/a": contents["a"], "top/b": contents["b"], "top/c": contents["c"]])
  }
}
