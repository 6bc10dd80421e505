/// Samples laid out as one picture.
public struct SampleGrid: Sendable {
  /// Rows of samples.
  public let rows: Int
  /// Samples in a row.
  public let columns: Int
  // Pixels between samples, so that neighbours do not run together.
  private let gap: Int

  /// A grid of this many samples, `gap` pixels apart.
  public init(rows: Int, columns: Int, gap: Int = 2) {
    self.rows = rows
    self.columns = columns
    self.gap = gap
  }

  /// A grid for so many samples, at least one, as square as it can be.
  public init(for count: Int, gap: Int = 2) {
    let columns = (1...).first { $0 * $0 >= count } ?? 1
    self.init(rows: (count + columns - 1) / columns, columns: columns, gap: gap)
  }

  /// A PNG of images `[N, H, W, C]`, at most what the grid has room for, whose values lie in
  /// `range`; C is 1 or 3.
  public func png(_ images: Tensor, range: ClosedRange<Double>) -> [UInt8] {
    let picture = picture(images, range: range)
    return PNG.encode(
      picture.pixels, width: picture.width, height: picture.height,
      channels: images.shape[3])
  }

  /// A film of a grid whose rows are ways from left to right: each picture has a column's images, as
  /// square as they lie.
  public func film(_ images: Tensor, range: ClosedRange<Double>) throws(ZooError) -> APNG {
    require(
      images.shape[0] == rows * columns,
      "a film of \(rows)x\(columns) images, found \(images.shape)")
    let square = SampleGrid(for: rows, gap: gap)
    let frames = (0..<columns).map { column in
      let numbers = (0..<rows).map { Int32($0 * columns + column) }
      return APNG.Frame(
        name: "picture \(column + 1)",
        bytes: square.png(images.gathered(numbers), range: range))
    }
    return try APNG(frames, delay: 80, lastDelay: 800)
  }

  /// The grid's pixels, row-major.
  package func picture(
    _ images: Tensor, range: ClosedRange<Double>
  ) -> (pixels: [UInt8], width: Int, height: Int) {
    let shape = images.shape
    require(
      shape.count == 4 && 1...rows * columns ~= shape[0] && (shape[3] == 1 || shape[3] == 3),
      "a grid of \(rows)x\(columns) has room for as many grey or RGB images, found \(shape)")
    let (height, width, channels) = (shape[1], shape[2], shape[3])
    let pictureWidth = columns * (width + gap) + gap
    let pictureHeight = rows * (height + gap) + gap
    var pixels = [UInt8](repeating: 0, count: pictureWidth * pictureHeight * channels)
    let values = images.floats
    let (lower, scale) = (
      Float(range.lowerBound), 255 / Float(range.upperBound - range.lowerBound)
    )
    for n in 0..<shape[0] {
      let top = gap + n / columns * (height + gap)
      let left = gap + n % columns * (width + gap)
      for y in 0..<height {
        let from = (n * height + y) * width * channels
        let to = ((top + y) * pictureWidth + left) * channels
        for i in 0..<width * channels {
          // A value that is not finite shows as black instead of stopping the run.
          let level = (values[from + i] - lower) * scale
          pixels[to + i] = level > 0 ? UInt8(min(level.rounded(), 255)) : 0
        }
      }
    }
    return (pixels, pictureWidth, pictureHeight)
  }
}
