#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

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

  private static func status(_ path: String) -> stat? {
    guard !path.utf8.contains(0) else { return nil }
    var info = stat()
    return stat(path, &info) == 0 ? info : nil
  }
}
