import Foundation
import Testing
import ZooCore

/// The headers of files that hold others: what they say of lengths is not believed.
///
/// That every cut is an error is seen to where each format has its tests.
@Suite struct OddHeaderArchiveTests {
  @Test func gzip() throws {
    let packed = Gzip.deflate(Array("some text".utf8))
    // The method, each flag with what it announces, and flags that nothing has.
    for (what, place, value) in [
      ("a method", 2, 7), ("a checksum", 3, 2), ("a long field", 3, 4),
      ("a reserved flag", 3, 0x20),
      ("all flags", 3, 255),
    ] as [(String, Int, UInt8)] {
      var bytes = packed
      bytes[place] = value
      expectFault(what, in: "g") { _ = try Gzip.inflate(bytes, limit: 1 << 20, name: "g") }
    }
    // A name and a comment that never end, and a field longer than the file.
    for flag: UInt8 in [4, 8, 16] {
      let bytes = packed[..<3] + [flag] + packed[4..<10] + [UInt8](repeating: 255, count: 99)
      expectFault("flag \(flag)", in: "g") {
        _ = try Gzip.inflate(Array(bytes), limit: 1 << 20, name: "g")
      }
    }
    for count in 0..<10 {
      expectFault("\(count) bytes", in: "g") {
        _ = try Gzip.inflate(Array(packed[..<count]), limit: 1 << 20, name: "g")
      }
    }
  }

  /// GNU's binary sizes, as positive and negative as they can be, and digits of every kind.
  @Test(arguments: [
    "\u{80}\u{0}\u{0}\u{0}\u{7F}\u{7F}\u{7F}\u{7F}", "\u{7F}", "777777777777", "0000 0000000", "-1",
    "0x100", "            ", "9",
  ])
  func tar(_ size: String) throws {
    var archive = TarArchive()
    archive.add("a", [1, 2, 3], size: size)
    let bytes = archive.ended
    expectFault(size, in: "t") { _ = try Tar.files(in: bytes, name: "t") }
  }

  /// A pack file whose pixels and labels are a hole, which takes no room on the disk.
  private func pack(
    _ members: String, _ size: Int, at path: String, length: UInt64? = nil
  ) throws {
    let trailer = Array(#"{"name":"x","sha256":"0",\#(members)}"#.utf8)
    var hash = SHA256()
    hash.update(trailer)
    try Files.write([], to: path)
    let file = try #require(FileHandle(forWritingAtPath: path))
    try file.truncate(atOffset: UInt64(size))
    try file.seekToEnd()
    let footer = littleEndian(length ?? UInt64(trailer.count), 8) + Array("ZOOPACK1".utf8)
    try file.write(contentsOf: Data(trailer + hash.finalize() + footer))
    try file.close()
  }

  private static let good = #""shape":[1,1,1],"classes":["a"],"count":2"#

  @Test func packFiles() throws {
    try withTemporaryDirectory { folder in
      let path = folder + "/p.zoopack"
      let trailers = [
        #""shape":[9223372036854775807,1,1],"classes":null,"count":9223372036854775807"#,
        #""shape":[1,1,1],"classes":["a"],"count":9223372036854775807"#,
        #""shape":[3037000500,3037000500,1],"classes":null,"count":1"#,
        #""shape":[1,1,1],"classes":null,"count":99999999999999999999"#,
        #""shape":[1,1,1e308],"classes":null,"count":1"#, #""shape":[-1,-1,1],"count":6"#,
        #""shape":[0,1,1],"count":6"#, #""shape":[1,1],"count":6"#, #""shape":[1,1,2],"count":3"#,
        #""shape":[1,1,1],"count":-6"#, #""shape":[1,1,1],"count":0"#, #""shape":[],"count":6"#,
        #""shape":[1,1,1],"classes":[],"count":2"#, #""shape":[1,1,1],"classes":["a"],"count":3"#,
      ]
      for members in trailers {
        try pack(members, 6, at: path)
        expectFault(members, in: path) { _ = try PackFile(path) }
      }
      try pack(Self.good, 6, at: path)
      #expect(try PackFile(path).count == 2)
      for length: UInt64 in [0, 1, 16, 1 << 20, 1 << 24, 1 << 63, .max] {
        try pack(Self.good, 6, at: path, length: length)
        expectFault("a trailer of \(length) bytes", in: path) { _ = try PackFile(path) }
      }
      try withoutGigabytes {
        // Room for the labels alone would be 4 GB.
        let count = 1 << 31
        try pack(#""shape":[1,1,1],"classes":["a"],"count":\#(count)"#, 3 * count, at: path)
        expectFault("many labels", in: path) { _ = try PackFile(path) }
      }
    }
  }

  /// What was not found out by counting: a side that no network takes, in a file that is whole.
  @Test func sidesOfPackFiles() throws {
    try withTemporaryDirectory { folder in
      let path = folder + "/p.zoopack"
      var settings = DataSettings()
      (settings.dataset, settings.path) = ("pack", path)
      for shape in ["[1,65537,1]", "[65536,65536,1]"] {
        let size = shape == "[1,65537,1]" ? 65_537 : 1 << 32
        try pack(#""shape":\#(shape),"classes":null,"count":1"#, size, at: path)
        expectFault(shape, in: path) { _ = try DataLibrary(directory: folder).open(settings) }
      }
    }
  }
}
