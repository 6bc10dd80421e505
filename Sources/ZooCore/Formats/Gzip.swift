import CZlib

/// Reads and writes gzip files.
///
/// Source: RFC 1952.
public enum Gzip {
  /// zlib's code for "a gzip wrapper and the largest window".
  private static let windowBits = 15 + 16
  private static let chunkSize = 1 << 18

  /// Whether the bytes start like a gzip file.
  public static func isGzip(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: [0x1F, 0x8B])
  }

  /// The unpacked content of a gzip file, of one member or several in a row.
  ///
  /// Unpacking stops at `limit`, so a small hostile file cannot fill the memory.
  /// - Parameter name: The file's name, for errors.
  public static func inflate(
    _ bytes: [UInt8], limit: Int, name: String
  ) throws(ZooError) -> [UInt8] {
    guard isGzip(bytes) else {
      throw fault("expected gzip data, found something else", name)
    }
    var stream = z_stream()
    let status = inflateInit2_(
      &stream, Int32(windowBits), ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    require(status == Z_OK, "zlib could not start: status \(status)")
    defer { inflateEnd(&stream) }

    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: chunkSize)
    var position = 0
    while true {
      let step = Self.step(&stream, from: bytes[position...], into: &buffer)
      position += step.consumed
      guard step.produced <= limit - output.count else {
        throw fault("unpacks to more than \(limit) bytes", name)
      }
      output += buffer[..<step.produced]

      switch step.status {
      case Z_OK: break
      case Z_STREAM_END:
        if position == bytes.count { return output }
        guard bytes[position...].starts(with: [0x1F, 0x8B]) else {
          throw fault("\(bytes.count - position) unexpected bytes after the end of the data", name)
        }
        inflateReset(&stream)
      // zlib had room for output but nothing left to read.
      case Z_BUF_ERROR:
        throw fault("the file is cut short: the data ends after \(bytes.count) bytes", name)
      default:
        let reason = stream.msg.map { String(cString: $0) } ?? "status \(step.status)"
        throw fault("damaged gzip data near byte \(position): \(reason)", name)
      }
    }
  }

  /// The bytes as a gzip file of one member, without a name or a time in it.
  public static func deflate(_ bytes: [UInt8]) -> [UInt8] {
    require(bytes.count <= Int(UInt32.max), "gzip: more than 4 GiB in one piece")
    var stream = z_stream()
    var status = deflateInit2_(
      &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, Int32(windowBits), 8, Z_DEFAULT_STRATEGY,
      ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    require(status == Z_OK, "zlib could not start: status \(status)")
    defer { deflateEnd(&stream) }

    var input = bytes
    var packed = [UInt8](repeating: 0, count: Int(deflateBound(&stream, uLong(bytes.count))))
    input.withUnsafeMutableBufferPointer { source in
      packed.withUnsafeMutableBufferPointer { target in
        stream.next_in = source.baseAddress
        stream.avail_in = uInt(source.count)
        stream.next_out = target.baseAddress
        stream.avail_out = uInt(target.count)
        status = CZlib.deflate(&stream, Z_FINISH)
      }
    }
    require(status == Z_STREAM_END, "zlib could not compress: status \(status)")
    packed.removeLast(Int(stream.avail_out))
    return packed
  }

  /// One call of zlib; the pointers that it needs are alive only in here.
  private static func step(
    _ stream: inout z_stream, from input: ArraySlice<UInt8>, into buffer: inout [UInt8]
  ) -> (status: Int32, consumed: Int, produced: Int) {
    input.withUnsafeBufferPointer { source in
      buffer.withUnsafeMutableBufferPointer { target in
        let available = min(source.count, chunkSize)
        // zlib does not write to its input; only its old C signature says that it could.
        stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
        stream.avail_in = uInt(available)
        stream.next_out = target.baseAddress
        stream.avail_out = uInt(target.count)
        let status = CZlib.inflate(&stream, Z_NO_FLUSH)
        return (
          status, available - Int(stream.avail_in), target.count - Int(stream.avail_out)
        )
      }
    }
  }

  private static func fault(_ problem: String, _ name: String) -> ZooError {
    ZooError(
      .data, problem, at: Text.printable(name),
      advice: "the file is not what it should be; delete it and fetch it again")
  }
}
