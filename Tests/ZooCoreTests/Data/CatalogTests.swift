import Foundation
import Testing
import ZooCore

/// Whole sets: what is known of them, what is on disk, and what a fetch brings.
@Suite final class CatalogTests {
  private let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "/zoo-" + UUID().uuidString
    try Files.createDirectory(folder)
  }

  deinit { try? Files.remove(folder) }

  private var downloader: Downloader {
    var downloader = Downloader()
    downloader.environment = []
    return downloader
  }

  private func entry(_ source: CatalogEntry.Source) -> CatalogEntry {
    CatalogEntry(
      name: "set", title: "A set", licence: "none", homePage: "http://127.0.0.1", folder: "set-1",
      source: source)
  }

  private func published(_ name: String, _ bytes: [UInt8], _ url: String) -> PublishedFile {
    PublishedFile(
      name: name, bytes: bytes.count, sha256: SHA256.hexDigest(of: bytes), mirrors: [url])
  }

  // MARK: The catalog

  @Test func theTableIsSound() {
    #expect(Set(Catalog.all.map(\.name)).count == Catalog.all.count)
    // Those that are fetched keep out of each other's way.
    let fetched = Catalog.all.filter { $0.downloadSize != nil }.map(\.folder)
    #expect(Set(fetched).count == fetched.count)
    #expect(Catalog.entry(named: "fashion-mnist")?.licence == "MIT")
    #expect(Catalog.entry(named: "nothing") == nil)
    for entry in Catalog.all {
      let files: [PublishedFile]
      switch entry.source {
      case .files(let all): files = all
      case .archive(let archive, _): files = [archive]
      case .unavailable: files = []
      }
      for file in files {
        #expect(
          file.sha256.count == 64 && file.sha256.allSatisfy { "0123456789abcdef".contains($0) })
        #expect(file.bytes > 0 && !file.mirrors.isEmpty)
        #expect(file.mirrors.allSatisfy { $0.hasPrefix("http") && $0.hasSuffix("/\(file.name)") })
      }
    }
    // Sums of the published sizes.
    #expect(Catalog.entry(named: "mnist")?.downloadSize == 11_594_722)
    #expect(Catalog.entry(named: "cifar-10")?.downloadSize == 170_052_171)
  }

  @Test func whatIsUnprovenIsNotFetched() throws {
    let cifar100 = try #require(Catalog.entry(named: "cifar-100"))
    #expect(cifar100.downloadSize == nil)
    #expect(try cifar100.verify(in: folder) == [])
    let error = try fault { () throws(ZooError) in try cifar100.fetch(into: folder) }
    #expect(error.kind == .usage && error.findings[0].problem.contains("digest"))
    #expect(try Files.list(folder) == [])
  }

  // MARK: Single files

  @Test func verifyTellsWhatIsWrong() throws {
    let bytes: [UInt8] = [1, 2, 3]
    let set = entry(.files(["a", "b", "c", "d"].map { published($0, bytes, "http://none") }))
    try Files.createDirectory(folder + "/set-1")
    try Files.write(bytes, to: folder + "/set-1/a")
    try Files.write([1, 2], to: folder + "/set-1/b")
    try Files.write([1, 2, 4], to: folder + "/set-1/c")
    let reports = try set.verify(in: folder)
    #expect(reports.map(\.path) == ["a", "b", "c", "d"].map { "\(folder)/set-1/\($0)" })
    #expect(
      reports.map(\.state) == [
        .ok, .wrongSize(2), .wrongDigest(SHA256.hexDigest(of: [1, 2, 4])), .missing,
      ])
    try Files.createDirectory(folder + "/set-1/d")
    let error = try fault { () throws(ZooError) in try set.verify(in: folder) }
    #expect(error.kind == .data && error.findings[0].place == "\(folder)/set-1/d")
  }

  @Test(.enabled(if: curlIsInstalled, "curl is not installed"))
  func onlyMissingFilesAreFetched() throws {
    let (a, b, c) = ([UInt8](repeating: 1, count: 5000), [UInt8](2...9), [UInt8](3..<201))
    let server = try LoopbackServer(["/a": .content(a), "/b": .content(b), "/c": .content(c)])
    let set = entry(
      .files([
        published("a", a, server.url("/a")), published("b", b, server.url("/b")),
        published("c", c, server.url("/c")),
      ]))
    try Files.createDirectory(folder + "/set-1")
    try Files.write("my own", to: folder + "/set-1/b")
    var last: FetchProgress?
    let reports = try set.fetch(into: folder, using: downloader, progress: { last = $0 })
    #expect(reports.map(\.state) == [.ok, .wrongSize(6), .ok])
    #expect(last?.file == "c" && last?.done == 5198 && last?.total == 5198)
    #expect(server.exchanges.map(\.path) == ["/a", "/c"])
    #expect(try Files.list(folder + "/set-1") == ["a", "b", "c"])
    #expect(try Files.read(folder + "/set-1/b") == Array("my own".utf8))
  }

  // MARK: Archives

  private static let first = (0..<70_000).map { UInt8(truncatingIfNeeded: $0 / 3) }
  private static let second = [UInt8](repeating: 8, count: 1024)

  /// A tar archive with two members that are wanted, one that nobody needs and one that means harm.
  private static var archive: [UInt8] {
    var tar = TarArchive()
    tar.add("set-1/", [], type: "5")
    tar.add("../escaped", Array("boo".utf8))
    tar.add("set-1/one.bin", first)
    tar.add("set-1/readme", Array("read me".utf8))
    tar.add("set-1/two.bin", second)
    return tar.ended
  }

  private func archived(_ bytes: [UInt8], at url: String = "http://127.0.0.1:1/") -> CatalogEntry {
    entry(
      .archive(
        published("set.tar.gz", bytes, url),
        members: [
          .init(name: "one.bin", bytes: Self.first.count),
          .init(name: "two.bin", bytes: Self.second.count),
        ]))
  }

  @Test(.enabled(if: curlIsInstalled, "curl is not installed"))
  func anArchiveIsFetchedAndUnpacked() throws {
    let packed = Gzip.deflate(Self.archive)
    let server = try LoopbackServer(["/a": .content(packed)])
    let set = archived(packed, at: server.url("/a"))
    #expect(try set.verify(in: folder).map(\.state) == [.missing, .missing])
    var last: FetchProgress?
    let reports = try set.fetch(into: folder, using: downloader, progress: { last = $0 })
    #expect(reports.map(\.state) == [.ok, .ok])
    #expect(last?.file == "set.tar.gz" && last?.done == packed.count && last?.total == packed.count)
    #expect(try Files.list(folder) == ["set-1"])
    #expect(try Files.list(folder + "/set-1") == ["SHA256SUMS", "one.bin", "two.bin"])
    #expect(try Files.read(folder + "/set-1/one.bin") == Self.first)
    // What is there is not fetched again.
    try set.fetch(into: folder, using: downloader)
    #expect(server.exchanges.count == 1)
    // Damage shows as long as there are digests to compare with.
    try Files.write([9] + Self.second.dropFirst(), to: folder + "/set-1/two.bin")
    guard case .wrongDigest = try set.verify(in: folder)[1].state else {
      Issue.record("damage went unseen")
      return
    }
    try Files.remove(folder + "/set-1/SHA256SUMS")
    #expect(try set.verify(in: folder).map(\.state) == [.rightSize, .rightSize])
  }

  @Test func whatIsThereIsUsedAndStays() throws {
    let packed = Gzip.deflate(Self.archive)
    let own = [UInt8](repeating: 1, count: Self.second.count)
    try Files.write(packed, to: folder + "/set.tar.gz")
    try Files.createDirectory(folder + "/set-1")
    try Files.write(own, to: folder + "/set-1/two.bin")
    // What an unpacking that was killed leaves behind.
    try Files.createDirectory(folder + "/.set-1.7-7-7.tmp")
    let reports = try archived(packed).fetch(into: folder)
    #expect(reports.map(\.state) == [.ok, .wrongDigest(SHA256.hexDigest(of: own))])
    #expect(try Files.read(folder + "/set-1/two.bin") == own)
    #expect(try Files.list(folder) == ["set-1", "set.tar.gz"])
  }

  /// Archives of the right digest that are not what the catalog says.
  @Test(arguments: ["no member", "wrong size", "too large", "no tar", "no gzip"])
  func aBadArchiveLeavesNoFolder(_ fault: String) throws {
    var tar = TarArchive()
    tar.add("set-1/one.bin", Self.first)
    if fault == "wrong size" { tar.add("set-1/two.bin", [1]) }
    if fault == "too large" { tar.add("big", [UInt8](repeating: 0, count: 2_000_000)) }
    let bytes = fault == "no tar" ? Self.first : tar.ended
    let packed = fault == "no gzip" ? bytes : Gzip.deflate(bytes)
    try Files.write(packed, to: folder + "/set.tar.gz")
    let error = #expect(throws: ZooError.self) { try archived(packed).fetch(into: folder) }
    #expect(error?.kind == .data && error?.findings[0].place == folder + "/set.tar.gz")
    #expect(try Files.list(folder) == [".set-1.lock", "set.tar.gz"])
  }

  @Test func onlyOneUnpacksASet() throws {
    let other = try FileLock(folder + "/.set-1.lock")
    defer { withExtendedLifetime(other) {} }
    let error = try fault { () throws(ZooError) in try archived([]).fetch(into: folder) }
    #expect(error.kind == .locked)
  }
}
