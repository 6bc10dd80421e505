import Variants
import ZooCore

/// Small configs of any variant, made by asking it what networks it has.
enum SmallConfig {
  /// A config with narrow networks.
  ///
  /// Their weights are what is trained: the derivative of spectral norm
  /// takes its vectors for constants, which differences do not. Those of StyleGANs stay equalised, as its
  /// rates need them. Biases are not zero: over nothing a
  /// convolution would be zero, where ReLU has no derivative.
  ///
  /// - Parameter more: Further members of the config.
  static func json(
    _ name: String, width: Int = 2, latent: Int = 3, architecture: String? = nil,
    _ more: String = ""
  ) -> String {
    let roles = roles(of: name)
    let weights = name.hasPrefix("stylegan") || name == "progan" ? "equalized" : "plain"
    let network =
      (architecture.map { #""architecture": "\#($0)", "# } ?? "")
      + #""width": \#(width), "weights": "\#(weights)", "#
      + #""initialization": "pytorch""#
    var members = [
      #""variant": "\#(name)""#,
      // BigGAN cuts it into one to five parts.
      #""generator": { \#(network), "latent": { "size": \#(name == "biggan" ? 60 : latent) } }"#,
    ]
    if roles.contains(.discriminator) { members.append(#""discriminator": { \#(network) }"#) }
    let added = roles.filter { $0 != .generator && $0 != .discriminator }
    if !added.isEmpty {
      let networks = added.map { #""\#($0.name)": { \#(network) }"# }.joined(separator: ", ")
      members.append(#""networks": { \#(networks) }"#)
    }
    // Fully grown, so that all parts play.
    if name == "progan", !more.contains("objective") {
      members.append(#""objective": { "start": 16 }"#)
    }
    return "{ " + (members + (more.isEmpty ? [] : [more])).joined(separator: ",\n  ") + " }"
  }

  /// The networks of a variant.
  static func roles(of name: String) -> [NetworkRole] {
    tested.variant(named: name)?.networks ?? []
  }

  /// Architectures that have a network for every role of a variant.
  static func architectures(for name: String) -> [String] {
    // Those are for generators of latent codes.
    if translates(name) { return [] }
    let roles = roles(of: name).map(\.name)
    return builtIn.architectures.filter { architecture in
      // Those with a mapping network are steered by its styles.
      roles.allSatisfy { architecture.networks[$0] != nil }
        && (architecture.networks["mapping"] == nil || roles.contains("mapping"))
        // Others do not let networks grow, and judge samples beside each other.
        && (name == "progan" || !architecture.name.hasPrefix("progan"))
        && (name == "stylegan" || !architecture.name.hasPrefix("stylegan-growing"))
    }.map(\.name)
  }

  /// Variants with two players that fit any architecture.
  static let games = builtIn.variants.map { $0.card.name }.filter {
    roles(of: $0) == [.generator, .discriminator] && !translates($0)
  }

  /// Whether a variant starts from images.
  static func translates(_ name: String) -> Bool {
    tested.variant(named: name)?.translates == true
  }

  /// A dataset that suits a variant: for one that translates, the images beside themselves.
  static func data(for name: String, _ dataset: any Dataset) -> any Dataset {
    translates(name) ? TwoDomains(dataset, from: dataset, paired: true) : dataset
  }

  /// Samples of this shape, with what a variant needs beside them.
  static func shape(for name: String, _ sample: Shape, classes: Int? = 10) -> DataShape {
    DataShape(sample, classes: classes, source: translates(name) ? sample : nil)
  }

  /// What makes a shipped config's networks narrow enough for a test.
  static func overrides(for config: String) -> [String] {
    let large = [
      "dcgan-celeba.json", "pix2pix-folder.json", "cyclegan-folder.json",
      "biggan-imagenet-folder-128.json", "stylegan2-folder-256.json", "r3gan-folder-64.json",
    ]
    guard large.contains(config) else { return [] }
    let twins = ["networks.back.width=4", "networks.backDiscriminator.width=4"]
    return ["generator.width=8", "discriminator.width=8"]
      + (config.hasPrefix("cyclegan") ? twins : [])
  }

  /// A small dataset for a shipped config: points as it has them, else forty drawn digits, padded and
  /// in pairs where it wants them; other pairs where its own are of files.
  static func data(for recipe: Recipe) throws -> any Dataset {
    let library = DataLibrary(directory: "nowhere")
    var settings = recipe.config.data
    if ["ring8", "grid25", "swiss-roll"].contains(settings.dataset) {
      return try library.open(settings).dataset
    }
    let grey = ByteImages.strokeDigits(count: 40)
    let isOfFiles = settings.source.map { $0.made == nil } ?? false
    if isOfFiles {
      settings.source = SourceSettings(made: .thicken, paired: settings.comesInPairs)
      settings.pad = 32
    }
    if settings.source?.made == .grey { settings.pad = 32 }
    let digits = DataLibrary.Opened(
      dataset: settings.source?.made == .grey ? StackedDigits(grey) : grey, notice: nil)
    return try library.beside(digits, settings, settings).dataset
  }
}
