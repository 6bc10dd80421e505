/// Antialiased resizing, byte for byte that of Pillow's `Image.resize`.
///
/// The filter is stretched by the factor of a reduction, so that every pixel of the source counts.
/// Rows come first, are rounded to 8 bits, then columns; weights are integers of 22 fraction bits.
/// Source: Pillow, `src/libImaging/Resample.c`.
public enum ResamplingFilter: Sendable {
  /// The pixel itself: for values that have nothing between them.
  case nearest
  /// The triangle 1 - |x| on -1...1.
  case bilinear
  /// Keys' cubic with a = -1/2, on -2...2.
  case bicubic

  fileprivate var support: Double {
    switch self {
    case .nearest: 0
    case .bilinear: 1
    case .bicubic: 2
    }
  }

  fileprivate func callAsFunction(_ x: Double) -> Double {
    let x = abs(x)
    switch self {
    case .nearest: return 1
    case .bilinear:
      return x < 1 ? 1 - x : 0
    case .bicubic:
      let a = -0.5
      if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
      if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
      return 0
    }
  }
}

extension RasterImage {
  /// The picture in another size.
  public func resized(
    width: Int, height: Int, filter: ResamplingFilter = .bilinear
  ) -> RasterImage {
    require(width > 0 && height > 0, "a picture cannot have the size \(width)x\(height)")
    var bytes = bytes
    if width != self.width {
      let axis = ResampledAxis(from: self.width, to: width, filter)
      bytes = axis.horizontally(bytes, rows: self.height, channels: channels)
    }
    if height != self.height {
      let axis = ResampledAxis(from: self.height, to: height, filter)
      bytes = axis.vertically(bytes, rowLength: width * channels)
    }
    return RasterImage(width: width, height: height, channels: channels, bytes: bytes)
  }
}

/// Where each sample of a resized axis takes its values from, and with which weights.
private struct ResampledAxis {
  private static let fractionBits: Int32 = 22
  private static let half: Int32 = 1 << (fractionBits - 1)

  private let sourceCount: Int
  /// For each sample, the source samples that it is made of.
  private var spans: [Range<Int>] = []
  /// The weights of all samples, one after another; sample i's begin at `offsets[i]`.
  private var weights: [Int32] = []
  private var offsets: [Int] = []

  init(from sourceCount: Int, to count: Int, _ filter: ResamplingFilter) {
    self.sourceCount = sourceCount
    let scale = Double(sourceCount) / Double(count)
    let stretch = max(scale, 1)
    let support = filter.support * stretch
    for sample in 0..<count {
      let centre = (Double(sample) + 0.5) * scale
      // Pillow casts to int, which rounds towards zero.
      let isNearest = filter == .nearest
      let first = isNearest ? Int(centre) : max(Int(centre - support + 0.5), 0)
      let end = isNearest ? first + 1 : min(Int(centre + support + 0.5), sourceCount)
      let values = (first..<end).map { filter((Double($0) - centre + 0.5) * (1 / stretch)) }
      let sum = values.reduce(0, +)
      spans.append(first..<end)
      offsets.append(weights.count)
      for value in values {
        let scaled = value / sum * Double(1 << Self.fractionBits)
        weights.append(Int32(scaled < 0 ? scaled - 0.5 : scaled + 0.5))
      }
    }
  }

  /// Resizes rows of `sourceCount` pixels.
  func horizontally(_ source: [UInt8], rows: Int, channels: Int) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: rows * spans.count * channels)
    var place = 0
    for row in 0..<rows {
      for (span, offset) in zip(spans, offsets) {
        let first = (row * sourceCount + span.lowerBound) * channels
        for channel in 0..<channels {
          var sum = Self.half
          for tap in 0..<span.count {
            sum &+= weights[offset + tap] &* Int32(source[first + tap * channels + channel])
          }
          result[place] = Self.rounded(sum)
          place += 1
        }
      }
    }
    return result
  }

  /// Resizes columns: `sourceCount` rows of `rowLength` values.
  func vertically(_ source: [UInt8], rowLength: Int) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: spans.count * rowLength)
    var sums = [Int32](repeating: 0, count: rowLength)
    for (sample, span) in spans.enumerated() {
      for column in 0..<rowLength { sums[column] = Self.half }
      for row in span {
        let weight = weights[offsets[sample] + row - span.lowerBound]
        for column in 0..<rowLength {
          sums[column] &+= weight &* Int32(source[row * rowLength + column])
        }
      }
      for column in 0..<rowLength {
        result[sample * rowLength + column] = Self.rounded(sums[column])
      }
    }
    return result
  }

  /// The whole part, within a byte's range: bicubic weights can be negative.
  private static func rounded(_ sum: Int32) -> UInt8 { UInt8(clamping: sum >> fractionBits) }
}
