import Testing
import ZooCore

/// The tree in which shards are added.
@Suite struct ShardTreeTests {
  @Test(arguments: [
    (1, "0"), (2, "(0 1)"), (3, "((0 1) 2)"), (4, "((0 1) (2 3))"), (5, "(((0 1) (2 3)) 4)"),
    (6, "(((0 1) (2 3)) (4 5))"), (7, "(((0 1) (2 3)) ((4 5) 6))"),
  ])
  func orderOfSums(_ shards: Int, _ order: String) throws {
    let written = try ShardTree.sum(over: 0..<shards) {
      "\($0)"
    } adding: {
      "(\($0) \($1))"
    }
    #expect(written == order)
  }

  /// What is computed is added as soon as it can be, so that few values are held.
  @Test(arguments: [1, 4, 13, 64])
  func fewAreHeld(_ shards: Int) throws {
    var (held, most) = (0, 0)
    let sum = try ShardTree.sum(over: 0..<shards) { shard -> Int in
      held += 1
      most = max(most, held)
      return shard
    } adding: {
      held -= 1
      return $0 + $1
    }
    #expect(sum == shards * (shards - 1) / 2)
    // One for each level of the tree, and the newest.
    #expect(1 << (most - 1) <= 2 * shards)
  }
}
