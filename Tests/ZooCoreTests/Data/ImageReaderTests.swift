import Testing
import ZooCore

@Suite("PNG reader", .needsPNG)
struct PNGReaderTests {
  private static let forms = [
    "grey", "grey-alpha", "rgba", "one-bit", "palette", "palette-2-bit", "palette-transparent",
    "colour-key", "gamma", "interlaced", "rgb-16", "grey-16", "rgba-16",
    "rgb-16-interlaced",
  ]

  /// No tolerance: PNG is lossless; 16-bit values have one nearest 8-bit value.
  @Test("every form gives Pillow's pixels", arguments: forms)
  func pixels(_ form: String) throws {
    let file = try ImageFixtures.bytes("\(form).png")
    let expected = try ImageFixtures.picture("\(form).png.rgb", width: 13, height: 11)
    #expect(try ImageReader.read(file, name: form) == expected)
    #expect(try ImageReader.size(of: file, name: form) == (13, 11))
  }

  @Test("what this program writes, it reads", arguments: [1, 3])
  func roundTrip(channels: Int) throws {
    let pixels = GzipTests.noise(31 * 17 * channels)
    let file = PNG.encode(pixels, width: 31, height: 17, channels: channels)
    let image = try PNGReader.read(file, name: "a.png")
    #expect((channels == 1 ? image.grey : image).bytes == pixels)
  }

  @Test("a file that is cut short anywhere is refused", arguments: ["rgba", "interlaced"])
  func truncated(_ form: String) throws {
    let file = try ImageFixtures.bytes("\(form).png")
    for count in 0..<file.count {
      let part = Array(file[..<count])
      let error = try fault { () throws(ZooError) in try ImageReader.read(part, name: form) }
      #expect(error.kind == .data && error.findings[0].advice != nil, "\(count) bytes")
      _ = try fault { () throws(ZooError) in try ImageReader.size(of: part, name: form) }
    }
  }

  @Test(
    "sizes beyond the limits are refused from the header",
    arguments: [
      (0x8000_0000, 0x8000_0000), (0x7FFF_FFFF, 1), (1, 0x7FFF_FFFF), (0, 5), (65_501, 1),
      (65_500, 65_500), (8193, 8192),
    ] as [(UInt32, UInt32)])
  func hugeClaims(_ width: UInt32, _ height: UInt32) throws {
    let file = ImageFixtures.png(try ImageFixtures.bytes("rgb.png"), claiming: width, height)
    let error = try fault { () throws(ZooError) in try ImageReader.read(file, name: "a.png") }
    #expect(error.kind == .data)
  }

  @Test("a few bytes cannot claim many pixels")
  func impossibleClaim() throws {
    let file = ImageFixtures.png(try ImageFixtures.bytes("rgb.png"), claiming: 8000, 8000)
    let error = try fault { () throws(ZooError) in try ImageReader.read(file, name: "a.png") }
    #expect(
      error.findings[0].problem == "the header claims 8000x8000 pixels in \(file.count) bytes")
  }

  @Test("data beyond the picture are not unpacked")
  func bomb() throws {
    let image = try PNGReader.read(ImageFixtures.bytes("bomb.png"), name: "bomb.png")
    #expect(image.bytes == [UInt8](repeating: 0, count: 4 * 4 * 3))
  }

  @Test("a large file with data beyond the picture is refused before they are unpacked")
  func largeBomb() throws {
    let noise = PNG.encode(GzipTests.noise(300 * 200 * 3), width: 300, height: 200, channels: 3)
    #expect(try PNGReader.read(noise, name: "a.png").bytes == GzipTests.noise(300 * 200 * 3))
    let bomb = ImageFixtures.png(noise, claiming: 30, 20)
    let error = try fault { () throws(ZooError) in try PNGReader.read(bomb, name: "a.png") }
    // 8 bytes for each of 600 pixels and 7 filter bytes for each of 20 rows.
    #expect(
      error.findings[0].problem
        == "the data unpack to more than the 4940 bytes that 30x20 pixels can have")
  }

  /// Every byte counts but the checksum of the last chunk, which is empty: no pixels pass silently.
  @Test("damaged data are refused")
  func flippedBits() throws {
    let file = try ImageFixtures.bytes("grey.png")
    for place in file.indices.dropLast(4) {
      var damaged = file
      damaged[place] ^= 0x10
      _ = try fault { () throws(ZooError) in try ImageReader.read(damaged, name: "a.png") }
    }
  }

  @Test("mutants give a picture or an error")
  func mutants() throws {
    var random = SplitMix(seed: 5)
    for form in Self.forms {
      let file = try ImageFixtures.bytes("\(form).png")
      for _ in 0..<50 { survive(mutant(of: file, &random)) }
    }
  }
}

