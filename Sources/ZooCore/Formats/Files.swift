import Synchronization

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

  /// The bytes of a regular file.
  ///
  /// Directories, FIFOs and devices are refused, so a read never hangs and never runs forever.
  /// - Parameters:
  ///   - limit: A larger file is an error.
  ///   - kind: The kind of fault when the file is missing, is no regular file or is too large.
  public static func read(
    _ path: String, limit: Int = defaultLimit, kind: ZooError.Kind = .io
  ) throws(ZooError) -> [UInt8] {
    try OpenedFile(path, limit: limit, kind: kind).bytes()
  }

  /// Everything on standard input, up to `limit` bytes.
  public static func readStandardInput(
    limit: Int = defaultLimit, kind: ZooError.Kind = .usage
  ) throws(ZooError) -> [UInt8] {
    var bytes: [UInt8] = []
    try readChunks(from: STDIN_FILENO, named: "<stdin>", limit: limit, kind: kind) { chunk in
      bytes.append(contentsOf: chunk)
    }
    return bytes
  }

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

// MARK: - Directories

extension Files {
  /// Creates a directory and those above it; one that exists already is fine.
  public static func createDirectory(_ path: String) throws(ZooError) {
    try check(path)
    if mkdir(path, 0o777) == 0 { return }
    if errno == ENOENT {
      let parent = split(path).directory
      if parent != path, parent != "." {
        try createDirectory(parent)
        if mkdir(path, 0o777) == 0 { return }
      }
    }
    let code = errno
    if isDirectory(path) { return }
    throw failure("create directory", path, code: code)
  }

  /// Creates a directory that must not exist yet; of two callers, one wins.
  public static func createNewDirectory(_ path: String) throws(ZooError) {
    try check(path)
    guard mkdir(path, 0o777) == 0 else { throw failure("create directory", path) }
  }

  /// Whether anything has this path; a dangling symbolic link has not.
  public static func exists(_ path: String) -> Bool {
    status(path) != nil
  }

  /// Whether the name is taken, be it by a link that leads nowhere.
  public static func isTaken(_ path: String) -> Bool {
    exists(path) || target(ofLink: path) != nil
  }

