#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How a file on disk compares with the one that was published.
public enum FileState: Equatable, Sendable {
  /// Size and digest are right.
  case ok
  /// The size is right, and there is no digest to compare with.
  case rightSize
  /// There is no such file.
  case missing
  /// It has this many bytes instead.
  case wrongSize(Int)
  /// It has this SHA-256 digest instead.
  case wrongDigest(String)

  /// Looks at the file; a directory or a device in its place is an error.
  static func of(_ path: String, bytes: Int, sha256: String?) throws(ZooError) -> FileState {
    guard let size = try Files.size(of: path, kind: .data) else { return .missing }
    guard size == bytes else { return .wrongSize(size) }
    guard let sha256 else { return .rightSize }
    let digest = try SHA256.hexDigest(ofFile: path)
    return digest == sha256 ? .ok : .wrongDigest(digest)
  }
}

extension FileState: CustomStringConvertible {
  /// The state in words.
  public var description: String {
    switch self {
    case .ok: "ok"
    case .rightSize: "right size, no digest on record"
    case .missing: "missing"
    case .wrongSize(let bytes): "wrong size: \(bytes) bytes"
    case .wrongDigest(let digest): "wrong digest: SHA-256 \(digest)"
    }
  }
}

extension PublishedFile {
  /// How the file at `path` compares with this one.
  public func state(at path: String) throws(ZooError) -> FileState {
    try FileState.of(path, bytes: bytes, sha256: sha256)
  }
}

extension Files {
  /// The size of a regular file, or nil when nothing has this path.
  ///
  /// - Parameter kind: The kind of fault when it is no regular file.
  static func size(of path: String, kind: ZooError.Kind = .io) throws(ZooError) -> Int? {
    guard exists(path) else { return nil }
    let file = try Descriptor(
      opening: path, O_RDONLY | O_NONBLOCK | O_NOCTTY, reporting: path, action: "read", kind: kind)
    return Int(try file.regularFile(path, kind: kind).st_size)
  }
}
