import Foundation
import Synchronization
import Testing
import ZooCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Whether downloads can be tried at all.
let curlIsInstalled = (ProcessInfo.processInfo.environment["PATH"] ?? "")
  .split(separator: ":").contains { Files.exists(Files.join(String($0), "curl")) }

/// A small HTTP server on this machine that behaves well or badly, as each path of it says.
///
/// It answers one connection after another on a thread of its own, until it goes out of use.
final class LoopbackServer: Sendable {
  /// How a path answers.
  enum Answer: Sendable {
    /// The content, or the rest of it where the request asks for that.
    case content([UInt8])
    /// The content from its start, whatever the request asks for.
    case noRanges([UInt8])
    /// As `content`, but the connection ends after so many bytes of the body.
    case cut([UInt8], after: Int)
    /// As `cut`, but the connection stays open and silent.
    case silent([UInt8], after: Int)
    /// So many bytes at a time, with pauses of a hundredth of a second.
    case slow([UInt8], at: Int)
    /// Zeros that do not end, under no announced length.
    case endless
    /// Another place to ask.
    case redirect(String)
    /// An error with a page that explains it.
    case failure(Int)
    /// These bytes and nothing else.
    case raw([UInt8])
  }

  /// What a request asked for, and what it got.
  struct Exchange: Equatable {
    let path: String
    /// The first byte that the request asked for.
    let start: Int
    /// The bytes of the body that were sent.
    var sent: Int
  }

  private let listener: Int32
  private let address: String
  // Locked while a connection is served, so that whoever looks sees finished exchanges.
  private let log: Log

  private final class Log: Sendable {
    let exchanges = Mutex<[Exchange]>([])
  }

  /// A server with these paths, each with a slash first; no other path is found.
  init(_ answers: [String: Answer]) throws {
    // Writing to a client that has gone shall be an error and not the end of the tests.
    signal(SIGPIPE, SIG_IGN)
    #if canImport(Darwin)
      let listener = socket(AF_INET, SOCK_STREAM, 0)
    #else
      let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #endif
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    // Port zero asks the system for a free one.
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &place) { place in
      place.withMemoryRebound(to: sockaddr.self, capacity: 1) { place in
        bind(listener, place, length) == 0 && listen(listener, 16) == 0
          && getsockname(listener, place, &length) == 0
      }
    }
    try #require(isListening, "no socket on 127.0.0.1")
    self.listener = listener
    address = "http://127.0.0.1:\(in_port_t(bigEndian: place.sin_port))"
    let log = Log()
    self.log = log
    Thread.detachNewThread {
      while true {
        let number = accept(listener, nil, nil)
        guard number >= 0 else { break }
        log.exchanges.withLock { exchanges in
          if let exchange = Connection(number: number).serve(answers) { exchanges.append(exchange) }
        }
        close(number)
      }
      close(listener)
    }
  }

  deinit {
    // Ends the thread's waiting for connections.
    shutdown(listener, Int32(SHUT_RDWR))
  }

  /// The address of a path.
  func url(_ path: String) -> String { address + path }

  /// What has been asked for, in order.
  var exchanges: [Exchange] { log.exchanges.withLock { $0 } }
}

/// One request and its answer.
private struct Connection {
  let number: Int32

  func serve(_ answers: [String: LoopbackServer.Answer]) -> LoopbackServer.Exchange? {
    guard let request = readRequest() else { return nil }
    var exchange = request
    switch answers[request.path] ?? .failure(404) {
    case .content(let bytes):
      exchange.sent = sendContent(bytes, from: request.start, until: bytes.count)
    case .noRanges(let bytes):
      exchange.sent = sendContent(bytes, from: 0, until: bytes.count)
    case .cut(let bytes, let end):
      exchange.sent = sendContent(bytes, from: request.start, until: end)
    case .silent(let bytes, let end):
      exchange.sent = sendContent(bytes, from: request.start, until: end)
      waitForTheClientToGo()
    case .slow(let bytes, let count):
      exchange.sent = sendContent(bytes, from: request.start, until: bytes.count, slowly: count)
    case .endless:
      send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
      let zeros = [UInt8](repeating: 0, count: 1 << 16)
      while send(zeros[...]) { exchange.sent += zeros.count }
    case .redirect(let place):
      let page = String(repeating: "Moved. ", count: 1000)
      send("HTTP/1.1 302 Found\r\nLocation: \(place)\r\nContent-Length: \(page.utf8.count)\r\n")
      send("Connection: close\r\n\r\n\(page)")
    case .failure(let code):
      let page = String(repeating: "Sorry. ", count: 1000)
      send("HTTP/1.1 \(code) Sorry\r\nContent-Length: \(page.utf8.count)\r\n")
      send("Connection: close\r\n\r\n\(page)")
    case .raw(let bytes):
      send(bytes[...])
    }
    return exchange
  }

  private func readRequest() -> LoopbackServer.Exchange? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
      let count = recv(number, &buffer, buffer.count, 0)
      guard count > 0 else { return nil }
      bytes += buffer[..<count]
    }
    let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ")
    guard words.count == 3 else { return nil }
    let range = lines.first { $0.lowercased().hasPrefix("range: bytes=") }
    let start = range.flatMap { Int($0.dropFirst("range: bytes=".count).prefix { $0 != "-" }) }
    return .init(path: String(words[1]), start: start ?? 0, sent: 0)
  }

  /// Sends a part of the content, and answers how many bytes of it.
  private func sendContent(
    _ bytes: [UInt8], from start: Int, until end: Int, slowly count: Int? = nil
  ) -> Int {
    guard start < bytes.count else {
      send("HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
      return 0
    }
    let range = "Content-Range: bytes \(start)-\(bytes.count - 1)/\(bytes.count)\r\n"
    send(start == 0 ? "HTTP/1.1 200 OK\r\n" : "HTTP/1.1 206 Partial Content\r\n\(range)")
    send("Content-Length: \(bytes.count - start)\r\nConnection: close\r\n\r\n")
    let body = bytes[start..<max(start, end)]
    guard let count else { return send(body) ? body.count : 0 }
    var sent = 0
    while sent < body.count, send(body.dropFirst(sent).prefix(count)) {
      sent += min(count, body.count - sent)
      usleep(10_000)
    }
    return sent
  }

  private func waitForTheClientToGo() {
    var byte: UInt8 = 0
    while recv(number, &byte, 1, 0) > 0 {}
  }

  private func send(_ text: String) {
    send(Array(text.utf8)[...])
  }

  @discardableResult
  private func send(_ bytes: ArraySlice<UInt8>) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(number, $0.baseAddress, $0.count) }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}
