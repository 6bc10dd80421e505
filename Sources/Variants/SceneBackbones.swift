import ZooCore

/// Networks of `NVIDIA/pix2pixHD`: coarse generators, enhancers around them, encoders, and PatchGANs that
/// pad by two.
enum SceneBackbones {
  static let all =
    [
      painter(named: "global-9", halvings: 4, blocks: 9, enhancerBlocks: 3, width: 64),
      painter(named: "global-3", halvings: 2, blocks: 3, enhancerBlocks: 2, width: 16),
      encoder(halvings: 2), encoder(halvings: 4),
    ] + [16, 34, 70].enumerated().map { patch($1, layers: $0 + 1) }

  /// All that draws.
  ///
  /// Source: Wang et al. 2018, arXiv:1711.11585, §3.2 and appendix.
  private static func painter(
    named name: String, halvings: Int, blocks: Int, enhancerBlocks: Int, width: Int
  ) -> Architecture {
    Architecture(
      name: name,
      summary: "pix2pixHD's generator, \(halvings) times halved, with \(blocks) residual blocks",
      defaultWidth: width,
      networks: [
        "generator": {
          TranslationBackbones.residualTrunk(
            width: $0.features, halvings: halvings, blocks: blocks)
        },
        "head": { TranslationBackbones.head($0) },
        // To the size and the channels that the coarse generator gives.
        "enhancerDown": { request in
          let width = request.output.last ?? 1
          return [
            ["reflectPad": 3], TranslationBackbones.conv(width / 2, kernel: 7, padding: 0),
            "instanceNorm", "relu",
            TranslationBackbones.conv(width, kernel: 3, stride: 2, padding: 1), "instanceNorm",
            "relu",
          ]
        },
        "enhancerUp": { request in
          let width = request.input.last ?? 1
          return TranslationBackbones.residualBlocks(enhancerBlocks, width: width)
            + [
              TranslationBackbones.up(width / 2, kernel: 3, outputPadding: 1, bias: true),
              "instanceNorm", "relu",
            ] + TranslationBackbones.head(request)
        },
      ])
  }

  /// Pixels to features of as many pixels.
  private static func encoder(halvings: Int) -> Architecture {
    Architecture(
      name: "encoder-\(halvings)",
      summary: "pix2pixHD's encoder of what maps leave open, \(halvings) times halved",
      defaultWidth: 16,
      networks: [
        "encoder": { request in
          TranslationBackbones.residualTrunk(
            width: request.features, halvings: halvings, blocks: 0)
            + [
              ["reflectPad": 3],
              TranslationBackbones.conv(request.output.last ?? 1, kernel: 7, padding: 0), "tanh",
            ]
        }
      ])
  }

  /// The repository's PatchGAN: instance norm, and a pixel more around each convolution than pix2pix has.
  private static func patch(_ field: Int, layers: Int) -> Architecture {
    Architecture(
      name: "patch-\(field)-hd",
      summary: "pix2pixHD's PatchGAN whose scores see \(field)x\(field) pixels", defaultWidth: 64,
      networks: [
        "discriminator": { request in
          let inner: [JSONValue] = (0...layers).flatMap { level -> [JSONValue] in
            let channels = request.features * min(1 << level, 8)
            return [
              TranslationBackbones.conv(
                channels, kernel: 4, stride: level < layers ? 2 : 1, padding: 2)
            ] + (level == 0 ? [] : ["instanceNorm"]) + [["leakyRelu": 0.2]]
          }
          return inner + [TranslationBackbones.conv(1, kernel: 4, padding: 2)]
        }
      ])
  }
}
