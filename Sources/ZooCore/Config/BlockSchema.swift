extension ConfigBlock {
  /// An object with one property for each field.
  ///
  /// - Parameter withDefaults: Whether the defaults are told, which only blocks have that no
  ///   variant changes.
  static func schema(withDefaults: Bool = false) -> JSONValue {
    let properties = fields.map { field in
      var members = [JSONValue.Member("description", .string(field.meaning))]
      members += field.schema().object ?? []
      if withDefaults, !field.isRequired, let value = field.write(Self()) {
        members.append(.init("default", value))
      }
      return JSONValue.Member(field.key, .object(members))
    }
    let required = fields.filter(\.isRequired).map { JSONValue.string($0.key) }
    return .object(
      [.init("type", "object"), .init("properties", .object(properties))]
        + (required.isEmpty ? [] : [.init("required", .array(required))])
        + [.init("additionalProperties", false)])
  }
}

extension JSONValue {
  static func reference(_ definition: String) -> JSONValue {
    ["$ref": .string("#/$defs/\(definition)")]
  }

  static func integerSchema(in range: ClosedRange<Int>) -> JSONValue {
    [
      "type": "integer", "minimum": .number(range.lowerBound),
      "maximum": .number(range.upperBound),
    ]
  }

  static func numberSchema(in range: ClosedRange<Double>) -> JSONValue {
    [
      "type": "number", "minimum": .number(range.lowerBound),
      "maximum": .number(range.upperBound),
    ]
  }

  static func listSchema(of element: JSONValue, count: ClosedRange<Int>) -> JSONValue {
    [
      "type": "array", "items": element, "minItems": .number(count.lowerBound),
      "maxItems": .number(count.upperBound),
    ]
  }
}
