/// How labels enter the networks: independent of the objective and of the architecture.
///
/// The generator sees a learned code of the class beside the latent code (Mirza & Osindero 2014,
/// arXiv:1411.1784, with an embedding as is usual today).
public struct ConditioningSettings: ConfigBlock, Equatable {
  /// How the discriminator learns of the class.
  public enum Method: String, Sendable, CaseIterable {
    /// A learned code beside the flattened sample, or for convolutions a learned plane beside its
    /// channels.
    case concatenate
    /// The inner product of a learned code and the last features is added to the score.
    /// Miyato & Koyama 2018, arXiv:1802.05637, equation 3.
    case projection
  }

  /// How the discriminator learns of the class.
  public var discriminator = Method.concatenate
  /// Numbers in the code of a class, where it stands beside latent codes or flattened samples.
  public var embedding = 10

  public init() {}

  public static var fields: [Field<ConditioningSettings>] {
    [
      .choice("discriminator", \.discriminator, "How the discriminator learns of the class."),
      .integer(
        "embedding", \.embedding, in: 1...4096,
        "Numbers in the code of a class, beside latent codes or flattened samples."),
    ]
  }

  /// How the discriminator's layers meet the labels.
  func plan(_ layers: [any LayerSpec], sample: Shape) -> DiscriminatorPlan {
    guard discriminator == .concatenate else { return .projection }
    if sample.count == 1 || layers.first is FlattenSpec {
      let flattening = layers.first is FlattenSpec ? 1 : 0
      return .features(layersBefore: flattening, input: [sample.elementCount + embedding])
    }
    return .plane(input: Array(sample.dropLast()) + [sample[sample.count - 1] + 1])
  }
}

/// Where the class enters a discriminator.
enum DiscriminatorPlan {
  /// After the first layers, which only flatten, beside the features.
  case features(layersBefore: Int, input: Shape)
  /// As one more channel of the image.
  case plane(input: Shape)
  /// In the last layer with parameters.
  case projection

  /// The layers that are passed by, and what the others start from.
  func start(_ sample: Shape) -> (layersBefore: Int, input: Shape) {
    switch self {
    case .features(let layersBefore, let input): (layersBefore, input)
    case .plane(let input): (0, input)
    case .projection: (0, sample)
    }
  }
}

extension BuildRequest {
  /// The generator as the config says, conditional or not.
  func generator() -> any Generator {
    guard let conditioning, let classes else {
      return SequentialGenerator(
        latent: latent,
        network: Sequential(generatorLayers, scope: generatorScope, input: [latent.size]))
    }
    let size = conditioning.embedding
    return ConditionalGenerator(
      latent: latent,
      embedding: Embedding(generatorScope / "label", classes: classes, size: size),
      network: Sequential(generatorLayers, scope: generatorScope, input: [latent.size + size]))
  }

  /// The discriminator as the config says, conditional or not.
  func discriminator() -> any Discriminator {
    let (layers, scope) = (discriminatorLayers, discriminatorScope)
    guard let conditioning, let classes else {
      return SequentialDiscriminator(
        network: Sequential(layers, scope: scope, input: sampleShape))
    }
    let label = scope / "label"
    let plan = conditioning.plan(layers, sample: sampleShape)
    let (before, input) = plan.start(sampleShape)
    switch plan {
    case .features:
      return ConcatenatingDiscriminator(
        embedding: Embedding(label, classes: classes, size: conditioning.embedding),
        network: Sequential(
          Array(layers.dropFirst(before)), scope: scope, input: input, firstIndex: before),
        plane: nil)
    case .plane:
      let (height, width) = (sampleShape[0], sampleShape[1])
      return ConcatenatingDiscriminator(
        embedding: Embedding(label, classes: classes, size: height * width),
        network: Sequential(layers, scope: scope, input: input), plane: (height, width))
    case .projection:
      var shape = sampleShape
      var (last, features) = (0, shape)
      for (index, layer) in layers.enumerated() {
        if layer.parameterCount(input: shape) > 0 { (last, features) = (index, shape) }
        guard let next = try? layer.outputShape(for: shape) else {
          preconditionFailure("layer \(index) on \(shape) has been checked")
        }
        shape = next
      }
      return ProjectionDiscriminator(
        body: Sequential(Array(layers[..<last]), scope: scope, input: sampleShape),
        head: Sequential(
          Array(layers[last...]), scope: scope, input: features, firstIndex: last),
        embedding: Embedding(
          projecting: label, classes: classes, size: features.elementCount))
    }
  }
}

extension Codec where Value == ConditioningSettings? {
  /// The discriminator's method alone, or an object.
  static var conditioning: Codec {
    let names = ConditioningSettings.Method.allCases.map { "\"\($0.rawValue)\"" }
    return Codec(
      "\(names.joined(separator: " or ")), or an object",
      schema: [
        "anyOf": [
          Codec<ConditioningSettings.Method>.choice.schema(), ConditioningSettings.schema(),
        ]
      ],
      read: { json, value, reading, path in
        var settings = value ?? ConditioningSettings()
        if json.string != nil {
          Codec<ConditioningSettings.Method>.choice.read(
            json, &settings.discriminator, reading, path)
        } else if json.object != nil {
          Codec<ConditioningSettings>.block.read(json, &settings, reading, path)
        } else {
          reading.report(
            json, path,
            "expected \(names.joined(separator: " or ")), or an object, found \(json.summary)")
        }
        value = settings
      }, write: { $0?.written })
  }
}
