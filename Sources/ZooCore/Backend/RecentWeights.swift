import Synchronization

/// Transformed weights that are likely to be asked for again: a critic scores real and fake samples
/// with the same ones, and an update differentiates through them several times.
///
/// Buffers never change once they are written, so a result belongs to the buffer it was made from,
/// and is dropped with it.
final class RecentWeights<Value: Sendable>: Sendable {
  /// What was made: from which buffer, and how.
  struct Key: Hashable {
    fileprivate let buffer: ObjectIdentifier
    fileprivate let description: [[Int?]]
  }

  private struct Entry {
    weak var source: Buffer?
    let value: Value
    let byteCount: Int
    var lastUse: Int
  }

  private struct State {
    var entries: [Key: Entry] = [:]
    var uses = 0
  }

  private let state = Mutex(State())
  private let limit: Int

  /// Keeps at most `limit` bytes.
  init(limit: Int) { self.limit = limit }

  /// The value that belongs to `source` and `description`, made when there is none.
  func value(
    for source: Buffer, _ description: [[Int?]], byteCount: Int, make: () -> Value
  ) -> Value {
    let key = Key(buffer: ObjectIdentifier(source), description: description)
    let known = state.withLock { state -> Value? in
      state.uses += 1
      guard let entry = state.entries[key], entry.source === source else { return nil }
      state.entries[key]?.lastUse = state.uses
      return entry.value
    }
    if let known { return known }
    let value = make()
    state.withLock { state in
      state.entries = state.entries.filter { $0.value.source != nil }
      state.entries[key] = Entry(
        source: source, value: value, byteCount: byteCount, lastUse: state.uses)
      var total = state.entries.values.reduce(0) { $0 + $1.byteCount }
      while total > limit,
        let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse })
      {
        total -= oldest.value.byteCount
        state.entries[oldest.key] = nil
      }
    }
    return value
  }
}
