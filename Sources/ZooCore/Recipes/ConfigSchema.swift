/// The JSON Schema of configs, made from the tables that configs are read by.
///
/// Draft 2020-12. Editors complete keys and show their meaning from it; what only the networks'
/// shapes can tell, the program still checks itself.
public enum ConfigSchema {
  /// The schema for a program with these variants and architectures.
  public static func schema(for registry: Registry) -> JSONValue {
    var members = RunConfig.schema().object ?? []
    members.insert(
      contentsOf: [
        .init("$schema", "https://json-schema.org/draft/2020-12/schema"),
        .init("title", "A config of zoo"),
      ], at: 0)
    for index in members.indices where members[index].key == "properties" {
      let own: [JSONValue.Member] = [
        .init("$schema", ["type": "string", "description": "This schema; for editors."])
      ]
      let objective = JSONValue.Member(
        "objective", ["type": "object", "description": "The variant's own settings."])
      members[index].value = .object(own + (members[index].value.object ?? []) + [objective])
    }
    members.append(.init("allOf", .array(registry.variants.map { objective(of: $0) })))
    members.append(.init("$defs", definitions(registry)))
    return .object(members)
  }

  private static func definitions(_ registry: Registry) -> JSONValue {
    var definitions: [JSONValue.Member] = [
      .init("variant", .choice(registry.variants.map { ($0.card.name, $0.card.summary) })),
      .init("architecture", .choice(registry.architectures.map { ($0.name, $0.summary) })),
      .init("layer", ["anyOf": .array(registry.layers.flatMap { layer($0) })]),
      .init("optimizer", OptimizerSettings.schema),
      .init("schedule", Schedule.schema),
    ]
    for variant in registry.variants {
      definitions.append(.init(name(of: variant), options(of: variant)))
    }
    return .object(definitions)
  }

  /// With this variant, `objective` has these keys.
  private static func objective(of variant: any Variant.Type) -> JSONValue {
    [
      "if": [
        "properties": ["variant": ["const": .string(variant.card.name)]],
        "required": ["variant"],
      ],
      "then": ["properties": ["objective": .reference(name(of: variant))]],
    ]
  }

  private static func name(of variant: any Variant.Type) -> String {
    "objective-\(variant.card.name)"
  }

  private static func options<V: Variant>(of _: V.Type) -> JSONValue {
    V.Options.schema(withDefaults: true)
  }

  /// The forms of one layer: its name alone, an object, or both.
  private static func layer<Spec: LayerSpec>(_: Spec.Type) -> [JSONValue] {
    let name: JSONValue = ["const": .string(Spec.key), "description": .string(Spec.summary)]
    guard !Spec.fields.isEmpty else { return [name] }
    var object = Spec.schema(withDefaults: true).object ?? []
    object.insert(.init("description", .string(Spec.summary)), at: 0)
    object.removeAll { $0.key == "required" }
    object.append(.init("required", [.string(Spec.key)]))
    return (Spec.fields.contains(where: \.isRequired) ? [] : [name]) + [.object(object)]
  }
}

extension JSONValue {
  /// One of some names, each with what it means.
  fileprivate static func choice(_ names: [(String, String)]) -> JSONValue {
    [
      "oneOf": .array(
        names.map { ["const": .string($0), "description": .string($1)] })
    ]
  }
}
