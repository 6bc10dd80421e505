import CImageLibraries

/// A reader of PNG files of every colour type and depth, through the system's libpng16.
///
/// Pixels are taken as they are stored: grey and palette become red, green, blue; alpha is dropped
/// and not blended, as Pillow's `convert("RGB")` does. Gamma and colour profiles are left aside.
/// 16-bit values are rounded to 8 bits (v · 255 / 65,535); Pillow cuts them off instead, and clips
/// those of 16-bit grey.
///
/// Source: W3C Portable Network Graphics Specification, third edition.
public enum PNGReader {
  private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// Whether libpng16 is on this machine.
  public static var isAvailable: Bool { zi_png_is_available() != 0 }

  /// An error that says how to get libpng16, if it is not on this machine.
  public static func requireLibrary() throws(ZooError) {
    guard isAvailable else {
      throw ZooError(
        .failure, "PNG pictures need libpng16, which is not on this machine",
        advice:
          "install it (Debian: apt install libpng16-16; Fedora: dnf install libpng; macOS: brew install libpng)"
      )
    }
  }

  /// Whether a file begins as PNG files do.
  public static func isPNG(_ bytes: [UInt8]) -> Bool { bytes.starts(with: signature) }

  /// Bits of a channel, as the header of a PNG file says.
  static func depth(of bytes: [UInt8]) -> Int? { bytes.count > 24 ? Int(bytes[24]) : nil }

  /// The width and height of a PNG file that is whole, checked against the limits.
  public static func size(
    of bytes: [UInt8], name: String
  ) throws(ZooError) -> (width: Int, height: Int) {
    try size(of: Essentials(of: bytes, name: name), name: name).size
  }

  /// The picture in a PNG file, as red, green and blue.
  public static func read(_ bytes: [UInt8], name: String) throws(ZooError) -> RasterImage {
    let file = try Essentials(of: bytes, name: name)
    let (header, size) = try size(of: file, name: name)
    try refuseBomb(file, size, name: name)
    var pixels = [UInt8](repeating: 0, count: size.width * size.height * 3)
    var message = [CChar](repeating: 0, count: Int(zi_message_size))
    guard
      zi_png_decode(
        file.bytes, file.bytes.count, header.width, header.height, &pixels, pixels.count, &message)
        != 0
    else { throw ImageReader.damaged("damaged PNG file: \(ImageReader.text(message))", name) }
    return RasterImage(width: size.width, height: size.height, channels: 3, bytes: pixels)
  }

  private static func size(
    of file: Essentials, name: String
  ) throws(ZooError) -> (header: zi_header, size: (width: Int, height: Int)) {
    try requireLibrary()
    var header = zi_header()
    var message = [CChar](repeating: 0, count: Int(zi_message_size))
    guard zi_png_read_header(file.bytes, file.bytes.count, &header, &message) != 0 else {
      throw ImageReader.damaged("damaged PNG file: \(ImageReader.text(message))", name)
    }
    let size = try ImageReader.checked(
      width: header.width, height: header.height, fileSize: file.bytes.count, name: name)
    return (header, size)
  }

  /// Refuses data that go on far beyond the picture, which libpng would unpack to their end.
  ///
  /// Finding out costs about half as much as decoding. A short file is let through: 128 KiB unpack
  /// to 135 MB at most, which is done in half a second.
  private static func refuseBomb(
    _ file: Essentials, _ size: (width: Int, height: Int), name: String
  ) throws(ZooError) {
    guard file.bytes.count > 1 << 17 else { return }
    // Up to 8 bytes a pixel, and a filter byte for each row of each of up to 7 passes.
    let most = 8 * size.width * size.height + 7 * size.height
    if InflatedSize.exceeds(most, file.data.map { file.bytes[$0] }) {
      throw ImageReader.damaged(
        "the data unpack to more than the \(most) bytes that \(size.width)x\(size.height) pixels can have",
        name)
    }
  }

  /// A file with those chunks only that pixels are made of.
  ///
  /// Without the rest libpng makes nothing transparent, and unpacks no text or profiles, which can
  /// be bombs.
  private struct Essentials {
    var bytes = signature
    /// Where the compressed pixels are.
    var data: [Range<Int>] = []

    /// Refuses a file that ends before its last chunk.
    init(of file: [UInt8], name: String) throws(ZooError) {
      bytes.reserveCapacity(file.count)
      var start = bytes.count
      // A chunk: length, type, data, checksum.
      while file.count - start >= 12 {
        let length = file[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
        guard length <= file.count - start - 12 else { break }
        let end = start + 12 + length
        let type = String(decoding: file[start + 4..<start + 8], as: UTF8.self)
        // A capital first letter marks the chunks that a reader must know.
        if file[start + 4] & 0x20 == 0 {
          bytes += file[start..<end]
          if type == "IDAT" { data.append(bytes.count - 4 - length..<bytes.count - 4) }
        }
        if type == "IEND" { return }
        start = end
      }
      throw ImageReader.damaged(
        "the PNG file is cut short or damaged: no whole chunk at byte \(start) of \(file.count)",
        name)
    }
  }
}
