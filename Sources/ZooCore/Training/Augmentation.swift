/// What is done to images before the discriminator sees them, real ones and fakes, in both players' turns:
/// it then cannot learn a small set by heart, and the generator does not learn to draw it.
///
/// Source: Zhao et al. 2020, arXiv:2006.10738, with the ranges of `mit-han-lab/data-efficient-gans`.
public struct Augmentation: ConfigBlock, Equatable {
  /// Whether brightness, saturation and contrast change.
  public var colour = false
  /// The most that images are shifted, as a share of their sides: 0.125 in the paper.
  public var translation = 0.0
  /// The side of the square that is cut out, as a share of the image's: 0.5 in the paper.
  public var cutout = 0.0
  /// What pixels lie in; what is left empty is its middle, which is zero in −1...1 as in the source.
  var range = -1.0...1.0

  public init() {}

  public static var fields: [Field<Augmentation>] {
    [
      .flag("colour", \.colour, "Whether brightness, saturation and contrast change."),
      .number(
        "translation", \.translation, in: 0...1,
        "The most that images are shifted, as a share of their sides."),
      .number(
        "cutout", \.cutout, in: 0...1, "The side of the square cut out, as a share of the image's."),
    ]
  }

  /// Whether nothing is done.
  public var isNone: Bool { !colour && translation == 0 && cutout == 0 }

  /// Images `[N, H, W, C]`, each changed in its own way; derivatives go through.
  package func callAsFunction(_ images: Tensor, _ random: RandomSource) -> Tensor {
    let middle = (range.lowerBound + range.upperBound) / 2
    var result = middle == 0 ? images : images - middle
    if colour { result = recoloured(result, random) }
    if translation > 0 { result = shifted(result, random) }
    if cutout > 0 { result = result * holes(in: result, random) }
    return middle == 0 ? result : result + middle
  }

  private func recoloured(_ images: Tensor, _ random: RandomSource) -> Tensor {
    func factors(_ range: Range<Double>) -> Tensor {
      random.next(.augmentation).uniform([images.shape[0], 1, 1, 1], in: range, type: images.type)
    }
    let half = (range.upperBound - range.lowerBound) / 4
    var result = images + factors(-half..<half)
    if images.shape[3] > 1 {
      let grey = result.mean(over: [3], keepingAxes: true)
      result = (result - grey) * factors(0..<2) + grey
    }
    let mean = result.mean(over: [1, 2, 3], keepingAxes: true)
    return (result - mean) * factors(0.5..<1.5) + mean
  }

  private func shifted(_ images: Tensor, _ random: RandomSource) -> Tensor {
    let (count, height, width) = (images.shape[0], images.shape[1], images.shape[2])
    func shifts(_ side: Int) -> [Int] {
      let most = Int(Double(side) * translation + 0.5)
      return random.next(.augmentation).integers(count, below: 2 * most + 1).map { Int($0) - most }
    }
    let (down, right) = (shifts(height), shifts(width))
    // The last row of the table is an empty pixel.
    let nothing = Tensor(repeating: 0, shape: [1, images.shape[3]], type: images.type)
    let pixels = images.reshaped(to: [count * height * width, images.shape[3]])
    var places: [Int32] = []
    places.reserveCapacity(count * height * width)
    for image in 0..<count {
      for y in 0..<height {
        for x in 0..<width {
          let (row, column) = (y - down[image], x - right[image])
          let isInside = 0..<height ~= row && 0..<width ~= column
          places.append(
            Int32(isInside ? (image * height + row) * width + column : count * height * width))
        }
      }
    }
    return Tensor.concatenated([pixels, nothing]).gathered(places).reshaped(to: images.shape)
  }

  /// Ones, and zeros in a square of each image; at the borders it is cut off.
  private func holes(in images: Tensor, _ random: RandomSource) -> Tensor {
    let (count, height, width) = (images.shape[0], images.shape[1], images.shape[2])
    func spans(_ side: Int) -> [ClosedRange<Int>] {
      let size = max(Int(Double(side) * cutout + 0.5), 1)
      let centres = random.next(.augmentation).integers(count, below: side + 1 - size % 2)
      return centres.map { centre in
        let first = Int(centre) - size / 2
        // Places beyond the image are moved to its edge, as in the source.
        return min(max(first, 0), side - 1)...min(max(first + size - 1, 0), side - 1)
      }
    }
    let (rows, columns) = (spans(height), spans(width))
    var mask: [Float] = []
    mask.reserveCapacity(count * height * width)
    for image in 0..<count {
      for y in 0..<height {
        for x in 0..<width { mask.append(rows[image] ~= y && columns[image] ~= x ? 0 : 1) }
      }
    }
    return Tensor(mask, shape: [count, height, width, 1], type: images.type)
  }
}
