import ZooCore

/// The networks of StyleGAN2: modulated convolutions whose images of all sizes are summed up, and
/// residual blocks down to a score.
///
/// Source: Karras et al. 2020, arXiv:1912.04958, §2.2 and §4, in the form of `NVlabs/stylegan2`,
/// configuration F. Weights are meant to be equalised. Maps double from a size of about 4 that the
/// image's sides are a power of two of.
enum StyleBackbones {
  static let all = [paper, light]

  /// The paper's: eight layers from latent code to style; up to 64 pixels all maps are as wide.
  static let paper = Family(mapping: 8, fullWidth: 64).architecture(
    "stylegan2", "Modulated convolutions, images of all sizes summed up", width: 512)
  /// For few cores: two layers from latent code to style; maps beyond 16 pixels are narrower.
  static let light = Family(mapping: 2, fullWidth: 16).architecture(
    "stylegan2-light", "The same with two mapping layers, narrower beyond 16 pixels", width: 64)

  /// How networks of one kind are made.
  struct Family {
    /// Layers from latent code to style.
    let mapping: Int
    /// Up to this side maps have all features, beyond it half of them for each doubling.
    let fullWidth: Int

    func architecture(_ name: String, _ summary: String, width: Int) -> Architecture {
      Architecture(
        name: name, summary: summary, defaultWidth: width,
        networks: [
          "generator": generator, "discriminator": discriminator, "mapping": style,
        ])
    }

    @Sendable private func style(_ request: Architecture.Request) -> [JSONValue] {
      let layer: [JSONValue] = [
        ["dense": .number(request.output.elementCount), "rate": 0.01], Self.activation,
      ]
      return ["pixelNorm"] + Array(repeating: layer, count: mapping).flatMap { $0 }
    }

    @Sendable private func generator(_ request: Architecture.Request) -> [JSONValue] {
      let (start, widths) = Backbones.doublings(request, fullWidth: fullWidth)
      func styled(_ channels: Int, _ style: Int, up: Bool = false) -> [JSONValue] {
        [
          [
            "modulatedConv": .number(channels), "kernel": 3, "style": .number(style),
            "up": .bool(up),
          ], ["noise": "layer"], Self.activation,
        ]
      }
      /// The image that the map of a level gives, and what larger ones add to it.
      func image(_ level: Int) -> [JSONValue] {
        let colours: JSONValue = [
          "modulatedConv": .number(request.channels), "kernel": 1, "style": .number(2 * level + 1),
          "demodulate": false,
        ]
        guard level < widths.count - 1 else { return [colours] }
        // Raising is linear: the sum may be taken at the full size.
        let raise: JSONValue = ["blur": [1, 3, 3, 1], "up": 2]
        let raised = [colours] + Array(repeating: raise, count: widths.count - 1 - level)
        let width = widths[level + 1]
        let larger =
          styled(width, 2 * level + 1, up: true) + styled(width, 2 * level + 2) + image(level + 1)
        return [["sum": [.array(raised), .array(larger)]]]
      }
      return [["constant": [.number(start.height), .number(start.width), .number(widths[0])]]]
        + styled(widths[0], 0) + image(0)
    }

    @Sendable private func discriminator(_ request: Architecture.Request) -> [JSONValue] {
      let widths = Backbones.doublings(request, fullWidth: fullWidth).widths
      var layers: [JSONValue] = [
        ["conv": .number(widths[widths.count - 1]), "kernel": 1], Self.activation,
      ]
      for (level, width) in widths.enumerated().dropFirst().reversed() {
        let below = JSONValue.number(widths[level - 1])
        layers.append([
          "residual": [
            ["conv": .number(width), "kernel": 3], Self.activation,
            ["blur": [1, 3, 3, 1], "padding": 2],
            ["conv": below, "kernel": 3, "stride": 2, "padding": "valid"], Self.activation,
          ],
          "shortcut": [
            ["blur": [1, 3, 3, 1], "down": 2], ["conv": below, "kernel": 1, "bias": false],
          ], "factor": .number(0.5.squareRoot()),
        ])
      }
      let width = JSONValue.number(widths[0])
      return layers + [
        ["minibatchDeviation": 4], ["conv": width, "kernel": 3], Self.activation, "flatten",
        ["dense": width], Self.activation, ["dense": 1],
      ]
    }

    /// The gain keeps the variance.
    private static let activation: JSONValue = [
      "leakyRelu": 0.2, "gain": .number(2.0.squareRoot()),
    ]
  }
}
