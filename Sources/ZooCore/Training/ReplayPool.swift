/// Fakes of earlier updates, from which a discriminator sees some beside new ones, so that it does
/// not forget them.
///
/// Source: Shrivastava et al. 2017, arXiv:1612.07828, §2.3, as Zhu et al. 2017, arXiv:1703.10593, §4,
/// and their `util/image_pool.py` have it. The fakes are buffers of an objective's memory:
/// checkpoints, rollbacks and resumed runs have them.
public final class ReplayPool {
  /// How many fakes there is room for.
  public var size: Int { slots.count }
  private let slots: [Parameter]
  private let filled: Parameter

  /// An empty pool, below `request.state`.
  ///
  /// - Parameters:
  ///   - size: Room for so many fakes; with 0 every fake is a new one.
  ///   - sample: The shape of one.
  public init(_ state: Scope, size: Int, of sample: Shape) {
    filled = state.buffer("filled", repeating: 0, shape: [1])
    slots = (0..<size).map {
      state.buffer("\($0)", repeating: 0, shape: [1] + sample, merging: .own)
    }
  }

  /// Fakes `[N, …]`, each new or, with probability ½ once the pool is full, one of the pool whose
  /// place the new one takes.
  ///
  /// Each shard of a batch has its own share of the pool, all filled alike.
  public func exchange(_ fakes: Tensor, _ random: RandomSource) -> Tensor {
    let shard = random.shard ?? Shard(index: 0, count: 1)
    let size = size / shard.count
    let slots = slots[shard.index * size..<(shard.index + 1) * size]
    guard size > 0 else { return fakes }
    let (fakes, count) = (fakes.detached(), fakes.shape[0])
    // For each fake: whether it is exchanged, and for which one.
    let draws = random.next(.replay).uniform([count, 2], type: fakes.type).doubles
    var held = Int(filled.value.scalar)
    let seen = (0..<count).map { row -> Tensor in
      let fake = fakes.rows(row..<row + 1)
      if held < size {
        slots[slots.startIndex + held].assign(fake)
        held += 1
        return fake
      }
      guard draws[2 * row] > 0.5 else { return fake }
      let place = min(Int(draws[2 * row + 1] * Double(size)), size - 1)
      let slot = slots[slots.startIndex + place]
      let old = slot.value.detached()
      slot.assign(fake)
      return old
    }
    filled.assign(Tensor(repeating: Double(held), shape: [1], type: filled.type))
    return .concatenated(seen)
  }
}
