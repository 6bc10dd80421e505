import CZlib

/// What zlib data would unpack to, found out without keeping it.
enum InflatedSize {
  private static let bufferSize = 1 << 16

  /// Whether zlib data, in pieces, unpack to more than `limit` bytes.
  ///
  /// Unpacking stops there. Damaged data count up to the damage.
  static func exceeds(_ limit: Int, _ pieces: [ArraySlice<UInt8>]) -> Bool {
    var stream = z_stream()
    let status = inflateInit_(&stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    require(status == Z_OK, "zlib could not start: status \(status)")
    defer { inflateEnd(&stream) }
    var buffer = [UInt8](repeating: 0, count: bufferSize)
    var total = 0
    for piece in pieces {
      var rest = piece
      while true {
        let step = step(&stream, from: rest, into: &buffer)
        total += step.produced
        if total > limit { return true }
        rest = rest.dropFirst(step.consumed)
        // Nothing left to read, or to write.
        if step.status == Z_BUF_ERROR { break }
        // The end of the data, or damage.
        if step.status != Z_OK { return false }
      }
    }
    return false
  }

  /// One call of zlib; the pointers that it needs are alive only in here.
  private static func step(
    _ stream: inout z_stream, from input: ArraySlice<UInt8>, into buffer: inout [UInt8]
  ) -> (status: Int32, consumed: Int, produced: Int) {
    input.withUnsafeBufferPointer { source in
      buffer.withUnsafeMutableBufferPointer { target in
        // zlib does not write to its input; only its old C signature says that it could.
        stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
        stream.avail_in = uInt(source.count)
        stream.next_out = target.baseAddress
        stream.avail_out = uInt(target.count)
        let status = inflate(&stream, Z_NO_FLUSH)
        return (status, source.count - Int(stream.avail_in), target.count - Int(stream.avail_out))
      }
    }
  }
}
