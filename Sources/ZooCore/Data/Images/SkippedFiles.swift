extension ImageFolderIndex {
  /// Why something in the folder is no picture.
  public enum SkipReason: Hashable, Sendable {
    /// A file of another kind, with the ending of its name: `.webp`; empty for none.
    case file(ending: String)
    case link
    case directoryNamedAsImage
    case special
    case unreadableName

    /// A file of this name.
    static func file(named name: String) -> SkipReason {
      guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return .file(ending: "") }
      let ending = name[dot...].lowercased()
      let letters = ending.utf8.dropFirst()
      let isPlain = letters.allSatisfy {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0
      }
      return .file(ending: isPlain && 1...8 ~= letters.count ? ending : "")
    }

    fileprivate func words(_ count: Int) -> String {
      switch self {
      case .file(""): count == 1 ? "other file" : "other files"
      case .file(let ending): "\(ending) \(count == 1 ? "file" : "files")"
      case .link: count == 1 ? "symbolic link" : "symbolic links"
      case .directoryNamedAsImage:
        count == 1 ? "directory named like a picture" : "directories named like a picture"
      case .special: count == 1 ? "device, FIFO or socket" : "devices, FIFOs or sockets"
      case .unreadableName:
        count == 1 ? "name that is not UTF-8" : "names that are not UTF-8"
      }
    }

    /// What makes pictures of such things; nil where nothing does, or nothing need be done.
    fileprivate var advice: String? {
      switch self {
      case .file(".jpe"), .file(".jfif"), .file(".jif"): "JPEG: rename to .jpg"
      case .file(".apng"): "PNG: rename to .png"
      case .file(let ending) where Self.pictures.contains(ending): "convert to PNG or JPEG"
      case .file(let ending) where Self.archives.contains(ending): "unpack"
      case .file, .special: nil
      case .link: "not followed: copy what they lead to"
      case .directoryNamedAsImage: "not looked into: rename"
      case .unreadableName: "rename"
      }
    }

    private static let pictures = [
      ".webp", ".gif", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".avif", ".jxl", ".jp2", ".svg",
      ".ppm", ".pgm", ".pbm", ".tga", ".psd", ".dng", ".cr2", ".nef", ".arw",
    ]
    private static let archives = [".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar"]

    /// What there is most of first, then by kind, so that the order is always the same.
    fileprivate static func precedes(
      _ a: (key: SkipReason, value: Int), _ b: (key: SkipReason, value: Int)
    ) -> Bool {
      a.value == b.value ? a.key.words(2) < b.key.words(2) : a.value > b.value
    }
  }

  /// The most kinds that are named.
  private static let most = 6

  /// What was left aside, by kind and with what to do about it; empty for nothing.
  ///
  /// For instance `; skipped 12 .webp files (convert to PNG or JPEG), 2 .txt files`.
  public static func summary(of skipped: [SkipReason: Int]) -> String {
    // What something can be done about comes first: it must not be among those not named.
    let kinds = skipped.sorted(by: SkipReason.precedes)
    let ordered =
      kinds.filter { $0.key.advice != nil } + kinds.filter { $0.key.advice == nil }
    var parts = ordered.prefix(most).map { reason, count in
      "\(count) \(reason.words(count))" + (reason.advice.map { " (\($0))" } ?? "")
    }
    let rest = ordered.dropFirst(most).reduce(0) { $0 + $1.value }
    if rest > 0 { parts.append("\(rest) of other kinds") }
    return parts.isEmpty ? "" : "; skipped " + parts.joined(separator: ", ")
  }
}
