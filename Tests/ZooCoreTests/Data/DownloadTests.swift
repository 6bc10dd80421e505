import Foundation
import Testing
import ZooCore

/// One file from servers that behave well or badly.
@Suite(.enabled(if: curlIsInstalled, "curl is not installed"))
final class DownloadTests {
  private let folder: String
  private let path: String
  private var part: String { path + ".part" }
  // Longer than a pipe and its buffers hold, and different everywhere.
  private let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }

  init() throws {
    folder = NSTemporaryDirectory() + "/zoo-" + UUID().uuidString
    path = folder + "/set/a.gz"
    try Files.createDirectory(folder + "/set")
  }

  deinit { try? Files.remove(folder) }

  /// A downloader that asks this machine directly, whatever proxy the environment names.
  private var downloader: Downloader {
    var downloader = Downloader()
    downloader.environment = []
    return downloader
  }

  private func file(_ mirrors: String...) -> PublishedFile {
    PublishedFile(
      name: "a.gz", bytes: content.count, sha256: SHA256.hexDigest(of: content), mirrors: mirrors)
  }

  /// The file is there, whole, and nothing else is.
  private func expectTheFileAlone() throws {
    #expect(try Files.read(path) == content)
    #expect(try Files.list(folder + "/set") == ["a.gz"])
  }

  /// What a failure leaves besides the lock.
  private func leftovers() throws -> [String] {
    try Files.list(folder + "/set").filter { $0 != ".a.gz.lock" }
  }

  private func failure(
    _ file: PublishedFile, _ change: (inout Downloader) -> Void = { _ in }
  ) throws -> ZooError {
    var downloader = downloader
    change(&downloader)
    let error = try fault { () throws(ZooError) in try downloader.fetch(file, to: path) }
    #expect(!Files.exists(path))
    return error
  }

  // MARK: Good answers

  @Test func aFileArrivesWithProgress() throws {
    let server = try LoopbackServer(["/a": .slow(content, at: 10_000)])
    var heard: [Int] = []
    try downloader.fetch(file(server.url("/a")), to: path, progress: { heard.append($0) })
    try expectTheFileAlone()
    #expect(heard == heard.sorted() && heard.first == 0 && heard.last == content.count)
    // 30 pieces with 10 ms between them are at least 0.3 s, so one look falls into the middle.
    #expect(heard.contains { $0 > 0 && $0 < content.count })
  }

  @Test func aRightFileIsLeftAlone() throws {
    let server = try LoopbackServer(["/a": .content(content)])
    try Files.write(content, to: path)
    try downloader.fetch(file(server.url("/a")), to: path)
    #expect(server.exchanges.isEmpty)
    try expectTheFileAlone()
  }

  @Test func anotherFileOfThatNameStays() throws {
    let server = try LoopbackServer(["/a": .content(content)])
    for own in [[1, 2, 3], [UInt8](repeating: 9, count: content.count)] {
      try Files.write(own, to: path)
      let error = try fault { () throws(ZooError) in
        try downloader.fetch(file(server.url("/a")), to: path)
      }
      #expect(error.kind == .data && error.findings[0].place == path)
      #expect(try Files.read(path) == own)
    }
    #expect(server.exchanges.isEmpty)
  }

  @Test func redirectsAreFollowed() throws {
    let server = try LoopbackServer(["/a": .redirect("/b"), "/b": .content(content)])
    try downloader.fetch(file(server.url("/a")), to: path)
    try expectTheFileAlone()
  }

  // MARK: Resuming

  @Test func aBrokenDownloadResumesWithTheRest() throws {
    let server = try LoopbackServer([
      "/a": .cut(content, after: 100_000), "/b": .content(content),
    ])
    let error = try failure(file(server.url("/a")))
    #expect(error.kind == .io && error.findings.count == 2)
    #expect(try Files.read(part) == Array(content[..<100_000]))
    try downloader.fetch(file(server.url("/b")), to: path)
    try expectTheFileAlone()
    #expect(
      server.exchanges == [
        .init(path: "/a", start: 0, sent: 100_000),
        .init(path: "/b", start: 100_000, sent: 200_000),
      ])
  }

  @Test func theNextMirrorContinuesWhatTheFirstBegan() throws {
    let server = try LoopbackServer([
      "/a": .cut(content, after: 50_000), "/b": .cut(content, after: 120_000),
      "/c": .content(content),
    ])
    try downloader.fetch(file(server.url("/a"), server.url("/b"), server.url("/c")), to: path)
    try expectTheFileAlone()
    #expect(server.exchanges.map(\.sent) == [50_000, 70_000, 180_000])
  }

  @Test func aPartThatIsCompleteNeedsNoServer() throws {
    try Files.write(content, to: part)
    try downloader.fetch(file("http://127.0.0.1:1/none"), to: path)
    try expectTheFileAlone()
  }

  @Test(arguments: [100_000, 300_000, 300_001])
  func aWrongPartIsStartedAgain(_ count: Int) throws {
    let server = try LoopbackServer(["/a": .content(content)])
    try Files.write([UInt8](repeating: 7, count: count), to: part)
    try downloader.fetch(file(server.url("/a")), to: path)
    try expectTheFileAlone()
    #expect(server.exchanges.last == .init(path: "/a", start: 0, sent: content.count))
  }

  @Test func aServerWithoutRangesStartsAgain() throws {
    let server = try LoopbackServer(["/a": .noRanges(content)])
    try Files.write(Array(content[..<100_000]), to: part)
    try downloader.fetch(file(server.url("/a")), to: path)
    try expectTheFileAlone()
    #expect(server.exchanges.count == 2)
  }

  // MARK: Bad answers

  /// What each kind of bad answer is called, and how much of it may be continued.
  @Test(
    arguments: [
      ("/missing", "404", nil), ("/error", "503", nil), ("/loop", "redirects", nil),
      ("/escape", "file", nil), ("/telnet", "telnet", nil), ("/wrong", "published content", nil),
      ("/endless", "longer", nil), ("/long", "longer", nil), ("/short", "ends after 1000 of", nil),
      ("/empty", "ends after 0 of", nil), ("/garbage", "HTTP", nil),
      ("/nothing", "Empty reply", nil),
      ("/cut", "230000 bytes", 70_000),
    ] as [(String, String, Int?)])
  func badAnswers(_ bad: String, _ cause: String, _ kept: Int?) throws {
    let wrong = content.dropLast() + [content[299_999] ^ 1]
    let server = try LoopbackServer([
      "/error": .failure(503), "/loop": .redirect("/loop"),
      "/escape": .redirect("file://\(path).own"),
      "/telnet": .redirect("telnet://127.0.0.1/"), "/wrong": .content(Array(wrong)),
      "/endless": .endless, "/long": .content(content + [0]),
      "/short": .content(Array(content[..<1000])),
      "/empty": .raw(Array("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".utf8)),
      "/garbage": .raw(Array(content[1000..<9000])), "/nothing": .raw([]),
      "/cut": .cut(content, after: 70_000), "/good": .content(content),
    ])
    // What a redirect to a local file would bring.
    try Files.write(content, to: path + ".own")
    let error = try failure(file(server.url(bad)))
    #expect(error.kind == .io && error.findings.count == 2)
    #expect(error.findings[0].advice?.contains("by hand") == true)
    #expect(error.findings[0].advice?.contains(server.url(bad)) == true)
    #expect(error.findings[1].place == server.url(bad))
    #expect(error.findings[1].problem.contains(cause), "\(error)")
    #expect(try leftovers() == ["a.gz.own"] + (kept == nil ? [] : ["a.gz.part"]))
    if let kept { #expect(try Files.read(part) == Array(content[..<kept])) }
    // The next mirror serves all the same.
    try downloader.fetch(file(server.url(bad), server.url("/good")), to: path)
    #expect(try Files.read(path) == content)
    #expect(try Files.list(folder + "/set") == ["a.gz", "a.gz.own"])
  }

  @Test func aSilentServerIsGivenUp() throws {
    let server = try LoopbackServer(["/a": .silent(content, after: 1000)])
    let start = ContinuousClock.now
    let error = try failure(file(server.url("/a"))) {
      $0.slowest = 1_000_000
      $0.patience = 1
    }
    // curl looks at the speed once a second, so patience of one second ends within about two.
    #expect(ContinuousClock.now - start < .seconds(5))
    #expect(error.findings[1].problem.contains("too slow"), "\(error)")
    #expect(try Files.read(part) == Array(content[..<1000]))
  }

  @Test func everyMirrorIsNamed() throws {
    let server = try LoopbackServer([:])
    let error = try failure(file(server.url("/a"), "http://127.0.0.1:1/b"))
    #expect(
      error.findings.map(\.place) == [
        path, server.url("/a"), "http://127.0.0.1:1/b",
      ])
    #expect(try leftovers() == [])
  }

  // MARK: Circumstances

  @Test func withoutCurlTheErrorSaysWhatToDo() throws {
    let error = try failure(file("http://127.0.0.1:1/a")) { $0.program = "no-such-curl" }
    #expect(error.kind == .io)
    #expect(error.findings[0].problem == "cannot run no-such-curl: No such file or directory")
    #expect(try leftovers() == [])
    let advice = try #require(error.findings[0].advice)
    #expect(advice.contains("install curl") && advice.contains("http://127.0.0.1:1/a as \(path)"))
  }

  @Test func cancellationLeavesAPartToContinue() throws {
    let server = try LoopbackServer([
      "/a": .silent(content, after: 100_000), "/b": .content(content),
    ])
    let start = ContinuousClock.now
    var received = 0
    let error = try fault { () throws(ZooError) in
      try downloader.fetch(
        file(server.url("/a"), server.url("/b")), to: path, progress: { received = $0 },
        isCancelled: { received == 100_000 })
    }
    #expect(error.kind == .interrupted)
    #expect(error.findings[0].problem == "cancelled after 100000 of 300000 bytes")
    #expect(ContinuousClock.now - start < .seconds(2))
    #expect(try leftovers() == ["a.gz.part"])
    // The server hears that curl has gone, and the second mirror was not asked.
    #expect(server.exchanges == [.init(path: "/a", start: 0, sent: 100_000)])
    try downloader.fetch(file(server.url("/b")), to: path)
    #expect(server.exchanges.last == .init(path: "/b", start: 100_000, sent: 200_000))
    try expectTheFileAlone()
  }

  @Test func onlyOneDownloadsAFile() throws {
    let server = try LoopbackServer(["/a": .content(content)])
    do {
      let other = try FileLock(folder + "/set/.a.gz.lock")
      defer { withExtendedLifetime(other) {} }
      let error = try failure(file(server.url("/a")))
      #expect(error.kind == .locked && error.findings[0].problem.contains("\(getpid())"))
    }
    #expect(server.exchanges.isEmpty)
    try downloader.fetch(file(server.url("/a")), to: path)
    try expectTheFileAlone()
  }

  @Test func aLinkInPlaceOfThePartIsNotFollowed() throws {
    let server = try LoopbackServer(["/a": .content(content)])
    try Files.write("precious", to: folder + "/precious")
    try Files.link(part, to: "../precious")
    let error = try failure(file(server.url("/a")))
    #expect(error.kind == .io)
    #expect(try Files.read(folder + "/precious") == Array("precious".utf8))
  }
}
