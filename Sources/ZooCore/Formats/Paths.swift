import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

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

  /// Refuses paths that the C library would silently cut short.
  static func check(_ path: String, kind: ZooError.Kind = .io) throws(ZooError) {
    if path.isEmpty {
      throw ZooError(kind, "the path is empty", advice: "name a file or a directory")
    }
    if path.utf8.contains(0) {
      throw ZooError(kind, "the path contains a NUL character", at: Text.printable(path))
    }
  }

  private static let counter = Atomic<Int>(0)
  static let leftover = ".tmp"

  /// A name that no other call in this or another process uses; hidden from plain listings.
  static func temporaryName(for name: String) -> String {
    // Process numbers repeat after a restart and between containers, so the time joins in.
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let serial = counter.wrappingAdd(1, ordering: .relaxed).newValue
    return ".\(name.prefix(100)).\(getpid())-\(now.tv_sec)\(now.tv_nsec)-\(serial)\(leftover)"
  }
}
