/// The pictures that a run drew of its generator, in the order of their steps.
public struct SampleFrames: Sendable {
  /// A picture on the disk.
  public struct Frame: Sendable, Equatable {
    /// The step that it shows.
    public let step: Int
    /// Where it is.
    public let path: String
  }

  /// The pictures.
  public let frames: [Frame]

  /// No pictures.
  init() { frames = [] }

  /// The pictures `samples/step-000500.png` of a run's folder; other files are left alone.
  public init(run folder: String) throws(ZooError) {
    let samples = Files.join(folder, "samples")
    guard Files.isDirectory(samples) else {
      frames = []
      return
    }
    frames = try Files.list(samples).compactMap { name in
      guard name.hasPrefix("step-"), name.hasSuffix(".png"),
        let step = Int(name.dropFirst("step-".count).dropLast(".png".count)), step >= 0
      else { return nil }
      return Frame(step: step, path: Files.join(samples, name))
    }.sorted { $0.step < $1.step }
  }

  /// At most `limit` of the pictures, evenly chosen; the last one is always among them.
  public func chosen(atMost limit: Int) -> [Frame] {
    Self.evenly(frames, atMost: limit)
  }

  /// The pictures as a film.
  ///
  /// - Throws: `ZooError` when there is no picture, or a damaged one.
  public func film(atMost limit: Int = 300, delay: Int = 150) throws(ZooError) -> APNG {
    var files: [APNG.Frame] = []
    for frame in chosen(atMost: limit) {
      files.append(APNG.Frame(name: frame.path, bytes: try Files.read(frame.path)))
    }
    return try APNG(files, delay: delay)
  }

  /// At most `limit` of the elements, evenly chosen from the last one backwards.
  static func evenly<Element>(_ elements: [Element], atMost limit: Int) -> [Element] {
    guard elements.count > limit else { return elements }
    guard limit > 1 else { return Array(elements.suffix(limit)) }
    return (0..<limit).map { elements[$0 * (elements.count - 1) / (limit - 1)] }
  }
}
