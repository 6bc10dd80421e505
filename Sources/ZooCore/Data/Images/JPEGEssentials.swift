/// A JPEG file with those segments only that pixels are made of, and with its end.
///
/// The library warns of what it finds odd, but of the first thing only, so that a harmless oddity
/// would hide damage. Without what pixels do not need, and with the numbers that have one sensible
/// value set to it, everything that it still warns of has lost pixels; but for padding before the
/// end marker, which the reader takes away. Comments, profiles and thumbnails go the same way.
///
/// Source: ITU-T T.81, annexes B and G.
struct JPEGEssentials {
  /// The file that is to be decoded.
  private(set) var bytes: [UInt8] = [0xFF, JPEGMarker.startOfImage]
  private(set) var frame: JPEGFrame?
  /// The number of scans.
  private(set) var scans = 0
  /// Whether the end marker follows the data.
  ///
  /// Otherwise only decoding shows whether all are there: a camera may leave the marker out, and
  /// then write data of its own.
  private(set) var hasEnd = false
  /// Whether nothing can follow that adds to the picture.
  private var isComplete = false
  private var restarts = false
  private var precision = JPEGPrecision()

  /// Refuses a file whose data cannot be complete.
  init(of file: [UInt8], name: String) throws(ZooError) {
    bytes.reserveCapacity(file.count)
    var place = 2
    while !hasEnd, !isComplete, let marker = Self.nextMarker(in: file, &place) {
      switch marker {
      case JPEGMarker.endOfImage: hasEnd = frame != nil
      case 0x01, JPEGMarker.restarts, JPEGMarker.startOfImage: break  // These have no length.
      default:
        guard let body = Self.body(of: file, &place) else {
          throw Self.cutShort(file, name)
        }
        take(marker, body)
        if marker == JPEGMarker.startOfScan { takeData(of: file, &place) }
      }
    }
    if isComplete, Self.nextMarker(in: file, &place) == JPEGMarker.endOfImage { hasEnd = true }
    guard scans <= JPEGReader.maximumScans else {
      throw ImageReader.damaged(
        "expected at most \(JPEGReader.maximumScans) scans, found \(scans)", name)
    }
    guard hasEnd || isComplete else { throw Self.cutShort(file, name) }
    if let frame, !precision.hasAll(of: frame) {
      throw ImageReader.damaged(
        "damaged JPEG file: no data for one of its \(frame.components.count) channels", name)
    }
    bytes += [0xFF, JPEGMarker.endOfImage]
  }

  private static func cutShort(_ file: [UInt8], _ name: String) -> ZooError {
    ImageReader.damaged(
      "the JPEG file is cut short: its \(file.count) bytes do not have the end-of-image marker",
      name)
  }

  /// The next marker, with whatever stands before it passed over, and the place behind it.
  private static func nextMarker(in file: [UInt8], _ place: inout Int) -> UInt8? {
    while let mark = file[place...].firstIndex(of: 0xFF), mark + 1 < file.count {
      place = mark + 1
      // 0xFF again is a filler, and 0 no marker.
      guard file[place] != 0xFF else { continue }
      place += 1
      if file[mark + 1] != 0 { return file[mark + 1] }
    }
    return nil
  }

  /// What is in a segment, after its length.
  private static func body(of file: [UInt8], _ place: inout Int) -> ArraySlice<UInt8>? {
    guard file.count - place >= 2 else { return nil }
    let length = Int(file[place]) << 8 | Int(file[place + 1])
    guard length >= 2, length <= file.count - place else { return nil }
    defer { place += length }
    return file[place + 2..<place + length]
  }

  private mutating func take(_ marker: UInt8, _ body: ArraySlice<UInt8>) {
    switch marker {
    case JPEGMarker.application0:
      // What counts is that it is there, which says how colours are stored.
      guard body.count >= 14, body.starts(with: Array("JFIF\0".utf8)) else { return }
      append(marker, Array("JFIF\0".utf8) + [1, 1, 0, 0, 1, 0, 1, 0, 0])
    case JPEGMarker.application14:
      guard body.count >= 12, body.starts(with: Array("Adobe".utf8)) else { return }
      // Red, green and blue as they are, or else luminance and chrominance.
      append(marker, Array(body.prefix(11)) + [min(body[body.startIndex + 11], 1)])
    case 0xE0...0xEF, JPEGMarker.comment, JPEGMarker.numberOfLines: break
    case JPEGMarker.startOfScan:
      scans += 1
      let scan = JPEGScan(body)
      // Of a file that is refused for its many scans, none costs more than its bytes.
      if let frame, let scan, scans <= JPEGReader.maximumScans {
        precision.note(scan, of: frame)
        isComplete = precision.isComplete(for: frame)
      }
      // One scan has everything; some encoders leave out saying so.
      let isSequential = frame?.isProgressive == false && scan != nil
      append(marker, isSequential ? Array(body.dropLast(3)) + [0, 63, 0] : Array(body))
    default:
      if marker == JPEGMarker.restartInterval { restarts = body.contains { $0 != 0 } }
      if JPEGMarker.isFrame(marker), frame == nil { frame = JPEGFrame(marker, body) }
      append(marker, Array(body))
    }
  }

  private mutating func append(_ marker: UInt8, _ body: [UInt8]) {
    let length = body.count + 2
    bytes += [0xFF, marker, UInt8(length >> 8), UInt8(length & 0xFF)]
    bytes += body
  }

  /// The data of a scan, up to the next marker.
  private mutating func takeData(of file: [UInt8], _ place: inout Int) {
    let start = place
    while let mark = file[place...].firstIndex(of: 0xFF), mark + 1 < file.count {
      switch file[mark + 1] {
      case 0: place = mark + 2
      case 0xFF: place = mark + 1
      case JPEGMarker.restarts where restarts: place = mark + 2
      default:
        bytes += file[start..<mark]
        place = mark
        return
      }
    }
    // Half a marker at the file's end is none.
    bytes += file[start..<(file.last == 0xFF && place < file.count ? file.count - 1 : file.count)]
    place = file.count
  }
}

/// The second bytes of markers.
enum JPEGMarker {
  static let restarts: ClosedRange<UInt8> = 0xD0...0xD7
  static let startOfImage: UInt8 = 0xD8
  static let endOfImage: UInt8 = 0xD9
  static let startOfScan: UInt8 = 0xDA
  static let numberOfLines: UInt8 = 0xDC
  static let restartInterval: UInt8 = 0xDD
  static let application0: UInt8 = 0xE0
  static let application14: UInt8 = 0xEE
  static let comment: UInt8 = 0xFE

  /// Whether a frame's header follows; in between are tables of codes, and what is reserved.
  static func isFrame(_ marker: UInt8) -> Bool {
    0xC0...0xCF ~= marker && ![0xC4, 0xC8, 0xCC].contains(marker)
  }
}
