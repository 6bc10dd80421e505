#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Downloads published files with the system's `curl`, resuming what was interrupted.
///
/// What is on its way lies in a `.part` sibling; only a file of the right size and digest gets its
/// name. So at any moment, and after any interruption, a file that is there is whole.
public struct Downloader: Sendable {
  /// The `curl` to run: a name that is searched for in `PATH`, or a path.
  public var program = "curl"
  /// The variables that curl sees, as `NAME=value`; nil hands on this program's, with its proxies.
  public var environment: [String]?
  /// Seconds until a server that cannot be reached is given up.
  public var connectTimeout = 20
  /// Bytes per second below which a transfer is given up, after `patience`.
  public var slowest = 1000
  /// Seconds that a transfer may be too slow, or still.
  public var patience = 30

  /// A downloader for ordinary networks.
  public init() {}

  /// Gets a file from the first mirror that has it, unless it is there already.
  ///
  /// A file that is there but differs from the published one is somebody's own: it stays, and is
  /// an error of kind `.data`. If every mirror fails, the error of kind `.io` says why for each;
  /// if another process is downloading the same file, it is of kind `.locked`.
  /// - Parameters:
  ///   - progress: Hears about five times a second how many bytes of the file are here.
  ///   - isCancelled: Is asked as often; on true the download ends with an error of kind
  ///     `.interrupted`, and the next one continues it.
  public func fetch(
    _ file: PublishedFile, to path: String, progress: (Int) -> Void = { _ in },
    isCancelled: () -> Bool = { false }
  ) throws(ZooError) {
    let target = Target(file: file, path: path)
    guard try target.isMissing() else { return }
    let (directory, name) = Files.split(path)
    try Files.createDirectory(directory)
    let lockPath = Files.join(directory, ".\(name).lock")
    let lock = try FileLock(lockPath)
    defer { withExtendedLifetime(lock) {} }
    // The last holder of the lock may just have finished it.
    guard try target.isMissing() else { return }
    var causes: [ZooError.Finding] = []
    for mirror in file.mirrors {
      let cause = try complete(target, from: mirror) { received throws(ZooError) in
        progress(received)
        guard isCancelled() else { return }
        throw ZooError(
          .interrupted, "cancelled after \(received) of \(file.bytes) bytes",
          at: Text.printable(path), advice: "fetch it again to continue from there")
      }
      guard let cause else {
        try target.finish()
        // Whoever opened the lock before finds the file complete.
        try? Files.remove(lockPath)
        return
      }
      causes.append(ZooError.Finding(cause, at: mirror))
    }
    let failure = ZooError.Finding(
      "\(name) could not be downloaded", at: Text.printable(path), advice: target.adviceByHand)
    throw ZooError(.io, [failure] + causes)
  }
}

// MARK: - One mirror

extension Downloader {
  /// Hears how many bytes are here, and throws to end the download.
  private typealias Watcher = (_ received: Int) throws(ZooError) -> Void

  /// How a transfer ended that did not bring the published file.
  private enum Fault {
    /// A later attempt can go on from what is here.
    case interrupted(String)
    /// What is here is of no use.
    case unusable(String)
  }

  /// Completes the partial file and returns nil, or the reason why this mirror cannot.
  private func complete(
    _ target: Target, from mirror: String, _ watcher: Watcher
  ) throws(ZooError) -> String? {
    while true {
      let offset = try Files.size(of: target.part) ?? 0
      switch try extend(target, from: mirror, after: offset, watcher) {
      case nil: return nil
      case .interrupted(let cause):
        if try Files.size(of: target.part) == 0 { try Files.remove(target.part) }
        return cause
      case .unusable(let cause):
        try Files.remove(target.part)
        // An older part may be to blame: then the mirror gets a second chance, from the start.
        if offset == 0 { return cause }
      }
    }
  }

