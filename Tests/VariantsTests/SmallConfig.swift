import Variants
import ZooCore

/// Small configs of any variant, made by asking it what networks it has.
enum SmallConfig {
  /// A config with narrow networks.
  ///
  /// - Parameter more: Further members of the config.
  static func json(
    _ name: String, width: Int = 2, latent: Int = 3, architecture: String? = nil,
    _ more: String = ""
  ) -> String {
    let roles = roles(of: name)
    let network =
      (architecture.map { #""architecture": "\#($0)", "# } ?? "") + #""width": \#(width)"#
    var members = [
      #""variant": "\#(name)""#,
      #""generator": { \#(network), "latent": { "size": \#(latent) } }"#,
    ]
    if roles.contains(.discriminator) { members.append(#""discriminator": { \#(network) }"#) }
    let added = roles.filter { $0 != .generator && $0 != .discriminator }
    if !added.isEmpty {
      let networks = added.map { #""\#($0.name)": { \#(network) }"# }.joined(separator: ", ")
      members.append(#""networks": { \#(networks) }"#)
    }
    return "{ " + (members + (more.isEmpty ? [] : [more])).joined(separator: ",\n  ") + " }"
  }

  /// The networks of a variant.
  static func roles(of name: String) -> [NetworkRole] {
    tested.variant(named: name)?.networks ?? []
  }

  /// Architectures that have a network for every role of a variant.
  static func architectures(for name: String) -> [String] {
    builtIn.architectures.filter { architecture in
      roles(of: name).allSatisfy { architecture.networks[$0.name] != nil }
    }.map(\.name)
  }

  /// Variants with two players that fit any architecture.
  static let games = builtIn.variants.map { $0.card.name }.filter {
    roles(of: $0) == [.generator, .discriminator]
  }
}
