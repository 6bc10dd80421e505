#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A regular file that is read at any place; what was read stays in the system's cache.
///
/// It is read and not mapped: where another program cuts a mapped file short, or its disk fails,
/// the system would end this program without a word.
final class OpenFile: Sendable {
  /// The number of bytes when the file was opened.
  let count: Int
  private let path: String
  private let file: Descriptor

  init(_ path: String) throws(ZooError) {
    let file = try Descriptor(
      opening: path, O_RDONLY | O_NONBLOCK | O_NOCTTY, reporting: path, action: "read",
      kind: .data)
    count = Int(try file.regularFile(path, kind: .data).st_size)
    self.path = path
    self.file = file
  }

  /// Some bytes of those that were there when the file was opened.
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
          .data, "the file had \(count) bytes when it was opened and was cut short since",
          at: Text.printable(path), advice: "leave files alone that a run reads")
      }
      done += read
    }
    return bytes
  }
}
