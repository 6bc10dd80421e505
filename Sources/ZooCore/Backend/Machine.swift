#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What this process may use of the machine.
package enum Machine {
  private static let groups = ControlGroups()

  /// Processors: the affinity mask, cut by the control groups' quota.
  package static var availableProcessors: Int {
    let online = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    return max(1, min(allowedProcessors() ?? online, groups.processors ?? online))
  }

  /// The least of the machine's memory and all limits that hold for this process.
  package static let memoryLimit: MemoryLimit =
    (MemoryLimit.ofTheProcess + [groups.memory].compactMap { $0 })
    .reduce(MemoryLimit.physical) { $1.bytes < $0.bytes ? $1 : $0 }

  /// Bytes of memory that this process may have.
  package static var memory: Double { memoryLimit.bytes }

  /// Processors in this process's affinity mask.
  ///
  /// - Parameter root: In whose place of `/` the file is; another one in tests.
  package static func allowedProcessors(root: String = "/") -> Int? {
    let bits = (affinityMask(root) ?? "").compactMap { $0.hexDigitValue?.nonzeroBitCount }
      .reduce(0, +)
    return bits > 0 ? bits : nil
  }

  /// Which processors these are, in the system's words; nil where it does not tell.
  package static var processorMask: String? { affinityMask("/") }

  /// The affinity mask, which Linux shows in hexadecimal.
  private static func affinityMask(_ root: String) -> String? {
    let key = "Cpus_allowed:"
    // A mask of thousands of processors makes a long line.
    guard let bytes = try? Files.read(root + "/proc/self/status", limit: 1 << 20),
      let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        .first(where: { $0.hasPrefix(key) })
    else { return nil }
    return String(line.dropFirst(key.count).drop { $0 == " " || $0 == "\t" })
  }
}
