#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that a person names for a result: what is there already is theirs.
///
/// A regular file is replaced by one rename, behind the links that lead to it. A FIFO or a character
/// device is written into, and stays what it is. What can be neither is refused, and so is a file
/// that is write-protected. Make it before the work whose result it takes: what can be known is
/// known then.
public final class OutputFile: Sendable {
  /// The path as it was named.
  public let path: String
  /// Whether there is something in the file that gives way.
  public let replaces: Bool
  /// Whether bytes go to somebody who reads them one after another.
  public let isStream: Bool
  /// Where the links end.
  private let place: String
  private let permissions: UInt32?
  /// Open from the beginning, since its reader waits for it.
  private let stream: Descriptor?

  /// Looks at what is there.
  ///
  /// - Throws: `ZooError` when nothing can be written there, or must not be.
  public init(_ path: String) throws(ZooError) {
    try Files.check(path)
    self.path = path
    var info = stat()
    if stat(path, &info) != 0 {
      // A link that leads nowhere yet may lead to where a file can be made.
      guard errno == ENOENT else { throw Files.failure("write", path) }
      place = try Self.end(ofLinks: path)
      try Files.expectWritable(place)
      (replaces, isStream, permissions) = (false, false, nil)
      stream = nil
      return
    }
    switch info.st_mode & S_IFMT {
    case S_IFREG:
      place = try Self.end(ofLinks: path)
      // Who may write everything is asked by the mode, everybody else by the system.
      guard info.st_mode & 0o222 != 0 else {
        throw ZooError(
          .io, "the file is write-protected", at: Text.printable(place),
          advice: "choose another name, or allow it with chmod u+w \(Shell.quoted(place))")
      }
      guard access(place, W_OK) == 0 else { throw Files.failure("write", place) }
      try Files.expectWritable(place)
      (replaces, isStream) = (info.st_size > 0, false)
      permissions = UInt32(info.st_mode & 0o777)
      stream = nil
    case S_IFIFO, S_IFCHR:
      stream = try Self.open(stream: path)
      (place, replaces, isStream, permissions) = (path, false, true, nil)
    case S_IFDIR: throw Files.failure("write", path, code: EISDIR)
    case let type:
      throw ZooError(
        .io, "\(type == S_IFSOCK ? "a socket" : "a disk") is no place for a file",
        at: Text.printable(path), advice: "name a file or a FIFO")
    }
  }

  /// Writes all of it.
  public func write(_ bytes: [UInt8]) throws(ZooError) {
    try write { write throws(ZooError) in try write(bytes) }
  }

  /// Writes it piece by piece.
  ///
  /// - Parameter body: Calls its argument with one piece after another.
  public func write(
    _ body: (_ write: ([UInt8]) throws(ZooError) -> Void) throws(ZooError) -> Void
  ) throws(ZooError) {
    guard isStream else {
      return try Files.stream(to: place, permissions: permissions, body)
    }
    try body { bytes throws(ZooError) in try stream?.write(bytes[...], to: path) }
  }

  /// Opens what is no regular file, without waiting for a reader who may never come.
  private static func open(stream path: String) throws(ZooError) -> Descriptor {
    let number = Platform.retrying {
      systemOpen(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    }
    guard number >= 0 else {
      guard errno == ENXIO else { throw Files.failure("write", path) }
      throw ZooError(
        .io, "nobody reads from it", at: Text.printable(path),
        advice: "start its reader first: cat \(Shell.quoted(path)) > FILE &")
    }
    let stream = Descriptor(owning: number)
    guard isatty(number) == 0 else {
      throw ZooError(
        .usage, "a terminal is no place for a file's bytes", at: Text.printable(path),
        advice: "name a file")
    }
    // From here on a reader may take its time.
    guard fcntl(number, F_SETFL, fcntl(number, F_GETFL) & ~O_NONBLOCK) == 0 else {
      throw Files.failure("write", path)
    }
    return stream
  }

  private static func end(ofLinks path: String) throws(ZooError) -> String {
    var place = path
    for _ in 0..<40 {
      guard let target = Files.target(ofLink: place) else { return place }
      // Such a link is an open file, which somebody may be appending to, and not a name for one.
      guard !place.hasPrefix("/proc/"), !place.hasPrefix("/dev/fd/") else {
        throw ZooError(
          .usage, "leads to a file that is open already", at: Text.printable(path),
          advice: "name the file itself, or - for standard output")
      }
      place = target.hasPrefix("/") ? target : Files.join(Files.split(place).directory, target)
    }
    throw Files.failure("write", path, code: ELOOP)
  }
}

/// `open` of the C library; inside `OutputFile` that name means something else.
private func systemOpen(_ path: String, _ flags: Int32) -> Int32 { open(path, flags) }