  /// Transfers what is missing of the partial file, and checks the whole.
  private func extend(
    _ target: Target, from mirror: String, after offset: Int, _ watcher: Watcher
  ) throws(ZooError) -> Fault? {
    if offset < target.file.bytes {
      let fault = try transfer(target, from: mirror, after: offset, watcher)
      if let fault { return fault }
    }
    let state = try target.file.state(at: target.part)
    return state == .ok ? nil : .unusable("not the published content: \(state)")
  }

  /// Lets curl run and appends what it delivers to the partial file.
  private func transfer(
    _ target: Target, from mirror: String, after offset: Int, _ watcher: Watcher
  ) throws(ZooError) -> Fault? {
    try watcher(offset)
    let expected = target.file.bytes
    var curl = try ChildProcess(
      program, arguments(for: mirror, after: offset), environment: environment,
      advice: "install curl, or \(target.adviceByHand)")
    let part = try Descriptor(
      opening: target.part, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK,
      reporting: target.part, action: "write")
    try part.regularFile(target.part, kind: .io)
    let interval = Duration.milliseconds(200)
    let clock = ContinuousClock()
    var (received, lastLook) = (offset, clock.now)
    receiving: while true {
      switch try curl.read(waitingAtMost: interval) {
      case .end: break receiving
      case .nothing: break
      case .output(let piece):
        guard piece.count <= expected - received else {
          return .unusable("the answer is longer than the expected \(expected) bytes")
        }
        try part.write(piece, to: target.part)
        received += piece.count
      }
      guard clock.now - lastLook >= interval else { continue }
      lastLook = clock.now
      try watcher(received)
    }
    try watcher(received)
    let ending = curl.wait()
    // The digest says more about a file of full size than curl could.
    if received == expected { return nil }
    if ending == .exited(0) {
      return .unusable("the answer ends after \(received) of \(expected) bytes")
    }
    let line = curl.errorText.split(whereSeparator: \.isNewline).last.map(String.init)
    let cause = Text.printable(line ?? "curl ended early with \(ending)")
    return ending == .exited(Self.rangeError) ? .unusable(cause) : .interrupted(cause)
  }

  /// CURLE_RANGE_ERROR: the server sends whole files only.
  private static let rangeError: Int32 = 33

  private func arguments(for mirror: String, after offset: Int) -> [String] {
    [
      // A personal .curlrc could change what arrives here.
      "--disable", "--silent", "--show-error", "--fail", "--globoff", "--no-buffer",
      "--proto", "=http,https", "--proto-redir", "=http,https", "--location", "--max-redirs", "5",
      "--connect-timeout", "\(connectTimeout)", "--speed-limit", "\(slowest)",
      "--speed-time", "\(patience)",
    ] + (offset > 0 ? ["--continue-at", "\(offset)"] : []) + ["--output", "-", "--url", mirror]
  }
}

// MARK: - One file

/// A published file and the place that it is to have.
private struct Target {
  let file: PublishedFile
  let path: String

  /// Where it grows.
  var part: String { path + ".part" }

  var adviceByHand: String {
    "put the file there by hand: save \(file.mirrors.first ?? "it") as \(Text.printable(path))"
  }

  /// Whether nothing is there; anything but the published file is an error.
  func isMissing() throws(ZooError) -> Bool {
    let state = try file.state(at: path)
    guard state != .missing, state != .ok else { return state == .missing }
    throw ZooError(
      .data, "the file that is there is not the published one: \(state)",
      at: Text.printable(path), advice: "remove or rename it, then fetch the published one")
  }

  /// Gives the completed part its name, once it is safe on the disk.
  func finish() throws(ZooError) {
    do {
      let file = try Descriptor(opening: part, O_RDONLY, reporting: part, action: "sync")
      guard Platform.retrying({ fsync(file.number) }) == 0 else {
        throw Files.failure("sync", part)
      }
    }
    try Files.move(part, to: path)
  }
}
