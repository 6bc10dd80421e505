import ZooCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The memory that this process holds at the moment.
enum ResidentMemory {
  /// Bytes, where the system tells them in `/proc`.
  static var bytes: Int? {
    guard let text = try? Files.read("/proc/self/statm", limit: 4096) else { return nil }
    let words = String(decoding: text, as: UTF8.self).split(separator: " ")
    guard words.count > 1, let pages = Int(words[1]) else { return nil }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }
}
