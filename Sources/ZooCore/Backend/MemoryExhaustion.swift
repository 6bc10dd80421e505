import Synchronization

/// What happens when the system gives no more memory to code that cannot throw.
///
/// Computations are far below everything that handles errors, and none of them can go on without
/// its result. So the program ends; how it says so is the command line's.
package enum MemoryExhaustion {
  private static let ending = Mutex<(@Sendable (ZooError) -> Never)?>(nil)

  /// Sets how the program ends.
  package static func end(with ending: @escaping @Sendable (ZooError) -> Never) {
    self.ending.withLock { $0 = ending }
  }

  /// The error for a program that could not have so many bytes, or some that nobody counted.
  package static func error(needing bytes: Int?) -> ZooError {
    let more = bytes.map { "\(Text.byteSize($0)) more of memory" } ?? "more memory"
    return ZooError(
      .io,
      "the program needs \(more), this machine has \(Machine.memoryLimit.description)",
      at: "memory")
  }

  /// Ends the program, which could not have so many bytes.
  static func report(needing bytes: Int) -> Never {
    let error = error(needing: bytes)
    if let ending = ending.withLock({ $0 }) { ending(error) }
    fatalError("\(error)")
  }
}
