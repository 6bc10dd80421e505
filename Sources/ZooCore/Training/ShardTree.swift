/// The order in which what the shards of a batch give is added: a fixed tree, so that the same bits come
/// out whoever computes which of them.
package enum ShardTree {
  /// Where shards are parted: the largest power of two below their number, so that whole subtrees are
  /// what several of equal shares hold.
  package static func middle(of shards: Range<Int>) -> Int {
    var half = 1
    while half * 2 < shards.count { half *= 2 }
    return shards.lowerBound + half
  }

  /// The sum over shards; what comes first in the tree is computed and added first, so that few are
  /// held at a time.
  package static func sum<Value>(
    over shards: Range<Int>, of value: (Int) throws(ZooError) -> Value,
    adding: (Value, Value) throws(ZooError) -> Value
  ) throws(ZooError) -> Value {
    guard shards.count > 1 else { return try value(shards.lowerBound) }
    let middle = middle(of: shards)
    let first = try sum(over: shards.lowerBound..<middle, of: value, adding: adding)
    return try adding(
      first, try sum(over: middle..<shards.upperBound, of: value, adding: adding))
  }
}
