#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Whole files and directories, with errors that name the path, the cause and a remedy.
public enum Files {
  /// The most bytes that are read into memory unless the caller says otherwise.
  public static let defaultLimit = 1 << 31

  /// Writes a file so that at any moment either the old or the new content is there, whole.
  ///
  /// The bytes go to a hidden sibling that is synced and then renamed; the directory is synced
  /// last, so the new name survives a power cut. A failure removes the sibling.
  public static func write(_ bytes: [UInt8], to path: String) throws(ZooError) {
    try stream(to: path) { write throws(ZooError) in try write(bytes) }
  }

  /// Writes a file piece by piece, with the same promise.
  ///
  /// - Parameters:
  ///   - permissions: Those of the file; nil for what is usual.
  ///   - body: Calls its argument with one piece after another.
  public static func stream(
    to path: String, permissions: UInt32? = nil,
    _ body: (_ write: ([UInt8]) throws(ZooError) -> Void) throws(ZooError) -> Void
  ) throws(ZooError) {
    try check(path)
    let (directory, name) = split(path)
    let staged = join(directory, temporaryName(for: name))
    do throws(ZooError) {
      let file = try Descriptor(
        opening: staged, O_WRONLY | O_CREAT | O_EXCL, reporting: path, action: "write")
      if let permissions, fchmod(file.number, mode_t(permissions)) != 0 {
        throw failure("write", path)
      }
      var count = 0
      try body { bytes throws(ZooError) in
        try file.write(bytes[...], to: path)
        count += bytes.count
      }
      guard Platform.retrying({ fsync(file.number) }) == 0 else {
        throw failure("write", path, needing: count)
      }
      guard rename(staged, path) == 0 else { throw failure("replace", path) }
    } catch {
      unlink(staged)
      throw error
    }
    try synchronize(directory: directory)
  }

  /// Finds out before long work that a file can be written at its end.
  ///
  /// - Throws: `ZooError` of kind `io` when the folder is missing or may not be written to, or when
  ///   the path is a folder's.
  public static func expectWritable(_ path: String) throws(ZooError) {
    try check(path)
    if isDirectory(path) { throw failure("write", path, code: EISDIR) }
    // With the dot a file in the folder's place is told from a folder.
    guard access(join(split(path).directory, "."), W_OK | X_OK) == 0 else {
      throw failure("write", path)
    }
  }

  /// Writes a text file atomically, as UTF-8.
  public static func write(_ text: String, to path: String) throws(ZooError) {
    try write(Array(text.utf8), to: path)
  }

  /// Moves a file or a directory within its file system, and syncs the directory it arrives in.
  public static func move(_ source: String, to destination: String) throws(ZooError) {
    try check(source)
    try check(destination)
    guard rename(source, destination) == 0 else { throw failure("move", source) }
    try synchronize(directory: split(destination).directory)
  }

  /// Makes a directory that appears whole or not at all: `fill` gets a hidden sibling, which then
  /// takes the name.
  ///
  /// - Throws: What `fill` throws; an error when `path` exists and is not an empty directory.
  public static func stage(
    _ path: String, _ fill: (_ staged: String) throws(ZooError) -> Void
  ) throws(ZooError) {
    try check(path)
    let (directory, name) = split(path)
    let staged = join(directory, temporaryName(for: name))
    do throws(ZooError) {
      try createNewDirectory(staged)
      try fill(staged)
      try synchronize(directory: staged)
      guard rename(staged, path) == 0 else { throw failure("create", path) }
    } catch {
      try? remove(staged)
      throw told(error, of: path, for: staged)
    }
    try synchronize(directory: directory)
  }

  /// The error under the name that people know in place of the hidden one.
  private static func told(_ error: ZooError, of path: String, for staged: String) -> ZooError {
    let (hidden, known) = (Text.printable(staged), Text.printable(path))
    return ZooError(
      error.kind,
      error.findings.map { finding in
        guard let place = finding.place, place.hasPrefix(hidden) else { return finding }
        var finding = finding
        finding.place = known + place.dropFirst(hidden.count)
        return finding
      })
  }

  /// Takes a directory away so that, whatever happens, it is there whole or not at all.
  public static func discard(_ path: String) throws(ZooError) {
    let (directory, name) = split(path)
    let hidden = join(directory, temporaryName(for: name))
    try move(path, to: hidden)
    try remove(hidden)
  }

  /// Forces the entries of a directory to the disk.
  public static func synchronize(directory: String) throws(ZooError) {
    let folder = try Descriptor(
      opening: directory, O_RDONLY | O_DIRECTORY, reporting: directory, action: "sync")
    let result = Platform.retrying { fsync(folder.number) }
    // Some network file systems cannot sync a directory; there is nothing better to do there.
    guard result == 0 || errno == EINVAL || errno == ENOTSUP else {
      throw failure("sync", directory)
    }
  }
}

// MARK: - Errors

extension Files {
  static func failure(
    _ action: String, _ path: String, code: Int32 = errno, kind: ZooError.Kind = .io,
    needing bytes: Int? = nil
  ) -> ZooError {
    let need = bytes.map { " (\($0) bytes needed)" } ?? ""
    // What is wrong with a file is one thing; that the system cannot open it now is another.
    let isThere = ![ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG].contains(code)
    return ZooError(
      kind == .data && isThere ? .io : kind, "cannot \(action): \(Platform.errorText(code))\(need)",
      at: Text.printable(path),
      advice: Platform.advice(for: code))
  }

  static func tooLarge(_ path: String, limit: Int, kind: ZooError.Kind) -> ZooError {
    ZooError(
      kind, "larger than the limit of \(limit) bytes", at: Text.printable(path),
      advice: "check that this is the file you meant")
  }
}
