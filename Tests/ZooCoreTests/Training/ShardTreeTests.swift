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
      "(\($0) \($1))"
    } ready: {
      $0.count == 1 ? "\($0.lowerBound)" : nil
    }
    #expect(written == order)
  }

  /// What is computed is added as soon as it can be, so that few values are held.
  @Test(arguments: [1, 4, 13, 64])
  func fewAreHeld(_ shards: Int) throws {
    var (held, most) = (0, 0)
    let sum = try ShardTree.sum(over: 0..<shards) { first, second in
      held -= 1
      return first + second
    } ready: { part -> Int? in
      guard part.count == 1 else { return nil }
      held += 1
      most = max(most, held)
      return part.lowerBound
    }
    #expect(sum == shards * (shards - 1) / 2)
    // One for each level of the tree, and the newest.
    #expect(1 << (most - 1) <= 2 * shards)
  }

  /// Whatever the number of ranks, their nodes are what the tree adds.
  @Test(arguments: 1...16)
  func nodesOfRanks(_ shards: Int) throws {
    func order(_ ready: (Range<Int>) -> String?) throws -> String {
      try ShardTree.sum(over: 0..<shards) { (first: String, second: String) in
        "(\(first) \(second))"
      } ready: {
        ready($0)
      }
    }
    let alone = try order { $0.count == 1 ? "\($0.lowerBound)" : nil }
    for ranks in 1...shards {
      let nodes = (0..<ranks).flatMap { rank in
        ShardTree.nodes(of: rank * shards / ranks..<(rank + 1) * shards / ranks, in: 0..<shards)
      }
      #expect(nodes.flatMap { Array($0) } == Array(0..<shards))
      var written: [Range<Int>: String] = [:]
      for node in nodes {
        written[node] = try ShardTree.sum(over: node) { (first: String, second: String) in
          "(\(first) \(second))"
        } ready: { part -> String? in
          part.count == 1 ? "\(part.lowerBound)" : nil
        }
      }
      #expect(try order { part in written[part] } == alone)
    }
  }
}
