/// All optimizers that a config can name; a new one is one file and one line here.
public enum OptimizerCatalogue {
  /// The specs, in the order of the documentation.
  public static let all: [any OptimizerSpec.Type] = [Adam.self, RMSprop.self, SGD.self]
}

extension OptimizerSettings {
  /// The name and the settings: `adam learningRate 0.0002, beta1 0.5, …`.
  public var described: String {
    let settings = (spec.written.object ?? []).map { setting in
      let schedule = Schedule(written: setting.value)
      // In brackets, as it has commas of its own.
      let moving = schedule.flatMap { $0.isConstant ? nil : "(\($0))" }
      return "\(setting.key) \(moving ?? setting.value.compact())"
    }
    return "\(type(of: spec).key) \(settings.joined(separator: ", "))"
  }

  /// The optimizer as a config shows it.
  public var written: JSONValue { .object([.init(type(of: spec).key, spec.written)]) }

  /// An object with one key, the optimizer's name.
  static var schema: JSONValue {
    let kinds = OptimizerCatalogue.all.map { kind in
      JSONValue.Member(
        kind.key, .object([.init("description", .string(kind.summary))] + kind.members))
    }
    return [
      "type": "object", "properties": .object(kinds), "minProperties": 1, "maxProperties": 1,
      "additionalProperties": false,
    ]
  }
}

extension OptimizerSpec {
  /// What the schema says of the optimizer's keys.
  fileprivate static var members: [JSONValue.Member] { schema().object ?? [] }
}

extension Codec where Value == OptimizerSettings {
  /// An object with one key, the optimizer's name: `{ "adam": { … } }`.
  static var optimizer: Codec {
    let names = OptimizerCatalogue.all.map { $0.key }
    return Codec(
      "an optimizer: \(names.map { "{ \"\($0)\": { … } }" }.joined(separator: ", "))",
      schema: .reference("optimizer"),
      read: { json, value, reading, path in
        guard let members = json.object, let member = members.first else {
          return reading.report(
            json, path, "expected one optimizer as { \"adam\": { … } }, found \(json.summary)")
        }
        // A setting that stands where the kind does, as after --set training.optimizer.beta1=0.
        if let stray = members.first(where: { !names.contains($0.key) }) {
          guard value.spec.written[stray.key] != nil else {
            return reading.reportUnknownKey(stray, "\(path).\(stray.key)", among: names)
          }
          return reading.report(
            stray.keyOrigin, "\(path).\(stray.key)", "unknown key \"\(stray.key)\"",
            advice: "did you mean \(path).\(type(of: value.spec).key).\(stray.key)?")
        }
        guard members.count == 1,
          let kind = OptimizerCatalogue.all.first(where: { $0.key == member.key })
        else {
          return reading.report(
            json, path,
            "expected one optimizer, found \(members.map(\.key).joined(separator: " and "))")
        }
        value = OptimizerSettings(
          settings(kind, member.value, startingFrom: value.spec, reading, "\(path).\(member.key)"))
      }, write: { $0.written })
  }

  /// Settings that are not given keep the present ones where the kind stays the same.
  private static func settings<Spec: OptimizerSpec>(
    _: Spec.Type, _ json: JSONValue, startingFrom present: any OptimizerSpec,
    _ reading: ConfigReading, _ path: String
  ) -> any OptimizerSpec {
    var spec = present as? Spec ?? Spec()
    Codec<Spec>.block.read(json, &spec, reading, path)
    return spec
  }
}
