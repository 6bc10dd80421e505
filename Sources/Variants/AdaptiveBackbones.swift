import ZooCore

/// The networks of StyleGAN: a constant image whose maps are rescaled by styles, and ProGAN's
/// discriminator with blurred maps.
///
/// Source: Karras et al. 2019, arXiv:1812.04948, §2, in the form of `NVlabs/stylegan`; Karras et al. 2018,
/// arXiv:1710.10196, table 2. Weights are meant to be equalised. Maps double from a size of about 4 that
/// the image's sides are a power of two of.
struct AdaptiveBackbones {
  static let all = [false, true].flatMap { grows -> [Architecture] in
    let (ending, summary) = grows ? ("-growing", ", growing with the image") : ("", "")
    return [
      AdaptiveBackbones(mapping: 8, fullWidth: 32, grows: grows).architecture(
        "stylegan\(ending)",
        "Maps that styles rescale, noise in each layer, blurred when resized\(summary)",
        width: 512),
      AdaptiveBackbones(mapping: 4, fullWidth: 16, grows: grows).architecture(
        "stylegan\(ending)-light",
        "The same with four mapping layers, narrower beyond 16 pixels\(summary)", width: 64),
    ]
  }

  /// Layers from latent code to style.
  let mapping: Int
  /// Up to this side maps have all features, beyond it half of them for each doubling.
  let fullWidth: Int
  /// Whether each size has layers to and from colours, used as the networks grow.
  let grows: Bool

  func architecture(_ name: String, _ summary: String, width: Int) -> Architecture {
    Architecture(
      name: name, summary: summary, defaultWidth: width,
      networks: ["generator": generator, "discriminator": discriminator, "mapping": style])
  }

  @Sendable private func style(_ request: Architecture.Request) -> [JSONValue] {
    let layer: [JSONValue] = [
      [
        "dense": .number(request.output.elementCount), "gain": Self.gain, "rate": 0.01,
      ], Self.activation,
    ]
    return ["pixelNorm"] + Array(repeating: layer, count: mapping).flatMap { $0 }
  }

  @Sendable private func generator(_ request: Architecture.Request) -> [JSONValue] {
    let (start, widths) = Backbones.doublings(request, fullWidth: fullWidth)
    func styled(_ place: Int) -> [JSONValue] {
      [
        ["noise": "channel"], "channelBias", Self.activation,
        ["adaIN": 1e-8, "style": .number(place)],
      ]
    }
    let stages = widths.enumerated().map { level, width -> [JSONValue] in
      let first: [JSONValue] =
        level == 0
        ? [
          [
            "constant": [.number(start.height), .number(start.width), .number(width)],
            "start": "ones",
          ]
        ] : ["upsample", Self.convolution(width), ["blur": [1, 2, 1]]]
      return first + styled(2 * level) + [Self.convolution(width)] + styled(2 * level + 1)
    }
    let image: JSONValue = ["conv": .number(request.channels), "kernel": 1]
    guard grows else { return stages.flatMap { $0 } + [image] }
    return [
      [
        "pyramid": .array(stages.map { .array($0) }),
        "images": .array(widths.map { _ in [image] }),
      ]
    ]
  }

  @Sendable private func discriminator(_ request: Architecture.Request) -> [JSONValue] {
    let widths = Backbones.doublings(request, fullWidth: fullWidth).widths
    func seen(_ width: Int) -> [JSONValue] {
      [["conv": .number(width), "kernel": 1, "gain": Self.gain], Self.activation]
    }
    let stages = zip(widths.dropFirst(), widths).map { width, below -> [JSONValue] in
      [
        Self.convolution(width), "channelBias", Self.activation, ["blur": [1, 2, 1]],
        Self.convolution(below), ["avgPool": 2], "channelBias", Self.activation,
      ]
    }
    let layers: [JSONValue] =
      grows
      ? [
        [
          "funnel": .array(stages.map { .array($0) }),
          "images": .array(widths.map { .array(seen($0)) }),
        ]
      ] : seen(widths[widths.count - 1]) + stages.reversed().flatMap { $0 }
    let width = JSONValue.number(widths[0])
    return layers + [
      ["minibatchDeviation": 4], Self.convolution(widths[0]), "channelBias", Self.activation,
      "flatten",
      ["dense": width, "gain": Self.gain], Self.activation, ["dense": 1],
    ]
  }

  private static func convolution(_ channels: Int) -> JSONValue {
    ["conv": .number(channels), "kernel": 3, "bias": false, "gain": gain]
  }

  private static let activation: JSONValue = ["leakyRelu": 0.2]
  /// He's, which keeps the variance behind a ReLU.
  private static let gain = JSONValue.number(2.0.squareRoot())
}
