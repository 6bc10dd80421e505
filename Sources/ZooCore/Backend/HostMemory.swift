import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Host memory in size classes, reused: after the first steps of a training run nothing is taken
/// from the system any more.
package final class HostMemory: Sendable {
  /// Shared by the backends that compute on the host.
  package static let shared = HostMemory()

  // Cache lines and the widest vector registers are 64 bytes.
  private static let alignment = 64

  package init() {}

  private struct FreeList: @unchecked Sendable {
    // Unchecked: raw addresses that nobody else holds, guarded by the mutex around this struct.
    var blocks: [Int: [UnsafeMutableRawPointer]] = [:]
    var bytesFromSystem = 0

    /// Lets go of all blocks that nobody uses, for one of another size.
    mutating func giveBack() {
      for (size, kept) in blocks {
        for block in kept { block.deallocate() }
        bytesFromSystem -= size * kept.count
      }
      blocks = [:]
    }
  }
  private let free = Mutex(FreeList())

  /// The bytes taken from the system so far.
  package var bytesFromSystem: Int { free.withLock { $0.bytesFromSystem } }

  /// A buffer of at least `byteCount` bytes with undefined contents.
  ///
  /// Where the system has no more memory, the program ends: see `MemoryExhaustion`.
  package func allocate(byteCount: Int) -> Buffer {
    let size = Self.sizeClass(byteCount)
    let address = free.withLock { list -> UnsafeMutableRawPointer? in
      if let block = list.blocks[size]?.popLast() { return block }
      var block = fromSystem(size)
      if block == nil {
        list.giveBack()
        block = fromSystem(size)
      }
      if block != nil { list.bytesFromSystem += size }
      return block
    }
    guard let address else { MemoryExhaustion.report(needing: size) }
    return Buffer(address: address, byteCount: byteCount) { [self] address, byteCount in
      free.withLock { $0.blocks[Self.sizeClass(byteCount), default: []].append(address) }
    }
  }

  /// A block that is the system's to give; nil where it has none.
  private func fromSystem(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    var block: UnsafeMutableRawPointer?
    return posix_memalign(&block, Self.alignment, byteCount) == 0 ? block : nil
  }

  /// Rounds up to a multiple of 64 bytes and to one of eight steps per power of two, so that
  /// nearly equal sizes share blocks and at most an eighth is wasted; large blocks to a power of two.
  static func sizeClass(_ byteCount: Int) -> Int {
    let atLeast = max(byteCount, alignment)
    // Pages that nobody touches take no memory, while layers of different sizes share the block.
    if atLeast > 1 << 20 { return 1 << (Int.bitWidth - (atLeast - 1).leadingZeroBitCount) }
    let step = max(alignment, 1 << max(0, Int.bitWidth - atLeast.leadingZeroBitCount - 4))
    return (atLeast + step - 1) / step * step
  }
}
