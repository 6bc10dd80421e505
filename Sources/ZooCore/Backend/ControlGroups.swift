/// What the control groups that this process is in grant it, in both of their versions.
///
/// A group's limit holds for all groups below it, so the least on the way from the process's own
/// group up to the mount point counts. The files of the two versions have different names, so all
/// names are looked for in all places. What is missing or makes no sense limits nothing.
package struct ControlGroups: Equatable, Sendable {
  /// The least limit of memory.
  package private(set) var memory: MemoryLimit?
  /// Whole processors by the least quota of their time.
  package private(set) var processors: Int?

  /// Reads the files of the system.
  ///
  /// - Parameter root: In whose place of `/` the files are; another one in tests.
  package init(root: String = "/") {
    func lines(_ path: String) -> [Substring]? {
      let bytes = try? Files.read(root + "/" + path, limit: 1 << 22)
      return bytes.map { String(decoding: $0, as: UTF8.self).split(separator: "\n") }
    }
    // Where the process cannot be asked, the mount points themselves are looked at.
    let mounts = lines("/proc/self/mountinfo")?.compactMap(Mount.init) ?? Mount.usual
    let memberships = lines("/proc/self/cgroup")?.compactMap(Membership.init)
    for mount in mounts {
      let groups = memberships?.filter(mount.shows).map(\.group) ?? [[]]
      for directory in Set(groups.flatMap(mount.directories)).sorted() {
        read(directory) { lines($0)?.first }
      }
    }
  }

  private mutating func read(_ directory: String, _ firstLine: (String) -> Substring?) {
    func number(_ name: String) -> Int? { firstLine("\(directory)/\(name)").flatMap { Int($0) } }
    for name in ["memory.max", "memory.high", "memory.limit_in_bytes"] {
      // "max" is no number.
      guard let bytes = number(name), bytes > 0, Double(bytes) < memory?.bytes ?? .infinity else {
        continue
      }
      memory = MemoryLimit(bytes: Double(bytes), origin: "\(directory)/\(name)")
    }
    // Version 2 has "quota period" in one file, microseconds both; no quota is "max", or -1.
    let both = firstLine("\(directory)/cpu.max").map { $0.split(separator: " ").map { Int($0) } }
    let times = both ?? ["cpu.cfs_quota_us", "cpu.cfs_period_us"].map(number)
    guard times.count == 2, let quota = times[0], let period = times[1], quota > 0, period > 0
    else { return }
    processors = min(processors ?? .max, (quota - 1) / period + 1)
  }

  /// In which group of a hierarchy the process is: a line `number:controllers:path`.
  private struct Membership {
    /// Empty for version 2, which has one hierarchy for all.
    var controllers: Set<Substring>
    var group: [Substring]

    init?(_ line: Substring) {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { return nil }
      controllers = Set(fields[1].split(separator: ","))
      group = fields[2].split(separator: "/")
    }
  }

  /// Where groups can be looked at: a line of `mountinfo`, or a part of a hierarchy without it.
  private struct Mount {
    var point: String
    /// The group that is seen at the mount point; in a container it need not be the root.
    var group: [Substring] = []
    /// Nil for version 2.
    var controllers: Set<Substring>?

    static let usual = [
      Mount(point: "/sys/fs/cgroup"), Mount(point: "/sys/fs/cgroup/unified"),
      Mount(point: "/sys/fs/cgroup/memory", controllers: ["memory"]),
      Mount(point: "/sys/fs/cgroup/cpu", controllers: ["cpu"]),
    ]

    init(point: String, controllers: Set<Substring>? = nil) {
      self.point = point
      self.controllers = controllers
    }

    /// Number, parent, device, root, mount point, options, …, "-", type, source, more options.
    init?(_ line: Substring) {
      let fields = line.split(separator: " ")
      guard let dash = fields.firstIndex(of: "-"), dash >= 6, fields.count > dash + 3 else {
        return nil
      }
      let type = fields[dash + 1]
      guard type == "cgroup" || type == "cgroup2" else { return nil }
      point = Self.unescaped(fields[4])
      group = Self.unescaped(fields[3]).split(separator: "/")
      controllers = type == "cgroup" ? Set(fields[dash + 3].split(separator: ",")) : nil
    }

    /// Blanks in names are written as `\040`, and backslashes and line ends likewise.
    private static func unescaped(_ text: Substring) -> String {
      let parts = text.split(separator: "\\", omittingEmptySubsequences: false)
      let rest = parts.dropFirst().map { part -> String in
        guard let byte = UInt8(part.prefix(3), radix: 8) else { return "\\" + part }
        return String(decoding: [byte], as: UTF8.self) + part.dropFirst(3)
      }
      return ([String(parts[0])] + rest).joined()
    }

    func shows(_ membership: Membership) -> Bool {
      guard let controllers else { return membership.controllers.isEmpty }
      return !controllers.isDisjoint(with: membership.controllers)
    }

    /// The directory of a group and all above it that can be seen; the mount point alone where the
    /// group lies outside, as it does with a foreign namespace.
    func directories(of group: [Substring]) -> [String] {
      let isInside = group.starts(with: self.group) && !group.contains("..")
      let below = isInside ? group.dropFirst(self.group.count) : []
      return (0...below.count).map { depth in
        ([point] + below.prefix(depth).map(String.init)).joined(separator: "/")
      }
    }
  }
}
