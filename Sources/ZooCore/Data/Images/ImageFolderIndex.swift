#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The pictures in a folder, and their classes.
///
/// Pictures are regular files ending in `.png`, `.jpg` or `.jpeg`, in any case. They lie in the
/// folder itself and have no class; or in its sub-folders, at any depth, and each sub-folder is a
/// class. Hidden files are left aside; links are never followed, so nothing outside is read.
/// The order is that of the paths' bytes, whatever the file system says.
public struct ImageFolderIndex: Equatable, Sendable {
  /// One picture.
  public struct Entry: Equatable, Sendable {
    /// The path below the folder: `cats/1.png`.
    public let path: String
    /// The number of the class; nil for pictures in the folder itself.
    public let classIndex: Int?
  }

  /// The folder.
  public let root: String
  /// The pictures, sorted by path.
  public let entries: [Entry]
  /// The sub-folders with pictures, sorted; empty when the pictures are in the folder itself.
  public let classNames: [String]
  /// How many things were left aside, for each reason that occurred.
  public let skipped: [SkipReason: Int]

  /// Looks for pictures in `root`; none at all is an error.
  public init(scanning root: String) throws(ZooError) {
    var scan = FolderScan(root: root)
    try scan.visit("")
    let direct = scan.images
    scan.images = []

    var classNames: [String] = []
    var entries: [Entry] = []
    for folder in scan.folders.sorted(by: precedesBytewise) {
      try scan.visitAll(below: folder)
      if scan.images.isEmpty { continue }
      entries += scan.images.map { Entry(path: $0, classIndex: classNames.count) }
      classNames.append(folder)
      scan.images = []
    }

    try Self.refuseTwins(classNames, in: root)
    guard direct.isEmpty || entries.isEmpty else {
      throw ZooError(
        .data,
        "found \(direct.count) images in the folder itself (\(Text.printable(direct[0])), …) and \(entries.count) in its sub-folders (\(Text.printable(entries[0].path)), …)",
        at: Text.printable(root),
        advice: "keep them all in the folder, without classes, or all in sub-folders, one a class")
    }
    entries += direct.map { Entry(path: $0, classIndex: nil) }
    guard !entries.isEmpty else {
      throw ZooError(
        .data,
        "zero images found, expected .png, .jpg or .jpeg files in the folder or its sub-folders"
          + Self.summary(of: scan.skipped),
        at: Text.printable(root), advice: "name a folder with pictures in it")
    }
    entries.sort { precedesBytewise($0.path, $1.path) }
    self.root = root
    self.entries = entries
    self.classNames = classNames
    skipped = scan.skipped
  }

  /// The index with fewer entries; classes keep their numbers.
  init(_ index: ImageFolderIndex, keeping entries: [Entry]) {
    root = index.root
    self.entries = entries
    classNames = index.classNames
    skipped = index.skipped
  }

  /// Refuses class names that look alike: as strings they are one, and nobody could name either.
  private static func refuseTwins(_ names: [String], in root: String) throws(ZooError) {
    var seen: [String: String] = [:]
    for name in names {
      if let twin = seen[name] {
        func code(_ name: String) -> String {
          "\"\(Text.printable(name))\" ("
            + name.unicodeScalars.map { "U+" + String($0.value, radix: 16, uppercase: true) }
            .joined(separator: " ") + ")"
        }
        throw ZooError(
          .data,
          "two sub-folders have the same name in two Unicode forms: \(code(twin)) and \(code(name))",
          at: Text.printable(root), advice: "move the pictures of both into one of them")
      }
      seen[name] = name
    }
  }
}

/// A walk over folders; a list of those to come instead of recursion, so depth costs no stack.
private struct FolderScan {
  let root: String
  var images: [String] = []
  var folders: [String] = []
  var skipped: [ImageFolderIndex.SkipReason: Int] = [:]

  init(root: String) { self.root = root }

  /// Notes what lies in a folder, given by its path below the root.
  mutating func visit(_ folder: String) throws(ZooError) {
    let found = try Files.listing(of: folder.isEmpty ? root : Files.join(root, folder))
    for _ in 0..<found.unreadable { skip(.unreadableName) }
    for name in found.names where !name.hasPrefix(".") {
      let path = Files.join(folder, name)
      let isImage = Self.isImageName(name)
      var info = stat()
      // What is gone by now is no picture either.
      guard lstat(Files.join(root, path), &info) == 0 else { continue }
      switch info.st_mode & S_IFMT {
      case S_IFREG: if isImage { images.append(path) } else { skip(.file(named: name)) }
      case S_IFDIR: if isImage { skip(.directoryNamedAsImage) } else { folders.append(path) }
      case S_IFLNK: skip(.link)
      default: skip(.special)
      }
    }
  }

  /// Notes what lies in a folder and in those below it.
  mutating func visitAll(below folder: String) throws(ZooError) {
    folders = [folder]
    while let next = folders.popLast() { try visit(next) }
  }

  private mutating func skip(_ reason: ImageFolderIndex.SkipReason) {
    skipped[reason, default: 0] += 1
  }

  private static func isImageName(_ name: String) -> Bool {
    let name = name.lowercased()
    return [".png", ".jpg", ".jpeg"].contains { name.hasSuffix($0) }
  }
}

/// Swift orders strings by their characters' canonical forms; files are told apart by bytes.
private func precedesBytewise(_ a: String, _ b: String) -> Bool {
  a.utf8.lexicographicallyPrecedes(b.utf8)
}
