import Testing
import ZooCore

/// Pictures with made headers.
///
/// What the program itself reads of them is tested where the libraries are missing, too.
@Suite struct OddHeaderPictureTests {
  // MARK: PNG

  private func header(
    _ width: UInt32, _ height: UInt32, depth: UInt8 = 8, colour: UInt8 = 2,
    rest: [UInt8] = [0, 0, 0]
  ) -> [UInt8] {
    ImageFixtures.chunk("IHDR", bigEndian(width) + bigEndian(height) + [depth, colour] + rest)
  }

  private let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
  private let pixel = ImageFixtures.chunk("IDAT", ImageFixtures.stored([0, 1, 2, 3]))
  private let end = ImageFixtures.chunk("IEND", [])

  /// Both readers of the program: the one of folders of pictures, and the one of its own.
  private func expectNoPNG(_ what: String, _ parts: [[UInt8]], canRead: Bool = true) {
    let file = signature + Array(parts.joined())
    expectFault(what, in: "p.png", canRead: !PNGReader.isAvailable) {
      _ = try ImageReader.read(file, name: "p.png")
    }
    expectFault(what, in: "p.png", canRead: canRead) { _ = try PNGFile(file, name: "p.png") }
  }

  @Test func pngSizes() throws {
    try withoutGigabytes {
      for width in [0, 1, 65_500, 65_501, 1 << 31 - 1, 1 << 31, .max] as [UInt32] {
        for height in [0, 65_500, 1 << 31 - 1, 1 << 31, .max] as [UInt32] {
          let isSize = 1..<1 << 31 ~= width && 1..<1 << 31 ~= height
          expectNoPNG("\(width)x\(height)", [header(width, height), pixel, end], canRead: isSize)
        }
      }
    }
  }

  @Test func pngForms() {
    for depth: UInt8 in [0, 1, 2, 3, 4, 5, 7, 9, 15, 17, 32, 255] {
      expectNoPNG("\(depth) bits", [header(1, 1, depth: depth), pixel, end])
    }
    for colour: UInt8 in [1, 3, 5, 7, 8, 255] {
      expectNoPNG("colour \(colour)", [header(1, 1, colour: colour), pixel, end])
    }
    for place in 0..<3 {
      for value: UInt8 in [2, 255] {
        var rest: [UInt8] = [0, 0, 0]
        rest[place] = value
        expectNoPNG("byte \(10 + place) of \(value)", [header(1, 1, rest: rest), pixel, end])
      }
    }
  }

  @Test func pngChunks() {
    let whole = [header(1, 1), pixel, end]
    expectNoPNG("no pixels", [whole[0], end], canRead: false)
    expectNoPNG("no header", [pixel, end], canRead: false)
    expectNoPNG("nothing", [end], canRead: false)
    for size in [0, 12, 14] {
      let short = ImageFixtures.chunk("IHDR", [UInt8](repeating: 1, count: size))
      expectNoPNG("a header of \(size) bytes", [short, pixel, end], canRead: false)
    }
    for length in [0, 12, 14, 1 << 16, 1 << 31 - 1, 1 << 31, .max] as [UInt32] {
      for part in 0..<3 where !(part == 2 && length == 0) {
        var parts = whole
        parts[part].replaceSubrange(..<4, with: bigEndian(length))
        expectNoPNG("part \(part) of \(length) bytes", parts, canRead: false)
      }
    }
    let bytes = Array(whole.joined())
    for count in bytes.indices {
      expectNoPNG("\(count) bytes", [Array(bytes[..<count])], canRead: false)
    }
  }

  // MARK: JPEG

  private func segment(_ marker: UInt8, _ body: [UInt8], length: Int? = nil) -> [UInt8] {
    [0xFF, marker] + bigEndian(length ?? body.count + 2) + body
  }

  private func frame(
    _ width: Int, _ height: Int, components: [UInt8] = [0x11], count: UInt8? = nil,
    marker: UInt8 = 0xC0
  ) -> [UInt8] {
    var body: [UInt8] = [8] + bigEndian(height) + bigEndian(width)
    body.append(count ?? UInt8(components.count))
    for (id, sampling) in components.enumerated() { body += [UInt8(id), sampling, 0] }
    return segment(marker, body)
  }

  private func scan(_ components: [UInt8] = [0]) -> [UInt8] {
    var body = [UInt8(components.count)]
    for id in components { body += [id, 0] }
    return segment(0xDA, body + [0, 63, 0])
  }

  private let begin: [UInt8] = [0xFF, 0xD8]
  private let finish: [UInt8] = [0xFF, 0xD9]

  private func expectNoJPEG(_ what: String, _ parts: [[UInt8]], canRead: Bool = true) {
    let file = begin + Array(parts.joined())
    for read in [
      { _ = try ImageReader.read($0, name: "p.jpg") },
      { _ = try ImageReader.size(of: $0, name: "p.jpg") },
    ] as [([UInt8]) throws -> Void] {
      // Of a size alone the library may think well; pixels there are none.
      expectFault(what, in: "p.jpg", canRead: canRead) { try read(file) }
    }
  }

