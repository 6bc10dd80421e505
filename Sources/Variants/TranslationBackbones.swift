import ZooCore

/// Networks that translate images and judge pairs of them patch by patch, after
/// `junyanz/pytorch-CycleGAN-and-pix2pix`.
enum TranslationBackbones {
  static let all =
    [unet(named: "unet", .batch), unet(named: "unet-instance", .instance), resnet(blocks: 3)]
    + [resnet(blocks: 6), resnet(blocks: 9)] + patches + SceneBackbones.all

  /// What stands behind convolutions; with a norm that has no shift of its own they have a bias.
  private enum Norm {
    case batch, instance

    var layer: JSONValue { self == .batch ? "batchNorm" : "instanceNorm" }
    var bias: JSONValue { .bool(self == .instance) }
  }

  static func conv(
    _ channels: Int, kernel: Int, stride: Int = 1, padding: Int, bias: JSONValue = true
  ) -> JSONValue {
    [
      "conv": .number(channels), "kernel": .number(kernel), "stride": .number(stride),
      "padding": .number(padding), "bias": bias,
    ]
  }

  static func up(
    _ channels: Int, kernel: Int, outputPadding: Int = 0, bias: JSONValue
  ) -> JSONValue {
    [
      "convTranspose": .number(channels), "kernel": .number(kernel), "stride": 2, "padding": 1,
      "outputPadding": .number(outputPadding), "bias": bias,
    ]
  }

  // MARK: Generators

  /// How often both sides can be halved, to 1x1 at most; eight times as the paper does for 256 pixels.
  private static func depth(_ request: Architecture.Request) -> Int {
    var (height, width, depth) = (request.input[0], request.input[1], 0)
    while height % 2 == 0, width % 2 == 0, depth < 8 {
      (height, width, depth) = (height / 2, width / 2, depth + 1)
    }
    return depth
  }

  /// U-Net, in which dropout is the only noise, and stays.
  ///
  /// Source: Isola et al. 2017, arXiv:1611.07004, §6.1.1.
  private static func unet(named name: String, _ norm: Norm) -> Architecture {
    Architecture(
      name: name,
      summary: "U-Net of pix2pix, halved as often as the size can be, with \(norm) norm",
      defaultWidth: 64,
      networks: [
        "generator": { request in
          let depth = depth(request)
          func width(_ level: Int) -> Int { request.features * min(1 << level, 8) }
          // The innermost pixel has no norm: nothing would be left of one value.
          func block(_ level: Int) -> JSONValue {
            let isInnermost = level == depth - 1
            let inner: [JSONValue] = isInnermost ? [] : [norm.layer, block(level + 1)]
            let above = depth - 1 - level
            let dropped: [JSONValue] =
              !isInnermost && above <= depth - 5 ? [["dropout": 0.5, "always": true]] : []
            let down: [JSONValue] = [
              ["leakyRelu": 0.2],
              conv(width(level), kernel: 4, stride: 2, padding: 1, bias: norm.bias),
            ]
            let back: [JSONValue] = [
              "relu", up(width(level - 1), kernel: 4, bias: norm.bias), norm.layer,
            ]
            return ["skip": .array(down + inner + back + dropped)]
          }
          let first = conv(width(0), kernel: 4, stride: 2, padding: 1, bias: norm.bias)
          return [first] + (depth > 1 ? [block(1)] : [])
            + ["relu", up((request.output.last ?? 1), kernel: 4, bias: true)]
            + request.outputActivation
        }
      ])
  }

  /// Two halvings, residual blocks, and back.
  ///
  /// Source: Johnson et al. 2016, arXiv:1603.08155, as CycleGAN has it.
  private static func resnet(blocks: Int) -> Architecture {
    Architecture(
      name: "resnet-\(blocks)", summary: "CycleGAN's generator with \(blocks) residual blocks",
      defaultWidth: 64,
      networks: [
        "generator": { request in
          residualTrunk(width: request.features, halvings: 2, blocks: blocks)
            + head(request)
        }
      ])
  }

  /// A first convolution, halvings, residual blocks, and back to the size, without the last convolution.
  static func residualTrunk(width: Int, halvings: Int, blocks: Int) -> [JSONValue] {
    let widths = (0...halvings).map { width << $0 }
    let first: [JSONValue] = [
      ["reflectPad": 3], conv(width, kernel: 7, padding: 0), "instanceNorm", "relu",
    ]
    let down = widths.dropFirst().flatMap { width -> [JSONValue] in
      [conv(width, kernel: 3, stride: 2, padding: 1), "instanceNorm", "relu"]
    }
    let back = widths.dropLast().reversed().flatMap { width -> [JSONValue] in
      [up(width, kernel: 3, outputPadding: 1, bias: true), "instanceNorm", "relu"]
    }
    return first + down + residualBlocks(blocks, width: width << halvings) + back
  }

  static func residualBlocks(_ count: Int, width: Int) -> [JSONValue] {
    guard count > 0 else { return [] }
    let block: [JSONValue] = [
      ["reflectPad": 1], conv(width, kernel: 3, padding: 0), "instanceNorm", "relu",
      ["reflectPad": 1], conv(width, kernel: 3, padding: 0), "instanceNorm",
    ]
    return [["repeat": .number(count), "layers": [["residual": .array(block)]]]]
  }

  /// The last convolution of residual generators.
  static func head(_ request: Architecture.Request) -> [JSONValue] {
    [["reflectPad": 3], conv((request.output.last ?? 1), kernel: 7, padding: 0)]
      + request.outputActivation
  }

  // MARK: Discriminators

  /// PatchGANs by the pixels that a score sees: §6.1.2 of the paper; each with batch norm, and with
  /// instance norm.
  private static let patches = [1, 16, 34, 70, 142, 286].enumerated().flatMap { layers, field in
    [Norm.batch, .instance].map { patch(field, layers: layers, $0) }
  }

  private static func patch(_ field: Int, layers: Int, _ norm: Norm) -> Architecture {
    Architecture(
      name: "patch-\(field)\(norm == .batch ? "" : "-instance")",
      summary: "PatchGAN whose scores see \(field)x\(field) pixels, with \(norm) norm",
      defaultWidth: 64,
      networks: [
        "discriminator": { request in
          let width = request.features
          let slope: JSONValue = ["leakyRelu": 0.2]
          guard layers > 0 else {
            return [
              conv(width, kernel: 1, padding: 0), slope,
              conv(2 * width, kernel: 1, padding: 0, bias: norm.bias), norm.layer, slope,
              conv(1, kernel: 1, padding: 0, bias: norm.bias),
            ]
          }
          let first: [JSONValue] = [conv(width, kernel: 4, stride: 2, padding: 1), slope]
          let inner: [JSONValue] = (1...layers).flatMap { level -> [JSONValue] in
            let channels = width * min(1 << level, 8)
            return [
              conv(
                channels, kernel: 4, stride: level < layers ? 2 : 1, padding: 1, bias: norm.bias),
              norm.layer, slope,
            ]
          }
          return first + inner + [conv(1, kernel: 4, padding: 1)]
        }
      ])
  }
}
