import ZooCore

/// Networks that several variants can use, as layer lists that fit any image size.
enum Backbones {
  static let all = [gulrajani]

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
