#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A regular file that is open for reading, whole or at any place; it can be read even when its name
/// is gone.
///
/// It is read and not mapped: where another program cuts a mapped file short, or its disk fails,
/// the system would end this program without a word. What was read stays in the system's cache.
final class OpenFile: Sendable {
  /// Where it was when it was opened.
  let path: String
  /// The number of bytes at that time.
  let size: Int
  private let limit: Int
  private let kind: ZooError.Kind
  private let file: Descriptor

  /// Opens a file.
  ///
  /// - Throws: `ZooError` of the given kind when it is missing, no regular file, or too large.
  init(
    _ path: String, limit: Int = Files.defaultLimit, kind: ZooError.Kind = .io
  ) throws(ZooError) {
    // Without O_NONBLOCK, opening a FIFO would wait for somebody to write into it.
    file = try Descriptor(
      opening: path, O_RDONLY | O_NONBLOCK | O_NOCTTY, reporting: path, action: "read", kind: kind)
    size = Int(try file.regularFile(path, kind: kind).st_size)
    (self.path, self.limit, self.kind) = (path, limit, kind)
    guard size <= limit else { throw Files.tooLarge(path, limit: limit, kind: kind) }
  }

  /// Everything in it.
  func bytes() throws(ZooError) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size)
    try forEachChunk { chunk in bytes.append(contentsOf: chunk) }
    return bytes
  }

  /// Hands over its pieces.
  func forEachChunk(
    _ body: (ArraySlice<UInt8>) throws(ZooError) -> Void
  ) throws(ZooError) {
    // A small file needs no large buffer; what tells no size, as in /proc, some.
    let chunkSize = min(Files.chunkSize, max(size + 1, 1 << 16))
    try Files.readChunks(
      named: path, limit: limit, kind: kind, chunkSize: chunkSize,
      read: { pread(file.number, $0.baseAddress, $0.count, off_t($1)) }, body: body)
  }

  /// Some bytes of those that were there when it was opened.
  func bytes(_ range: Range<Int>) throws(ZooError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: range.count)
    var done = 0
    while done < bytes.count {
      let read = Platform.retrying {
        bytes.withUnsafeMutableBytes { buffer in
          let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
          return pread(file.number, rest.baseAddress, rest.count, off_t(range.lowerBound + done))
        }
      }
      guard read >= 0 else { throw Files.failure("read", path) }
      guard read > 0 else {
        throw ZooError(
          .data, "the file had \(size) bytes when it was opened and was cut short since",
          at: Text.printable(path), advice: "leave files alone that a run reads")
      }
      done += read
    }
    return bytes
  }
}
