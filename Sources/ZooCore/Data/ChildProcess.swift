import Synchronization

// Preconcurrency for `environ`, a variable of the C library that this program never changes.
#if canImport(Glibc)
  @preconcurrency import Glibc
#elseif canImport(Musl)
  @preconcurrency import Musl
#elseif canImport(Darwin)
  @preconcurrency import Darwin
#endif

/// A program that runs beside this one, whose output is read piece by piece.
///
/// It is killed when the value goes out of scope. If this program is killed, the other one ends at
/// its next word, since nobody reads its pipe any more.
package struct ChildProcess: ~Copyable {
  /// What a look at the program's output brought.
  enum Arrival {
    case output(ArraySlice<UInt8>)
    case nothing
    case end
  }

  /// How the program ended.
  enum Ending: Equatable, CustomStringConvertible {
    case exited(Int32)
    case signalled(Int32)

    var description: String {
      switch self {
      case .exited(let status): "exit status \(status)"
      case .signalled(let number): "signal \(number)"
      }
    }
  }

  private let id: pid_t
  private let output: Descriptor
  private let errors: Descriptor
  private var outputIsOpen = true
  private var errorsAreOpen = true
  private var isRunning = true
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  private var errorBytes: [UInt8] = []

  /// Starts a program that is found as a shell would find it, without any input.
  /// - Parameters:
  ///   - environment: Its variables as `NAME=value`; nil hands on those of this program.
  ///   - advice: What to do when it cannot be started.
  init(
    _ program: String, _ arguments: [String], environment: [String]?, advice: String
  ) throws(ZooError) {
    let start = try Start.of(program, arguments, environment)
    guard start.code == 0 else {
      throw ZooError(
        .io, "cannot run \(Text.printable(program)): \(Platform.errorText(start.code))",
        advice: advice)
    }
    id = start.id
    output = start.output
    errors = start.errors
  }

  deinit {
    if isRunning {
      kill(id, SIGKILL)
      _ = Self.wait(for: id)
    }
  }

  /// The first 4 kB of what the program wrote to its standard error.
  var errorText: String { String(decoding: errorBytes, as: UTF8.self) }

  /// The next piece of output, or its end; nothing if neither comes in time.
  mutating func read(waitingAtMost time: Duration) throws(ZooError) -> Arrival {
    guard outputIsOpen || errorsAreOpen else { return .end }
    // A negative number makes `poll` pass over an entry.
    var streams = [
      pollfd(fd: outputIsOpen ? output.number : -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: errorsAreOpen ? errors.number : -1, events: Int16(POLLIN), revents: 0),
    ]
    guard poll(&streams, 2, Int32(time / .milliseconds(1))) >= 0 || errno == EINTR else {
      throw Files.failure("wait for", "a program's output")
    }
    if streams[1].revents != 0 {
      let text = try take(errors.number)
      errorsAreOpen = !text.isEmpty
      errorBytes += text.prefix(4096 - errorBytes.count)
    }
    guard streams[0].revents != 0 else { return .nothing }
    let piece = try take(output.number)
    outputIsOpen = !piece.isEmpty
    return piece.isEmpty ? .nothing : .output(piece)
  }

  /// Waits until the program has ended.
  mutating func wait() -> Ending {
    require(isRunning, "a program ends only once")
    isRunning = false
    return Self.wait(for: id)
  }

  /// What a program writes to its standard output, at most 64 kB; nil if it fails or takes longer.
  package static func output(
    of program: String, _ arguments: [String], within patience: Duration
  ) -> String? {
    let clock = ContinuousClock()
    let deadline = clock.now + patience
    guard
      var process = try? ChildProcess(program, arguments, environment: nil, advice: "")
    else { return nil }
    var bytes: [UInt8] = []
    while clock.now < deadline {
      guard
        let arrival = try? process.read(waitingAtMost: max(.zero, deadline - clock.now))
      else { return nil }
      switch arrival {
      case .output(let piece):
        bytes += piece
        guard bytes.count <= 1 << 16 else { return nil }
      case .nothing: break
      case .end:
        return process.wait() == .exited(0) ? String(decoding: bytes, as: UTF8.self) : nil
      }
    }
    return nil
  }

  private mutating func take(_ descriptor: Int32) throws(ZooError) -> ArraySlice<UInt8> {
    let count = Platform.retrying {
      buffer.withUnsafeMutableBytes { systemRead(descriptor, $0.baseAddress, $0.count) }
    }
    guard count >= 0 else { throw Files.failure("read", "a program's output") }
    return buffer[..<count]
  }

  private static func wait(for id: pid_t) -> Ending {
    var status: Int32 = 0
    // Where this program's parent made it ignore SIGCHLD, the system keeps no status.
    guard Platform.retrying({ waitpid(id, &status, 0) }) == id else { return .exited(-1) }
    let signal = status & 0x7F
    return signal == 0 ? .exited(status >> 8 & 0xFF) : .signalled(signal)
  }
}

