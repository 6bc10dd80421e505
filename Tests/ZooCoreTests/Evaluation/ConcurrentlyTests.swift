import Foundation
import Synchronization
import Testing
import ZooCore

@Suite struct ConcurrentlyTests {
  /// `--threads 1 --verbose`: a backend that measures has the threads of the one it measures.
  @Test func workStaysOnTheThreadsOfTheBackend() throws {
    let (present, most) = (Counter(), Counter())
    let backend = ProfilingBackend(CPUBackend(threads: 1))
    let results = try Backends.using(backend) { () throws(ZooError) in
      try Concurrently.all(Array(0..<8)) { index in
        most.raise(to: present.add(1))
        // Long enough for another thread, if there were one, to wake up.
        usleep(10_000)
        present.add(-1)
        return index
      }
    }
    #expect(results == Array(0..<8))
    #expect(most.value == 1)
  }
}

private final class Counter: Sendable {
  private let count = Mutex(0)
  var value: Int { count.withLock { $0 } }

  @discardableResult
  func add(_ number: Int) -> Int {
    count.withLock { count in
      count += number
      return count
    }
  }

  func raise(to number: Int) { count.withLock { $0 = max($0, number) } }
}
