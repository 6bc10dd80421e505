import Testing
import ZooCore

/// Files that are not as the standard wants them: those that have all their pixels give them, the
/// others are refused.
@Suite("JPEG oddities", .needsJPEG)
struct JPEGOddityTests {
  private func picture(_ form: String) throws -> RasterImage {
    try ImageFixtures.picture("\(form).jpg.rgb", width: 21, height: 19)
  }

  private func read(_ file: [UInt8]) throws -> RasterImage {
    _ = try ImageReader.size(of: file, name: "a.jpg")
    return try ImageReader.read(file, name: "a.jpg")
  }

  /// Where a marker stands first.
  private func place(of marker: UInt8, in file: [UInt8]) throws -> Int {
    try #require(file.indices.dropLast().first { file[$0] == 0xFF && file[$0 + 1] == marker })
  }

  /// As in Kaggle's cats and dogs: the library warns, and has all pixels.
  @Test("padding before the end marker", arguments: ["grey", "420", "progressive", "410"])
  func padding(_ form: String) throws {
    let file = try ImageFixtures.bytes("\(form).jpg")
    for padding in [[UInt8](repeating: 0, count: 258), Array("trailer".utf8)] {
      #expect(try read(file.dropLast(2) + padding + file.suffix(2)) == picture(form))
    }
  }

  @Test("padding hides no missing data")
  func damageBeforePadding() throws {
    let file = try ImageFixtures.bytes("restarts.jpg")
    // A restart marker less: at first the data behind it look like padding.
    let restart = try place(of: 0xD0, in: file)
    let damaged = Array(file[..<restart] + file[(restart + 2)...])
    for odd in [damaged, damaged.dropLast(2) + [UInt8](repeating: 0, count: 99) + file.suffix(2)] {
      _ = try fault { () throws(ZooError) in try ImageReader.read(odd, name: "a.jpg") }
    }
  }

  @Test(
    "anything behind the end marker", arguments: ["420", "progressive"])
  func trailer(_ form: String) throws {
    let file = try ImageFixtures.bytes("\(form).jpg")
    for trailer in [[0xFF], Array("trailer".utf8), file, [0xFF, 0xC4, 0, 4, 9, 9, 0xFF, 0xD8]] {
      #expect(try read(file + trailer) == picture(form))
    }
  }

  /// Samsung's panoramas: no end marker, and a film behind the picture.
  @Test(
    "no end marker, or data of another kind in its place",
    arguments: ["grey", "420", "progressive", "mixed"])
  func noEnd(_ form: String) throws {
    let file = try ImageFixtures.bytes("\(form).jpg")
    for trailer in [
      [], [0xFF], [0, 0, 1, 0x0A, 0x0E, 0, 0, 0] + Array("SEFT".utf8),
      Array("film".utf8) + [0xFF, 0xD3, 1, 0xFF, 0x30, 2, 0xFF, 0xC4, 0xFF, 0xFF, 3], file,
    ] as [[UInt8]] {
      #expect(try read(file.dropLast(2) + trailer) == picture(form), "\(trailer)")
    }
  }

  @Test("a version of JFIF that is unknown, an unknown transform, and bytes between segments")
  func headers() throws {
    let file = try ImageFixtures.bytes("420.jpg")
    let version = try place(of: 0xE0, in: file) + 9
    var odd = file
    odd.replaceSubrange(version..<version + 2, with: [0, 0])
    #expect(try read(odd) == picture("420"))

    let adobe: [UInt8] = [0xFF, 0xEE, 0, 14] + Array("Adobe".utf8) + [0, 100, 0, 0, 0, 0, 7]
    #expect(try read(file[..<2] + adobe + file[20...]) == picture("420"))

    let tables = try place(of: 0xDB, in: file)
    #expect(
      try read(file[..<tables] + [0, 1, 2, 0xFF, 0, 0xFF] + file[tables...]) == picture("420"))
  }

  @Test("a sequential scan that does not say that it has everything", arguments: ["grey", "420"])
  func scanHeader(_ form: String) throws {
    var file = try ImageFixtures.bytes("\(form).jpg")
    let scan = try place(of: 0xDA, in: file)
    let end = scan + 2 + Int(file[scan + 3])
    try #require(file[end - 3..<end] == [0, 63, 0])
    file[end - 2] = 0
    #expect(try read(file) == picture(form))
  }

  @Test(
    "intact files that cannot be read are called by what they are",
    arguments: [
      (0xC3, 8, 3, "a lossless JPEG"), (0xC5, 8, 3, "a hierarchical JPEG"),
      (0xC1, 12, 3, "a JPEG of 12 bits a channel"), (0xC1, 8, 2, "a JPEG of 2 channels"),
    ] as [(UInt8, UInt8, UInt8, String)])
  func obstacles(_ marker: UInt8, _ bits: UInt8, _ channels: UInt8, _ name: String) throws {
    var file = try ImageFixtures.bytes("420.jpg")
    let frame = try place(of: 0xC0, in: file)
    (file[frame + 1], file[frame + 4], file[frame + 9]) = (marker, bits, channels)
    let error = try fault { () throws(ZooError) in try ImageReader.size(of: file, name: "a.jpg") }
    #expect(error.findings[0].problem == "expected a grey or RGB picture, found \(name)")
  }

  @Test("samplings that are no multiples of each other are named")
  func fractions() throws {
    var file = try ImageFixtures.bytes("420.jpg")
    let frame = try place(of: 0xC0, in: file)
    (file[frame + 11], file[frame + 14]) = (0x31, 0x21)
    let error = try fault { () throws(ZooError) in try ImageReader.size(of: file, name: "a.jpg") }
    #expect(error.findings[0].problem.contains("the samplings 3x1, 2x1, 1x1"), "\(error)")
  }
}
