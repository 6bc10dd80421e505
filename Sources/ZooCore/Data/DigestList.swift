/// The digests of unpacked files, in the format of `sha256sum`, which can check it too.
///
/// Publishers give digests of archives only. What comes out of a verified archive is recorded
/// here, so that later damage shows.
enum DigestList {
  static let name = "SHA256SUMS"

  /// The digests by file name; empty where no list is.
  static func read(in folder: String) throws(ZooError) -> [String: String] {
    let path = Files.join(folder, name)
    guard Files.exists(path) else { return [:] }
    let text = String(decoding: try Files.read(path, limit: 1 << 16, kind: .data), as: UTF8.self)
    var digests: [String: String] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
      guard parts.count == 2, parts[0].count == 64 else { continue }
      // A star in place of the second space says "binary".
      digests[String(parts[1].drop { $0 == " " || $0 == "*" })] = parts[0].lowercased()
    }
    return digests
  }

  /// Records the digests, sorted by file name.
  static func write(_ digests: [String: String], in folder: String) throws(ZooError) {
    let lines = digests.sorted { $0.key < $1.key }.map { "\($0.value)  \($0.key)\n" }
    try Files.write(lines.joined(), to: Files.join(folder, name))
  }
}
