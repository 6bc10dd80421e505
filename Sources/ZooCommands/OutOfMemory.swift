import Synchronization
import ZooCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The program's end when the system gives no more memory.
///
/// A message, and the exit code of a device that failed. Checkpoints are whole at any moment, so the last one stays.
///
/// Blocks for computing are asked for by `HostMemory`, which reports a failure while there is still
/// memory for words. All other memory is asked for by the language, which answers a failure with
/// `abort`: then this text, made beforehand, is written by the signal's handler. It is the only one,
/// takes no memory and no lock, and leaves every other abort as it is.
enum OutOfMemory {
  private final class Words: Sendable {
    let bytes: [UInt8]

    init(_ text: String) { bytes = Array((text + "\n").utf8) }
  }
  private static let beforehand = AtomicLazyReference<Words>()
  private static let inTraining = AtomicLazyReference<Words>()
  private static let advice = Mutex("ask for less, or give the program more memory")
  private static let json = Atomic<Bool>(false)
  // Written before there are other threads, and read by the handler.
  private nonisolated(unsafe) static var usualAbort = sigaction()

  /// From now on the program ends with a message.
  static func watch(json: Bool) {
    self.json.store(json, ordering: .relaxed)
    _ = beforehand.storeIfNil(words)
    // What is made at its first use is made here, and not in the handler.
    _ = inTraining.load()
    MemoryExhaustion.end { error in
      Console.say(text(error))
      _exit(error.exitCode)
    }
    var action = sigaction()
    sigemptyset(&action.sa_mask)
    #if canImport(Darwin)
      action.__sigaction_u.__sa_handler = onAbort
    #elseif canImport(Musl)
      action.__sa_handler.sa_handler = onAbort
    #else
      action.__sigaction_handler.sa_handler = onAbort
    #endif
    sigaction(SIGABRT, &action, &usualAbort)
  }

  /// From now on there is a run to go on with.
  static func beginTraining(_ run: String) {
    advice.withLock {
      $0 = """
        give the program more memory and continue with: zoo resume \(Shell.quoted(run)); or start \
        anew with narrower layers or a smaller batch
        """
    }
    _ = inTraining.storeIfNil(words)
  }

  private static var words: Words { Words(text(MemoryExhaustion.error(needing: nil))) }

  private static func text(_ error: ZooError) -> String {
    let advice = advice.withLock { $0 }
    let error = ZooError(
      error.kind, error.findings.map { .init($0.problem, at: $0.place, advice: advice) })
    return json.load(ordering: .relaxed)
      ? error.json.compact() : error.text(as: .error, coloured: Colour.isOn)
  }

  fileprivate static func answerAbort() {
    guard errno == ENOMEM, let words = inTraining.load() ?? beforehand.load() else {
      // Once more, with the answer that the signal had before: this one is blocked until then.
      sigaction(SIGABRT, &usualAbort, nil)
      raise(SIGABRT)
      return
    }
    _ = words.bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    _exit(ZooError.Kind.io.rawValue)
  }
}

private func onAbort(_ signal: Int32) {
  OutOfMemory.answerAbort()
}
