import ZooCore

/// The networks of R3GAN: residual blocks of grouped convolutions, without norms, that add nothing at
/// first.
///
/// Source: Huang et al. 2024, arXiv:2501.05441, §4, and `brownvc/R3GAN`, `Networks.py`. Maps double
/// from a size of about 4 that the image's sides are a power of two of.
enum RelativisticBackbones {
  static let all = [paper, light]

  /// The paper's: two blocks for each size, all of one width up to 32 pixels, halves of it beyond.
  static let paper = Family(blocksPerSize: 2) { features, _, side in features * 32 / max(side, 32) }
    .architecture(
      "r3gan", "Grouped residual blocks without norms, two for each size", width: 64)
  /// For few cores: one block for each size, half as wide where maps are twice as large.
  static let light = Family(blocksPerSize: 1) { features, doublings, _ in features >> doublings }
    .architecture(
      "r3gan-light", "One such block for each size, half as wide on maps twice as large",
      width: 96)

  /// How networks of one kind are made.
  struct Family {
    let blocksPerSize: Int
    /// Channels of maps with sides up to `side`, which were doubled so often from the smallest.
    let width: @Sendable (_ features: Int, _ doublings: Int, _ side: Int) -> Int

    func architecture(_ name: String, _ summary: String, width: Int) -> Architecture {
      Architecture(
        name: name, summary: summary, defaultWidth: width, generator: generator,
        discriminator: discriminator)
    }

    /// The smallest map, and channels from there up to the image's size.
    private func plan(
      _ request: Architecture.Request
    ) -> (start: (height: Int, width: Int), widths: [Int]) {
      let (rest, levels) = Backbones.evenHalvings(request)
      let widths = (0...levels).map { level in
        max(8, width(request.features, level, max(rest.height, rest.width) << level) / 8 * 8)
      }
      return (rest, widths)
    }

    @Sendable private func generator(_ request: Architecture.Request) -> [JSONValue] {
      let (start, widths) = plan(request)
      var layers: [JSONValue] = [
        ["dense": .number(widths[0]), "bias": false],
        [
          "constant": [.number(start.height), .number(start.width), .number(widths[0])],
          "scaled": true,
        ],
      ]
      for (level, width) in widths.enumerated() {
        if level > 0 {
          if width != widths[level - 1] { layers.append(pointwise(width)) }
          layers.append(["blur": [1, 3, 3, 1], "up": 2])
        }
        layers += blocks(width, of: widths.count)
      }
      return layers + [pointwise(request.channels)]
    }

    @Sendable private func discriminator(_ request: Architecture.Request) -> [JSONValue] {
      let (rest, widths) = plan(request)
      var layers = [pointwise(widths[widths.count - 1])]
      for (level, width) in widths.enumerated().reversed() {
        layers += blocks(width, of: widths.count)
        if level > 0 {
          layers.append(["blur": [1, 3, 3, 1], "down": 2])
          if width != widths[level - 1] { layers.append(pointwise(widths[level - 1])) }
        }
      }
      return layers + [
        [
          "conv": .number(widths[0]), "kernel": [.number(rest.height), .number(rest.width)],
          "padding": "valid", "groups": .number(widths[0]), "bias": false,
        ], "flatten", ["dense": 1, "bias": false],
      ]
    }

    private func pointwise(_ channels: Int) -> JSONValue {
      ["conv": .number(channels), "kernel": 1, "bias": false]
    }

    /// The blocks of one size: twice as wide within, sixteen channels in a group.
    ///
    /// First weights shrink with L, the blocks of the whole network, by L^(−1 / (2m − 2)), m = 3 being
    /// the layers of a block. Zhang et al. 2019, arXiv:1901.09321 (Fixup), §4.
    private func blocks(_ width: Int, of sizes: Int) -> [JSONValue] {
      let count = Double(sizes * blocksPerSize)
      // LeakyReLU 0.2 leaves (1 + 0.2²) / 2 of the variance.
      let gain = JSONValue.number((2 / 1.04 / count.squareRoot()).squareRoot())
      let hidden = JSONValue.number(2 * width)
      let block: JSONValue = [
        "residual": [
          ["conv": hidden, "kernel": 1, "gain": gain], ["leakyRelu": 0.2],
          ["conv": hidden, "kernel": 3, "groups": .number(width / 8), "gain": gain],
          ["leakyRelu": 0.2],
          ["conv": .number(width), "kernel": 1, "bias": false, "weights": "plain", "gain": 0],
        ]
      ]
      return Array(repeating: block, count: blocksPerSize)
    }
  }
}