  @Test func jpegFrames() throws {
    try withoutGigabytes {
      for (width, height) in [(0, 0), (0, 9), (9, 0), (65_535, 65_535), (65_500, 65_500)] {
        expectNoJPEG("\(width)x\(height)", [frame(width, height), scan(), finish])
      }
    }
    for count: UInt8 in [0, 2, 4, 255] {
      let list = [UInt8](repeating: 0x11, count: Int(count))
      let all = scan(list.indices.map { UInt8($0) })
      expectNoJPEG(
        "\(count) channels", [frame(9, 9, components: list), all, finish], canRead: false)
      expectNoJPEG("\(count) of 1 channel", [frame(9, 9, count: count), scan(), finish])
    }
    for sampling: UInt8 in [0, 0x01, 0x10, 0x0F, 0xF0] {
      let odd = frame(9, 9, components: [sampling])
      expectNoJPEG("sampling \(sampling)", [odd, scan(), finish], canRead: false)
    }
    expectNoJPEG("sampling 15", [frame(9, 9, components: [0xFF]), scan(), finish])
    let mixed = frame(9, 9, components: [0xF1, 0x21, 0x1F])
    expectNoJPEG("mixed samplings", [mixed, scan([0, 1, 2]), finish], canRead: false)
  }

  @Test func jpegSegments() {
    for length in [0, 1, 3, 65_535] {
      let lie = segment(0xE0, [], length: length)
      expectNoJPEG("\(length) bytes", [lie, frame(9, 9), scan()], canRead: false)
      let last = segment(0xC0, [], length: length)
      expectNoJPEG("a frame of \(length) bytes", [last, scan()], canRead: false)
    }
    expectNoJPEG("scan before frame", [scan(), frame(9, 9), finish], canRead: false)
    expectNoJPEG("no frame", [scan(), finish], canRead: false)
    expectNoJPEG("no scan", [frame(9, 9), finish], canRead: false)
    expectNoJPEG("a scan of another channel", [frame(9, 9), scan([7]), finish], canRead: false)
    for count: UInt8 in [0, 2, 255] {
      let lie = segment(0xDA, [count, 0, 0, 0, 63, 0])
      expectNoJPEG("a scan of \(count) channels", [frame(9, 9), lie, finish], canRead: false)
    }
    let parts = [segment(0xE1, Array("Exif\0\0II*\0".utf8)), frame(9, 9), scan()]
    let whole = Array(parts.joined())
    for count in whole.indices {
      expectNoJPEG("\(count) bytes", [Array(whole[..<count])], canRead: false)
    }
  }

  /// Scans of a few hundred bytes that each name as many channels as they can.
  @Test func jpegScans() {
    let many = scan([UInt8](repeating: 3, count: 255))
    let file = [frame(9, 9, marker: 0xC2)] + Array(repeating: many, count: 20_000) + [finish]
    expectNoJPEG("20000 scans", file, canRead: false)
  }

  // MARK: Orientation

  /// The tag that a file with this TIFF structure has.
  private func tag(_ tiff: [UInt8], before: [UInt8] = []) -> Int {
    let exif = segment(0xE1, Array("Exif\0\0".utf8) + tiff)
    return Orientation(ofJPEG: begin + before + exif + frame(9, 9)).tag
  }

  @Test func orientations() {
    let little: [UInt8] = [73, 73, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0]
    let big: [UInt8] = [77, 77, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0]
    #expect(tag(little) == 6 && tag(big) == 6)
    for offset in [0, 1, 7, 20, 21, 22, 23, 1 << 16, 1 << 31, .max] as [UInt32] {
      var (odd, other) = (little, big)
      odd.replaceSubrange(4..<8, with: bigEndian(offset).reversed())
      other.replaceSubrange(4..<8, with: bigEndian(offset))
      #expect(tag(odd) == 1 && tag(other) == 1, "a directory at \(offset)")
    }
    for count in 0..<20 { #expect(tag(Array(little[..<count])) == 1, "\(count) bytes") }
    // More entries than there are, before the tag and with it.
    for (place, value) in [(8, 255), (9, 255), (10, 0), (18, 0), (18, 9), (19, 255)] {
      var odd = little
      odd[place] = UInt8(value)
      #expect(tag(odd) == (place < 10 ? 6 : 1), "byte \(place) of \(value)")
    }
    for length in [0, 1, 65_535] {
      #expect(tag(little, before: segment(0xE0, [], length: length)) == 1)
    }
    let whole = begin + segment(0xE1, Array("Exif\0\0".utf8) + little)
    for count in whole.indices { #expect(Orientation(ofJPEG: Array(whole[..<count])).tag == 1) }
  }
}
