import Foundation
import Synchronization
import Testing
import ZooCore

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct BackgroundThreadTests {
  @Test func workIsDoneBesideTheCallerAndInOrder() {
    let thread = BackgroundThread()
    let done = Mutex<[Int]>([])
    for number in 0..<1000 {
      thread.begin { done.withLock { $0.append(number) } }
      thread.wait()
      #expect(done.withLock { $0.last } == number)
    }
    #expect(done.withLock { $0 } == Array(0..<1000))
  }

  @Test func threadsEndWithTheirOwners() {
    for _ in 0..<2000 {
      let thread = BackgroundThread()
      thread.begin {}
      thread.wait()
    }
  }

  #if os(Linux)
    /// Batches come all the same, and nobody waits for a thread that cannot be had.
    @Test func withoutAThreadBatchesAreMadeWhenTheyAreNeeded() async {
      await #expect(processExitsWith: .success) {
        let source = BatchSource(
          ByteImages.strokeDigits(count: 10), batch: 4, seed: 1, range: 0...1)
        // A little more address space than is taken: too little for a thread's stack.
        let taken =
          try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
          .split(separator: " ").first.flatMap { rlim_t($0) } ?? 0
        let most = taken * rlim_t(sysconf(Int32(_SC_PAGESIZE))) + (4 << 20)
        var limit = rlimit(rlim_cur: most, rlim_max: most)
        precondition(taken > 0 && setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0)
        for number in 0..<5 {
          let batch = try source.batch(number)
          precondition(batch.count == 4)
        }
      }
    }
  #endif
}