@Suite("JPEG reader", .needsJPEG)
struct JPEGReaderTests {
  private static let forms = [
    "grey", "444", "422", "420", "progressive", "restarts", "410", "1x4", "mixed", "411-doubled",
  ]

  /// No tolerance: Pillow decodes with libjpeg-turbo too, whose accurate inverse DCT gives the same
  /// bits on every processor.
  @Test("every form gives Pillow's pixels", arguments: forms)
  func pixels(_ form: String) throws {
    let file = try ImageFixtures.bytes("\(form).jpg")
    let expected = try ImageFixtures.picture("\(form).jpg.rgb", width: 21, height: 19)
    #expect(try ImageReader.read(file, name: form) == expected)
    #expect(try ImageReader.size(of: file, name: form) == (21, 19))
  }

  /// Pillow's `ImageOps.exif_transpose` is the oracle.
  @Test("pictures are turned as their tag says", arguments: 1...8)
  func orientation(_ tag: Int) throws {
    let file = try ImageFixtures.bytes("turned-\(tag).jpg")
    let (width, height) = tag > 4 ? (19, 21) : (21, 19)
    let expected = try ImageFixtures.picture("turned-\(tag).jpg.rgb", width: width, height: height)
    #expect(try ImageReader.read(file, name: "a.jpg") == expected)
    #expect(try ImageReader.size(of: file, name: "a.jpg") == (width, height))
  }

  /// The tag in either order of bytes, wherever it stands; what makes no sense turns nothing.
  @Test("tags that make no sense turn nothing")
  func oddOrientation() throws {
    let plain = try ImageFixtures.bytes("444.jpg")
    func turns(_ tiff: [UInt8], name: String = "Exif\0\0") throws -> Bool {
      let segment = Array(name.utf8) + tiff
      let length = segment.count + 2
      let file =
        plain[..<2] + [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 0xFF)] + segment + plain[2...]
      return try ImageReader.size(of: Array(file), name: "a.jpg") == (19, 21)
    }
    let little: [UInt8] = [73, 73, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0]
    let big: [UInt8] = [77, 77, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0]
    #expect(try turns(little) && turns(big))
    #expect(try !turns(little, name: "Exit\0\0"))
    for count in 0..<20 { #expect(try !turns(Array(little.prefix(count)))) }
    for (place, value) in [
      (0, 74), (2, 43), (4, 255), (7, 255), (8, 0), (10, 0x13), (12, 4), (18, 9), (18, 0),
    ]
      as [(Int, UInt8)]
    {
      var odd = little
      odd[place] = value
      #expect(try !turns(odd), "byte \(place) of \(value)")
    }
  }

  @Test("CMYK is refused by name")
  func cmyk() throws {
    let file = try ImageFixtures.bytes("cmyk.jpg")
    let error = try fault { () throws(ZooError) in try ImageReader.read(file, name: "a.jpg") }
    #expect(error.findings[0].problem == "expected a grey or RGB picture, found a CMYK JPEG")
    #expect(error.findings[0].place == "a.jpg")
  }

  /// All but the end marker, which adds no pixels.
  @Test("a file whose data are cut short anywhere is refused", arguments: ["420", "progressive"])
  func truncated(_ form: String) throws {
    let file = try ImageFixtures.bytes("\(form).jpg")
    for count in 0..<file.count - 2 {
      let part = Array(file[..<count])
      let error = try fault { () throws(ZooError) in try ImageReader.read(part, name: form) }
      #expect(error.kind == .data && error.findings[0].advice != nil, "\(count) bytes")
      _ = try fault { () throws(ZooError) in try ImageReader.size(of: part, name: form) }
    }
  }

  /// The end is there, but part of the data is not; the library only warns of that.
  @Test("missing data in between are refused")
  func gap() throws {
    let file = try ImageFixtures.bytes("420.jpg")
    let part = Array(file[..<(file.count - 60)] + file.suffix(2))
    #expect(try ImageReader.size(of: part, name: "a.jpg") == (21, 19))
    _ = try fault { () throws(ZooError) in try ImageReader.read(part, name: "a.jpg") }
  }

