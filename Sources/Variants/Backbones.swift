import ZooCore

/// Networks that several variants can use, as layer lists that fit any image size.
enum Backbones {
  static let all = [mlp, mlpDropout, dcgan, lucic, gulrajani]

  /// The MNIST networks of Gulrajani's WGAN-GP code, for any image size: three convolutions of
  /// 5x5 with stride 2, widths w, 2w and 4w, no batch norm.
  ///
  /// Source: `gan_mnist.py`, beside arXiv:1704.00028. For 28x28 images the generator draws 4x4, 8x8
  /// cropped to 7x7, 14x14 and 28x28.
  static let gulrajani = Architecture(
    name: "wgan-gp", summary: "Gulrajani's MNIST networks: three 5x5 convolutions, no batch norm",
    defaultWidth: 64,
    generator: { request in
      let width = request.features
      let sizes = halvings(request, 3)
      let start = sizes[3]
      var layers: [JSONValue] = [
        ["dense": .number(start.height * start.width * 4 * width)], "relu",
        ["reshape": [.number(start.height), .number(start.width), .number(4 * width)]],
      ]
      for (level, channels) in [(2, 2 * width), (1, width), (0, request.channels)] {
        layers.append(["convTranspose": .number(channels), "kernel": 5, "stride": 2])
        let (from, to) = (sizes[level + 1], sizes[level])
        if to.height != 2 * from.height || to.width != 2 * from.width {
          layers.append(["crop": [.number(to.height), .number(to.width)]])
        }
        layers += level == 0 ? request.outputActivation : ["relu"]
      }
      return layers
    },
    discriminator: { request in
      let convolutions: [JSONValue] = [1, 2, 4].flatMap { factor -> [JSONValue] in
        [
          ["conv": .number(factor * request.features), "kernel": 5, "stride": 2],
          ["leakyRelu": 0.2],
        ]
      }
      return convolutions + ["flatten", ["dense": 1]]
    })

  /// Fully connected networks of the tutorials: widths w, 2w, 4w and 8w up, 4w and 2w down.
  ///
  /// Source: PyTorch-GAN's `gan.py`, with batch norm's default ε.
  static let mlp = Architecture(
    name: "mlp", summary: "Fully connected networks with batch norm in the generator",
    defaultWidth: 128,
    generator: { request in
      let width = request.features
      let hidden: [JSONValue] = [2, 4, 8].flatMap { factor -> [JSONValue] in
        [["dense": .number(factor * width)], "batchNorm", ["leakyRelu": 0.2]]
      }
      let image = [request.height, request.width, request.channels]
      return [["dense": .number(width)], ["leakyRelu": 0.2]] + hidden
        + [["dense": .number(image.reduce(1, *))]] + request.outputActivation
        + [["reshape": .array(image.map { .number($0) })]]
    },
    discriminator: { request in
      let hidden: [JSONValue] = [4, 2].flatMap { factor -> [JSONValue] in
        [["dense": .number(factor * request.features)], ["leakyRelu": 0.2]]
      }
      return ["flatten"] + hidden + [["dense": 1]]
    })

  /// The same generator, and a discriminator of three layers of 4w, two of them with dropout.
  ///
  /// Told the class, `mlp`'s discriminator soon knows the images by heart, and the generator draws
  /// one digit for each class. Source: PyTorch-GAN's `cgan.py`; Mirza & Osindero 2014 drop too.
  static let mlpDropout = Architecture(
    name: "mlp-dropout", summary: "Fully connected networks with dropout in the discriminator",
    defaultWidth: 128, generator: mlp.generator,
    discriminator: { request in
      let dense: [JSONValue] = [["dense": .number(4 * request.features)]]
      let dropped: [JSONValue] = dense + [["dropout": 0.4], ["leakyRelu": 0.2]]
      return ["flatten"] + dense + [["leakyRelu": 0.2]] + dropped + dropped + [["dense": 1]]
    })

