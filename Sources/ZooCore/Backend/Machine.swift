#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What this process may use of the machine.
package enum Machine {
  /// Processors: the affinity mask, cut by the cgroup's quota.
  package static var availableProcessors: Int {
    let online = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    return max(1, min(allowedProcessors ?? online, quota ?? online))
  }

  /// Bytes of memory: the machine's, cut by the cgroup's limit.
  package static var memory: Double {
    let physical =
      Double(sysconf(Int32(_SC_PHYS_PAGES))) * Double(sysconf(Int32(_SC_PAGESIZE)))
    // "max" is no number.
    let limit = firstLine("/sys/fs/cgroup/memory.max") { _ in true }.flatMap(Double.init)
    return min(physical, limit ?? physical)
  }

  /// Processors in this process's affinity mask, which Linux shows in hexadecimal.
  private static var allowedProcessors: Int? {
    let key = "Cpus_allowed:"
    guard let line = firstLine("/proc/self/status", where: { $0.hasPrefix(key) }) else {
      return nil
    }
    let bits = line.dropFirst(key.count).compactMap { $0.hexDigitValue?.nonzeroBitCount }
      .reduce(0, +)
    return bits > 0 ? bits : nil
  }

  /// Whole processors that cgroup v2 grants (`cpu.max` holds "quota period" in microseconds).
  private static var quota: Int? {
    guard let line = firstLine("/sys/fs/cgroup/cpu.max", where: { _ in true }) else { return nil }
    let words = line.split(separator: " ").compactMap { Double($0) }
    guard words.count == 2, words[1] > 0 else { return nil }
    return max(1, Int((words[0] / words[1]).rounded(.up)))
  }

  /// The first line of a small system file that fits, without its end.
  private static func firstLine(_ path: String, where fits: (String) -> Bool) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 1024)
    while fgets(&buffer, Int32(buffer.count), file) != nil {
      let bytes = buffer.prefix { $0 != 0 && $0 != 10 }.map(UInt8.init(bitPattern:))
      let line = String(decoding: bytes, as: UTF8.self)
      if fits(line) { return line }
    }
    return nil
  }
}
