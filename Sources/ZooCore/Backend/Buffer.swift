/// The element type of a tensor.
public enum ElementType: String, Sendable, CaseIterable {
  case float32, float64

  /// The size of one element in bytes.
  public var size: Int { self == .float32 ? 4 : 8 }
}

/// A piece of a backend's memory; it returns to its backend when nobody refers to it any more.
///
/// `address` is in the backend's own memory: only that backend may follow it.
public final class Buffer: @unchecked Sendable {
  // Unchecked: the contents are written once, by the operation that made the buffer, before any
  // other code can see it; afterwards they are only read.
  package let address: UnsafeMutableRawPointer
  /// The size in bytes that was asked for.
  public let byteCount: Int
  private let release: @Sendable (UnsafeMutableRawPointer, Int) -> Void

  package init(
    address: UnsafeMutableRawPointer, byteCount: Int,
    release: @escaping @Sendable (UnsafeMutableRawPointer, Int) -> Void
  ) {
    self.address = address
    self.byteCount = byteCount
    self.release = release
  }

  deinit { release(address, byteCount) }

  /// The first `count` elements, to be read or, by the operation that fills it, written.
  @inline(__always)
  package func elements<T>(_ type: T.Type, count: Int) -> UnsafeMutableBufferPointer<T> {
    require(
      count * MemoryLayout<T>.stride <= byteCount,
      "\(count) elements of \(T.self) do not fit a buffer of \(byteCount) bytes")
    return UnsafeMutableBufferPointer(start: address.assumingMemoryBound(to: T.self), count: count)
  }
}