  /// DCGAN's networks for any image size: kernels of 4 with stride 2 as long as the size is even,
  /// and one kernel over the rest; no biases, batch norm between.
  ///
  /// Source: `pytorch/examples/dcgan`, whose 64x64 networks these are.
  static let dcgan = Architecture(
    name: "dcgan", summary: "Strided 4x4 convolutions with batch norm, no biases",
    defaultWidth: 64,
    generator: { request in
      let (rest, levels) = evenHalvings(request)
      func block(_ layer: JSONValue) -> [JSONValue] { [layer, "batchNorm", "relu"] }
      var layers: [JSONValue] = [["reshape": [1, 1, .number(request.latent)]]]
      let kernel: JSONValue = [.number(rest.height), .number(rest.width)]
      for level in (0...levels).reversed() {
        let channels = level == 0 ? request.channels : request.features << (level - 1)
        let layer: JSONValue =
          level == levels
          ? [
            "convTranspose": .number(channels), "kernel": kernel, "padding": "valid",
            "bias": false,
          ]
          : [
            "convTranspose": .number(channels), "kernel": 4, "stride": 2, "padding": 1,
            "bias": false,
          ]
        layers += level == 0 ? [layer] + request.outputActivation : block(layer)
      }
      return layers
    },
    discriminator: { request in
      let (rest, levels) = evenHalvings(request)
      let convolutions = (0..<levels).flatMap { level -> [JSONValue] in
        let layer: JSONValue = [
          "conv": .number(request.features << level), "kernel": 4, "stride": 2, "padding": 1,
          "bias": false,
        ]
        return (level == 0 ? [layer] : [layer, "batchNorm"]) + [["leakyRelu": 0.2]]
      }
      let last: JSONValue = [
        "conv": 1, "kernel": [.number(rest.height), .number(rest.width)], "padding": "valid",
        "bias": false,
      ]
      return convolutions + [last, "flatten"]
    })

  /// The networks of the comparison of Lucic and others, arXiv:1711.10337, appendix: InfoGAN's with
  /// another slope, and LeakyReLU in the generator too.
  static let lucic = Architecture(
    name: "lucic", summary: "Two dense layers and two 4x4 convolutions, of Lucic's comparison",
    defaultWidth: 64,
    generator: { twoAndTwoUp($0, activation: ["leakyRelu": 0.2]) },
    discriminator: { twoAndTwoDown($0, slope: 0.2) })

  /// Two dense layers and two strided transposed convolutions up to an image, batch norm between.
  static func twoAndTwoUp(
    _ request: Architecture.Request, activation: JSONValue
  ) -> [JSONValue] {
    let sizes = halvings(request, 2)
    let (start, width) = (sizes[2], request.features)
    var layers: [JSONValue] = [
      ["dense": .number(16 * width)], "batchNorm", activation,
      ["dense": .number(2 * width * start.height * start.width)], "batchNorm", activation,
      ["reshape": [.number(start.height), .number(start.width), .number(2 * width)]],
      ["convTranspose": .number(width), "kernel": 4, "stride": 2], "batchNorm", activation,
    ]
    layers.append(["convTranspose": .number(request.channels), "kernel": 4, "stride": 2])
    if 4 * start.height != request.height || 4 * start.width != request.width {
      layers.append(["crop": [.number(request.height), .number(request.width)]])
    }
    return layers + request.outputActivation
  }

  /// Two strided convolutions and two dense layers down to a score.
  static func twoAndTwoDown(_ request: Architecture.Request, slope: Double) -> [JSONValue] {
    let (width, activation) = (request.features, ["leakyRelu": .number(slope)] as JSONValue)
    return [
      ["conv": .number(width), "kernel": 4, "stride": 2], activation,
      ["conv": .number(2 * width), "kernel": 4, "stride": 2], "batchNorm", activation,
      "flatten", ["dense": .number(16 * width)], "batchNorm", activation,
      ["dense": 1],
    ]
  }

  /// The size left when rows and columns are halved while both are even and more than four, and how
  /// often that went.
  static func evenHalvings(
    _ request: Architecture.Request
  ) -> (rest: (height: Int, width: Int), levels: Int) {
    var (height, width, levels) = (request.height, request.width, 0)
    while height % 2 == 0 && width % 2 == 0 && min(height, width) > 4 {
      (height, width, levels) = (height / 2, width / 2, levels + 1)
    }
    return ((height, width), levels)
  }

  /// The smallest map, and channels from there up to the image's size: all features on sides up to
  /// `fullWidth`, beyond it half of them for each doubling.
  static func doublings(
    _ request: Architecture.Request, fullWidth: Int
  ) -> (start: (height: Int, width: Int), widths: [Int]) {
    let (rest, levels) = evenHalvings(request)
    let widths = (0...levels).map { level -> Int in
      let side = max(rest.height, rest.width) << level
      let halvings = sequence(first: fullWidth) { $0 * 2 }.prefix { $0 < side }.count
      return max(request.features >> halvings, 1)
    }
    return (rest, widths)
  }

  /// Image sizes from the sample's down, each half of the one before, rounded up.
  private static func halvings(
    _ request: Architecture.Request, _ count: Int
  ) -> [(height: Int, width: Int)] {
    (0...count).map { level in
      let unit = 1 << level
      return ((request.height + unit - 1) / unit, (request.width + unit - 1) / unit)
    }
  }
}
