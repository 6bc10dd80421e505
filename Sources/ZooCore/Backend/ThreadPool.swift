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
/// tiles and the result does not depend on who computed what. Workers sleep between computations:
/// other programs share the machine.
package final class ThreadPool: @unchecked Sendable {
  // Unchecked: the fields below are read and written with `mutex` held, except `next`.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let done = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var started = false
  private var generation = 0
  private var running = 0
  private var tileCount = 0
  private var body: (@Sendable (_ tile: Int, _ worker: Int) -> Void)?
  private let next = Atomic<Int>(0)
  private let busy = Mutex(())

  /// The number of threads that compute, the caller's included.
  package let threadCount: Int

  /// A pool of `threadCount - 1` workers, which start with the first work and live as long as the
  /// process.
  package init(threadCount: Int) {
    precondition(threadCount > 0, "a pool needs a thread, found \(threadCount)")
    self.threadCount = threadCount
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(wake, nil)
    pthread_cond_init(done, nil)
  }

  private func start() {
    started = true
    for worker in 1..<threadCount {
      let start = Unmanaged.passRetained(Start(pool: self, worker: worker)).toOpaque()
      var thread = pthread_t()
      let status = pthread_create(&thread, nil, workerMain, start)
      precondition(status == 0, "the system refused thread \(worker) of \(threadCount)")
      pthread_detach(thread)
    }
  }

  /// Calls `body` once for each tile in `0..<count`, from several threads, and waits.
  package func run(
    _ count: Int, _ body: @escaping @Sendable (_ tile: Int, _ worker: Int) -> Void
  ) {
    if count <= 1 || threadCount == 1 {
      busy.withLock { _ in for tile in 0..<count { body(tile, 0) } }
      return
    }
    // One computation at a time: parallel callers (tests) take turns.
    busy.withLock { _ in
      if !started { start() }
      pthread_mutex_lock(mutex)
      self.body = body
      tileCount = count
      next.store(0, ordering: .relaxed)
      running = threadCount - 1
      generation += 1
      pthread_cond_broadcast(wake)
      pthread_mutex_unlock(mutex)

      work(body, count, worker: 0)

      pthread_mutex_lock(mutex)
      while running > 0 { pthread_cond_wait(done, mutex) }
      self.body = nil
      pthread_mutex_unlock(mutex)
    }
  }

  private func work(_ body: (Int, Int) -> Void, _ count: Int, worker: Int) {
    while true {
      let tile = next.wrappingAdd(1, ordering: .relaxed).oldValue
      if tile >= count { return }
      body(tile, worker)
    }
  }

  fileprivate func serve(worker: Int) {
    var seen = 0
    while true {
      pthread_mutex_lock(mutex)
      while generation == seen { pthread_cond_wait(wake, mutex) }
      seen = generation
      let (body, count) = (self.body, tileCount)
      pthread_mutex_unlock(mutex)
      if let body { work(body, count, worker: worker) }
      pthread_mutex_lock(mutex)
      running -= 1
      if running == 0 { pthread_cond_signal(done) }
      pthread_mutex_unlock(mutex)
    }
  }

  /// The processors that this process may use: its affinity mask, cut by the cgroup's quota.
  package static var availableProcessors: Int {
    let online = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    return max(1, min(allowedProcessors ?? online, cgroupQuota ?? online))
  }

  /// Processors in this process's affinity mask, which Linux shows in hexadecimal.
  private static var allowedProcessors: Int? {
    guard let file = fopen("/proc/self/status", "r") else { return nil }
    defer { fclose(file) }
    while let line = readLine(file) {
      guard line.hasPrefix("Cpus_allowed:") else { continue }
      let bits = line.dropFirst("Cpus_allowed:".count)
        .compactMap { $0.hexDigitValue?.nonzeroBitCount }.reduce(0, +)
      return bits > 0 ? bits : nil
    }
    return nil
  }

  /// Whole processors that cgroup v2 grants (`/sys/fs/cgroup/cpu.max`: "quota period").
  private static var cgroupQuota: Int? {
    guard let file = fopen("/sys/fs/cgroup/cpu.max", "r") else { return nil }
    defer { fclose(file) }
    let words = (readLine(file) ?? "").split(whereSeparator: \.isWhitespace).compactMap {
      Double($0)
    }
    guard words.count == 2, words[1] > 0 else { return nil }
    return max(1, Int((words[0] / words[1]).rounded(.up)))
  }

  private static func readLine(_ file: UnsafeMutablePointer<FILE>) -> String? {
    var line = [CChar](repeating: 0, count: 1024)
    guard fgets(&line, Int32(line.count), file) != nil else { return nil }
    return String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}

private final class Start {
  let pool: ThreadPool
  let worker: Int

  init(pool: ThreadPool, worker: Int) {
    self.pool = pool
    self.worker = worker
  }
}

#if canImport(Darwin)
  private func workerMain(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
    start.pool.serve(worker: start.worker)
    return nil
  }
#else
  private func workerMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
    start.pool.serve(worker: start.worker)
    return nil
  }
#endif
