/// Prepared images of one size in one file, which is read as they are used: for sets larger than
/// memory, and for folders that are slow to decode.
///
/// The pixels of all images `[N, H, W, C]`, then two bytes (little-endian) for each label if there
/// are labels, then a JSON trailer, its SHA-256 (32 bytes), its length (8 bytes, little-endian) and
/// `ZOOPACK1`. Whoever has the trailer knows where all is; a file that was cut short has none.
public struct PackFile: Dataset {
  public let name: String
  /// SHA-256 of pixels and labels, as it was when the file was written.
  public let digest: String
  public let count: Int
  public let sampleShape: Shape
  public let classNames: [String]?
  private let file: OpenFile
  /// Two bytes for each image; empty without labels.
  private let labels: [UInt8]

  private static let magic = Array("ZOOPACK1".utf8)
  private static let footer = 32 + 8 + 8
  private static let maximumTrailer = 16 << 20
  /// What two bytes can tell apart.
  private static let maximumClasses = 1 << 16

  /// Opens a file and checks its trailer and its size; pixels are not looked at.
  public init(_ path: String) throws(ZooError) {
    let file = try OpenFile(path, limit: .max, kind: .data)
    func fault(_ problem: String) -> ZooError {
      ZooError(
        .data, problem, at: Text.printable(path), advice: "write it again with zoo data import")
    }
    let end = file.size - Self.footer
    let footer = end >= 0 ? try file.bytes(end..<file.size) : []
    guard footer.suffix(8) == Self.magic[...] else {
      throw fault("expected a file of zoo data import, whole to its end")
    }
    let length = footer[32..<40].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(min(end, Self.maximumTrailer)) else {
      throw fault("the trailer claims \(length) bytes")
    }
    let start = end - Int(length)
    let trailer = try file.bytes(start..<end)
    var hash = SHA256()
    hash.update(trailer)
    guard hash.finalize()[...] == footer.prefix(32),
      let root = try? JSONDocument(parsing: trailer, name: path).root,
      let identity = DatasetIdentity(written: root), let count = root["count"]?.int, count > 0,
      identity.sampleShape.count == 3, [1, 3].contains(identity.sampleShape[2]),
      1...Self.maximumClasses ~= identity.classNames?.count ?? 1
    else { throw fault("the trailer is not what was written") }
    let labelSize = identity.classNames == nil ? 0 : 2
    guard let pixels = (identity.sampleShape + [count]).checkedElementCount,
      let all = [labelSize, count].checkedElementCount.map({ pixels.addingReportingOverflow($0) }),
      !all.overflow, all.partialValue == start
    else { throw fault("\(count) images \(identity.sampleShape) do not take \(start) bytes") }
    // Before room is made for their labels.
    try DataLibrary.expectNumbers(for: count, at: path)
    (name, digest) = (identity.name, identity.digest)
    (sampleShape, classNames) = (identity.sampleShape, identity.classNames)
    labels = try file.bytes(pixels..<start)
    self.count = count
    self.file = file
  }

  public func label(at index: Int) -> Int32? {
    require(0..<count ~= index, "image \(index) of \(count)")
    guard let classNames else { return nil }
    let label = Int32(labels[2 * index]) | Int32(labels[2 * index + 1]) << 8
    // A damaged label must not lead out of the classes.
    return min(label, Int32(classNames.count - 1))
  }

  public func read(_ indices: [Int], into values: inout MutableSpan<Float>) throws(ZooError) {
    let size = sampleShape.elementCount
    require(
      values.count == indices.count * size,
      "room for \(values.count) numbers, \(indices.count) images \(sampleShape) asked for")
    for (row, index) in indices.enumerated() {
      require(0..<count ~= index, "image \(index) of \(count)")
      let image = try file.bytes(index * size..<(index + 1) * size)
      for i in 0..<size { values[row * size + i] = Float(image[i]) / 255 }
    }
  }

  /// Whether pixels and labels still have the digest that was written.
  public func isIntact() throws(ZooError) -> Bool {
    var hash = SHA256()
    let end = count * sampleShape.elementCount
    for first in stride(from: 0, to: end, by: 1 << 20) {
      hash.update(try file.bytes(first..<min(first + 1 << 20, end)))
    }
    hash.update(labels)
    return SHA256.hex(hash.finalize()) == digest
  }

  /// Writes images one after another into a file that appears when all are there.
  ///
  /// - Parameters:
  ///   - image: The bytes `[H, W, C]` of an image; nil leaves it, and its label, out.
  /// - Returns: How many images are in the file.
  /// - Throws: `.data` when there are more classes, or longer names of them, than fit the file, and
  ///   when there is no image; besides what `image` throws.
  public static func write(
    to path: String, name: String, sampleShape: Shape, classNames: [String]?, count: Int,
    image: (Int) throws(ZooError) -> (bytes: [UInt8], label: Int)?
  ) throws(ZooError) -> Int {
    try check(classNames ?? [], path)
    var labels: [UInt8] = []
    var kept = 0
    try OutputFile(path).write { write throws(ZooError) in
      var hash = SHA256()
      for index in 0..<count {
        guard let (bytes, label) = try image(index) else { continue }
        require(
          bytes.count == sampleShape.elementCount,
          "\(bytes.count) bytes for an image \(sampleShape)")
        try write(bytes)
        hash.update(bytes)
        if classNames != nil { labels += [UInt8(label & 0xFF), UInt8(label >> 8)] }
        kept += 1
      }
      guard kept > 0 else {
        throw ZooError(.data, "no image could be used", at: Text.printable(path))
      }
      hash.update(labels)
      let trailer: JSONValue = [
        "name": .string(name), "sha256": .string(SHA256.hex(hash.finalize())),
        "shape": .array(sampleShape.map { .number($0) }),
        "classes": classNames.map { .array($0.map { .string($0) }) } ?? nil,
        "count": .number(kept),
      ]
      let text = Array(trailer.compact().utf8)
      var seal = SHA256()
      seal.update(text)
      let length = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
      try write(labels + text + seal.finalize() + length + magic)
    }
    return kept
  }

  /// Refuses what could be written, but not read again.
  private static func check(_ classNames: [String], _ path: String) throws(ZooError) {
    let names = JSONValue.array(classNames.map { .string($0) }).compact().utf8.count
    let problem =
      if classNames.count > maximumClasses {
        "found \(classNames.count) classes, a pack file has room for \(maximumClasses)"
      } else if names > maximumTrailer - 4096 {
        "the names of \(classNames.count) classes take \(Text.byteSize(names)), a pack file has "
          + "room for \(Text.byteSize(maximumTrailer - 4096))"
      } else { nil as String? }
    guard let problem else { return }
    throw ZooError(
      .data, problem, at: Text.printable(path),
      advice: "each sub-folder is a class: merge some, or put all pictures into one folder")
  }
}
