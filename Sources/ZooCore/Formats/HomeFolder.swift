#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension Files {
  /// A path in which a leading `~/`, or `~` alone, stands for the user's folder.
  ///
  /// Shells do this for words of their own only: not behind a `=`, not in a file.
  public static func expandingHome(_ path: String) -> String {
    guard path == "~" || path.hasPrefix("~/"), let home = getenv("HOME") else { return path }
    let folder = String(cString: home)
    return folder.isEmpty ? path : folder + path.dropFirst()
  }
}
