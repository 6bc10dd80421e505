/// What a shard of a batch gives, as numbers that can be sent and added.
package protocol Addable {
  /// The sum, value by value, but for what counts only as the first has it.
  static func + (first: Self, second: Self) -> Self
  /// Puts all that is added, one after another, into an array, which grows if it is too short.
  ///
  /// - Returns: How many numbers these are.
  func copyNumbers(into numbers: inout [Float]) -> Int
  /// All that counts only as the first shard has it.
  var examples: [Float] { get }
  /// One like this, with other numbers.
  func with(_ numbers: ArraySlice<Float>, examples: [Float]) -> Self
}

/// The ranks that train one contest together: each has a share of the shards, and all have the same values
/// after each update.
package struct Team {
  /// The way to the others; nil for a team of one.
  private let messenger: (any Messenger)?
  /// How many shards a batch has.
  package let shards: Int
  private let room = Room()

  /// Arrays that sums are made in again and again: fresh memory costs more than what is done in it.
  private final class Room {
    var vectors: [[Float]] = []
    var came: [Float] = []
    var total: [Float] = []
  }

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
    let sum = try sum(passes, messenger)
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
    var flags: [Float] = []
    try messenger.gather(
      moved.map { $0 ? 1 : 0 }, into: &flags,
      expecting: Array(repeating: tensors.count, count: size))
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

  /// Numbers that are sent at once: few enough for a message, enough to be worth one.
  private static let block = 1 << 22

  /// The sum of what all ranks have, each of which are this rank's nodes of the tree: each rank adds one
  /// slice of them all.
  private func sum(
    _ values: [some Addable], _ messenger: any Messenger
  ) throws(ZooError) -> ArraySlice<Float> {
    while room.vectors.count < values.count { room.vectors.append([]) }
    var count = 0
    for (index, value) in values.enumerated() {
      count = value.copyNumbers(into: &room.vectors[index])
    }
    room.total.growIfShorter(than: count)
    // Each rank's shares of the tree.
    let nodes = (0..<size).map { ShardTree.nodes(of: own($0), in: 0..<shards) }
    for start in stride(from: 0, to: count, by: Self.block) {
      let block = min(Self.block, count - start)
      let slices = (0..<size).map { rank in
        start + block * rank / size..<start + block * (rank + 1) / size
      }
      let mine = slices[rank].count
      let counts = slices.map { $0.count * values.count }
      let expected = nodes.map { $0.count * mine }
      if values.count == 1, block == count {
        // The only vector is what is sent.
        try messenger.exchange(
          room.vectors[0], counts: counts, into: &room.came, expecting: expected)
      } else {
        // Several lie side by side for each rank.
        let vectors = room.vectors.prefix(values.count)
        try messenger.exchange(
          Array(slices.map { slice in vectors.map { $0[slice] }.joined() }.joined()),
          counts: counts, into: &room.came, expecting: expected)
      }
      try gatherSum(of: nodes, block: start..<start + block, of: count, slices, messenger)
    }
    return room.total.prefix(count)
  }

  /// Adds what has come of this rank's slice, and lets all have all slices.
  private func gatherSum(
    of nodes: [[Range<Int>]], block: Range<Int>, of count: Int, _ slices: [Range<Int>],
    _ messenger: any Messenger
  ) throws(ZooError) {
    let mine = slices[rank].count
    let places = Dictionary(
      uniqueKeysWithValues: nodes.joined().enumerated().map { ($1, $0 * mine) })
    // Taken out, so that it is changed in its place.
    var came: [Float] = []
    swap(&came, &room.came)
    defer { swap(&came, &room.came) }
    // A sum takes the place of its first part, and so the whole one that of the first of all.
    let place = try ShardTree.sum(over: 0..<shards) { first, second in
      for index in 0..<mine { came[first + index] += came[second + index] }
      return first
    } ready: { (part) throws(ZooError) in
      places[part]
    }
    require(place == 0, "a sum over shards lies at \(place)")
    let counts = slices.map(\.count)
    guard block.count < count else {
      return try messenger.gather(came, into: &room.total, expecting: counts)
    }
    var piece: [Float] = []
    try messenger.gather(came, into: &piece, expecting: counts)
    room.total.replaceSubrange(block, with: piece.prefix(block.count))
  }
}
