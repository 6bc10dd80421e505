#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How much memory this process may have, and what says so.
package struct MemoryLimit: Equatable, Sendable {
  /// The limit in bytes.
  package var bytes: Double
  /// The file or the command that sets the limit; nil where it is the machine's size.
  package var origin: String?

  package init(bytes: Double, origin: String?) {
    self.bytes = bytes
    self.origin = origin
  }

  /// "23 GB", or "1 GB for this process (ulimit -v)".
  package var description: String {
    Text.byteSize(Int(min(bytes, 1e18))) + (origin.map { " for this process (\($0))" } ?? "")
  }

  /// What to say where more is needed; nil where it fits.
  package func shortage(of needed: Double) -> String? {
    guard needed > bytes else { return nil }
    return "\(Text.byteSize(Int(min(needed, 1e18)))) of memory, this machine has \(description)"
  }

  /// The machine's memory.
  static var physical: MemoryLimit {
    let pages = Double(sysconf(Int32(_SC_PHYS_PAGES)))
    return MemoryLimit(bytes: pages * Double(sysconf(Int32(_SC_PAGESIZE))), origin: nil)
  }

  /// The limits of this process alone, which it inherited from its shell or batch system.
  static var ofTheProcess: [MemoryLimit] {
    #if canImport(Glibc)
      let (addresses, data) = (Int32(RLIMIT_AS.rawValue), Int32(RLIMIT_DATA.rawValue))
    #else
      let (addresses, data) = (RLIMIT_AS, RLIMIT_DATA)
    #endif
    return [(addresses, "ulimit -v"), (data, "ulimit -d")].compactMap { resource, origin in
      var limit = rlimit()
      guard getrlimit(resource, &limit) == 0 else { return nil }
      // What is unlimited is the largest number there is.
      return MemoryLimit(bytes: Double(limit.rlim_cur), origin: origin)
    }
  }
}
