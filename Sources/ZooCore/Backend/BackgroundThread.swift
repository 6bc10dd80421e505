#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A thread that does one piece of work at a time beside its owner, and ends with it.
///
/// Where the system has no thread for it, nothing is done in the background, and the owner does the
/// work when it needs it. Dispatch would wait for a thread for ever.
package final class BackgroundThread {
  private let shared = Shared()
  private var isRunning = false

  /// A thread that starts with the first work.
  package init() {}

  deinit {
    shared.locked { shared.isOver = true }
  }

  /// Begins work, if there is a thread for it; earlier work must have been waited for.
  package func begin(_ work: @escaping @Sendable () -> Void) {
    if !isRunning { isRunning = start() }
    guard isRunning else { return }
    shared.locked {
      require(shared.work == nil, "work begins while other work is under way")
      shared.work = work
    }
  }

  /// Waits until the work that was begun is done.
  package func wait() {
    shared.wait { shared.work == nil }
  }

  private func start() -> Bool {
    let state = Unmanaged.passRetained(shared)
    var thread = pthread_t()
    guard pthread_create(&thread, nil, backgroundMain, state.toOpaque()) == 0 else {
      state.release()
      return false
    }
    pthread_detach(thread)
    return true
  }
}

/// What the thread and its owner both see.
private final class Shared: @unchecked Sendable {
  // Unchecked: the fields are read and written with `mutex` held.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  /// The work that is to be done or is under way.
  var work: (@Sendable () -> Void)?
  var isOver = false

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  /// Changes the fields, and wakes whoever waits for that.
  func locked(_ change: () -> Void) {
    pthread_mutex_lock(mutex)
    change()
    pthread_mutex_unlock(mutex)
    // Behind the lock, or whoever wakes would only wait for that.
    pthread_cond_broadcast(changed)
  }

  func wait(until condition: () -> Bool) {
    pthread_mutex_lock(mutex)
    while !condition() { pthread_cond_wait(changed, mutex) }
    pthread_mutex_unlock(mutex)
  }

  func serve() {
    while true {
      var next: (@Sendable () -> Void)?
      wait {
        next = work
        return work != nil || isOver
      }
      guard let next else { return }
      next()
      locked { work = nil }
    }
  }
}

#if canImport(Darwin)
  private func backgroundMain(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    Unmanaged<Shared>.fromOpaque(argument).takeRetainedValue().serve()
    return nil
  }
#else
  private func backgroundMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    Unmanaged<Shared>.fromOpaque(argument).takeRetainedValue().serve()
    return nil
  }
#endif
