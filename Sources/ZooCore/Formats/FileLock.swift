#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A lock that one process holds as long as it lives, however it ends.
///
/// The file stays; it holds the number of the process that locked it last, for people.
public final class FileLock: Sendable {
  private let file: Descriptor

  /// Takes the lock.
  ///
  /// - Throws: `ZooError` of kind `locked`, with the holder's number, when another has it.
  public init(_ path: String) throws(ZooError) {
    file = try Descriptor(
      opening: path, O_RDWR | O_CREAT | O_NONBLOCK | O_NOCTTY, reporting: path, action: "lock")
    try file.regularFile(path, kind: .io)
    guard Platform.retrying({ flock(file.number, LOCK_EX | LOCK_NB) }) == 0 else {
      guard errno == EWOULDBLOCK else { throw Files.failure("lock", path) }
      let number = Self.holder(path)
      throw ZooError(
        .locked, "in use by process \(number.map(String.init) ?? "(unknown)")",
        at: Text.printable(Files.split(path).directory),
        advice: "wait for it to end, or stop it with Ctrl-C or kill")
    }
    let text = Array("\(getpid())\n".utf8)
    try file.write(text[...], to: path)
    guard ftruncate(file.number, off_t(text.count)) == 0 else {
      throw Files.failure("lock", path)
    }
  }

  /// The number in the file; a holder that has only just begun is given time to write it in place of
  /// that of an earlier one, which is no more.
  private static func holder(_ path: String) -> Int32? {
    var found: Int32?
    for _ in 0..<20 {
      let bytes = (try? Files.read(path, limit: 64)) ?? []
      if bytes.last == UInt8(ascii: "\n"), let line = bytes.split(separator: 10).first,
        let number = Int32(String(decoding: line, as: UTF8.self))
      {
        if kill(number, 0) == 0 || errno != ESRCH { return number }
        found = number
      }
      usleep(5000)
    }
    // In a container the holder may be out of sight.
    return found
  }

  deinit {
    // Closing alone would not do while a program that is just being started still has a copy.
    flock(file.number, LOCK_UN)
  }
}
