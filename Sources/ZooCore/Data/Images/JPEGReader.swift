import CImageLibraries

/// A reader of grey and colour JPEG files, baseline or progressive, through the system's
/// libturbojpeg.
///
/// Pixels are those that Pillow decodes: accurate inverse DCT, smooth upsampling of chrominance.
/// What the library only warns of is an error where it loses pixels, as missing data do; padding, a
/// missing end marker and odd numbers in headers lose none. CMYK is refused.
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
    let file = try JPEGEssentials(of: bytes, name: name)
    let (width, height) = try storedSize(of: file, name: name)
    // Without its end marker only the pixels tell whether a file is cut short.
    if !file.hasEnd { _ = try pixels(of: file, width, height, name: name) }
    return Orientation(ofJPEG: bytes).turnsSides ? (height, width) : (width, height)
  }

  /// The picture in a JPEG file, as red, green and blue.
  public static func read(_ bytes: [UInt8], name: String) throws(ZooError) -> RasterImage {
    let file = try JPEGEssentials(of: bytes, name: name)
    let (width, height) = try storedSize(of: file, name: name)
    let pixels = try pixels(of: file, width, height, name: name)
    return RasterImage(width: width, height: height, channels: 3, bytes: pixels)
      .turned(from: Orientation(ofJPEG: bytes))
  }

  /// The size of the pixels as they are stored, before they are turned.
  private static func storedSize(
    of file: JPEGEssentials, name: String
  ) throws(ZooError) -> (width: Int, height: Int) {
    if let obstacle = file.frame?.obstacle {
      throw ZooError(
        .data, "expected a grey or RGB picture, found \(obstacle)", at: Text.printable(name),
        advice: "save it anew as an RGB picture with an image program, or remove it")
    }
    try requireLibrary()
    var header = zi_header()
    var message = [CChar](repeating: 0, count: Int(zi_message_size))
    guard zi_jpeg_read_header(file.bytes, file.bytes.count, &header, &message) != 0 else {
      throw ImageReader.damaged("damaged JPEG file: \(ImageReader.text(message))", name)
    }
    let size = try ImageReader.checked(
      width: header.width, height: header.height, fileSize: file.bytes.count, name: name)
    let most = min(maximumScans, maximumScannedPixels / (size.width * size.height))
    guard file.scans <= most else {
      throw ImageReader.damaged("expected at most \(most) scans, found \(file.scans)", name)
    }
    return size
  }

  private static func pixels(
    of file: JPEGEssentials, _ width: Int, _ height: Int, name: String
  ) throws(ZooError) -> [UInt8] {
    var pixels = [UInt8](repeating: 0, count: width * height * 3)
    var message = [CChar](repeating: 0, count: Int(zi_message_size))
    var bytes = file.bytes
    var padding = 0
    // Padding before the end marker costs no pixels, but a restart marker that is missing looks the
    // same at first: only without the padding does the library tell. A few fillers are not counted.
    for _ in 0..<4 {
      if zi_jpeg_decode(
        bytes, bytes.count, UInt32(width), UInt32(height), &pixels, pixels.count, &padding,
        &message) != 0
      {
        return pixels
      }
      let end = bytes.count - 2
      guard 1..<end ~= padding else { break }
      bytes.removeSubrange(end - padding..<end)
    }
    throw ImageReader.damaged("damaged JPEG file: \(ImageReader.text(message))", name)
  }
}
