/// A named set whose files others publish, in folders that they, or programs that fetch it, make.
protocol PublishedSet: Sendable {
  /// The set's name in configs.
  var name: String { get }
  /// Where it may lie below the folder of all datasets, the catalogue's place first.
  var folders: [String] { get }
  /// The files that are looked for, in words.
  var wanted: String { get }
  /// The images of a split, or nil when they are not there.
  func read(_ directory: String, _ split: DataSplit) throws(ZooError) -> ByteImages?
  /// What of the set is there.
  func presence(in directory: String) throws(ZooError) -> SetPresence
}

/// How much of a published set is on this machine.
public struct SetPresence: Equatable, Sendable {
  /// Where its training images are; nil when they are not there.
  public internal(set) var folder: String?
  /// The files that it should have and has not.
  public internal(set) var missing: [String] = []
  /// How many training images are there.
  public internal(set) var images = 0
  /// How many there should be; nil when that is not known.
  public internal(set) var published: Int?

  /// Nothing.
  public init() {}

  /// Whether only some of the training images are there.
  public var isPartial: Bool { folder != nil && published.map { images < $0 } ?? false }

  /// What there is, where it is not all: `10,000 of 50,000 training images; missing …`.
  public var gap: String? {
    guard folder != nil, !missing.isEmpty else { return nil }
    let count =
      isPartial
      ? "\(Text.grouped(images)) of \(Text.grouped(published ?? images)) training images; " : ""
    return count + "missing \(Text.listed(missing))"
  }
}

extension PublishedSet {
  /// The folders to look into: those below `directory`, and itself if it is called like one of them.
  func places(in directory: String) -> [String] {
    let trimmed = directory.hasSuffix("/") ? String(directory.dropLast()) : directory
    let isOne = folders.contains { trimmed == $0 || trimmed.hasSuffix("/" + $0) }
    return folders.map { Files.join(directory, $0) } + (isOne ? [directory] : [])
  }

  /// What was looked for where, and what is there instead.
  func absence(in directory: String) -> String {
    let place = places(in: directory).first(where: Files.isDirectory) ?? directory
    return "looked for \(wanted) in \(folders.joined(separator: ", ")) below "
      + "\(Text.printable(directory)); \(Files.glimpse(place))"
  }
}

extension Files {
  /// What lies in a folder, in a few words for an error.
  static func glimpse(_ path: String) -> String {
    let place = Text.printable(path)
    guard exists(path) else { return "there is no \(place)" }
    guard isDirectory(path) else { return "\(place) is no folder" }
    guard let names = try? list(path).filter({ !$0.hasPrefix(".") }) else {
      return "\(place) cannot be listed"
    }
    return names.isEmpty ? "\(place) is empty" : "\(place) has \(Text.listed(names))"
  }
}
