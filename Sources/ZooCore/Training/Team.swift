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
  func sum(_ pass: (Int) throws(ZooError) -> Pass) throws(ZooError) -> Pass {
    guard let messenger else {
      return try sum(over: 0..<shards, pass)
    }
    var passes: [Pass] = []
    for node in ShardTree.nodes(of: own, in: 0..<shards) {
      passes.append(try sum(over: node, pass))
    }
    let sum = try sum(passes.map(\.numbers), messenger)
    let examples = try messenger.gather(
      rank == 0 ? passes[0].examples : [],
      expecting: (0..<size).map { $0 == 0 ? passes[0].examples.count : 0 })
    return passes[0].with(sum, examples: examples[0])
  }

  /// Gives all ranks what one of them alone has moved.
  ///
  /// - Parameter moved: Which of the tensors this rank has moved.
  func share(_ tensors: [Parameter], moved: [Bool]) throws(ZooError) {
    guard let messenger, !tensors.isEmpty else { return }
    let flags = try messenger.gather(
      moved.map { $0 ? 1 : 0 }, expecting: Array(repeating: tensors.count, count: size))
    let ofRanks = flags.map { flags in zip(tensors, flags).filter { $0.1 == 1 }.map(\.0) }
    let values = try messenger.gather(
      ofRanks[rank].flatMap(\.value.floats),
      expecting: ofRanks.map { $0.reduce(0) { $0 + $1.shape.elementCount } })
    for (other, tensors) in ofRanks.enumerated() where other != rank {
      var rest = values[other][...]
      for tensor in tensors {
        let count = tensor.shape.elementCount
        tensor.assign(
          Tensor(Array(rest.prefix(count)), shape: tensor.shape, type: tensor.type))
        rest = rest.dropFirst(count)
      }
    }
  }

  private func sum(
    over shards: Range<Int>, _ pass: (Int) throws(ZooError) -> Pass
  ) throws(ZooError) -> Pass {
    try ShardTree.sum(over: shards) {
      $0 + $1
    } ready: { (part) throws(ZooError) in
      part.count == 1 ? try pass(part.lowerBound) : nil
    }
  }

  /// The sum of all vectors of all ranks, each of which are this rank's nodes of the tree: each rank adds one
  /// slice of them all.
  private func sum(
    _ vectors: [[Float]], _ messenger: any Messenger
  ) throws(ZooError) -> [Float] {
    let count = vectors[0].count
    func slice(_ rank: Int) -> Range<Int> { count * rank / size..<count * (rank + 1) / size }
    let mine = slice(rank)
    let nodes = (0..<size).map { ShardTree.nodes(of: own($0), in: 0..<shards) }
    let came = try messenger.exchange(
      (0..<size).map { other in vectors.flatMap { $0[slice(other)] } },
      expecting: nodes.map { $0.count * mine.count })
    var ready: [Range<Int>: [Float]] = [:]
    for (nodes, numbers) in zip(nodes, came) {
      for (place, node) in nodes.enumerated() {
        ready[node] = Array(numbers[place * mine.count..<(place + 1) * mine.count])
      }
    }
    let total = try ShardTree.sum(over: 0..<shards) { first, second in
      zip(first, second).map { $0 + $1 }
    } ready: { (part) throws(ZooError) in
      ready[part]
    }
    return Array(
      try messenger.gather(total, expecting: (0..<size).map { slice($0).count }).joined())
  }
}
