import Foundation
import Testing
import ZooCore

/// Headers whose numbers are the largest, the smallest, or wrap around when they are multiplied:
/// errors of the data that name the file, never a trap, and nothing set aside for them.
@Suite struct OddHeaderTests {
  static let odd: [UInt32] = [0, 1, 28, 65_535, 65_536, 1 << 31, .max]

  // MARK: IDX

  private func idx(_ type: UInt8, _ sizes: [UInt32], _ body: Int = 28) -> [UInt8] {
    [0, 0, type, UInt8(sizes.count)] + sizes.flatMap(bigEndian) + [UInt8](repeating: 7, count: body)
  }

  @Test func idxSizes() throws {
    try withoutGigabytes {
      for count in Self.odd {
        for height in Self.odd {
          for width in Self.odd {
            let isWhole = [count, height, width].map(Int.init).reduce(1) { min($0 * $1, 1 << 30) }
            expectFault("\(count)x\(height)x\(width)", in: "i", canRead: isWhole == 28) {
              let array = try IDX.parse(idx(8, [count, height, width]), rank: 3, name: "i")
              #expect(array.shape.reduce(1, *) == 28)
            }
          }
          // Labels of 32 bits, several for each image.
          expectFault("\(count) labels of \(height)", in: "i", canRead: count == 1 || height == 1) {
            let labels = try IDX.parseLabels(idx(12, [count, height], 4), name: "i")
            #expect(labels.count == 1)
          }
        }
      }
    }
  }

  @Test func idxBeginnings() throws {
    let whole = idx(8, [1, 4, 7])
    for place in 0..<4 {
      for value in UInt8.min ... .max where value != whole[place] {
        var bytes = whole
        bytes[place] = value
        expectFault("byte \(place) of \(value)", in: "i") {
          _ = try IDX.parse(bytes, rank: 3, name: "i")
        }
      }
    }
    for count in whole.indices {
      expectFault("\(count) bytes", in: "i") {
        _ = try IDX.parse(Array(whole[..<count]), rank: 3, name: "i")
      }
    }
    try withTemporaryDirectory { folder in
      let path = folder + "/images.gz"
      try Files.write(Gzip.deflate(idx(8, [.max, .max, .max])), to: path)
      expectFault("a packed header", in: path) { _ = try IDX.read(path, rank: 3) }
    }
  }

  // MARK: NumPy

  private func npy(
    _ shape: String, type: String = "<f4", order: String = "False", version: UInt8 = 1,
    length: UInt64? = nil
  ) -> [UInt8] {
    let header = Array(
      "{'descr': '\(type)', 'fortran_order': \(order), 'shape': \(shape), }\n".utf8)
    return [0x93] + Array("NUMPY".utf8) + [version, 0]
      + littleEndian(length ?? UInt64(header.count), version < 2 ? 2 : 4) + header + [1, 2, 3, 4]
  }

  private func expectNoArray(_ what: String, _ file: [UInt8]) {
    expectFault(what, in: "n.npy") { _ = try NPY.decode(file, name: "n.npy") }
  }

  @Test(arguments: [
    "(9223372036854775807, 2)", "(9223372036854775808,)", "(4294967296, 4294967296, 1)",
    "(-1, 4)", "(0, 9223372036854775807, 3)", "(1, 0, 9223372036854775807, 1)", "(1.5,)",
    "(\u{1B}[31m1,)", "(1,)\u{1B}[31m", "(", ")", "((1,),)", "None", "(1e0,)", "(1,\u{301},)",
    "[1]",
    "(1)(1)", "(0x1,)", "(99999999999999999999999,)", "",
  ])
  func npyShapes(_ shape: String) {
    for type in ["|u1", "<f4", "<f8", ">i8\u{1B}[31m"] {
      expectNoArray("\(type) \(shape)", npy(shape, type: type))
    }
  }

