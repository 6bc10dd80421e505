import Foundation
import Testing
import ZooCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// An output that a person names leaves what is there what it is.
@Suite struct DeliveryTests {
  private let folder = NSTemporaryDirectory() + "/zoo-delivery-" + UUID().uuidString

  private func inFolder(_ body: (String) throws -> Void) throws {
    try Files.createDirectory(folder)
    defer { try? Files.remove(folder) }
    try body(folder)
  }

  private func mode(_ path: String) -> mode_t? {
    var info = stat()
    return lstat(path, &info) == 0 ? info.st_mode & S_IFMT : nil
  }

  @Test func aFIFOGetsTheBytesAndStaysOne() throws {
    try inFolder { folder in
      let path = "\(folder)/fifo"
      try #require(mkfifo(path, 0o600) == 0)
      // Nobody reads: an error, and no wait.
      let error = #expect(throws: ZooError.self) { try Files.deliver([1, 2, 3], to: path) }
      #expect(error?.kind == .io && mode(path) == S_IFIFO)
      let reader = open(path, O_RDONLY | O_NONBLOCK)
      try #require(reader >= 0)
      defer { close(reader) }
      try Files.deliver([1, 2, 3], to: path)
      var bytes = [UInt8](repeating: 0, count: 8)
      #expect(read(reader, &bytes, 8) == 3 && bytes.prefix(3) == [1, 2, 3])
      #expect(mode(path) == S_IFIFO)
    }
  }

  @Test(arguments: ["there", "not yet there"])
  func aLinkIsFollowed(_ target: String) throws {
    try inFolder { folder in
      if target == "there" { try Files.write([9], to: "\(folder)/\(target)") }
      try Files.link("\(folder)/link", to: target)
      try Files.deliver([1, 2], to: "\(folder)/link")
      #expect(mode("\(folder)/link") == S_IFLNK)
      #expect(try Files.read("\(folder)/\(target)") == [1, 2])
    }
  }

  @Test func aReadOnlyFileStays() throws {
    try inFolder { folder in
      let path = "\(folder)/kept"
      try Files.write([9], to: path)
      try #require(chmod(path, 0o444) == 0)
      let error = #expect(throws: ZooError.self) { try Files.deliver([1], to: path) }
      #expect(error?.description.contains("read-only") == true)
      #expect(throws: ZooError.self) { try Files.expectWritable(path) }
      #expect(try Files.read(path) == [9])
    }
  }

  @Test func aFolderIsNoFile() throws {
    try inFolder { folder in
      #expect(throws: ZooError.self) { try Files.deliver([1], to: folder) }
      try Files.deliver([7], to: "\(folder)/new")
      #expect(try Files.read("\(folder)/new") == [7])
    }
  }
}
