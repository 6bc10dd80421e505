/// One of the equal parts that a batch is cut into.
struct Shard: Hashable, Sendable {
  /// Which one, from 0.
  let index: Int
  /// How many there are.
  let count: Int
}
