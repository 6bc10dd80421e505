/// An animated PNG made of still ones, whose packed pixels are reused as they are.
///
/// Viewers that know no animation show the first picture.
/// Source: W3C Portable Network Graphics Specification, third edition, sections 4.9 and 11.3.6.
public struct APNG: Sendable {
  /// A PNG file.
  public struct Frame: Sendable {
    /// The file's name, for errors.
    public let name: String
    /// The file.
    public let bytes: [UInt8]

    /// A frame.
    public init(name: String, bytes: [UInt8]) {
      self.name = name
      self.bytes = bytes
    }
  }

  /// The file.
  public let bytes: [UInt8]
  /// How many pictures it shows.
  public let frameCount: Int
  /// How many were left out, because their size or their colours differ from the last one's.
  public let skipped: Int

  /// The frames one after the other, again and again.
  ///
  /// - Parameters:
  ///   - frames: At least one, grey or RGB; the last one says which size counts.
  ///   - delay: How long each is shown, in milliseconds, up to 65 535.
  ///   - lastDelay: How long the last one is shown, in milliseconds, up to 65 535.
  /// - Throws: `ZooError` when a frame is damaged or of another kind.
  public init(_ frames: [Frame], delay: Int = 150, lastDelay: Int = 2000) throws(ZooError) {
    let delays = 1...Int(UInt16.max)
    require(
      delays.contains(delay) && delays.contains(lastDelay),
      "an animated PNG takes delays of \(delays) ms, got \(delay) and \(lastDelay)")
    var files: [PNGFile] = []
    for frame in frames { files.append(try PNGFile(frame.bytes, name: frame.name)) }
    guard let last = files.last, let name = frames.last?.name else {
      throw ZooError(.data, "a film needs at least one picture, found none")
    }
    guard last.colourType == 0 || last.colourType == 2 else {
      throw ZooError(
        .data, "expected a grey or RGB picture, found colour type \(last.colourType)",
        at: Text.printable(name))
    }
    files.removeAll { $0.header != last.header }
    frameCount = files.count
    skipped = frames.count - files.count

    var bytes = PNG.signature + PNG.chunk("IHDR", last.header)
    // No number of rounds: for ever.
    bytes += PNG.chunk("acTL", PNG.bigEndian(UInt32(files.count)) + PNG.bigEndian(0))
    // Control and data pieces are counted together.
    var sequence: UInt32 = 0
    func next() -> [UInt8] {
      defer { sequence += 1 }
      return PNG.bigEndian(sequence)
    }
    for (index, file) in files.enumerated() {
      let delay = UInt16(index == files.count - 1 ? lastDelay : delay)
      bytes += PNG.chunk("fcTL", next() + Self.control(last.header, delay: delay))
      for data in file.imageData {
        bytes +=
          index == 0 ? PNG.chunk("IDAT", Array(data)) : PNG.chunk("fdAT", next() + Array(data))
      }
    }
    self.bytes = bytes + PNG.chunk("IEND", [])
  }

  /// A frame that covers the picture and replaces all of it, for `delay` thousandths of a second.
  private static func control(_ header: [UInt8], delay: UInt16) -> [UInt8] {
    let size = Array(header[..<8])
    let offset: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0]
    let time = [delay, 1000].flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
    // Dispose: none; blend: replace.
    return size + offset + time + [0, 0]
  }
}
