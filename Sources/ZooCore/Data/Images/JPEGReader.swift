import CImageLibraries

/// A reader of grey and colour JPEG files, baseline or progressive, through the system's
/// libturbojpeg.
///
/// Pixels are those that Pillow decodes: accurate inverse DCT, smooth upsampling of chrominance.
/// What the library only warns of (data missing or out of place) is an error. CMYK is refused.
/// A picture is turned as its orientation tag says; colour profiles are left aside.
///
/// Source: ITU-T T.81, annex B.
public enum JPEGReader {
  /// The most scans of a file.
  ///
  /// A progressive scan of a few bytes goes over the whole picture again; encoders use about 10.
  public static let maximumScans = 100
  /// The most pixels that all scans go over, which takes about a second.
  public static let maximumScannedPixels = 1 << 30

  /// Whether libturbojpeg is on this machine.
  public static var isAvailable: Bool { zi_jpeg_is_available() != 0 }

  /// An error that says how to get libturbojpeg, if it is not on this machine.
  public static func requireLibrary() throws(ZooError) {
    guard isAvailable else {
      throw ZooError(
        .failure, "JPEG pictures need libturbojpeg, which is not on this machine",
        advice:
          "install it (Debian: apt install libturbojpeg0; Fedora: dnf install turbojpeg; macOS: brew install jpeg-turbo)"
      )
    }
  }

  /// Whether a file begins as JPEG files do.
  public static func isJPEG(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0xFF, 0xD8, 0xFF]) }

  /// The width and height of a JPEG file that is whole, checked against the limits.
  public static func size(
    of bytes: [UInt8], name: String
  ) throws(ZooError) -> (width: Int, height: Int) {
    let (width, height) = try storedSize(of: bytes, name: name)
    return Orientation(ofJPEG: bytes).turnsSides ? (height, width) : (width, height)
  }

  /// The same of the pixels as they are stored, before they are turned.
  private static func storedSize(
    of bytes: [UInt8], name: String
  ) throws(ZooError) -> (width: Int, height: Int) {
    try requireLibrary()
    var header = zi_header()
    var message = [CChar](repeating: 0, count: Int(zi_message_size))
    guard zi_jpeg_read_header(bytes, bytes.count, &header, &message) != 0 else {
      throw ImageReader.damaged("damaged JPEG file: \(ImageReader.text(message))", name)
    }
    guard header.is_cmyk == 0 else {
      throw ZooError(
        .data, "expected a grey or RGB picture, found a CMYK JPEG", at: Text.printable(name),
        advice: "convert it to RGB with an image program, or remove it")
    }
    let size = try ImageReader.checked(
      width: header.width, height: header.height, fileSize: bytes.count, name: name)
    let scans = try scanCount(of: bytes, name: name)
    let most = min(maximumScans, maximumScannedPixels / (size.width * size.height))
    guard scans <= most else {
      throw ImageReader.damaged("expected at most \(most) scans, found \(scans)", name)
    }
    return size
  }

  /// The picture in a JPEG file, as red, green and blue.
  public static func read(_ bytes: [UInt8], name: String) throws(ZooError) -> RasterImage {
    let (width, height) = try storedSize(of: bytes, name: name)
    var pixels = [UInt8](repeating: 0, count: width * height * 3)
    var message = [CChar](repeating: 0, count: Int(zi_message_size))
    guard
      zi_jpeg_decode(
        bytes, bytes.count, UInt32(width), UInt32(height), &pixels, pixels.count, &message) != 0
    else { throw ImageReader.damaged("damaged JPEG file: \(ImageReader.text(message))", name) }
    return RasterImage(width: width, height: height, channels: 3, bytes: pixels)
      .turned(from: Orientation(ofJPEG: bytes))
  }

  /// The number of scans up to the end-of-image marker, without which a file is cut short.
  private static func scanCount(of bytes: [UInt8], name: String) throws(ZooError) -> Int {
    let (startOfImage, endOfImage, startOfScan): (UInt8, UInt8, UInt8) = (0xD8, 0xD9, 0xDA)
    var scans = 0
    var place = 0
    // Markers begin with 0xFF; in the data of a scan that byte is followed by 0 or by a restart
    // marker, D0...D7, so everything in between can be passed over.
    while let mark = bytes[place...].firstIndex(of: 0xFF), mark + 1 < bytes.count {
      let marker = bytes[mark + 1]
      place = mark + 2
      switch marker {
      case endOfImage: return scans
      case 0xFF: place = mark + 1  // A fill byte.
      case 0, 0x01, 0xD0...0xD7, startOfImage: break  // These have no length.
      default:
        guard bytes.count - place >= 2 else { break }
        if marker == startOfScan { scans += 1 }
        let length = Int(bytes[place]) << 8 | Int(bytes[place + 1])
        place += min(length, bytes.count - place)
      }
    }
    throw ImageReader.damaged(
      "the JPEG file is cut short: its \(bytes.count) bytes do not have the end-of-image marker",
      name)
  }
}
