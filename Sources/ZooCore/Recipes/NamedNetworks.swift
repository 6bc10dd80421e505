/// The networks that a variant adds to generator and discriminator, by role.
public struct NamedNetworks: Sendable, ExpressibleByDictionaryLiteral {
  /// In the order in which the variant gives them.
  private(set) var entries: [(name: String, settings: NetworkSettings)]

  /// Settings by the roles' names.
  public init(dictionaryLiteral elements: (String, NetworkSettings)...) {
    entries = elements.map { (name: $0, settings: $1) }
  }

  /// The settings of a role; a role that is not there has none.
  public subscript(name: String) -> NetworkSettings? {
    get { entries.first { $0.name == name }?.settings }
    set {
      guard let newValue else { return entries.removeAll { $0.name == name } }
      if let place = entries.firstIndex(where: { $0.name == name }) {
        entries[place].settings = newValue
      } else {
        entries.append((name, newValue))
      }
    }
  }
}

extension Codec where Value == NamedNetworks {
  /// An object with a network for each role that the variant's defaults know.
  static var networks: Codec {
    Codec(
      "an object with a network for each role that the variant adds",
      schema: [
        "type": "object",
        "additionalProperties": [
          "anyOf": [.reference("architecture"), NetworkSettings.networkSchema]
        ],
      ],
      read: { json, value, reading, path in
        guard let members = json.object else {
          return reading.report(json, path, "expected an object, found \(json.summary)")
        }
        let names = value.entries.map(\.name)
        for member in members {
          guard var settings = value[member.key] else {
            if names.isEmpty {
              reading.report(
                member.keyOrigin, "\(path).\(member.key)", "this variant adds no networks",
                advice: "leave \"networks\" out")
            } else {
              reading.reportUnknownKey(member, "\(path).\(member.key)", among: names)
            }
            continue
          }
          Codec<NetworkSettings>.network.read(
            member.value, &settings, reading, "\(path).\(member.key)")
          value[member.key] = settings
        }
      },
      write: { networks in
        networks.entries.isEmpty
          ? nil
          : .object(
            networks.entries.map { JSONValue.Member($0.name, $0.settings.written) })
      })
  }
}
