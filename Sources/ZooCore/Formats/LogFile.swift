#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that only grows: metrics and logs, one line or record at a time.
public final class LogFile: Sendable {
  /// Where the file is.
  public let path: String
  private let file: Descriptor

  /// Opens a file for appending and creates it if it is not there.
  public init(appendingTo path: String) throws(ZooError) {
    self.path = path
    file = try Descriptor(
      opening: path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY, reporting: path,
      action: "append")
    try file.regularFile(path, kind: .io)
  }

  /// Opens a file for appending lines: a last one that a crash has torn is ended first, so that it
  /// spoils none but itself.
  public convenience init(appendingLinesTo path: String) throws(ZooError) {
    try self.init(appendingTo: path)
    if try Self.isTorn(path) { try write([UInt8(ascii: "\n")]) }
  }

  /// Whether the last byte of a file is in the middle of a line.
  private static func isTorn(_ path: String) throws(ZooError) -> Bool {
    let file = try Descriptor(
      opening: path, O_RDONLY | O_NONBLOCK | O_NOCTTY, reporting: path, action: "read")
    guard try file.regularFile(path, kind: .io).st_size > 0,
      Platform.retrying({ Int(lseek(file.number, -1, SEEK_END)) }) >= 0
    else { return false }
    var last: UInt8 = 0
    guard Platform.retrying({ read(file.number, &last, 1) }) >= 0 else {
      throw Files.failure("read", path)
    }
    return last != UInt8(ascii: "\n")
  }

  /// Appends a line; the line itself must not contain a line break.
  public func write(line: String) throws(ZooError) {
    // One system call per line, so that a crash leaves whole lines and at most one torn one.
    try write(Array(line.utf8) + [UInt8(ascii: "\n")])
  }

  /// Appends bytes.
  public func write(_ bytes: [UInt8]) throws(ZooError) {
    try file.write(bytes[...], to: path)
  }

  /// Forces what was written to the disk.
  public func synchronize() throws(ZooError) {
    guard Platform.retrying({ fsync(file.number) }) == 0 else {
      throw Files.failure("sync", path)
    }
  }
}
