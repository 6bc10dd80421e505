import Foundation
import Testing
import ZooCore

/// Pack files at the edges of what they can hold: errors, and never an end of the program.
@Suite final class PackFileLimitTests {
  private let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "/zoo-" + UUID().uuidString
    try Files.createDirectory(folder)
  }

  deinit { try? Files.remove(folder) }

  private func write(_ classNames: [String]) throws -> PackFile {
    let path = "\(folder)/set.zoopack"
    _ = try PackFile.write(
      to: path, name: "set", sampleShape: [1, 1, 1], classNames: classNames, count: 2
    ) { index throws(ZooError) in ([UInt8(index)], index * (classNames.count - 1)) }
    return try PackFile(path)
  }

  @Test func asManyClassesAsTwoBytesTell() throws {
    let most = try write((0..<65_536).map { "\($0)" })
    #expect(most.classNames?.count == 65_536 && most.label(at: 1) == 65_535)
    try Files.remove("\(folder)/set.zoopack")
    let error = try #require(throws: ZooError.self) { try self.write((0..<65_537).map { "\($0)" }) }
    #expect(error.kind == .data && error.description.contains("found 65537 classes"), "\(error)")
    #expect(error.findings[0].place == "\(folder)/set.zoopack")
    #expect(try Files.list(folder) == [])
  }

  /// What would be written, but refused when it is read.
  @Test func namesOfClassesHaveTheirRoom() throws {
    let long = String(repeating: "n", count: 250)
    let error = try #require(throws: ZooError.self) {
      try self.write((0..<65_536).map { "\(long)\($0)" })
    }
    #expect(error.kind == .data && error.description.contains("17 MB"), "\(error)")
  }

  /// A file with a trailer of its own; pixels are a hole, which takes no room on the disk.
  private func file(_ trailer: String, pixels: Int) throws -> String {
    let path = "\(folder)/made.zoopack"
    try Files.write([], to: path)
    let file = try #require(FileHandle(forWritingAtPath: path))
    try file.truncate(atOffset: UInt64(pixels))
    try file.seekToEnd()
    let text = Array(trailer.utf8)
    var hash = SHA256()
    hash.update(text)
    let length = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
    try file.write(contentsOf: Data(text + hash.finalize() + length + Array("ZOOPACK1".utf8)))
    try file.close()
    return path
  }

  @Test(arguments: [
    #""shape":[1,1,1],"classes":[],"count":2"#, #""shape":[1,1,1],"classes":[1,"a"],"count":2"#,
    #""shape":[1,1,"x",1],"classes":null,"count":2"#, #""shape":[1,1,1],"classes":null,"count":0"#,
    #""shape":[4294967296,4294967296,3],"classes":null,"count":2"#,
  ])
  func trailersThatMakeNoSenseAreRefused(_ members: String) throws {
    for size in [2, 6] {
      let path = try file(#"{"name":"x","sha256":"0",\#(members)}"#, pixels: size)
      let error = #expect(throws: ZooError.self) { try PackFile(path) }
      #expect(error?.kind == .data)
    }
  }

  @Test func moreSamplesThanCanBeNumberedAreRefused() throws {
    let count = 1 << 31
    let path = try file(
      #"{"name":"x","sha256":"0","shape":[1,1,1],"classes":null,"count":\#(count)}"#,
      pixels: count)
    var settings = DataSettings()
    (settings.dataset, settings.path) = ("pack", path)
    let error = try #require(throws: ZooError.self) {
      try DataLibrary(directory: self.folder).open(settings)
    }
    #expect(error.kind == .data && error.description.contains("2,147,483,648"), "\(error)")
  }

  /// A file that another program cuts short while it is used is an error of that moment.
  @Test func aFileCutShortInUseIsAnError() throws {
    let set = try write(["a", "b"])
    #expect(try set.values(of: [1]) == [1 / 255])
    let file = try #require(FileHandle(forWritingAtPath: "\(folder)/set.zoopack"))
    try file.truncate(atOffset: 1)
    #expect(try set.values(of: [0]) == [0])
    let error = try #require(throws: ZooError.self) { try set.values(of: [1]) }
    #expect(error.kind == .data && error.description.contains("cut short"), "\(error)")
    #expect(set.label(at: 1) == 1)
  }
}
