import Foundation
import Testing
import Variants
import ZooCore

/// Several ranks train one contest, here each on a thread of its own.
@Suite struct TeamTests {
  private static let digits = ByteImages.strokeDigits(count: 40)
  private static let shards = 4

  /// All that two steps move, on each rank of a team.
  private func trained(_ name: String, ranks: Int) throws -> [[[Float]]] {
    let pool = name == "cyclegan" ? #""objective": { "pool": 8 }, "# : ""
    let json = SmallConfig.json(
      name, width: 4, pool + #""training": { "batch": 8, "shards": \#(Self.shards) }"#)
    return try ThreadMessenger.team(of: ranks) { messenger in
      let recipe = try Recipe(parsing: Array(json.utf8), file: "c.json", registry: tested)
      let data = SmallConfig.data(for: name, Self.digits)
      return try Backends.using(CPUBackend(threads: 1)) {
        let trainer = try recipe.plan(for: data).trainer(
          on: data, team: Team(messenger, shards: Self.shards))
        for _ in 0..<2 { _ = try trainer.runStep() }
        try trainer.shareMemory()
        let contest = trainer.contest
        return [contest.generatorStore, contest.discriminatorStore, contest.objectiveStore]
          .flatMap { ($0.parameters + $0.buffers).map(\.value.floats) }
      }
    }
  }

  /// The same bits, whoever computes which shard; every rank has them all.
  @Test(arguments: tested.variants.map { $0.card.name })
  func bitsDoNotDependOnRanks(_ name: String) throws {
    let alone = try trained(name, ranks: 1)[0]
    for ranks in 2...Self.shards {
      for (rank, values) in try trained(name, ranks: ranks).enumerated() {
        #expect(values == alone, "rank \(rank) of \(ranks)")
      }
    }
  }
}

/// Carries numbers between threads of this process.
private final class ThreadMessenger: Messenger {
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

    init(size: Int) {
      self.size = size
      parts = Array(repeating: [], count: size)
    }

    func exchange(_ own: [[Float]], of rank: Int) -> [[Float]] {
      condition.lock()
      defer { condition.unlock() }
      while taken > 0 { condition.wait() }
      parts[rank] = own
      left += 1
      condition.broadcast()
      while left < size { condition.wait() }
      let came = parts.map { $0[rank] }
      taken += 1
      if taken == size { (left, taken) = (0, 0) }
      condition.broadcast()
      // Whoever comes back early must not take `left` of this round for the next one's.
      while left == size { condition.wait() }
      return came
    }
  }

  private init(_ rank: Int, _ board: Board) { (self.rank, self.board) = (rank, board) }

  /// What `body` gives on each rank of a team.
  static func team<Result: Sendable>(
    of ranks: Int, _ body: @escaping @Sendable (ThreadMessenger) throws -> Result
  ) throws -> [Result] {
    let board = Board(size: ranks)
    nonisolated(unsafe) var results: [Swift.Result<Result, any Error>?] =
      Array(repeating: nil, count: ranks)
    let lock = NSLock()
    let threads = (0..<ranks).map { rank in
      let thread = Thread {
        let result = Swift.Result { try body(ThreadMessenger(rank, board)) }
        lock.withLock { results[rank] = result }
      }
      thread.stackSize = 16 << 20
      return thread
    }
    for thread in threads { thread.start() }
    while !threads.allSatisfy(\.isFinished) { Thread.sleep(forTimeInterval: 0.002) }
    return try lock.withLock { try results.compactMap { try $0?.get() } }
  }

  func exchange(_ parts: [[Float]], expecting counts: [Int]) -> [[Float]] {
    let came = board.exchange(parts, of: rank)
    precondition(came.map(\.count) == counts, "\(came.map(\.count)) came, expected \(counts)")
    return came
  }

  func gather(_ own: [Float], expecting counts: [Int]) -> [[Float]] {
    exchange(Array(repeating: own, count: size), expecting: counts)
  }
}
