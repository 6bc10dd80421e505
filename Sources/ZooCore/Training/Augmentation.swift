/// What is done to images before the discriminator sees them, real ones and fakes, in both players' turns:
/// it then cannot learn a small set by heart, and the generator does not learn to draw it.
///
/// Source: Zhao et al. 2020, arXiv:2006.10738, with the ranges of `mit-han-lab/data-efficient-gans`; how
/// likely a change is, and how that adapts: Karras et al. 2020, arXiv:2006.06676, §2 and §3.
public struct Augmentation: ConfigBlock, Equatable {
  /// Whether brightness, saturation and contrast change.
  public var colour = false
  /// The most that images are shifted, as a share of their sides: 0.125 in the paper.
  public var translation = 0.0
  /// The side of the square that is cut out, as a share of the image's: 0.5 in the paper.
  public var cutout = 0.0
  /// How likely each of the three is done to an image: always when nil.
  public var probability: Schedule?
  /// The mean sign of scores of real images that the probability adapts to.
  ///
  /// It begins at its first value, or zero, and does not adapt when nil. 0.6 in the paper.
  public var target: Double?
  /// Real images in which an adapting probability goes from 0 to 1 at the fastest.
  public var adjustOver = 500_000
  /// The probability in this turn.
  package var likelihood = 1.0
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
      .optionalSchedule(
        "probability", \.probability, in: 0...1,
        "How likely each of the three is done to an image; always unless given."),
      .optionalNumber(
        "target", \.target, in: 0...1,
        "Adapts the probability so that scores of real images have this mean sign: 0.6 in the paper."
      ),
      .integer(
        "adjustOver", \.adjustOver, in: 1...1_000_000_000,
        "Real images in which an adapting probability goes from 0 to 1 at the fastest."),
    ]
  }

  /// Whether nothing is done.
  public var isNone: Bool { !colour && translation == 0 && cutout == 0 }

  /// Images `[N, H, W, C]`, each changed in its own way; derivatives go through.
  package func callAsFunction(_ images: Tensor, _ random: RandomSource) -> Tensor {
    guard likelihood > 0 else { return images }
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
    let chosen = chosen(images.shape[0], random).map {
      Tensor($0.map { $0 ? 1 : 0 }, shape: [$0.count, 1, 1, 1], type: images.type)
    }
    /// Factors, or 1 for images that stay as they are.
    func scales(_ range: Range<Double>) -> Tensor {
      let all = factors(range)
      return chosen.map { (all - 1) * $0 + 1 } ?? all
    }
    let shift = factors(-half..<half)
    var result = images + (chosen.map { shift * $0 } ?? shift)
    if images.shape[3] > 1 {
      let grey = result.mean(over: [3], keepingAxes: true)
      result = (result - grey) * scales(0..<2) + grey
    }
    let mean = result.mean(over: [1, 2, 3], keepingAxes: true)
    return (result - mean) * scales(0.5..<1.5) + mean
  }

  /// Which images are changed; all when nil.
  private func chosen(_ count: Int, _ random: RandomSource) -> [Bool]? {
    guard likelihood < 1 else { return nil }
    return random.next(.augmentation).uniform([count], type: .float64).doubles.map {
      $0 < likelihood
    }
  }

  private func shifted(_ images: Tensor, _ random: RandomSource) -> Tensor {
    let (count, height, width) = (images.shape[0], images.shape[1], images.shape[2])
    let chosen = chosen(count, random)
    func shifts(_ side: Int) -> [Int] {
      let most = Int(Double(side) * translation + 0.5)
      let shifts = random.next(.augmentation).integers(count, below: 2 * most + 1)
      return shifts.enumerated().map { chosen?[$0] == false ? 0 : Int($1) - most }
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
    let chosen = chosen(count, random)
    let (rows, columns) = (spans(height), spans(width))
    var mask: [Float] = []
    mask.reserveCapacity(count * height * width)
    for image in 0..<count {
      for y in 0..<height {
        for x in 0..<width {
          let isHole = rows[image] ~= y && columns[image] ~= x && chosen?[image] != false
          mask.append(isHole ? 0 : 1)
        }
      }
    }
    return Tensor(mask, shape: [count, height, width, 1], type: images.type)
  }
}