  /// Whether the path leads to a directory.
  public static func isDirectory(_ path: String) -> Bool {
    status(path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
  }

  /// The names in a directory, sorted, without `.` and `..`, and without names that are not UTF-8:
  /// nothing here could open those, and a likeness of them may be another file's name.
  public static func list(_ path: String) throws(ZooError) -> [String] {
    try listing(of: path).names
  }

  /// The same, with the number of names that are not UTF-8.
  public static func listing(
    of path: String
  ) throws(ZooError) -> (names: [String], unreadable: Int) {
    try check(path)
    guard let stream = opendir(path) else { throw failure("list", path) }
    defer { closedir(stream) }
    var names: [String] = []
    var unreadable = 0
    while true {
      errno = 0
      guard let entry = readdir(stream) else { break }
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(validating: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard let name else {
        unreadable += 1
        continue
      }
      if name != ".", name != ".." { names.append(name) }
    }
    guard errno == 0 else { throw failure("list", path) }
    return (names.sorted(), unreadable)
  }

  /// Removes a file, or a directory with everything in it; symbolic links are not followed.
  public static func remove(_ path: String) throws(ZooError) {
    try check(path)
    var info = stat()
    guard lstat(path, &info) == 0 else { throw failure("remove", path) }
    if info.st_mode & S_IFMT == S_IFDIR {
      for name in try list(path) { try remove(join(path, name)) }
      guard rmdir(path) == 0 else { throw failure("remove", path) }
    } else {
      guard unlink(path) == 0 else { throw failure("remove", path) }
    }
  }

  /// Removes what writes that were killed left behind in a directory.
  ///
  /// Only for a directory that nobody else is writing to.
  public static func removeLeftovers(in directory: String) throws(ZooError) {
    for name in try list(directory) where name.hasPrefix(".") && name.hasSuffix(leftover) {
      try remove(join(directory, name))
    }
  }

  /// Points a symbolic link at `target`, replacing an older link, and nothing else, in one step.
  public static func link(_ path: String, to target: String) throws(ZooError) {
    try check(path)
    try check(target)
    guard !exists(path) || self.target(ofLink: path) != nil else {
      throw failure("create link", path, code: EEXIST)
    }
    let (directory, name) = split(path)
    let staged = join(directory, temporaryName(for: name))
    guard symlink(target, staged) == 0 else { throw failure("create link", path) }
    guard rename(staged, path) == 0 else {
      let code = errno
      unlink(staged)
      throw failure("create link", path, code: code)
    }
  }

  /// What a symbolic link says, or nil if the path is no such link.
  public static func target(ofLink path: String) -> String? {
    guard (try? check(path)) != nil else { return nil }
    let limit = Int(PATH_MAX)
    var target = [CChar](repeating: 0, count: limit)
    let count = readlink(path, &target, limit)
    guard count > 0, count < limit else { return nil }
    return String(
      decoding: target.prefix(count).lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

// MARK: - Paths

extension Files {
  /// A path with one more component.
  public static func join(_ directory: String, _ name: String) -> String {
    directory.isEmpty || directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
  }

  /// The directory of a path and its last component: `a/b.json` is `a` and `b.json`.
  public static func split(_ path: String) -> (directory: String, name: String) {
    var bytes = path.utf8[...]
    while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
    let trimmed = Substring(bytes)
    guard let slash = trimmed.utf8.lastIndex(of: UInt8(ascii: "/")) else {
      return (".", String(trimmed))
    }
    let directory = slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
    return (directory, String(trimmed[trimmed.utf8.index(after: slash)...]))
  }
}

// MARK: - Chunks

extension Files {
  static let chunkSize = 1 << 20

  /// Hands over a regular file piece by piece, each with the file's size when it was opened.
  static func forEachChunk(
    of path: String, limit: Int = defaultLimit, kind: ZooError.Kind = .io,
    _ body: (ArraySlice<UInt8>, _ size: Int) throws(ZooError) -> Void
  ) throws(ZooError) {
    let file = try OpenedFile(path, limit: limit, kind: kind)
    try file.forEachChunk { chunk throws(ZooError) in try body(chunk, file.size) }
  }

  static func readChunks(
    from descriptor: Int32, named path: String, limit: Int, kind: ZooError.Kind,
    chunkSize: Int = chunkSize, _ body: (ArraySlice<UInt8>) throws(ZooError) -> Void
  ) throws(ZooError) {
    var buffer = [UInt8](repeating: 0, count: chunkSize)
    var total = 0
    while true {
      let count = Platform.retrying {
        buffer.withUnsafeMutableBytes { systemRead(descriptor, $0.baseAddress, $0.count) }
      }
      guard count >= 0 else { throw failure("read", path) }
      if count == 0 { return }
      total += count
      guard total <= limit else { throw tooLarge(path, limit: limit, kind: kind) }
      try body(buffer[..<count])
    }
  }
}

// MARK: - Errors and helpers

extension Files {
  private static let counter = Atomic<Int>(0)
  private static let leftover = ".tmp"

  /// A name that no other call in this or another process uses; hidden from plain listings.
  private static func temporaryName(for name: String) -> String {
    // Process numbers repeat after a restart and between containers, so the time joins in.
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let serial = counter.wrappingAdd(1, ordering: .relaxed).newValue
    return ".\(name.prefix(100)).\(getpid())-\(now.tv_sec)\(now.tv_nsec)-\(serial)\(leftover)"
  }

  private static func status(_ path: String) -> stat? {
    guard !path.utf8.contains(0) else { return nil }
    var info = stat()
    return stat(path, &info) == 0 ? info : nil
  }

  /// Refuses paths that the C library would silently cut short.
  static func check(_ path: String, kind: ZooError.Kind = .io) throws(ZooError) {
    if path.isEmpty {
      throw ZooError(kind, "the path is empty", advice: "name a file or a directory")
    }
    if path.utf8.contains(0) {
      throw ZooError(kind, "the path contains a NUL character", at: Text.printable(path))
    }
  }

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

/// `read` of the C library; inside `Files` that name means something else.
private func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int
{
  read(descriptor, bytes, count)
}
