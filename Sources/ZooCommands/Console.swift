import ZooCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Where the program speaks: results on standard output, everything else on standard error.
struct Console {
  /// Whether a person watches standard error.
  static var errorIsTerminal: Bool {
    isatty(STDERR_FILENO) == 1 && environment("TERM") != "dumb"
  }

  /// The columns of the terminal at standard error.
  static var width: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Writes a result.
  static func result(_ text: String) throws(ZooError) {
    guard write(text + "\n", to: STDOUT_FILENO) else {
      // A reader that has seen enough (`| head -1`) is no fault.
      if errno == EPIPE { return }
      throw ZooError(.io, "cannot write to standard output: \(String(cString: strerror(errno)))")
    }
  }

  /// Whether results are shown to a person.
  static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Writes a file's bytes to standard output.
  static func deliver(_ bytes: [UInt8]) throws(ZooError) {
    guard write(bytes, to: STDOUT_FILENO) else {
      if errno == EPIPE { return }
      throw ZooError(.io, "cannot write to standard output: \(String(cString: strerror(errno)))")
    }
  }

  /// Says something that is not a result; nobody may be listening.
  static func say(_ text: String) {
    _ = write(text + "\n", to: STDERR_FILENO)
  }

  /// Says something unless that would mean waiting for somebody to read.
  static func sayAtOnce(_ text: String) {
    var stream = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
    if poll(&stream, 1, 0) == 1, stream.revents & Int16(POLLOUT) != 0 { say(text) }
  }

  /// Says that something is not as it should be, and that the program goes on.
  static func warn(_ error: ZooError) {
    say(error.text(as: .warning, coloured: Colour.isOn))
  }

  /// Replaces the present line of a terminal.
  static func status(_ text: String) {
    _ = write("\r\u{1B}[K" + text, to: STDERR_FILENO)
  }

  private static func write(_ text: String, to descriptor: Int32) -> Bool {
    write(Array(text.utf8), to: descriptor)
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var done = 0
    while done < bytes.count {
      let written = bytes.withUnsafeBytes { bytes in
        bytes.baseAddress.map { systemWrite(descriptor, $0 + done, bytes.count - done) } ?? 0
      }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { return false }
      done += written
    }
    return true
  }

  /// A variable of the environment, or nil when it is not set or empty.
  static func environment(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
  }
}

/// `write` of the C library; inside `Console` that name means something else.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
