/// A step of the Inception network, whose convolutions are described in `InceptionLayout` and hold
/// weights in `InceptionNetwork`.
enum InceptionStep<Convolution: Sendable>: Sendable {
  /// A convolution, its batch norm and ReLU.
  case convolution(Convolution)
  /// The largest value of each 3x3 pixels.
  case maxPool(stride: Int, padding: Int)
  /// The mean of each 3x3 pixels, of those alone that lie inside the image.
  case averagePool
  /// Several ways from the same images; their channels come one after another.
  case branches([[InceptionStep]])
}

/// A convolution as the table has it.
struct InceptionUnit: Sendable {
  /// The name before `.conv.weight` and `.bn.weight`.
  let name: String
  /// Channels that come out.
  let channels: Int
  let window: Window
}

/// The layers of the Inception network by which FID is defined, named as in
/// `pt_inception-2015-12-05-6726825d.pth`.
///
/// This is Inception v3 (Szegedy et al. 2016, arXiv:1512.00567) as it was released in December 2015,
/// and not torchvision's: 1008 classes, average pools that leave the border out, and a max pool in
/// the last block. Source: pytorch-fid, `inception.py`.
enum InceptionLayout {
  typealias Step = InceptionStep<InceptionUnit>

  /// Rows and columns of the images.
  static let side = 299
  /// Channels before the last layer, which are the features.
  static let featureCount = 2048
  /// Classes of the last layer.
  static let classes = 1008
  /// The ε of all batch norms.
  static let epsilon = 1e-3

  /// From images `[N, 299, 299, 3]` to `[N, 8, 8, 2048]`.
  static let steps: [Step] = [
    unit("Conv2d_1a_3x3", 32, 3, 3, stride: 2),
    unit("Conv2d_2a_3x3", 32, 3, 3, padded: false),
    unit("Conv2d_2b_3x3", 64, 3, 3),
    .maxPool(stride: 2, padding: 0),
    unit("Conv2d_3b_1x1", 80, 1, 1),
    unit("Conv2d_4a_3x3", 192, 3, 3, padded: false),
    .maxPool(stride: 2, padding: 0),
    blockA("Mixed_5b", pool: 32),
    blockA("Mixed_5c", pool: 64),
    blockA("Mixed_5d", pool: 64),
    blockB("Mixed_6a"),
    blockC("Mixed_6b", inner: 128),
    blockC("Mixed_6c", inner: 160),
    blockC("Mixed_6d", inner: 160),
    blockC("Mixed_6e", inner: 192),
    blockD("Mixed_7a"),
    blockE("Mixed_7b", pool: .averagePool),
    // Other Inceptions average here; the network of 2015 does not.
    blockE("Mixed_7c", pool: .maxPool(stride: 1, padding: 1)),
  ]

  private static func blockA(_ block: String, pool: Int) -> Step {
    .branches([
      [unit("\(block).branch1x1", 64, 1, 1)],
      [unit("\(block).branch5x5_1", 48, 1, 1), unit("\(block).branch5x5_2", 64, 5, 5)],
      [
        unit("\(block).branch3x3dbl_1", 64, 1, 1), unit("\(block).branch3x3dbl_2", 96, 3, 3),
        unit("\(block).branch3x3dbl_3", 96, 3, 3),
      ],
      [.averagePool, unit("\(block).branch_pool", pool, 1, 1)],
    ])
  }

  private static func blockB(_ block: String) -> Step {
    .branches([
      [unit("\(block).branch3x3", 384, 3, 3, stride: 2)],
      [
        unit("\(block).branch3x3dbl_1", 64, 1, 1), unit("\(block).branch3x3dbl_2", 96, 3, 3),
        unit("\(block).branch3x3dbl_3", 96, 3, 3, stride: 2),
      ],
      [.maxPool(stride: 2, padding: 0)],
    ])
  }

  private static func blockC(_ block: String, inner: Int) -> Step {
    .branches([
      [unit("\(block).branch1x1", 192, 1, 1)],
      [
        unit("\(block).branch7x7_1", inner, 1, 1), unit("\(block).branch7x7_2", inner, 1, 7),
        unit("\(block).branch7x7_3", 192, 7, 1),
      ],
      [
        unit("\(block).branch7x7dbl_1", inner, 1, 1), unit("\(block).branch7x7dbl_2", inner, 7, 1),
        unit("\(block).branch7x7dbl_3", inner, 1, 7), unit("\(block).branch7x7dbl_4", inner, 7, 1),
        unit("\(block).branch7x7dbl_5", 192, 1, 7),
      ],
      [.averagePool, unit("\(block).branch_pool", 192, 1, 1)],
    ])
  }

  private static func blockD(_ block: String) -> Step {
    .branches([
      [
        unit("\(block).branch3x3_1", 192, 1, 1),
        unit("\(block).branch3x3_2", 320, 3, 3, stride: 2),
      ],
      [
        unit("\(block).branch7x7x3_1", 192, 1, 1), unit("\(block).branch7x7x3_2", 192, 1, 7),
        unit("\(block).branch7x7x3_3", 192, 7, 1),
        unit("\(block).branch7x7x3_4", 192, 3, 3, stride: 2),
      ],
      [.maxPool(stride: 2, padding: 0)],
    ])
  }

  private static func blockE(_ block: String, pool: Step) -> Step {
    func fork(_ branch: String) -> Step {
      .branches([
        [unit("\(block).\(branch)a", 384, 1, 3)], [unit("\(block).\(branch)b", 384, 3, 1)],
      ])
    }
    return .branches([
      [unit("\(block).branch1x1", 320, 1, 1)],
      [unit("\(block).branch3x3_1", 384, 1, 1), fork("branch3x3_2")],
      [
        unit("\(block).branch3x3dbl_1", 448, 1, 1), unit("\(block).branch3x3dbl_2", 384, 3, 3),
        fork("branch3x3dbl_3"),
      ],
      [pool, unit("\(block).branch_pool", 192, 1, 1)],
    ])
  }

  /// A convolution that keeps the size of images, unless it has a stride or is not padded.
  private static func unit(
    _ name: String, _ channels: Int, _ height: Int, _ width: Int, stride: Int = 1,
    padded: Bool = true
  ) -> Step {
    let (y, x) = padded && stride == 1 ? (height / 2, width / 2) : (0, 0)
    return .convolution(
      InceptionUnit(
        name: name, channels: channels,
        window: Window(
          kernelHeight: height, kernelWidth: width, strideY: stride, strideX: stride,
          padding: .init(top: y, bottom: y, left: x, right: x))))
  }
}
