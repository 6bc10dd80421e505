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

  /// The width and height of a PNG file that is whole, checked against the limits.
  public static func size(
    of bytes: [UInt8], name: String
  ) throws(ZooError) -> (width: Int, height: Int) {
    let file = try essentials(of: bytes, name: name)
    let header = try header(of: file, name: name)
    return try ImageReader.checked(
      width: header.width, height: header.height, fileSize: file.count, name: name)
  }

  /// The picture in a PNG file, as red, green and blue.
  public static func read(_ bytes: [UInt8], name: String) throws(ZooError) -> RasterImage {
    let file = try essentials(of: bytes, name: name)
    let header = try header(of: file, name: name)
    let (width, height) = try ImageReader.checked(
      width: header.width, height: header.height, fileSize: file.count, name: name)
    let channels = header.has_alpha != 0 ? 4 : 3
    var pixels = [UInt8](repeating: 0, count: width * height * channels)
    var message = [CChar](repeating: 0, count: Int(zi_message_size))
    guard
      zi_png_decode(
        file, file.count, header.width, header.height, &pixels, pixels.count, &message) != 0
    else { throw ImageReader.damaged("damaged PNG file: \(ImageReader.text(message))", name) }
    if channels == 4 { dropAlpha(&pixels) }
    return RasterImage(width: width, height: height, channels: 3, bytes: pixels)
  }

  private static func header(of file: [UInt8], name: String) throws(ZooError) -> zi_header {
    try requireLibrary()
    var header = zi_header()
    var message = [CChar](repeating: 0, count: Int(zi_message_size))
    guard zi_png_read_header(file, file.count, &header, &message) != 0 else {
      throw ImageReader.damaged("damaged PNG file: \(ImageReader.text(message))", name)
    }
    return header
  }

  /// The file with those chunks only that pixels are made of.
  ///
  /// Without the rest libpng does not convert colours, and unpacks no text or profiles, which can
  /// be bombs. A file that ends before its last chunk is an error.
  private static func essentials(of bytes: [UInt8], name: String) throws(ZooError) -> [UInt8] {
    var kept = signature
    kept.reserveCapacity(bytes.count)
    var start = signature.count
    // A chunk: length, type, data, checksum.
    while bytes.count - start >= 12 {
      let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= bytes.count - start - 12 else { break }
      let end = start + 12 + length
      let type = String(decoding: bytes[start + 4..<start + 8], as: UTF8.self)
      // A capital first letter marks the chunks that a reader must know.
      let isCritical = bytes[start + 4] & 0x20 == 0
      if isCritical || type == "tRNS" { kept += bytes[start..<end] }
      if type == "IEND" { return kept }
      start = end
    }
    throw ImageReader.damaged(
      "the PNG file is cut short or damaged: no whole chunk at byte \(start) of \(bytes.count)",
      name)
  }

  private static func dropAlpha(_ pixels: inout [UInt8]) {
    let count = pixels.count / 4
    for pixel in 0..<count {
      for channel in 0..<3 { pixels[3 * pixel + channel] = pixels[4 * pixel + channel] }
    }
    pixels.removeLast(count)
  }
}
