/// Reads tar archives that are in memory.
///
/// Regular files only: directories, links, devices and extension records are passed over, and
/// nothing is ever written, so no name in an archive can reach outside a folder.
/// Source: POSIX.1-1988 ustar, with the GNU variant of its header.
package enum Tar {
  /// A regular file of an archive.
  package struct Member: Equatable, Sendable {
    /// The path that the archive gives.
    package let name: String
    /// Its content, a part of the archive's bytes.
    package let bytes: ArraySlice<UInt8>
  }

  private static let block = 512

  /// The regular files of an archive, in its order.
  /// - Parameter name: The archive's name, for errors.
  package static func files(in archive: [UInt8], name: String) throws(ZooError) -> [Member] {
    func fault(_ problem: String) -> ZooError {
      ZooError(
        .data, problem, at: Text.printable(name),
        advice: "the file is not what it should be; delete it and fetch it again")
    }
    var members: [Member] = []
    var position = 0
    while true {
      guard archive.count - position >= block else {
        throw fault("the archive is cut short: it ends after \(archive.count) bytes")
      }
      let header = archive[position..<position + block]
      if header.allSatisfy({ $0 == 0 }) { return members }
      guard let sum = octal(header, 148, 8), sum == checksum(header) else {
        throw fault("expected a tar header at byte \(position), found something else")
      }
      // GNU's binary sizes begin above the 8 GiB that eleven octal digits hold.
      guard let size = octal(header, 124, 12) else {
        throw fault("the size in the header at byte \(position) is not an octal number")
      }
      position += block
      let padded = (size + block - 1) / block * block
      guard archive.count - position >= padded else {
        throw fault("the archive is cut short: it ends after \(archive.count) bytes")
      }
      let type = header[header.startIndex + 156]
      if type == UInt8(ascii: "0") || type == 0 {
        members.append(Member(name: path(header), bytes: archive[position..<position + size]))
      }
      position += padded
    }
  }

  /// Octal digits between optional spaces, ended by a space, a zero byte or the field.
  private static func octal(_ header: ArraySlice<UInt8>, _ offset: Int, _ count: Int) -> Int? {
    let field = header[(header.startIndex + offset)...].prefix(count)
    let text = field.drop { $0 == UInt8(ascii: " ") }
    let digits = text.prefix { (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }
    let rest = text[digits.endIndex...]
    guard !digits.isEmpty, rest.allSatisfy({ $0 == 0 || $0 == UInt8(ascii: " ") }) else {
      return nil
    }
    // Twelve digits are 36 bits.
    return digits.reduce(0) { $0 << 3 | Int($1 - UInt8(ascii: "0")) }
  }

  /// The sum of the header's bytes with its own field as eight spaces.
  private static func checksum(_ header: ArraySlice<UInt8>) -> Int {
    let field = header[(header.startIndex + 148)...].prefix(8)
    let whole = header.reduce(0) { $0 + Int($1) }
    return whole - field.reduce(0) { $0 + Int($1) } + 8 * Int(UInt8(ascii: " "))
  }

  private static func path(_ header: ArraySlice<UInt8>) -> String {
    func text(_ offset: Int, _ count: Int) -> String {
      let field = header[(header.startIndex + offset)...].prefix(count)
      return String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
    }
    // GNU's header says "ustar " and keeps times where ustar has the path's beginning.
    let isUstar = header[(header.startIndex + 257)...].starts(with: Array("ustar\0".utf8))
    let beginning = isUstar ? text(345, 155) : ""
    return beginning.isEmpty ? text(0, 100) : Files.join(beginning, text(0, 100))
  }
}
