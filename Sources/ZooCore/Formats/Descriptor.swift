#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// An open file, closed when it goes out of scope.
struct Descriptor: ~Copyable {
  let number: Int32

  init(
    opening path: String, _ flags: Int32, reporting shownPath: String, action: String,
    kind: ZooError.Kind = .io
  ) throws(ZooError) {
    try Files.check(path, kind: kind)
    let opened = Platform.retrying { open(path, flags | O_CLOEXEC, 0o666) }
    guard opened >= 0 else { throw Files.failure(action, shownPath, kind: kind) }
    number = opened
  }

  /// What is open already.
  init(owning number: Int32) { self.number = number }

  deinit {
    close(number)
  }

  /// The file's status; anything but a regular file is an error.
  @discardableResult
  borrowing func regularFile(_ path: String, kind: ZooError.Kind) throws(ZooError) -> stat {
    var info = stat()
    guard fstat(number, &info) == 0 else { throw Files.failure("inspect", path) }
    let type = info.st_mode & S_IFMT
    guard type == S_IFREG else {
      throw ZooError(
        kind,
        "expected a regular file, found \(type == S_IFDIR ? "a directory" : "a device or FIFO")",
        at: Text.printable(path), advice: "name a regular file")
    }
    return info
  }

  /// Writes everything, however many calls it takes.
  borrowing func write(_ bytes: ArraySlice<UInt8>, to path: String) throws(ZooError) {
    var rest = bytes
    while !rest.isEmpty {
      let count = Platform.retrying {
        rest.withUnsafeBytes { systemWrite(number, $0.baseAddress, $0.count) }
      }
      guard count >= 0 else { throw Files.failure("write", path, needing: rest.count) }
      rest = rest.dropFirst(count)
    }
  }
}

/// `write` of the C library; inside `Descriptor` that name means something else.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
