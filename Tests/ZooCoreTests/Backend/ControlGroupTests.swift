import Foundation
import Testing
import ZooCore

/// Limits of memory and processors are found wherever they are set: in made-up systems, since no
/// group of the machine is the tests' to change.
@Suite struct ControlGroupTests {
  static let second = "31 23 0:28 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate"
  static let first = """
    32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
    35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
    """
  static let hybrid = first + "\n41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw"

  /// A system with these files; those of `/proc` are given as what they tell.
  private func groups(
    mounts: String?, memberships: String?, _ files: [String: String]
  ) throws -> ControlGroups {
    let root = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: root) }
    var files = files
    files["proc/self/mountinfo"] = mounts
    files["proc/self/cgroup"] = memberships
    for (path, text) in files {
      let file = root.appending(path: path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try (text + "\n").write(to: file, atomically: false, encoding: .utf8)
    }
    return ControlGroups(root: root.path)
  }

  @Test func theRootOfVersion2() throws {
    let found = try groups(
      mounts: Self.second, memberships: "0::/",
      ["sys/fs/cgroup/memory.max": "1000000", "sys/fs/cgroup/cpu.max": "150000 100000"])
    #expect(found.memory == MemoryLimit(bytes: 1e6, origin: "/sys/fs/cgroup/memory.max"))
    #expect(found.processors == 2)
  }

  /// systemd and Slurm: the own group, and all above it.
  @Test func nestedGroupsOfVersion2() throws {
    let job = "sys/fs/cgroup/system.slice/job_7"
    let files = [
      "\(job)/step_0/memory.max": "4000000", "\(job)/step_0/cpu.max": "max 100000",
      "\(job)/memory.high": "3000000", "\(job)/memory.max": "max",
      "\(job)/cpu.max": "400000 100000", "sys/fs/cgroup/system.slice/cpu.max": "300000 100000",
      "sys/fs/cgroup/system.slice/memory.max": "9000000",
      "\(job)/step_1/memory.max": "5", "sys/fs/cgroup/user.slice/memory.max": "7",
    ]
    let found = try groups(
      mounts: Self.second, memberships: "0::/system.slice/job_7/step_0", files)
    // The limit above is the smaller one.
    #expect(found.memory == MemoryLimit(bytes: 3e6, origin: "/\(job)/memory.high"))
    #expect(found.processors == 3)
    let own = try groups(
      mounts: Self.second, memberships: "0::/system.slice/job_7/step_0",
      files.merging(["\(job)/step_0/memory.max": "2000000"]) { $1 })
    #expect(own.memory == MemoryLimit(bytes: 2e6, origin: "/\(job)/step_0/memory.max"))
  }

  /// Version 1 says "no limit" with a number that no memory reaches, and with a quota of -1.
  @Test func version1() throws {
    let memory = "sys/fs/cgroup/memory"
    let processors = "sys/fs/cgroup/cpu,cpuacct"
    let found = try groups(
      mounts: Self.first, memberships: "4:memory:/a/b\n3:cpu,cpuacct:/c\n1:name=systemd:/d",
      [
        "\(memory)/a/b/memory.limit_in_bytes": "2000000",
        "\(memory)/a/memory.limit_in_bytes": "1500000",
        "\(memory)/memory.limit_in_bytes": "9223372036854771712",
        "\(memory)/d/memory.limit_in_bytes": "1",
        "\(processors)/cpu.cfs_quota_us": "-1", "\(processors)/cpu.cfs_period_us": "100000",
        "\(processors)/c/cpu.cfs_quota_us": "50000", "\(processors)/c/cpu.cfs_period_us": "20000",
      ])
    #expect(found.memory?.bytes == 1.5e6)
    #expect(found.memory?.origin == "/\(memory)/a/memory.limit_in_bytes")
    #expect(found.processors == 3)
  }

  /// Both versions, the controllers with the first.
  @Test func hybrid() throws {
    let found = try groups(
      mounts: Self.hybrid, memberships: "4:memory:/job\n0::/other",
      [
        "sys/fs/cgroup/memory/job/memory.limit_in_bytes": "2000000",
        "sys/fs/cgroup/memory/other/memory.limit_in_bytes": "1",
        "sys/fs/cgroup/unified/job/memory.max": "1",
        "sys/fs/cgroup/unified/other/cgroup.procs": "1",
      ])
    #expect(found.memory?.bytes == 2e6)
    #expect(found.processors == nil)
  }

  /// A container sees its own group at the mount point, whatever it is called outside.
  @Test func containers() throws {
    let mount = "35 31 0:32 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory"
    let files = [
      "sys/fs/cgroup/memory/memory.limit_in_bytes": "2000000",
      "sys/fs/cgroup/memory/inner/memory.limit_in_bytes": "1000000",
    ]
    for (group, bytes) in [
      ("/docker/abc", 2e6), ("/docker/abc/inner", 1e6), ("/docker/abcd", 2e6), ("/", 2e6),
      ("/../xyz", 2e6),
    ] {
      let found = try groups(mounts: mount, memberships: "4:memory:\(group)", files)
      #expect(found.memory?.bytes == bytes, "\(group)")
    }
  }

  @Test func mountsElsewhere() throws {
    let found = try groups(
      mounts: "1 1 0:1 / / rw - ext4 /dev/a rw\n31 23 0:28 / /my\\040groups rw - cgroup2 none rw",
      memberships: "0::/a:b",
      ["my groups/a:b/memory.max": "1000", "sys/fs/cgroup/memory.max": "10"])
    #expect(found.memory == MemoryLimit(bytes: 1000, origin: "/my groups/a:b/memory.max"))
  }

  @Test(arguments: ["max", "", "garbage", "-5", "0", "1e300", "nan", "99999999999999999999", "7 7"])
  func whatIsNoNumberLimitsNothing(_ text: String) throws {
    let found = try groups(
      mounts: Self.hybrid + "\n" + Self.second, memberships: "0::/\n4:memory:/\n3:cpu,cpuacct:/",
      [
        "sys/fs/cgroup/memory.max": text, "sys/fs/cgroup/memory.high": text,
        "sys/fs/cgroup/memory/memory.limit_in_bytes": text,
        "sys/fs/cgroup/cpu.max": "\(text) 100000",
        "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "100000",
        "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": text,
      ])
    #expect(found.memory == nil)
    #expect(found.processors == nil)
  }

  /// Lines without sense, and files that cannot be read.
  @Test func whatCannotBeReadLimitsNothing() throws {
    let nothing = try groups(mounts: nil, memberships: nil, [:])
    #expect(nothing.memory == nil && nothing.processors == nil)
    let garbage = try groups(
      mounts: "- - -\n\n1 2 3 - cgroup2\n1 2 3 4 5 6 7", memberships: "garbage\n::\n:",
      ["sys/fs/cgroup/memory.max": "10"])
    #expect(garbage.memory == nil)
    // A directory in the file's place.
    let directory = try groups(
      mounts: Self.second, memberships: "0::/a",
      ["sys/fs/cgroup/a/memory.max/x": "", "sys/fs/cgroup/memory.max": "10"])
    #expect(directory.memory?.bytes == 10)
    // Without /proc the usual places are left.
    let usual = try groups(
      mounts: nil, memberships: nil, ["sys/fs/cgroup/memory/memory.limit_in_bytes": "10"])
    #expect(usual.memory?.bytes == 10)
  }

  @Test func affinityMasksOfAnyLength() throws {
    let root = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: root) }
    try FileManager.default.createDirectory(
      at: root.appending(path: "proc/self"), withIntermediateDirectories: true)
    let wide =
      (Array(repeating: "ffffffff", count: 2) + Array(repeating: "00000000", count: 250)
      + ["0000000f"]).joined(separator: ",")
    try "Name:\tzoo\nCpus_allowed:\t\(wide)\nCpus_allowed_list:\t0-3\n".write(
      to: root.appending(path: "proc/self/status"), atomically: false, encoding: .utf8)
    #expect(Machine.allowedProcessors(root: root.path) == 68)
  }

  @Test func aShortageNamesTheLimit() {
    let limit = MemoryLimit(bytes: 1e9, origin: "ulimit -v")
    #expect(limit.shortage(of: 1e9) == nil)
    #expect(
      limit.shortage(of: 2e9)
        == "2.0 GB of memory, this machine has 1.0 GB for this process (ulimit -v)")
    #expect(
      MemoryLimit(bytes: 1e9, origin: nil).shortage(of: .infinity)
        == "1.0 EB of memory, this machine has 1.0 GB")
  }

  @Test func aLimitOfThisVeryProcessIsSeen() {
    #expect(Machine.memory > 0 && Machine.memory == Machine.memoryLimit.bytes)
    #expect(Machine.availableProcessors >= 1)
  }
}
