#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A regular file in the address space: the system reads what is used, and drops it under pressure.
///
/// A file that another program cuts short while it is mapped would end this program; files that are
/// mapped are replaced by renaming, never rewritten.
final class MappedFile: Sendable {
  /// The number of bytes.
  let count: Int
  // Read-only, and valid as long as this object: nothing to synchronise.
  private nonisolated(unsafe) let bytes: UnsafeRawBufferPointer

  init(_ path: String) throws(ZooError) {
    let file = try Descriptor(
      opening: path, O_RDONLY | O_NONBLOCK | O_NOCTTY, reporting: path, action: "read",
      kind: .data)
    count = Int(try file.regularFile(path, kind: .data).st_size)
    guard count > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let start = mmap(nil, count, PROT_READ, MAP_SHARED, file.number, 0)
    guard let start, start != MAP_FAILED else { throw Files.failure("map", path, kind: .data) }
    bytes = UnsafeRawBufferPointer(start: start, count: count)
  }

  deinit {
    if let start = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: start), count) }
  }

  /// A byte.
  subscript(place: Int) -> UInt8 {
    require(0..<count ~= place, "byte \(place) of \(count)")
    return bytes[place]
  }

  /// A copy of some bytes.
  subscript(range: Range<Int>) -> [UInt8] {
    require(
      range.lowerBound >= 0 && range.upperBound <= count, "bytes \(range) of \(count)")
    return [UInt8](bytes[range])
  }
}
