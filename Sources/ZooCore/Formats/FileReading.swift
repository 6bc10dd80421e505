#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension Files {
  /// The bytes of a regular file.
  ///
  /// Directories, FIFOs and devices are refused, so a read never hangs and never runs forever.
  /// - Parameters:
  ///   - limit: A larger file is an error.
  ///   - kind: The kind of fault when the file is missing, is no regular file or is too large.
  public static func read(
    _ path: String, limit: Int = defaultLimit, kind: ZooError.Kind = .io
  ) throws(ZooError) -> [UInt8] {
    try OpenFile(path, limit: limit, kind: kind).bytes()
  }

  /// Everything on standard input, up to `limit` bytes.
  public static func readStandardInput(
    limit: Int = defaultLimit, kind: ZooError.Kind = .usage
  ) throws(ZooError) -> [UInt8] {
    var bytes: [UInt8] = []
    try readChunks(named: "<stdin>", limit: limit, kind: kind) { buffer, _ in
      systemRead(STDIN_FILENO, buffer.baseAddress, buffer.count)
    } body: { chunk in
      bytes.append(contentsOf: chunk)
    }
    return bytes
  }

  static let chunkSize = 1 << 20

  /// Hands over a regular file piece by piece, each with the file's size when it was opened.
  static func forEachChunk(
    of path: String, limit: Int = defaultLimit, kind: ZooError.Kind = .io,
    _ body: (ArraySlice<UInt8>, _ size: Int) throws(ZooError) -> Void
  ) throws(ZooError) {
    let file = try OpenFile(path, limit: limit, kind: kind)
    try file.forEachChunk { chunk throws(ZooError) in try body(chunk, file.size) }
  }

  /// Hands over piece by piece what `read`, one of the system's calls, puts into a buffer: it is
  /// told how many bytes came before.
  static func readChunks(
    named path: String, limit: Int, kind: ZooError.Kind, chunkSize: Int = chunkSize,
    read: (_ buffer: UnsafeMutableRawBufferPointer, _ place: Int) -> Int,
    body: (ArraySlice<UInt8>) throws(ZooError) -> Void
  ) throws(ZooError) {
    var buffer = [UInt8](repeating: 0, count: chunkSize)
    var total = 0
    while true {
      let count = Platform.retrying {
        buffer.withUnsafeMutableBytes { read($0, total) }
      }
      guard count >= 0 else { throw failure("read", path) }
      if count == 0 { return }
      total += count
      guard total <= limit else { throw tooLarge(path, limit: limit, kind: kind) }
      try body(buffer[..<count])
    }
  }
}

/// `read` of the C library; inside `Files` that name means something else.
private func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int
{
  read(descriptor, bytes, count)
}
