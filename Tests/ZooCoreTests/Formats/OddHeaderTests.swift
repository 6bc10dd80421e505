import Testing
import ZooCore

/// Headers whose numbers are the largest, the smallest, or wrap around when they are multiplied:
/// errors of the data, never a trap, and nothing set aside for them.
@Suite struct OddHeaderTests {
  private static let odd: [UInt32] = [0, 1, 28, 65_535, 65_536, 1 << 31, .max]

  private func bigEndian(_ number: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }

  /// What is not refused must be what follows.
  private func expectData(_ what: String, _ read: () throws -> Void) {
    do {
      try read()
    } catch let error as ZooError {
      #expect(error.kind == .data, "\(what): \(error)")
      #expect(!error.description.contains("\u{1B}"), "\(what)")
    } catch {
      Issue.record("\(what): \(error)")
    }
  }

  @Test func idx() throws {
    for count in Self.odd {
      for height in Self.odd {
        for width in Self.odd {
          let header = [0, 0, 8, 3] + [count, height, width].flatMap(bigEndian)
          expectData("\(count) x \(height) x \(width)") {
            let array = try IDX.parse(header + [UInt8](repeating: 7, count: 28), rank: 3, name: "i")
            #expect(array.shape.reduce(1, *) == 28)
          }
        }
      }
    }
  }

  @Test(.needsPNG)
  func png() {
    for width in Self.odd {
      for height in Self.odd {
        for depth: UInt8 in [0, 1, 8, 16, 255] {
          var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
          // Checksums are wrong as well where libpng looks at them.
          bytes += bigEndian(13) + Array("IHDR".utf8) + bigEndian(width) + bigEndian(height)
          bytes += [depth, 2, 0, 0, 0] + bigEndian(0)
          bytes += bigEndian(0) + Array("IEND".utf8) + bigEndian(0xAE42_6082)
          expectData("\(width)x\(height), \(depth) bits") {
            _ = try ImageReader.read(bytes, name: "p.png")
          }
        }
      }
    }
  }

  @Test(arguments: [
    "(9223372036854775807, 2)", "(9223372036854775808,)", "(4294967296, 4294967296, 1)",
    "(-1, 4)", "(0, 9223372036854775807, 3)", "(1, 0, 9223372036854775807, 1)", "()", "(1.5,)",
    "(\u{1B}[31m1,)", "(1,)\u{1B}[31m",
  ])
  func npy(_ shape: String) {
    for type in ["|u1", "<f4", "<f8", ">i8\u{1B}[31m"] {
      let header = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }\n"
      let file =
        [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
      expectData("\(type) \(shape)") {
        let array = try NPY.decode(file + [1, 2, 3, 4], name: "n.npy")
        #expect(array.shape.isEmpty || array.shape.contains(0))
      }
    }
  }

  @Test(arguments: [
    "[9223372036854775807]", "[9223372036854775807, 4]", "[4294967296, 4294967296]", "[-1]",
    "[18446744073709551616]", "[1e308]", "[-0]", "[1.0]",
  ])
  func safetensors(_ sizes: String) {
    for offsets in ["[0, 4]", "[4, 0]", "[0, 9223372036854775807]", "[9223372036854775807, 0]"] {
      let header = #"{"t":{"dtype":"F32","shape":\#(sizes),"data_offsets":\#(offsets)}}"#
      let length = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) }
      #expect(throws: ZooError.self, "\(sizes) at \(offsets)") {
        try Safetensors(parsing: length + Array(header.utf8) + [0, 0, 0, 0], name: "s")
      }
    }
  }
}
