/// From a `.tar.gz` to the members that are known by name and size, in a folder.
///
/// Archive and content are in memory at once: about half a gigabyte for CIFAR-10.
struct Unpacking {
  let archive: String
  let members: [CatalogEntry.Member]
  let folder: String

  private var missing: [CatalogEntry.Member] {
    members.filter { !Files.exists(Files.join(folder, $0.name)) }
  }

  /// Has the archive fetched and takes the missing members from it; other processes keep out.
  ///
  /// A new folder appears whole or not at all. In one that exists, files that somebody put there
  /// keep their places. So does the archive; one that was fetched for this is removed.
  /// - Parameter fetch: Makes sure that the published archive has this path.
  func runIfNeeded(_ fetch: (_ archive: String) throws(ZooError) -> Void) throws(ZooError) {
    guard !missing.isEmpty else { return }
    let (directory, name) = Files.split(folder)
    try Files.createDirectory(directory)
    let lockPath = Files.join(directory, ".\(name).lock")
    let lock = try FileLock(lockPath)
    defer { withExtendedLifetime(lock) {} }
    // The last holder of the lock may just have finished.
    guard !missing.isEmpty else { return }
    // An unpacking that was killed leaves its half-filled folder.
    for other in try Files.list(directory)
    where other.hasPrefix(".\(name).") && other.hasSuffix(".tmp") {
      try Files.remove(Files.join(directory, other))
    }
    let isOurs = !Files.exists(archive)
    try fetch(archive)
    if Files.exists(folder) {
      try unpack(from: name, into: folder)
    } else {
      try Files.stage(folder) { staged throws(ZooError) in try unpack(from: name, into: staged) }
    }
    if isOurs { try Files.remove(archive) }
    try? Files.remove(lockPath)
  }

  private func unpack(from top: String, into target: String) throws(ZooError) {
    // Headers, padding and small texts besides the members.
    let limit = members.reduce(1 << 20) { $0 + $1.bytes }
    let tar = try Gzip.inflate(Files.read(archive, kind: .data), limit: limit, name: archive)
    let files = try Tar.files(in: tar, name: archive)
    var digests: [String: String] = [:]
    for member in members {
      let path = Files.join(top, member.name)
      guard let file = files.first(where: { $0.name == path }) else {
        throw fault("the archive has no \(path)")
      }
      guard file.bytes.count == member.bytes else {
        throw fault("expected \(member.bytes) bytes of \(path), found \(file.bytes.count)")
      }
      let bytes = Array(file.bytes)
      digests[member.name] = SHA256.hexDigest(of: bytes)
      let place = Files.join(target, member.name)
      if !Files.exists(place) { try Files.write(bytes, to: place) }
    }
    try DigestList.write(digests, in: target)
  }

  private func fault(_ problem: String) -> ZooError {
    ZooError(
      .data, problem, at: Text.printable(archive), advice: "remove the archive and fetch it again")
  }
}
