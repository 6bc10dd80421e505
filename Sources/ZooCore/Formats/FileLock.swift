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
      let holder = (try? Files.read(path, limit: 64)).map { String(decoding: $0, as: UTF8.self) }
      let number = holder.flatMap { Int($0.prefix { $0.isNumber }) }
      throw ZooError(
        .locked, "in use by process \(number.map(String.init) ?? "(unknown)")",
        at: Text.printable(Files.split(path).directory),
        advice: "wait for it to end, or stop it with Ctrl-C or kill")
    }
    guard ftruncate(file.number, 0) == 0 else { throw Files.failure("lock", path) }
    try file.write(Array("\(getpid())\n".utf8)[...], to: path)
  }

  deinit {
    // Closing alone would not do while a program that is just being started still has a copy.
    flock(file.number, LOCK_UN)
  }
}
