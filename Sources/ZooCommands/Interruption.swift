import Synchronization
import ZooCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Ctrl-C, SIGTERM, SIGUSR1 and a closed terminal: while a run trains, the first asks it to save and end; any
/// other ends the program at once.
///
/// The signals are blocked in all threads, and one thread waits for them: nothing of the program
/// ever runs inside a signal handler.
final class Interruption: Sendable {
  static let shared = Interruption()
  private let number = Atomic<Int32>(0)
  private let started = Atomic<Bool>(false)
  private let training = Atomic<Bool>(false)
  private let quiet = Atomic<Bool>(false)

  /// The signal that asked to stop; nil while none has come.
  var received: Int32? {
    let number = number.load(ordering: .acquiring)
    return number == 0 ? nil : number
  }

  /// Starts to wait; to be called before any other thread is started, since threads inherit what
  /// is blocked.
  func watch() {
    guard !started.exchange(true, ordering: .relaxed) else { return }
    var set = Self.signals
    pthread_sigmask(SIG_BLOCK, &set, nil)
    var thread = pthread_t()
    guard pthread_create(&thread, nil, { _ in Interruption.shared.wait() }, nil) == 0 else {
      // Without the thread the signals end the program as they always do.
      pthread_sigmask(SIG_UNBLOCK, &set, nil)
      return
    }
    pthread_detach(thread)
  }

  /// From now on there is something to save.
  ///
  /// - Parameter quiet: Whether a signal is answered by acts alone.
  func beginTraining(quiet: Bool) {
    self.quiet.store(quiet, ordering: .relaxed)
    training.store(true, ordering: .releasing)
  }

  private func wait() -> Never {
    var set = Self.signals
    while true {
      var number: Int32 = 0
      guard sigwait(&set, &number) == 0 else { continue }
      let earlier = self.number.exchange(number, ordering: .acquiringAndReleasing)
      if earlier != 0 || !training.load(ordering: .acquiring) { _exit(128 + number) }
      if quiet.load(ordering: .relaxed) { continue }
      Console.sayAtOnce("\nstopping after this step and saving (again to quit at once)")
    }
  }

  private static var signals: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGINT)
    sigaddset(&set, SIGTERM)
    // What schedulers send some time before they end a job (Slurm's --signal).
    sigaddset(&set, SIGUSR1)
    if !hangsOn { sigaddset(&set, SIGHUP) }
    return set
  }

  /// Whether a closed terminal is to be ignored, as `nohup` asks for.
  private static let hangsOn: Bool = {
    let earlier = signal(SIGHUP, SIG_DFL)
    // Handlers cannot be compared, the numbers that stand for them can.
    let isIgnored = unsafeBitCast(earlier, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    if isIgnored { _ = signal(SIGHUP, SIG_IGN) }
    return isIgnored
  }()
}

extension ZooError {
  /// The end of a run that a signal asked for.
  static func interrupted(by signal: Int32) -> ZooError {
    switch signal {
    case SIGTERM, SIGUSR1: ZooError(.terminated, "terminated")
    case SIGHUP: ZooError(.hungUp, "the terminal was closed")
    default: ZooError(.interrupted, "interrupted")
    }
  }

  /// Whether a signal asked for it, so that nothing is wrong.
  var isInterruption: Bool { [.interrupted, .terminated, .hungUp].contains(kind) }
}
