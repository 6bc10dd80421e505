/// Pictures of a folder, all prepared to one size, read from the disk one by one.
public struct ImageFolder: Sendable {
  /// The files.
  public let index: ImageFolderIndex
  /// What is done to each picture.
  public let preparation: ImagePreparation

  /// The pictures of an index.
  public init(_ index: ImageFolderIndex, preparation: ImagePreparation) {
    self.index = index
    self.preparation = preparation
  }

  /// The number of pictures.
  public var count: Int { index.entries.count }

  /// The class of a picture; nil without classes.
  public func classIndex(at number: Int) -> Int? { index.entries[number].classIndex }

  /// A prepared picture, `[height, width, channels]`, read again at each call.
  public func image(at number: Int) throws(ZooError) -> [UInt8] {
    try image(at: number, from: file(at: number))
  }

  /// The bytes of a picture's file.
  func file(at number: Int) throws(ZooError) -> [UInt8] {
    try contents(of: path(of: index.entries[number]))
  }

  /// A prepared picture from the bytes of its file.
  func image(at number: Int, from file: [UInt8]) throws(ZooError) -> [UInt8] {
    let path = path(of: index.entries[number])
    try expectWholeNumbers(file, path)
    return try preparation.apply(to: ImageReader.read(file, name: path), name: path).bytes
  }

  /// A picture that cannot be used.
  public struct Broken: Sendable {
    /// Which one.
    public let entry: ImageFolderIndex.Entry
    /// What is wrong with it.
    public let fault: ZooError
  }

  /// The folder without the pictures that cannot be used, and what is wrong with each of those.
  ///
  /// Every file is read once and checked from its header to its end, but no pixels are decoded: a
  /// fault in between shows in `image(at:)` only. A folder where nothing is usable is an error, and
  /// so is a missing library.
  public func checked() throws(ZooError) -> (usable: ImageFolder, broken: [Broken]) {
    var usable: [ImageFolderIndex.Entry] = []
    var broken: [Broken] = []
    for entry in index.entries {
      do throws(ZooError) {
        try check(entry)
        usable.append(entry)
      } catch {
        // Not the file's fault, and the same for all that follow.
        guard error.kind == .data else { throw error }
        broken.append(Broken(entry: entry, fault: error))
      }
    }
    guard !usable.isEmpty else {
      let first = ZooError.Finding(
        "none of the \(count) images can be used; the first faults follow",
        at: Text.printable(index.root), advice: "check that this is the folder you meant")
      throw ZooError(.data, [first] + broken.prefix(3).flatMap(\.fault.findings))
    }
    let kept = ImageFolderIndex(index, keeping: usable)
    return (ImageFolder(kept, preparation: preparation), broken)
  }

  private func check(_ entry: ImageFolderIndex.Entry) throws(ZooError) {
    let path = path(of: entry)
    let file = try contents(of: path)
    let (width, height) = try ImageReader.size(of: file, name: path)
    _ = try preparation.region(width: width, height: height, name: path)
    try expectWholeNumbers(file, path)
  }

  /// Refuses numbers of 16 bits, which would be rounded to others.
  private func expectWholeNumbers(_ file: [UInt8], _ path: String) throws(ZooError) {
    guard preparation.holdsNumbers, PNGReader.isPNG(file), PNGReader.depth(of: file) == 16 else {
      return
    }
    throw ZooError(
      .usage, "expected numbers of classes or things in 8 bits, found 16", at: Text.printable(path),
      advice: "save the maps with 8 bits; things that touch need different numbers, others need not"
    )
  }

  private func path(of entry: ImageFolderIndex.Entry) -> String {
    Files.join(index.root, entry.path)
  }

  private func contents(of path: String) throws(ZooError) -> [UInt8] {
    try Files.read(path, limit: ImageReader.maximumFileSize, kind: .data)
  }
}