  @Test(
    "sizes beyond the limits are refused from the header",
    arguments: [
      (65_500, 65_500), (65_535, 65_535), (65_501, 1), (0, 4), (3000, 3000),
    ] as [(UInt16, UInt16)])
  func hugeClaims(_ width: UInt16, _ height: UInt16) throws {
    for form in ["420", "progressive"] {
      let file = try ImageFixtures.jpeg(
        ImageFixtures.bytes("\(form).jpg"), claiming: width, height)
      let error = try fault { () throws(ZooError) in try ImageReader.read(file, name: "a.jpg") }
      #expect(error.kind == .data)
    }
  }

  @Test(
    "more scans than a picture needs are refused",
    // Of large pictures fewer: 6000 x 6000 pixels may be gone over 29 times.
    arguments: [(21, 19, 5000, 100), (6000, 6000, 85, 29)] as [(UInt16, UInt16, Int, Int)])
  func manyScans(_ width: UInt16, _ height: UInt16, _ copies: Int, _ most: Int) throws {
    let file = try ImageFixtures.jpeg(
      ImageFixtures.bytes("progressive.jpg"), claiming: width, height)
    // Before the last one, which makes the picture complete.
    let last = try #require(
      file.indices.dropLast().last { file[$0] == 0xFF && file[$0 + 1] == 0xDA })
    let first = try #require(
      file.indices.dropLast().first { file[$0] == 0xFF && file[$0 + 1] == 0xDA })
    let next = try #require(
      file.indices.dropLast().first { $0 > first + 2 && file[$0] == 0xFF && file[$0 + 1] != 0 })
    let scan = file[first..<next] + [UInt8](repeating: 0, count: 99)
    let scans = Array(repeatElement(scan, count: copies).joined())
    let many = Array(file[..<last]) + scans + file[last...]
    let error = try fault { () throws(ZooError) in try ImageReader.size(of: many, name: "a.jpg") }
    #expect(
      error.findings[0].problem == "expected at most \(most) scans, found \(copies + 10)")
  }

  @Test("mutants give a picture or an error")
  func mutants() throws {
    var random = SplitMix(seed: 6)
    for form in Self.forms + ["cmyk"] {
      let file = try ImageFixtures.bytes("\(form).jpg")
      for _ in 0..<100 { survive(mutant(of: file, &random)) }
    }
  }
}

@Suite("Image reader")
struct ImageReaderTests {
  @Test("what is no picture is named by how it begins")
  func noImage() throws {
    for (file, found) in [
      ([], "an empty file"),
      (Array("<html>".utf8), "a web page"),
      (Array("....GIF89a".utf8), "a file that begins with 2e 2e 2e 2e 47 49 46 38"),
      (Array("GIF89a....".utf8), "a GIF picture"),
      (Array("RIFF\u{1a}\0\0\0WEBPVP8 ".utf8), "a WebP picture"),
      (Array("RIFF\u{1a}\0\0\0WAVEfmt ".utf8), "a file that begins with 52 49 46 46 1a 00 00 00"),
      (Array("\0\0\0\u{20}ftypavif\0\0\0\0".utf8), "an AVIF picture"),
      (Array("\0\0\0\u{18}ftypheic\0\0\0\0".utf8), "a HEIC picture"),
      ([0x42, 0x4D, 0xF6, 0x01, 0, 0, 0, 0, 0, 0], "a BMP picture"),
      ([0x49, 0x49, 0x2A, 0, 8, 0, 0, 0], "a TIFF picture"),
      (Array("\n<!DOCTYPE HTML>".utf8), "a web page"),
      (Array("<?xml version='1.0'?><svg>".utf8), "an SVG picture"),
      (Array("version https://git-lfs.github.com/spec/v1".utf8), "a pointer of Git LFS"),
    ] as [([UInt8], String)] {
      let error = try fault { () throws(ZooError) in try ImageReader.read(file, name: "a\n.png") }
      #expect(error.kind == .data && error.findings[0].advice != nil)
      #expect(error.findings[0].problem == "expected a PNG or JPEG picture, found \(found)")
      #expect(error.findings[0].place == #"a\u{a}.png"#)
      _ = try fault { () throws(ZooError) in try ImageReader.size(of: file, name: "a") }
    }
  }
}

/// Reads a file that may be anything; a picture must be as large as its header says.
private func survive(_ file: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) {
  guard let image = try? ImageReader.read(file, name: "mutant") else { return }
  let size = try? ImageReader.size(of: file, name: "mutant")
  #expect(
    size.map { $0 == (image.width, image.height) } == true, sourceLocation: sourceLocation)
}
