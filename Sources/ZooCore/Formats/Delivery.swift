#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Outputs that a person names. They may name anything: what is there decides how it is written, and
/// nothing that is no regular file is ever replaced by one.
extension Files {
  /// What a named output leads to.
  package enum Destination: Equatable {
    /// A regular file, there or not, behind any links.
    case file(String)
    /// A FIFO or a terminal, which takes bytes as they come.
    case stream
  }

  /// Writes an output to where a person wants it.
  ///
  /// A regular file appears whole or not at all, also behind a link, which stays. A FIFO or a
  /// character device is written into.
  /// - Throws: `ZooError` of kind `io` when the path leads to a folder, a block device or a socket, when
  ///   a file is read-only, and when nobody reads a FIFO.
  public static func deliver(_ bytes: [UInt8], to path: String) throws(ZooError) {
    switch try destination(of: path) {
    case .file(let target): try write(bytes, to: target)
    case .stream:
      // Without O_NONBLOCK, opening a FIFO would wait for a reader that may never come.
      let stream = try Descriptor(
        opening: path, O_WRONLY | O_NONBLOCK | O_NOCTTY, reporting: path, action: "write")
      _ = fcntl(stream.number, F_SETFL, 0)
      try stream.write(bytes[...], to: path)
    }
  }

  /// Where an output of this name would go; refused are those that could only be replaced.
  package static func destination(of path: String) throws(ZooError) -> Destination {
    try check(path)
    var info = stat()
    guard stat(path, &info) == 0 else {
      // A new file, or a link to one.
      guard errno == ENOENT else { throw failure("write", path) }
      guard let target = target(ofLink: path) else { return .file(path) }
      return .file(target.hasPrefix("/") ? target : join(split(path).directory, target))
    }
    switch info.st_mode & S_IFMT {
    case S_IFREG:
      // The system lets a rename replace what nobody may write to.
      guard info.st_mode & (S_IWUSR | S_IWGRP | S_IWOTH) != 0, access(path, W_OK) == 0 else {
        throw ZooError(
          .io, "the file is read-only and was left as it is", at: Text.printable(path),
          advice: "name another file, or make it writable: chmod u+w \(Shell.quoted(path))")
      }
      guard let resolved = realpath(path, nil) else { throw failure("write", path) }
      defer { free(resolved) }
      return .file(String(cString: resolved))
    case S_IFIFO, S_IFCHR: return .stream
    case S_IFDIR: throw failure("write", path, code: EISDIR)
    default:
      throw ZooError(
        .io, "expected a file, found a block device or a socket", at: Text.printable(path),
        advice: "name a file, or - for standard output")
    }
  }
}
