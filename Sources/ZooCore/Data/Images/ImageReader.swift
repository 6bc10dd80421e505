/// A reader of PNG and JPEG files, told apart by their first bytes and not by their names.
public enum ImageReader {
  /// The most pixels along a side, which is also the most that JPEG libraries accept.
  public static let maximumSide = 65_500
  /// The most pixels of a picture.
  public static let maximumPixels = 1 << 26
  /// The most pixels for each byte of the file.
  ///
  /// Deflate packs no better than 1032 to 1, and a byte holds at most 8 pixels, so an honest PNG
  /// cannot have more; a Huffman-coded JPEG spends a bit on each block of 64. A short file that
  /// claims a large picture is refused here, before memory is set aside for it.
  public static let maximumPixelsPerByte = 8 * 1032
  /// The most bytes of a file.
  public static let maximumFileSize = 1 << 28

  /// The width and height that a file's header claims, checked against the limits.
  ///
  /// The file's structure is checked up to its end, so one that is cut short is found; its pixels
  /// are not decoded.
  /// - Parameter name: The file's name, for errors.
  public static func size(
    of bytes: [UInt8], name: String
  ) throws(ZooError) -> (width: Int, height: Int) {
    if PNGReader.isPNG(bytes) { return try PNGReader.size(of: bytes, name: name) }
    if JPEGReader.isJPEG(bytes) { return try JPEGReader.size(of: bytes, name: name) }
    throw unknown(bytes, name)
  }

  /// The picture in a file, as red, green and blue.
  /// - Parameter name: The file's name, for errors.
  public static func read(_ bytes: [UInt8], name: String) throws(ZooError) -> RasterImage {
    if PNGReader.isPNG(bytes) { return try PNGReader.read(bytes, name: name) }
    if JPEGReader.isJPEG(bytes) { return try JPEGReader.read(bytes, name: name) }
    throw unknown(bytes, name)
  }

  private static func unknown(_ bytes: [UInt8], _ name: String) -> ZooError {
    if let format = ForeignFormat(of: bytes) {
      return ZooError(
        .data, "expected a PNG or JPEG picture, found \(format.name)", at: Text.printable(name),
        advice: format.advice)
    }
    let found =
      bytes.isEmpty
      ? "an empty file"
      : "a file that begins with " + bytes.prefix(8).map { SHA256.hex([$0]) }.joined(separator: " ")
    return damaged("expected a PNG or JPEG picture, found \(found)", name)
  }
}

extension ImageReader {
  /// The sizes of a header as they may be used, or an error before anything is allocated.
  static func checked(
    width: UInt32, height: UInt32, fileSize: Int, name: String
  ) throws(ZooError) -> (width: Int, height: Int) {
    let (width, height) = (Int(width), Int(height))
    guard 1...maximumSide ~= width, 1...maximumSide ~= height, width * height <= maximumPixels
    else {
      throw ZooError(
        .data,
        "expected at most \(maximumSide) pixels a side and \(maximumPixels) in total, found \(width)x\(height)",
        at: Text.printable(name), advice: "scale the picture down, or remove it")
    }
    guard width * height <= maximumPixelsPerByte * fileSize else {
      throw damaged("the header claims \(width)x\(height) pixels in \(fileSize) bytes", name)
    }
    return (width, height)
  }

  static func damaged(_ problem: String, _ name: String) -> ZooError {
    ZooError(
      .data, problem, at: Text.printable(name),
      advice: "fetch the file again, save it anew with an image program, or remove it")
  }

  /// The text that a C function left.
  static func text(_ message: [CChar]) -> String {
    let bytes = message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
    return Text.printable(String(decoding: bytes, as: UTF8.self))
  }
}
