import Synchronization

/// The pictures of a folder as a dataset, prepared when they are first used and then kept.
public final class FolderImages: Dataset {
  public let name = "folder"
  public let digest: String
  public let sampleShape: Shape
  public let classNames: [String]?
  private let folder: ImageFolder
  /// Prepared pictures, as long as all of them would fit; nil where they would not.
  private let kept: Mutex<[[UInt8]?]>?

  /// The pictures of a folder that can be used.
  ///
  /// - Parameter memory: Bytes that prepared pictures may take; a larger set is read from the disk
  ///   again and again.
  public init(_ folder: ImageFolder, memory: Int) {
    self.folder = folder
    let preparation = folder.preparation
    sampleShape = [preparation.height, preparation.width, preparation.channels]
    classNames = folder.index.classNames.isEmpty ? nil : folder.index.classNames
    let (bytes, overflow) = sampleShape.elementCount.multipliedReportingOverflow(by: folder.count)
    kept =
      !overflow && bytes <= memory ? Mutex(Array(repeating: nil, count: folder.count)) : nil
    // Names, in order, and what is done to the pictures: contents would have to be read first.
    var hash = SHA256()
    hash.update(Array("upright, \(preparation)\n".utf8))
    for entry in folder.index.entries { hash.update(Array("\(entry.path)\n".utf8)) }
    digest = SHA256.hex(hash.finalize())
  }

  public var count: Int { folder.count }

  public func label(at index: Int) -> Int32? { folder.classIndex(at: index).map(Int32.init) }

  public func read(_ indices: [Int], into values: inout MutableSpan<Float>) throws(ZooError) {
    let size = sampleShape.elementCount
    require(
      values.count == indices.count * size,
      "room for \(values.count) numbers, \(indices.count) images \(sampleShape) asked for")
    for (row, index) in indices.enumerated() {
      let image = try bytes(at: index)
      for i in 0..<size { values[row * size + i] = Float(image[i]) / 255 }
    }
  }

  /// A prepared picture, `[height, width, channels]`.
  public func bytes(at index: Int) throws(ZooError) -> [UInt8] {
    if let image = kept?.withLock({ $0[index] }) { return image }
    let image = try folder.image(at: index)
    kept?.withLock { $0[index] = image }
    return image
  }
}
