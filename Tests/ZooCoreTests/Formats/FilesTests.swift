import Testing
import ZooCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite("Files")
struct FilesTests {
  @Test("an error within a staged directory names what people know, not the hidden one")
  func stagedErrors() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/whole"
      let error = try fault { () throws(ZooError) in
        try Files.stage(path) { staged throws(ZooError) in
          try Files.write([1], to: "\(staged)/none/file")
        }
      }
      #expect(error.findings[0].place == "\(path)/none/file")
      #expect(try Files.list(directory).isEmpty)
    }
  }

  @Test("what is written can be read", arguments: [0, 1, 1 << 20, (1 << 20) + 1, 3_000_000])
  func roundTrip(_ count: Int) throws {
    try withTemporaryDirectory { directory in
      let bytes = GzipTests.noise(count)
      let path = Files.join(directory, "a.bin")
      try Files.write([1, 2, 3], to: path)
      try Files.write(bytes, to: path)
      #expect(try Files.read(path) == bytes)
      #expect(try Files.read(path, limit: count) == bytes)
      #expect(try Files.list(directory) == ["a.bin"])
    }
  }

  @Test("a missing file is an error of the kind that the caller asks for")
  func missing() throws {
    let error = try fault { () throws(ZooError) in try Files.read("/nowhere/a", kind: .usage) }
    #expect(error.kind == .usage)
    #expect(error.findings[0].place == "/nowhere/a")
    #expect(error.findings[0].problem == "cannot read: No such file or directory")
    #expect(error.findings[0].advice != nil)
    #expect(try fault { () throws(ZooError) in try Files.read("/nowhere/a") }.kind == .io)
  }

  @Test("a file above the limit is refused")
  func limit() throws {
    try withTemporaryDirectory { directory in
      try Files.write([1, 2, 3], to: "\(directory)/a")
      let error = try fault { () throws(ZooError) in
        try Files.read("\(directory)/a", limit: 2, kind: .data)
      }
      #expect(error.kind == .data)
      #expect(error.findings[0].problem == "larger than the limit of 2 bytes")
    }
  }

  @Test("files without a size of their own can be read")
  func procFile() throws {
    #if os(Linux)
      #expect(try !Files.read("/proc/self/status").isEmpty)
      _ = try fault { () throws(ZooError) in try Files.read("/proc/self/status", limit: 5) }
    #endif
  }

  @Test("directories, FIFOs and devices are refused and never block")
  func noRegularFile() throws {
    try withTemporaryDirectory { directory in
      let fifo = "\(directory)/fifo"
      try #require(mkfifo(fifo, 0o600) == 0)
      try Files.createDirectory("\(directory)/x.png")
      for path in [fifo, "/dev/zero", "/dev/null", "\(directory)/x.png", directory] {
        let error = try fault { () throws(ZooError) in try Files.read(path) }
        #expect(error.findings[0].problem.hasPrefix("expected a regular file"), "\(path)")
      }
      _ = try fault { () throws(ZooError) in try LogFile(appendingTo: fifo) }
      _ = try fault { () throws(ZooError) in try LogFile(appendingTo: "/dev/null") }
    }
  }

  @Test("a path with a NUL or none at all is refused", arguments: ["", "/tmp/a\0b"])
  func badPath(_ path: String) throws {
    _ = try fault { () throws(ZooError) in try Files.read(path) }
    _ = try fault { () throws(ZooError) in try Files.write([], to: path) }
    _ = try fault { () throws(ZooError) in try Files.createDirectory(path) }
    _ = try fault { () throws(ZooError) in try Files.list(path) }
    _ = try fault { () throws(ZooError) in try Files.remove(path) }
    #expect(!Files.exists(path))
  }

  @Test("a name with line breaks cannot forge lines in an error")
  func newlineInName() throws {
    let error = try fault { () throws(ZooError) in try Files.read("/nowhere/a\nerror: b") }
    #expect(error.findings[0].place == #"/nowhere/a\u{a}error: b"#)
  }

  @Test("a write that fails leaves the old file and nothing else")
  func failedWrite() throws {
    try withTemporaryDirectory { directory in
      // The name is that of a directory with something in it, so that the last step fails.
      try Files.createDirectory("\(directory)/target/inside")
      let error = try fault { () throws(ZooError) in
        try Files.write([1, 2, 3], to: "\(directory)/target")
      }
      #expect(error.kind == .io)
      #expect(error.findings[0].problem.hasPrefix("cannot replace: "))
      #expect(try Files.list(directory) == ["target"])
      #expect(Files.exists("\(directory)/target/inside"))
    }
  }

  @Test("a full disk is named, with what was needed, and the old file stays")
  func fullDisk() async {
    // In a process of its own: the limit on file sizes holds for all of a process.
    await #expect(processExitsWith: .success) {
      try withTemporaryDirectory { directory in
        try Files.write([7], to: "\(directory)/a")
        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit(rlim_cur: 1000, rlim_max: 1000)
        #if os(Linux)
          setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
        #else
          setrlimit(RLIMIT_FSIZE, &limit)
        #endif
        let error = try fault { () throws(ZooError) in
          try Files.write([UInt8](repeating: 1, count: 5000), to: "\(directory)/a")
        }
        #expect(error.kind == .io)
        #expect(error.findings[0].problem == "cannot write: File too large (4000 bytes needed)")
        #expect(try Files.read("\(directory)/a") == [7])
        #expect(try Files.list(directory) == ["a"])
      }
    }
  }

  @Test("writing where there is no directory says so")
  func noDirectory() throws {
    let error = try fault { () throws(ZooError) in try Files.write([], to: "/nowhere/a") }
    #expect(error.kind == .io)
    #expect(error.findings[0].place == "/nowhere/a")
  }

  @Test("many writers to one file leave one whole content")
  func concurrentWrites() async throws {
    let directory = "/tmp/zoo-formats-writers-\(getpid())"
    try Files.createDirectory(directory)
    defer { try? Files.remove(directory) }
    await withTaskGroup(of: Void.self) { group in
      for writer in 0..<8 as Range<UInt8> {
        group.addTask {
          try? Files.write([UInt8](repeating: writer, count: 100_000), to: "\(directory)/a")
        }
      }
    }
    let bytes = try Files.read("\(directory)/a")
    #expect(bytes.count == 100_000 && Set(bytes).count == 1)
    #expect(try Files.list(directory) == ["a"])
  }

  @Test("directories")
  func directories() throws {
    try withTemporaryDirectory { directory in
      let deep = "\(directory)/a/b/c/"
      try Files.createDirectory(deep)
      try Files.createDirectory(deep)
      #expect(Files.isDirectory(deep) && Files.exists(deep))
      let error = try fault { () throws(ZooError) in try Files.createNewDirectory(deep) }
      #expect(error.kind == .io && error.findings[0].problem.hasSuffix("File exists"))
      try Files.createNewDirectory("\(directory)/b")
      try Files.write("x", to: "\(directory)/c")
      #expect(!Files.isDirectory("\(directory)/c"))
      #expect(try Files.list(directory) == ["a", "b", "c"])
      _ = try fault { () throws(ZooError) in try Files.createDirectory("\(directory)/c") }
      _ = try fault { () throws(ZooError) in try Files.createDirectory("\(directory)/c/d") }
      _ = try fault { () throws(ZooError) in try Files.list("\(directory)/c") }
      try Files.remove("\(directory)/a")
      try Files.move("\(directory)/b", to: "\(directory)/d")
      #expect(try Files.list(directory) == ["c", "d"])
      _ = try fault { () throws(ZooError) in try Files.remove("\(directory)/a") }
    }
  }

  @Test("a relative path can be written")
  func relativePath() throws {
    let name = "zoo-formats-relative-\(getpid()).tmp"
    try Files.write("x", to: name)
    #expect(Files.exists(name))
    try Files.remove(name)
  }

  @Test("removing a directory does not follow links out of it")
  func removeLinks() throws {
    try withTemporaryDirectory { directory in
      try Files.createDirectory("\(directory)/kept")
      try Files.write("x", to: "\(directory)/kept/file")
      try Files.createDirectory("\(directory)/gone")
      try Files.link("\(directory)/gone/link", to: "../kept")
      try Files.remove("\(directory)/gone")
      #expect(try Files.list("\(directory)/kept") == ["file"])
    }
  }

  @Test("a link is replaced")
  func link() throws {
    try withTemporaryDirectory { directory in
      try Files.createDirectory("\(directory)/a")
      try Files.link("\(directory)/latest", to: "a")
      #expect(Files.isDirectory("\(directory)/latest"))
      try Files.link("\(directory)/latest", to: "b")
      #expect(!Files.exists("\(directory)/latest"))
      #expect(try Files.list(directory) == ["a", "latest"])
      // A file of this name is somebody's.
      try Files.write([7], to: "\(directory)/file")
      _ = try fault { () throws(ZooError) in try Files.link("\(directory)/file", to: "a") }
      #expect(try Files.read("\(directory)/file") == [7])
    }
  }

  @Test("leftovers of killed writes can be swept away")
  func leftovers() throws {
    try withTemporaryDirectory { directory in
      for name in [".a.json.12-345-6.tmp", ".hidden", "a.tmp"] {
        try Files.write("x", to: "\(directory)/\(name)")
      }
      try Files.removeLeftovers(in: directory)
      #expect(try Files.list(directory) == [".hidden", "a.tmp"])
    }
  }

  @Test(
    "splits paths",
    arguments: [
      ("a/b.json", "a", "b.json"), ("b.json", ".", "b.json"), ("/b", "/", "b"),
      ("/a/b/", "/a", "b"),
      ("/", "/", ""), ("a//b", "a/", "b"), ("é/ü", "é", "ü"),
    ])
  func split(_ path: String, _ directory: String, _ name: String) {
    #expect(Files.split(path) == (directory, name))
  }

  @Test("a log only grows")
  func log() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/metrics.jsonl"
      for line in ["{\"step\":1}", "é"] {
        let log = try LogFile(appendingTo: path)
        try log.write(line: line)
        try log.synchronize()
      }
      #expect(try String(decoding: Files.read(path), as: UTF8.self) == "{\"step\":1}\né\n")
      _ = try fault { () throws(ZooError) in try LogFile(appendingTo: "/nowhere/log") }
    }
  }
}
