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
    /// Not at all: the discriminator is not told.
    case none
  }

  /// How the discriminator learns of the class.
  public var discriminator = Method.concatenate
  /// Numbers in the code of a class, where it stands beside latent codes or flattened samples.
  public var embedding = 10
  /// Of which classes fakes are.
  public var fakeLabels = FakeLabels.batch

  public init() {}

  public static var fields: [Field<ConditioningSettings>] {
    [
      .choice("discriminator", \.discriminator, "How the discriminator learns of the class."),
      .integer(
        "embedding", \.embedding, in: 1...4096,
        "Numbers in the code of a class, beside latent codes or flattened samples."),
      .choice(
        "fakeLabels", \.fakeLabels,
        "Of which classes fakes are: those of the real batch, or drawn from all alike."),
    ]
  }
}

extension BuildRequest {
  /// The generator as the config says, conditional or not.
  public func generator() -> any Generator {
    let latent = config.generator.latent.space
    guard let conditioning = config.conditioning, let classes = data.classes else {
      return SequentialGenerator(
        latent: latent, network: network(.generator, from: [latent.size], to: data.sample))
    }
    let size = conditioning.embedding
    return ConditionalGenerator(
      latent: latent,
      embedding: Embedding(scope(.generator) / "label", classes: classes, size: size),
      network: network(.generator, from: [latent.size + size], to: data.sample))
  }

  /// The discriminator as the config says, conditional or not.
  public func discriminator() -> any Discriminator {
    let sample = data.sample
    guard let conditioning = config.conditioning, conditioning.discriminator != .none,
      let classes = data.classes
    else {
      return SequentialDiscriminator(network: network(.discriminator, from: sample, to: [1]))
    }
    let label = scope(.discriminator) / "label"
    switch conditioning.discriminator {
    case .none: fatalError("a discriminator that is told nothing is told a class")
    case .concatenate where sample.count == 1 || flattensFirst:
      // The code stands beside features; the layer that flattens them has nothing left to do.
      let size = conditioning.embedding
      return ConcatenatingDiscriminator(
        embedding: Embedding(label, classes: classes, size: size),
        network: network(.discriminator, from: [sample.elementCount + size], to: [1]), plane: nil)
    case .concatenate:
      let (height, width) = (sample[0], sample[1])
      return ConcatenatingDiscriminator(
        embedding: Embedding(label, classes: classes, size: height * width),
        network: network(.discriminator, from: [height, width, sample[2] + 1], to: [1]),
        plane: (height, width))
    case .projection:
      let (body, head) = network(.discriminator, from: sample, to: [1]).split()
      return ProjectionDiscriminator(
        body: body, head: head,
        embedding: Embedding(
          projecting: label, classes: classes, size: body.output.elementCount))
    }
  }

  /// Whether the discriminator's first layer makes features of images.
  private var flattensFirst: Bool { construction.firstLayer(.discriminator) is FlattenSpec }
}

extension Codec where Value == ConditioningSettings? {
  /// The discriminator's method alone, or an object.
  static var conditioning: Codec {
    let names = ConditioningSettings.Method.allCases.map { "\"\($0.rawValue)\"" }
    return Codec(
      "\(names.joined(separator: " or ")), an object, or null for no classes at all",
      schema: [
        "anyOf": [
          ["type": "null"],
          Codec<ConditioningSettings.Method>.choice.schema(), ConditioningSettings.schema(),
        ]
      ],
      read: { json, value, reading, path in
        if json.isNull {
          value = nil
          return
        }
        var settings = value ?? ConditioningSettings()
        if json.string != nil {
          Codec<ConditioningSettings.Method>.choice.read(
            json, &settings.discriminator, reading, path)
        } else if json.object != nil {
          Codec<ConditioningSettings>.block.read(json, &settings, reading, path)
        } else {
          reading.report(
            json, path,
            "expected \(names.joined(separator: " or ")), an object, or null for no classes at all, found "
              + json.summary)
        }
        value = settings
      }, write: { $0?.written })
  }
}
