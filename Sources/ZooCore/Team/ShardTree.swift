/// The order in which what the shards of a batch give is added: a fixed tree, so that the same bits come
/// out whoever computes which of them.
package enum ShardTree {
  /// Where shards are parted: the largest power of two below their number, so that whole subtrees are
  /// what several of equal shares hold.
  private static func middle(of shards: Range<Int>) -> Int {
    var half = 1
    while half * 2 < shards.count { half *= 2 }
    return shards.lowerBound + half
  }

  /// The sum over shards.
  ///
  /// What comes first in the tree is asked for and added first, so that few values are held at a time.
  ///
  /// - Parameter ready: The value of a subtree, or nil to add its two halves; that of a single shard is
  ///   always there.
  package static func sum<Value>(
    over shards: Range<Int>, adding: (Value, Value) throws(ZooError) -> Value,
    ready: (Range<Int>) throws(ZooError) -> Value?
  ) throws(ZooError) -> Value {
    if let value = try ready(shards) { return value }
    require(shards.count > 1, "nobody has shard \(shards.lowerBound)")
    let middle = middle(of: shards)
    let first = try sum(over: shards.lowerBound..<middle, adding: adding, ready: ready)
    return try adding(
      first, try sum(over: middle..<shards.upperBound, adding: adding, ready: ready))
  }

  /// The largest subtrees of `shards` that lie within `own`, in their order.
  package static func nodes(of own: Range<Int>, in shards: Range<Int>) -> [Range<Int>] {
    if own.lowerBound <= shards.lowerBound, shards.upperBound <= own.upperBound { return [shards] }
    guard shards.count > 1, own.overlaps(shards) else { return [] }
    let middle = middle(of: shards)
    return nodes(of: own, in: shards.lowerBound..<middle)
      + nodes(of: own, in: middle..<shards.upperBound)
  }
}
