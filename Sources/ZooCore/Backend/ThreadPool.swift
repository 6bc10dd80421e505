import CKernels
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Threads that run the tiles of one computation at a time.
///
/// The work is cut by shape alone and handed out by one atomic counter, so a slow core takes fewer
/// tiles and the result does not depend on who computed what. Between computations workers look out
/// for the next one for some microseconds, then sleep: other programs share the machine.
package final class ThreadPool: @unchecked Sendable {
  // Unchecked: the fields below are read and written with `mutex` held, except the atomic ones.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let done = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var started = false
  private var tileCount = 0
  private var body: (@Sendable (_ tile: Int) -> Void)?
  private let next = Atomic<Int>(0)
  /// Numbers the computations; written with `mutex` held.
  private let generation = Atomic<Int>(0)
  /// Workers inside a computation; written with `mutex` held.
  private let active = Atomic<Int>(0)

  // A look-out of about 20 µs: ops of a training step follow each other faster than a sleeping
  // thread wakes up.
  private static let lookOut = 500
  private let busy = Mutex(())

  /// The number of threads that compute, the caller's included.
  package let threadCount: Int

  /// A pool of `threadCount - 1` workers, which start with the first work and live as long as the
  /// process.
  package init(threadCount: Int) {
    require(threadCount > 0, "a pool needs a thread, found \(threadCount)")
    self.threadCount = threadCount
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(wake, nil)
    pthread_cond_init(done, nil)
  }

  private func start() {
    started = true
    for _ in 1..<threadCount {
      let pool = Unmanaged.passRetained(self)
      var thread = pthread_t()
      guard pthread_create(&thread, nil, workerMain, pool.toOpaque()) == 0 else {
        // The system has no more threads for us: fewer do the same work.
        return pool.release()
      }
      pthread_detach(thread)
    }
  }

  /// Calls `body` once for each tile in `0..<count`, from several threads, and waits.
  ///
  /// Within a tile of another computation the tiles stay on this thread: the others are at work.
  package func run(
    _ count: Int, _ body: @escaping @Sendable (_ tile: Int) -> Void
  ) {
    if zk_in_tile() != 0 { return (0..<count).forEach(body) }
    if count <= 1 || threadCount == 1 {
      return busy.withLock { _ in inTile { (0..<count).forEach(body) } }
    }
    // One computation at a time: parallel callers (tests) take turns.
    busy.withLock { _ in
      if !started { start() }
      pthread_mutex_lock(mutex)
      self.body = body
      tileCount = count
      next.store(0, ordering: .relaxed)
      generation.add(1, ordering: .releasing)
      pthread_cond_broadcast(wake)
      pthread_mutex_unlock(mutex)

      work(body, count)

      // All tiles are handed out. A worker that did not wake up in time is not waited for: it
      // finds no body and sleeps on.
      pthread_mutex_lock(mutex)
      self.body = nil
      pthread_mutex_unlock(mutex)
      lookOut { active.load(ordering: .acquiring) == 0 }
      pthread_mutex_lock(mutex)
      while active.load(ordering: .relaxed) > 0 { pthread_cond_wait(done, mutex) }
      pthread_mutex_unlock(mutex)
    }
  }

  private func work(_ body: (Int) -> Void, _ count: Int) {
    inTile {
      while true {
        let tile = next.wrappingAdd(1, ordering: .relaxed).oldValue
        if tile >= count { return }
        body(tile)
      }
    }
  }

  private func inTile(_ body: () -> Void) {
    zk_set_in_tile(1)
    body()
    zk_set_in_tile(0)
  }

  fileprivate func serve() {
    var seen = 0
    while true {
      lookOut { generation.load(ordering: .acquiring) != seen }
      pthread_mutex_lock(mutex)
      while generation.load(ordering: .relaxed) == seen { pthread_cond_wait(wake, mutex) }
      seen = generation.load(ordering: .relaxed)
      pthread_mutex_unlock(mutex)
      guard takePart() else { continue }
      pthread_mutex_lock(mutex)
      active.subtract(1, ordering: .releasing)
      pthread_cond_signal(done)
      pthread_mutex_unlock(mutex)
    }
  }

  /// Works at the present computation; false when it is over already.
  ///
  /// A function of its own, so that the body, and the buffers that it holds, are let go before the
  /// caller hears that the work is done: else it would find its memory still in use, and take more.
  @inline(never)
  private func takePart() -> Bool {
    pthread_mutex_lock(mutex)
    guard let body else {
      pthread_mutex_unlock(mutex)
      return false
    }
    let count = tileCount
    active.add(1, ordering: .relaxed)
    pthread_mutex_unlock(mutex)
    work(body, count)
    return true
  }

  /// Waits some microseconds for `condition`, awake.
  private func lookOut(for condition: () -> Bool) {
    for _ in 0..<Self.lookOut {
      if condition() { return }
      zk_pause()
    }
  }
}

#if canImport(Darwin)
  private func workerMain(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    Unmanaged<ThreadPool>.fromOpaque(argument).takeRetainedValue().serve()
    return nil
  }
#else
  private func workerMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    Unmanaged<ThreadPool>.fromOpaque(argument).takeRetainedValue().serve()
    return nil
  }
#endif