/// A program's number, and the ends of the pipes from its output and errors.
private struct Start: ~Copyable {
  let id: pid_t
  /// Zero, or why there is no such program.
  let code: Int32
  let output: Descriptor
  let errors: Descriptor

  // While a pipe is new, a program that starts at that moment would inherit it.
  private static let lock = Mutex(())

  static func of(
    _ program: String, _ arguments: [String], _ environment: [String]?
  ) throws(ZooError) -> Start {
    try lock.withLock { _ throws(ZooError) in
      let output = try Pipe()
      let errors = try Pipe()
      let (id, code) = spawn(
        program, arguments, environment, output: output.writing, errors: errors.writing)
      return Start(id: id, code: code, output: output.reading, errors: errors.reading)
    }
  }

  private static func spawn(
    _ program: String, _ arguments: [String], _ environment: [String]?,
    output: borrowing Descriptor, errors: borrowing Descriptor
  ) -> (id: pid_t, code: Int32) {
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #else
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output.number, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, errors.number, STDERR_FILENO)

    // What this program blocks or ignores, the other one must not inherit; least of all the
    // signal for a closed pipe. A group of its own leaves Ctrl-C to this program.
    var (blocked, plain) = (sigset_t(), sigset_t())
    sigemptyset(&blocked)
    sigemptyset(&plain)
    for signal in [SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGXFSZ] {
      sigaddset(&plain, signal)
    }
    posix_spawnattr_setsigmask(&attributes, &blocked)
    posix_spawnattr_setsigdefault(&attributes, &plain)
    posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
    posix_spawnattr_setflags(&attributes, Int16(flags))

    var id: pid_t = 0
    let code = withCStrings([program] + arguments) { words in
      guard let environment else {
        return posix_spawnp(&id, program, &actions, &attributes, words, environ)
      }
      return withCStrings(environment) { variables in
        posix_spawnp(&id, program, &actions, &attributes, words, variables)
      }
    }
    return (id, code)
  }

  /// The strings as C hands them to programs: pointers, the last one null.
  private static func withCStrings<Result>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
  }
}

/// A pipe whose ends programs do not inherit, and which are no standard streams.
private struct Pipe: ~Copyable {
  let reading: Descriptor
  let writing: Descriptor

  init() throws(ZooError) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw Files.failure("create", "a pipe") }
    defer { for end in ends { close(end) } }
    let first = try Descriptor(copying: ends[0])
    let second = try Descriptor(copying: ends[1])
    reading = first
    writing = second
  }
}

extension Descriptor {
  fileprivate init(copying other: Int32) throws(ZooError) {
    // Where a standard stream is closed, the system gives its number to the next file.
    let copy = fcntl(other, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
    guard copy >= 0 else { throw Files.failure("create", "a pipe") }
    number = copy
  }
}

/// `read` of the C library; inside `ChildProcess` that name means something else.
private func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int
{
  read(descriptor, bytes, count)
}
