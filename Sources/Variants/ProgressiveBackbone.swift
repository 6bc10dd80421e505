import ZooCore

/// The networks of ProGAN: two convolutions for each size, which grow with the images.
///
/// Source: Karras et al. 2018, arXiv:1710.10196, table 2. Weights are meant to be equalised. Maps double
/// from a size of about 4 that the image's sides are a power of two of.
struct ProgressiveBackbone {
  /// Up to this side maps have all features, beyond it half of them for each doubling.
  let fullWidth: Int

  func architecture(_ name: String, _ summary: String, width: Int) -> Architecture {
    Architecture(
      name: name, summary: summary, defaultWidth: width, generator: generator,
      discriminator: discriminator)
  }

  @Sendable private func generator(_ request: Architecture.Request) -> [JSONValue] {
    let (start, widths) = Backbones.doublings(request, fullWidth: fullWidth)
    let stages = widths.enumerated().map { level, width -> JSONValue in
      let first: [JSONValue] =
        level == 0
        ? [
          [
            "dense": .number(start.height * start.width * width), "bias": false,
            "gain": .number(2.0.squareRoot() / 4),
          ],
          ["reshape": [.number(start.height), .number(start.width), .number(width)]], "channelBias",
          Self.activation, "pixelNorm",
        ] : ["upsample"] + Self.normed(width)
      return .array(first + Self.normed(width))
    }
    let images: [JSONValue] = widths.map { _ in
      [["conv": .number(request.channels), "kernel": 1]]
    }
    return ["pixelNorm", ["pyramid": .array(stages), "images": .array(images)]]
  }

  @Sendable private func discriminator(_ request: Architecture.Request) -> [JSONValue] {
    let widths = Backbones.doublings(request, fullWidth: fullWidth).widths
    let images = widths.map { width -> JSONValue in
      [["conv": .number(width), "kernel": 1, "gain": Self.gain], Self.activation]
    }
    let stages = zip(widths.dropFirst(), widths).map { width, below -> JSONValue in
      [
        Self.convolution(width), Self.activation, Self.convolution(below), Self.activation,
        ["avgPool": 2],
      ]
    }
    let grown: JSONValue =
      ["funnel": .array(stages), "images": .array(images)]
    return [
      grown, ["minibatchDeviation": 4], Self.convolution(widths[0]), Self.activation, "flatten",
      ["dense": .number(widths[0]), "gain": Self.gain], Self.activation, ["dense": 1],
    ]
  }

  private static func normed(_ channels: Int) -> [JSONValue] {
    [convolution(channels), activation, "pixelNorm"]
  }

  private static func convolution(_ channels: Int) -> JSONValue {
    ["conv": .number(channels), "kernel": 3, "gain": gain]
  }

  private static let activation: JSONValue = ["leakyRelu": 0.2]
  /// He's, which keeps the variance behind a ReLU.
  private static let gain = JSONValue.number(2.0.squareRoot())
}
