#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A regular file that is open for reading: it can be read even when its name is gone.
final class OpenedFile {
  /// Where it was when it was opened.
  let path: String
  /// The size at that time.
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
      from: file.number, named: path, limit: limit, kind: kind, chunkSize: chunkSize, body)
  }
}
