/// What a shard of a batch gives, as numbers that can be sent and added.
package protocol Addable {
  /// The sum, value by value, but for what counts only as the first has it.
  static func + (first: Self, second: Self) -> Self
  /// All that is added, one after another.
  var numbers: [Float] { get }
  /// All that counts only as the first shard has it.
  var examples: [Float] { get }
  /// One like this, with other numbers.
  func with(_ numbers: [Float], examples: [Float]) -> Self
}

/// The ranks that train one contest together: each has a share of the shards, and all have the same values
/// after each update.
package struct Team {
  /// The way to the others; nil for a team of one.
  private let messenger: (any Messenger)?
  /// How many shards a batch has.
  package let shards: Int

  /// A team of one.
  package init(shards: Int) { (messenger, self.shards) = (nil, shards) }

  /// This rank's view of a team.
  ///
  /// - Parameter shards: At least as many as there are ranks.
  package init(_ messenger: any Messenger, shards: Int) {
    require(
      messenger.size <= shards, "\(messenger.size) ranks for \(shards) shards")
    (self.messenger, self.shards) = (messenger.size > 1 ? messenger : nil, shards)
  }

  private var rank: Int { messenger?.rank ?? 0 }
  private var size: Int { messenger?.size ?? 1 }

  /// The shards of this rank.
  package var own: Range<Int> { own(rank) }

  private func own(_ rank: Int) -> Range<Int> { rank * shards / size..<(rank + 1) * shards / size }

  /// The sum over all shards of what `pass` gives for each of this rank's, the same on all.
  package func sum<Value: Addable>(
    _ pass: (Int) throws(ZooError) -> Value
  ) throws(ZooError) -> Value {
    guard let messenger else {
      return try sum(over: 0..<shards, pass)
    }
    var passes: [Value] = []
    for node in ShardTree.nodes(of: own, in: 0..<shards) {
      passes.append(try sum(over: node, pass))
    }
    let sum = try sum(passes.map(\.numbers), messenger)
    let examples = passes[0].examples
    let shared = try messenger.broadcast(
      rank == 0 ? examples : [], count: examples.count, from: 0)
    return passes[0].with(sum, examples: shared)
  }

  /// Gives all ranks what one of them alone has moved.
  ///
  /// - Parameter moved: Which of the tensors this rank has moved.
  package func share(_ tensors: [Parameter], moved: [Bool]) throws(ZooError) {
    guard let messenger, !tensors.isEmpty else { return }
    let flags = try messenger.gather(
      moved.map { $0 ? 1 : 0 }, expecting: Array(repeating: tensors.count, count: size))
    for other in 0..<size {
      for (index, tensor) in tensors.enumerated() where flags[other * tensors.count + index] == 1 {
        let values = try messenger.broadcast(
          other == rank ? tensor.value.floats : [], count: tensor.shape.elementCount, from: other)
        guard other != rank else { continue }
        tensor.assign(Tensor(values, shape: tensor.shape, type: tensor.type))
      }
    }
  }

  private func sum<Value: Addable>(
    over shards: Range<Int>, _ pass: (Int) throws(ZooError) -> Value
  ) throws(ZooError) -> Value {
    try ShardTree.sum(over: shards) {
      $0 + $1
    } ready: { (part) throws(ZooError) in
      part.count == 1 ? try pass(part.lowerBound) : nil
    }
  }

  /// Numbers of a vector that are sent at once: few enough for a message, enough to be worth one.
  private static let block = 1 << 22

  /// The sum of all vectors of all ranks, each of which are this rank's nodes of the tree: each rank adds one
  /// slice of them all.
  private func sum(
    _ vectors: [[Float]], _ messenger: any Messenger
  ) throws(ZooError) -> [Float] {
    let count = vectors[0].count
    // Each rank's shares of the tree.
    let nodes = (0..<size).map { ShardTree.nodes(of: own($0), in: 0..<shards) }
    var total: [Float] = []
    total.reserveCapacity(count)
    for start in stride(from: 0, to: count, by: Self.block) {
      let block = min(Self.block, count - start)
      let slices = (0..<size).map { rank in
        start + block * rank / size..<start + block * (rank + 1) / size
      }
      let mine = slices[rank].count
      // The only vector is what is sent; several lie side by side for each rank.
      let out =
        vectors.count == 1 && block == count
        ? vectors[0] : Array(slices.map { slice in vectors.map { $0[slice] }.joined() }.joined())
      let came = try messenger.exchange(
        out, counts: slices.map { $0.count * vectors.count },
        expecting: nodes.map { $0.count * mine })
      let places = Dictionary(
        uniqueKeysWithValues: nodes.joined().enumerated().map { ($1, $0 * mine) })
      let sum = try ShardTree.sum(over: 0..<shards) { first, second in
        Self.added(first, second)
      } ready: { (part) throws(ZooError) in
        places[part].map { came[$0..<$0 + mine] }
      }
      total += try messenger.gather(Array(sum), expecting: slices.map(\.count))
    }
    return total
  }

  private static func added(
    _ first: ArraySlice<Float>, _ second: ArraySlice<Float>
  ) -> ArraySlice<Float> {
    var sum = first
    var index = sum.startIndex
    for value in second {
      sum[index] += value
      index += 1
    }
    return sum
  }
}
