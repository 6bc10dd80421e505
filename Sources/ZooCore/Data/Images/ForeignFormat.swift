/// What a file is that is neither PNG nor JPEG, told by its first bytes.
struct ForeignFormat {
  /// In words: `a WebP picture`.
  let name: String
  /// What to do about it.
  let advice: String

  private static let convert =
    "convert it to PNG or JPEG with an image program, or remove it"

  /// How files of other formats begin; a dot stands for any byte.
  private static let beginnings: [(start: String, name: String)] = [
    ("RIFF....WEBP", "a WebP picture"), ("GIF8", "a GIF picture"),
    ("BM....\0\0\0\0", "a BMP picture"),
    ("II*\0", "a TIFF picture"), ("MM\0*", "a TIFF picture"),
    ("....ftypavif", "an AVIF picture"), ("....ftypavis", "an AVIF picture"),
    ("....ftypheic", "a HEIC picture"), ("....ftypheix", "a HEIC picture"),
    ("....ftypmif1", "a HEIF picture"), ("....ftypmsf1", "a HEIF picture"),
    ("\0\0\0\u{0C}JXL ", "a JPEG XL picture"), ("\0\0\0\u{0C}jP  ", "a JPEG 2000 picture"),
    ("8BPS", "a Photoshop picture"), ("<svg", "an SVG picture"), ("qoif", "a QOI picture"),
    ("P5", "a PGM picture"), ("P6", "a PPM picture"), ("\0\0\u{01}\0", "an icon"),
  ]

  /// The format of a file; nil where it is none of the usual ones.
  init?(of bytes: [UInt8]) {
    if let known = Self.beginnings.first(where: { Self.matches(bytes, $0.start) }) {
      self.init(name: known.name, advice: Self.convert)
      return
    }
    let text = String(decoding: bytes.prefix(64).drop { $0 == 0x20 || 9...13 ~= $0 }, as: UTF8.self)
      .lowercased()
    if text.hasPrefix("<!doctype html") || text.hasPrefix("<html") {
      self.init(
        name: "a web page", advice: "fetch the picture again: a server sent a page instead of it")
    } else if text.hasPrefix("version https://git-lfs") {
      self.init(name: "a pointer of Git LFS", advice: "git lfs pull fetches the picture itself")
    } else if text.hasPrefix("<?xml")
      && String(decoding: bytes.prefix(1024), as: UTF8.self)
        .contains("<svg")
    {
      self.init(name: "an SVG picture", advice: Self.convert)
    } else {
      return nil
    }
  }

  private init(name: String, advice: String) {
    self.name = name
    self.advice = advice
  }

  private static func matches(_ bytes: [UInt8], _ start: String) -> Bool {
    bytes.count >= start.utf8.count
      && zip(bytes, start.utf8).allSatisfy { $0 == $1 || $1 == UInt8(ascii: ".") }
  }
}
