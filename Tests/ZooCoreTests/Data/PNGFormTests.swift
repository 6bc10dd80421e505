import Testing
import ZooCore

/// A form that PNG files can have (PNG specification, third edition, table 12).
struct PNGForm: Sendable, CustomTestStringConvertible {
  let colour, depth: Int
  let interlaced: Bool

  /// All colour types with all their depths, plain and interlaced.
  static let all = [
    (0, [1, 2, 4, 8, 16]), (2, [8, 16]), (3, [1, 2, 4, 8]), (4, [8, 16]), (6, [8, 16]),
  ]
  .flatMap { colour, depths in
    depths.flatMap { depth in
      [false, true].map { PNGForm(colour: colour, depth: depth, interlaced: $0) }
    }
  }

  var channels: Int { [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][colour] ?? 0 }
  var testDescription: String {
    "colour type \(colour), \(depth) bits, \(interlaced ? "interlaced" : "plain")"
  }

  /// A file of these samples, `[height, width, channels]`, with a palette where the form has one.
  func file(_ samples: [Int], width: Int, height: Int, palette: [UInt8]) -> [UInt8] {
    // Where each pass begins, and how far its pixels are apart (section 8.2).
    let passes =
      interlaced
      ? [
        (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
        (0, 1, 1, 2),
      ]
      : [(0, 0, 1, 1)]
    var data: [UInt8] = []
    for (left, top, right, down) in passes where left < width {
      for y in stride(from: top, to: height, by: down) {
        let bits = stride(from: left, to: width, by: right).flatMap { x in
          (0..<channels).flatMap { channel in
            let sample = samples[(y * width + x) * channels + channel]
            return (0..<depth).reversed().map { sample >> $0 & 1 }
          }
        }
        data.append(0)
        data += stride(from: 0, to: bits.count, by: 8).map { start in
          UInt8((0..<8).reduce(0) { $0 << 1 | (start + $1 < bits.count ? bits[start + $1] : 0) })
        }
      }
    }
    let header =
      ImageFixtures.bigEndian(UInt32(width)) + ImageFixtures.bigEndian(UInt32(height))
      + [UInt8(depth), UInt8(colour), 0, 0, interlaced ? 1 : 0]
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
      + ImageFixtures.chunk("IHDR", header)
      + (colour == 3 ? ImageFixtures.chunk("PLTE", palette) : [])
      + ImageFixtures.chunk("IDAT", ImageFixtures.stored(data)) + ImageFixtures.chunk("IEND", [])
  }

  /// What a reader has to make of the samples.
  func pixels(_ samples: [Int], palette: [UInt8]) -> [UInt8] {
    stride(from: 0, to: samples.count, by: channels).flatMap { place -> [UInt8] in
      if colour == 3 { return Array(palette[3 * samples[place]..<3 * samples[place] + 3]) }
      return (0..<3).map { channel in
        let sample = samples[place + (colour & 2 == 0 ? 0 : channel)]
        let largest = 1 << depth - 1
        // The nearest of 255 steps; there are no ties.
        return UInt8((sample * 255 + largest / 2) / largest)
      }
    }
  }
}

@Suite("PNG forms", .needsPNG)
struct PNGFormTests {
  /// Sizes at which passes are empty, and at which they end in the middle of a byte.
  private static let sizes = [(1, 1), (2, 3), (5, 4), (8, 8), (33, 19)]

  @Test(
    "every depth, interlaced or not, of every colour type gives its pixels", arguments: PNGForm.all)
  func pixels(_ form: PNGForm) throws {
    for (width, height) in Self.sizes {
      var random = SplitMix(seed: UInt64(width))
      let samples = (0..<width * height * form.channels).map { _ in random.below(1 << form.depth) }
      let palette = (0..<3 << min(form.depth, 8)).map { _ in UInt8(random.below(256)) }
      let file = form.file(samples, width: width, height: height, palette: palette)
      let image = try PNGReader.read(file, name: "a.png")
      #expect(image.width == width && image.height == height)
      #expect(image.bytes == form.pixels(samples, palette: palette), "\(width)x\(height)")
    }
  }

  @Test("every value of 16 bits is rounded to the nearest of 8", arguments: [false, true])
  func roundings(_ interlaced: Bool) throws {
    let form = PNGForm(colour: 0, depth: 16, interlaced: interlaced)
    let samples = Array(0..<65_536)
    let file = form.file(samples, width: 256, height: 256, palette: [])
    let expected = samples.flatMap { sample in
      Array(repeating: UInt8((Double(sample) / 257).rounded()), count: 3)
    }
    #expect(try PNGReader.read(file, name: "a.png").bytes == expected)
  }
}
