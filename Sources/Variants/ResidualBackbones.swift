import ZooCore

/// The residual networks of SNGAN, SAGAN and BigGAN, which differ in widths, attention and in how norms
/// are told the class.
///
/// Source: Miyato & Koyama 2018, arXiv:1802.05637, appendix; Zhang et al. 2019, arXiv:1805.08318, in its
/// code's form; Brock et al. 2019, arXiv:1809.11096, appendix B. Blocks double images in the generator,
/// from a size of about 4 that the image's sides are a power of two of, and halve them in the
/// discriminator.
enum ResidualBackbones {
  static let all = [sngan, sagan, sagan32, biggan, biggan32]

  static let sngan = Family(norm: .tables(epsilon: 2e-5)).architecture(
    "sngan", "Residual blocks of one width, norms with a row for each class", width: 64)
  static let sagan = Family(isPyramid: true, attention: 32).architecture(
    "sagan", "Residual blocks, wider where maps are smaller, with attention", width: 32)
  static let sagan32 = Family(attention: 32).architecture(
    "sagan-32", "Residual blocks of one width with attention, for images of 32x32", width: 64)
  static let biggan = Family(isPyramid: true, attention: 64, norm: .linear).architecture(
    "biggan", "SAGAN's blocks, norms steered by a shared code of the class", width: 32)
  static let biggan32 = Family(attention: 32, norm: .linear).architecture(
    "biggan-32", "Blocks of one width, norms steered by a shared code, for images of 32x32",
    width: 64)

  /// How networks of one kind are made.
  struct Family {
    /// How a style becomes scale and shift.
    enum Norm {
      /// A row for each class, 1 and 0 at first.
      case tables(epsilon: Double)
      /// 1 + a dense layer without bias, its weights made as the network's are.
      case linear
    }

    /// Whether widths double where maps are halved.
    var isPyramid = false
    /// Attention stands behind the largest map with sides up to this that is smaller than the image.
    var attention: Int?
    var norm = Norm.tables(epsilon: 1e-5)

    func architecture(_ name: String, _ summary: String, width: Int) -> Architecture {
      Architecture(
        name: name, summary: summary, defaultWidth: width, generator: generator,
        discriminator: discriminator)
    }

    @Sendable private func generator(_ request: Architecture.Request) -> [JSONValue] {
      let (rest, blocks) = Backbones.evenHalvings(request)
      func width(_ block: Int) -> Int {
        isPyramid ? request.features << max(blocks - 1 - block, 0) : request.features
      }
      let start: [JSONValue] = [.number(rest.height), .number(rest.width), .number(width(0))]
      var layers: [JSONValue] = [
        ["dense": .number(rest.height * rest.width * width(0))], ["reshape": .array(start)],
      ]
      for block in 0..<blocks {
        let (channels, norm) = (width(block), norm(for: request, block))
        let convolution: JSONValue = ["conv": .number(channels), "kernel": 3]
        layers.append([
          "residual": [norm, "relu", "upsample", convolution, norm, "relu", convolution],
          "shortcut": ["upsample", ["conv": .number(channels), "kernel": 1]],
        ])
        if attends(request, halved: blocks - 1 - block) { layers.append(Self.attention(channels)) }
      }
      return layers + ["batchNorm", "relu", ["conv": .number(request.channels), "kernel": 3]]
        + request.outputActivation
    }

    @Sendable private func discriminator(_ request: Architecture.Request) -> [JSONValue] {
      // Of one width two blocks halve images and two do not; else they go down to the smallest map.
      let halving = isPyramid ? Backbones.evenHalvings(request).levels : 2
      var layers: [JSONValue] = []
      for block in 0..<halving + (isPyramid ? 1 : 2) {
        let width =
          isPyramid ? request.features << min(block, max(halving - 1, 0)) : request.features
        let (wide, narrow): (JSONValue, JSONValue) = (
          ["conv": .number(width), "kernel": 3], ["conv": .number(width), "kernel": 1]
        )
        switch block {
        // Of the image itself nothing is cut off.
        case 0 where halving > 0:
          layers.append([
            "residual": [wide, "relu", wide, ["avgPool": 2]], "shortcut": [["avgPool": 2], narrow],
          ])
        case 0: layers.append(["residual": [wide, "relu", wide], "shortcut": [narrow]])
        case ..<halving:
          layers.append([
            "residual": ["relu", wide, "relu", wide, ["avgPool": 2]],
            "shortcut": [narrow, ["avgPool": 2]],
          ])
        default: layers.append(["residual": ["relu", wide, "relu", wide]])
        }
        if block < halving, attends(request, halved: block + 1) {
          layers.append(Self.attention(width))
        }
      }
      return layers + ["relu", "globalSum", ["dense": 1]]
    }

    /// Attention whose queries have an eighth of the channels, of few channels one.
    private static func attention(_ channels: Int) -> JSONValue {
      channels < 8 ? ["attention": .number(channels)] : "attention"
    }

    /// Whether attention stands behind the map that is halved so often.
    private func attends(_ request: Architecture.Request, halved times: Int) -> Bool {
      guard let attention, times > 0 else { return false }
      let side = max(request.height, request.width)
      func fits(_ times: Int) -> Bool { side >> times <= attention }
      return fits(times) && (times == 1 || !fits(times - 1))
    }

    /// The norm of a block; without classes an ordinary one.
    private func norm(for request: Architecture.Request, _ block: Int) -> JSONValue {
      switch (norm, request.style) {
      case (.tables(let epsilon), nil): ["batchNorm": .number(epsilon)]
      case (.tables(let epsilon), _?):
        ["conditionalBatchNorm": .number(epsilon), "gain": 0, "weights": "plain"]
      case (.linear, nil): "batchNorm"
      case (.linear, _?): ["conditionalBatchNorm": 1e-5, "style": .number(block)]
      }
    }
  }
}
