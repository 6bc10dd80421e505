import Foundation
import ZooCore

/// Carries numbers between threads of this process.
final class ThreadMessenger: Messenger {
  let rank: Int
  var size: Int { board.size }
  private let board: Board

  /// Where ranks leave what is for others; all leave before any takes, and all take before any leaves.
  private final class Board: @unchecked Sendable {
    // Unchecked: all that changes does so under the condition's lock.
    let size: Int
    private let condition = NSCondition()
    private var parts: [[[Float]]]
    private var (left, taken) = (0, 0)
    private var failure: (any Error)?

    init(size: Int) {
      self.size = size
      parts = Array(repeating: [], count: size)
    }

    func exchange(_ own: [[Float]], of rank: Int) throws(ZooError) -> [[Float]] {
      condition.lock()
      defer { condition.unlock() }
      try wait { taken > 0 }
      parts[rank] = own
      left += 1
      condition.broadcast()
      try wait { left < size }
      let came = parts.map { $0[rank] }
      taken += 1
      if taken == size { (left, taken) = (0, 0) }
      condition.broadcast()
      // Whoever comes back early must not take `left` of this round for the next one's.
      try wait { left == size }
      return came
    }

    private func wait(while holds: () -> Bool) throws(ZooError) {
      while holds() {
        guard failure == nil else { throw ZooError(.failure, "another rank has failed") }
        condition.wait()
      }
    }

    /// Ends the waiting of all, as a launcher ends the programs of a team.
    func fail(_ error: any Error) {
      condition.lock()
      defer { condition.unlock() }
      failure = failure ?? error
      condition.broadcast()
    }

    /// What failed first.
    func check() throws {
      condition.lock()
      defer { condition.unlock() }
      if let failure { throw failure }
    }
  }

  private init(_ rank: Int, _ board: Board) { (self.rank, self.board) = (rank, board) }

  /// What `body` gives on each rank of a team.
  ///
  /// - Throws: The error of the rank that failed first.
  static func team<Result: Sendable>(
    of ranks: Int, _ body: @escaping @Sendable (ThreadMessenger) throws -> Result
  ) throws -> [Result] {
    let board = Board(size: ranks)
    nonisolated(unsafe) var results: [Result?] = Array(repeating: nil, count: ranks)
    let lock = NSLock()
    let threads = (0..<ranks).map { rank in
      let thread = Thread {
        do {
          let result = try body(ThreadMessenger(rank, board))
          lock.withLock { results[rank] = result }
        } catch {
          board.fail(error)
        }
      }
      thread.stackSize = 16 << 20
      return thread
    }
    for thread in threads { thread.start() }
    while !threads.allSatisfy(\.isFinished) { Thread.sleep(forTimeInterval: 0.002) }
    try board.check()
    return lock.withLock { results.compactMap { $0 } }
  }

  func exchange(
    _ parts: [Float], counts: [Int], into came: inout [Float], expecting expected: [Int]
  ) throws(ZooError) {
    var rest = parts[...]
    let own = counts.map { count in
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    try exchange(own, into: &came, expecting: expected)
  }

  func gather(
    _ own: [Float], into all: inout [Float], expecting counts: [Int]
  ) throws(ZooError) {
    let own = Array(own.prefix(counts[rank]))
    try exchange(Array(repeating: own, count: size), into: &all, expecting: counts)
  }

  private func exchange(
    _ own: [[Float]], into all: inout [Float], expecting counts: [Int]
  ) throws(ZooError) {
    let came = try board.exchange(own, of: rank)
    precondition(came.map(\.count) == counts, "\(came.map(\.count)) came, expected \(counts)")
    // What was there before lies behind it, as in arrays that are used again.
    let joined = came.joined()
    all.growIfShorter(than: joined.count)
    all.replaceSubrange(0..<joined.count, with: joined)
  }

  func tell(_ word: [UInt8]) throws(ZooError) -> [[UInt8]] {
    try board.exchange(Array(repeating: word.map(Float.init), count: size), of: rank)
      .map { $0.map(UInt8.init) }
  }
}
