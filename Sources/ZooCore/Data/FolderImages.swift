import Synchronization

/// The pictures of a folder as a dataset, prepared when they are first used and then kept.
public final class FolderImages: Dataset {
  public let name = "folder"
  public let digest: String
  public let sampleShape: Shape
  public let classNames: [String]?
  public let enlarged: (any Dataset)?
  private let folder: ImageFolder
  /// Prepared pictures, as long as all of them would fit; nil where they would not.
  private let kept: Mutex<[[UInt8]?]>?
  /// Whether another picture is taken for one that does not decode.
  private let standsIn: Bool
  private let standIns = Mutex(StandIns())

  /// Pictures that did not decode.
  private struct StandIns {
    /// Which one is taken for each.
    var numbers: [Int: Int] = [:]
    /// What nobody has asked for yet.
    var remarks: [ZooError] = []
  }

  /// The pictures of a folder that can be used.
  ///
  /// - Parameter memory: Bytes that prepared pictures may take; a larger set is read from the disk
  ///   again and again.
  /// - Parameter standsIn: Whether the next picture of its class stands in for one that does not
  ///   decode; it is an error otherwise. Which one that is depends on the files alone.
  /// - Parameter enlarged: The same pictures prepared larger, of which training sees random parts.
  public init(
    _ folder: ImageFolder, memory: Int, standsIn: Bool = false, enlarged: FolderImages? = nil
  ) {
    self.folder = folder
    self.enlarged = enlarged
    self.standsIn = standsIn
    let preparation = folder.preparation
    sampleShape = [preparation.height, preparation.width, preparation.channels]
    classNames = folder.index.classNames.isEmpty ? nil : folder.index.classNames
    let (bytes, overflow) = sampleShape.elementCount.multipliedReportingOverflow(by: folder.count)
    kept =
      !overflow && bytes <= memory ? Mutex(Array(repeating: nil, count: folder.count)) : nil
    // Names, in order, and what is done to the pictures: contents would have to be read first.
    var hash = SHA256()
    hash.update(Array("upright, \(preparation)\n".utf8))
    if let enlarged { hash.update(Array("parts of \(enlarged.folder.preparation)\n".utf8)) }
    for entry in folder.index.entries { hash.update(Array("\(entry.path)\n".utf8)) }
    digest = SHA256.hex(hash.finalize())
  }

  public var count: Int { folder.count }

  /// The pictures' names without folder and ending, in their order.
  var names: [String] {
    folder.index.entries.map { entry in
      let name = Files.split(entry.path).name
      return String(name.prefix(upTo: name.lastIndex(of: ".") ?? name.endIndex))
    }
  }

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
    let image = try decoded(index)
    kept?.withLock { $0[index] = image }
    return image
  }

  public func takeRemarks() -> [ZooError] {
    standIns.withLock { state in
      defer { state.remarks = [] }
      return state.remarks
    }
  }

  private func decoded(_ index: Int) throws(ZooError) -> [UInt8] {
    if let other = standIns.withLock({ $0.numbers[index] }) { return try folder.image(at: other) }
    // A file that is gone is another fault: what stands in must not depend on when it went.
    let file = try folder.file(at: index)
    do throws(ZooError) {
      return try folder.image(at: index, from: file)
    } catch {
      guard error.kind == .data else { throw error }
      guard standsIn else { throw mendable(error) }
      guard let (other, image) = try standIn(for: index) else { throw mendable(error) }
      standIns.withLock { state in
        guard state.numbers.updateValue(other, forKey: index) == nil else { return }
        state.remarks.append(remark(error, other))
      }
      return image
    }
  }

  /// The next picture of the same class that decodes, from the first one again after the last.
  private func standIn(for index: Int) throws(ZooError) -> (number: Int, image: [UInt8])? {
    let label = folder.classIndex(at: index)
    for distance in 1..<max(count, 1) {
      let other = (index + distance) % count
      guard folder.classIndex(at: other) == label else { continue }
      let file = try folder.file(at: other)
      do throws(ZooError) {
        return (other, try folder.image(at: other, from: file))
      } catch {
        guard error.kind == .data else { throw error }
      }
    }
    return nil
  }

  private func remark(_ error: ZooError, _ other: Int) -> ZooError {
    let finding = error.findings[0]
    let path = Text.printable(folder.index.entries[other].path)
    return ZooError(
      .data, "\(finding.problem); \(path) stands in for it", at: finding.place,
      advice: "a whole picture of that name in its place is used by the next run")
  }

  /// The error with advice that a run can follow and go on: its digest knows the names of pictures.
  private func mendable(_ error: ZooError) -> ZooError {
    ZooError(
      error.kind,
      error.findings.map {
        .init(
          $0.problem, at: $0.place,
          advice: "put a whole picture of that name in its place"
            + (standsIn
              ? ", there is none in its class that decodes"
              : ", or --set data.broken=skip lets another one of its class stand in"))
      })
  }
}