  @Test func npyHeaders() throws {
    for type in ["|O", "|S4", "<U1", "<f2", ">f4", "<i4", "|V4", "[('a', '<f4')]", "", "f\u{301}"] {
      expectNoArray("the type \(type)", npy("(1,)", type: type))
    }
    for order in ["True", "0", "", "false", "'False'", "None", "(False)", "\u{1B}[31m"] {
      expectNoArray("the order \(order)", npy("(1,)", order: order))
    }
    for version: UInt8 in [0, 4, 128, 255] {
      expectNoArray("version \(version)", npy("(1,)", version: version))
    }
    for version: UInt8 in [1, 2, 3] {
      #expect(try NPY.decode(npy("(1,)", version: version), name: "n").shape == [1])
      let most: UInt64 = version == 1 ? 65_535 : 0xFFFF_FFFF
      for length in [0, 1, 9, 62, 70, most] {
        expectNoArray("\(length) bytes", npy("(1,)", version: version, length: length))
      }
    }
    let whole = npy("(1,)")
    for count in whole.indices { expectNoArray("\(count) bytes", Array(whole[..<count])) }
    // What takes Swift's strings long: marks that it sorts, flags that it counts.
    for text in ["\u{301}\u{323}", "\u{1F1E9}\u{1F1EA}", "'descr'", "(", ","] {
      let long = String(repeating: text, count: 65_000 / text.utf8.count)
      expectNoArray("many \(text)", npy(long, length: 65_400))
      expectNoArray("a type of many \(text)", npy("(1,)", type: long))
    }
  }

  @Test(arguments: [
    ("(0, 9223372036854775807, 3)", 0), ("(1, 0, 9223372036854775807, 1)", 0), ("(2, 0, 4, 3)", 0),
    ("(1, 1, 65537, 1)", 65_537), ("()", 1), ("(65536,)", 65_536),
  ])
  func npySets(_ shape: String, _ count: Int) throws {
    try withTemporaryDirectory { folder in
      var settings = DataSettings()
      (settings.dataset, settings.path) = ("npy", folder + "/a.npy")
      let file = npy(shape, type: "|u1").dropLast(4) + [UInt8](repeating: 7, count: count)
      try Files.write(Array(file), to: folder + "/a.npy")
      expectFault(shape, in: folder) { _ = try DataLibrary(directory: folder).open(settings) }
    }
  }

  // MARK: JSON and safetensors

  @Test(arguments: [
    "[9223372036854775807]", "[9223372036854775807, 4]", "[4294967296, 4294967296]", "[-1]",
    "[18446744073709551616]", "[1e308]", "[1e400]", "[-0]", "[1.0]", "[1,]", "{}", "[[1]]",
  ])
  func safetensors(_ sizes: String) {
    for offsets in ["[0, 4]", "[4, 0]", "[0, 9223372036854775807]", "[9223372036854775807, 0]"] {
      let header = #"{"t":{"dtype":"F32","shape":\#(sizes),"data_offsets":\#(offsets)}}"#
      let file = SafetensorsTests.file(header, [0, 0, 0, 0])
      expectFault("\(sizes) at \(offsets)", in: "s(") {
        _ = try Safetensors(parsing: file, name: "s")
      }
    }
  }

  /// Nesting, numbers, and marks on a letter, which take Swift a time that grows with their square.
  static let texts: [(what: String, text: String)] = [
    ("arrays", String(repeating: "[", count: 10_000)),
    ("objects", String(repeating: #"{"a":"#, count: 10_000)),
    ("both", String(repeating: #"[{"a":"#, count: 10_000)),
    ("1e400", "[1e400]"), ("-1e400", "[-1e400]"), ("1e9…", "[1e99999999999999999999]"),
    ("digits", "[" + String(repeating: "9", count: 1 << 20) + "]"),
    ("marks", "[\"a" + String(repeating: "\u{301}\u{323}", count: 1 << 18) + "\"]"),
    ("marks on a key", "{\"a" + String(repeating: "\u{301}\u{323}", count: 1 << 18) + "\":0}"),
    ("escaped marks", "{\"a" + String(repeating: #"\u0301\u0323"#, count: 1 << 18) + "\":0}"),
  ]

  @Test(arguments: texts.indices)
  func json(_ index: Int) {
    let (what, text) = Self.texts[index]
    expectFault(what, in: "j:1:") { _ = try JSONDocument(parsing: text, name: "j", kind: .data) }
    let header = #"{"t":"# + text
    expectFault("a header of \(what)", in: "s(header):1:") {
      _ = try Safetensors(parsing: SafetensorsTests.file(header), name: "s")
    }
  }

  @Test func jsonNumbers() throws {
    let numbers =
      "[1e308, -0, 99999999999999999999, 9223372036854775808, -9223372036854775809, 1e-9]"
    let read = try JSONDocument(parsing: numbers, name: "j").root.array
    #expect(read?.map(\.int) == [nil, 0, nil, nil, nil, nil])
    #expect(read?.allSatisfy { $0.double?.isFinite == true } == true)
    let marks = "a" + String(repeating: "\u{301}", count: 127)
    #expect(try JSONDocument(parsing: "\"\(marks)\"", name: "j").root.string == marks)
  }
}
