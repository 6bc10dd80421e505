import Testing
import ZooCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Files that a person names: what lies there already is theirs.
@Suite("Files that people name")
struct OutputFileTests {
  private static let picture: [UInt8] = [1, 2, 3]

  private func kind(_ path: String) -> mode_t {
    var info = stat()
    return lstat(path, &info) == 0 ? info.st_mode & S_IFMT : 0
  }

  private func permissions(_ path: String) -> mode_t {
    var info = stat()
    return stat(path, &info) == 0 ? info.st_mode & 0o777 : 0
  }

  @Test("a FIFO gets the bytes and stays a FIFO")
  func fifo() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/fifo"
      try #require(mkfifo(path, 0o600) == 0)
      let reader = open(path, O_RDONLY | O_NONBLOCK)
      try #require(reader >= 0)
      defer { close(reader) }
      let file = try OutputFile(path)
      #expect(file.isStream && !file.replaces)
      try file.write(Self.picture)
      var buffer = [UInt8](repeating: 0, count: 16)
      let count = read(reader, &buffer, buffer.count)
      #expect(count == 3 && Array(buffer.prefix(3)) == Self.picture)
      #expect(kind(path) == S_IFIFO)
      #expect(try Files.list(directory) == ["fifo"])
    }
  }

  @Test("a FIFO that nobody reads is refused at once, as are sockets and directories")
  func refused() throws {
    try withTemporaryDirectory { directory in
      let fifo = "\(directory)/fifo"
      try #require(mkfifo(fifo, 0o600) == 0)
      let error = try fault { () throws(ZooError) in try OutputFile(fifo) }
      #expect(error.kind == .io && error.findings[0].problem == "nobody reads from it")
      #expect(error.findings[0].advice?.contains("cat \(fifo)") == true)
      #expect(kind(fifo) == S_IFIFO)

      let path = "\(directory)/socket"
      try listen(at: path)
      let other = try fault { () throws(ZooError) in try OutputFile(path) }
      #expect(other.findings[0].problem == "a socket is no place for a file")
      #expect(kind(path) == S_IFSOCK)

      for (path, code) in [
        (directory, EISDIR), ("\(directory)/none/file", ENOENT), ("\(fifo)/file", ENOTDIR),
      ] {
        let error = try fault { () throws(ZooError) in try OutputFile(path) }
        #expect(error.kind == .io, "\(path)")
        #expect(
          error.findings[0].problem == "cannot write: \(Platform.errorText(code))", "\(path)")
      }
    }
  }

  /// Makes a socket of this name.
  private func listen(at path: String) throws {
    #if canImport(Glibc)
      let type = Int32(SOCK_STREAM.rawValue)
    #else
      let type = SOCK_STREAM
    #endif
    let socket = socket(AF_UNIX, type, 0)
    try #require(socket >= 0)
    defer { close(socket) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    try #require(path.utf8.count < MemoryLayout.size(ofValue: address.sun_path))
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, size) }
    }
    try #require(result == 0)
  }

  @Test("a link is followed and stays a link, be its end there or not")
  func links() throws {
    try withTemporaryDirectory { directory in
      try Files.createDirectory("\(directory)/far")
      try Files.write([7], to: "\(directory)/far/old")
      try Files.link("\(directory)/inner", to: "far/old")
      try Files.link("\(directory)/outer", to: "\(directory)/inner")
      try Files.link("\(directory)/new", to: "far/new")
      for (link, end) in [("outer", "old"), ("new", "new")] {
        let file = try OutputFile("\(directory)/\(link)")
        #expect(file.replaces == (end == "old"))
        try file.write(Self.picture)
        #expect(kind("\(directory)/\(link)") == S_IFLNK)
        #expect(kind("\(directory)/far/\(end)") == S_IFREG)
        #expect(try Files.read("\(directory)/far/\(end)") == Self.picture)
      }
      #expect(kind("\(directory)/inner") == S_IFLNK)
      #expect(try Files.list("\(directory)/far") == ["new", "old"])

      try Files.link("\(directory)/loop", to: "loop")
      let error = try fault { () throws(ZooError) in try OutputFile("\(directory)/loop") }
      #expect(error.findings[0].advice?.contains("loop") == true)
    }
  }

  /// It may be appended to, and has perhaps no name any more.
  @Test("a link to what is open already is no name of a file")
  func openFiles() throws {
    #if os(Linux)
      try withTemporaryDirectory { directory in
        let path = "\(directory)/log"
        try Files.write([7], to: path)
        let number = open(path, O_WRONLY | O_APPEND)
        defer { close(number) }
        for folder in ["/proc/self/fd", "/dev/fd"] {
          let error = try fault { () throws(ZooError) in try OutputFile("\(folder)/\(number)") }
          #expect(error.findings[0].problem == "leads to a file that is open already")
        }
        #expect(try Files.read(path) == [7])
      }
    #endif
  }

  @Test("a file that is write-protected is not replaced, whoever asks")
  func readOnly() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/kept"
      try Files.write([7], to: path)
      try Files.link("\(directory)/link", to: "kept")
      try #require(chmod(path, 0o444) == 0)
      for name in ["kept", "link"] {
        let error = try fault { () throws(ZooError) in try OutputFile("\(directory)/\(name)") }
        #expect(error.kind == .io && error.findings[0].problem == "the file is write-protected")
        #expect(error.findings[0].place == path)
      }
      #expect(try Files.read(path) == [7])
    }
  }

  @Test("a file that is replaced keeps its permissions")
  func permissionsStay() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/private"
      try Files.write([7], to: path)
      try #require(chmod(path, 0o600) == 0)
      let file = try OutputFile(path)
      #expect(file.replaces)
      try file.write { write throws(ZooError) in
        for byte in Self.picture { try write([byte]) }
      }
      #expect(try Files.read(path) == Self.picture)
      #expect(permissions(path) == 0o600)
      try Files.write([], to: "\(directory)/empty")
      #expect(try !OutputFile("\(directory)/empty").replaces)
    }
  }

  @Test("what fails on the way leaves the old file and nothing else")
  func failure() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/a"
      try Files.write([7], to: path)
      _ = try fault { () throws(ZooError) in
        try OutputFile(path).write { write throws(ZooError) in
          try write([1])
          throw ZooError(.failure, "on the way")
        }
      }
      #expect(try Files.read(path) == [7])
      #expect(try Files.list(directory) == ["a"])
    }
  }

  @Test("a name is taken by a link that leads nowhere")
  func taken() throws {
    try withTemporaryDirectory { directory in
      try Files.link("\(directory)/nowhere", to: "none")
      #expect(Files.isTaken("\(directory)/nowhere") && !Files.exists("\(directory)/nowhere"))
      #expect(!Files.isTaken("\(directory)/none"))
    }
  }
}
