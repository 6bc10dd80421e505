/// How one kind of value is read from a config, checked, and written back.
public struct Codec<Value: Sendable>: Sendable {
  /// What the value must be, as people read it: `a whole number in 1...65536`.
  public let expectation: String
  /// The same as JSON Schema; worked out only for those who ask.
  let schema: @Sendable () -> JSONValue
  /// Reads `json` into a value that holds the default; faults go to the reading.
  let read: @Sendable (JSONValue, inout Value, ConfigReading, _ path: String) -> Void
  /// The value as it stands in a resolved config; nil leaves the key out.
  let write: @Sendable (Value) -> JSONValue?

  init(
    _ expectation: String, schema: @autoclosure @escaping @Sendable () -> JSONValue,
    read: @escaping @Sendable (JSONValue, inout Value, ConfigReading, String) -> Void,
    write: @escaping @Sendable (Value) -> JSONValue?
  ) {
    self.expectation = expectation
    self.schema = schema
    self.read = read
    self.write = write
  }

  /// A codec for values that either fit or do not.
  init(
    _ expectation: String, schema: @autoclosure @escaping @Sendable () -> JSONValue,
    parse: @escaping @Sendable (JSONValue) -> Value?,
    write: @escaping @Sendable (Value) -> JSONValue?
  ) {
    self.init(
      expectation, schema: schema(),
      read: { json, value, reading, path in
        if let parsed = parse(json) {
          value = parsed
        } else {
          reading.report(json, path, "expected \(expectation), found \(json.summary)")
        }
      }, write: write)
  }

}

extension Codec where Value: Defaulted {
  /// The same for a key that may be absent, whose value takes the place of all that a default says: its
  /// parts exclude each other.
  var whole: Codec<Value?> {
    Codec<Value?>(
      expectation, schema: schema(),
      read: { json, value, reading, path in
        var present = Value()
        read(json, &present, reading, path)
        value = present
      }, write: { $0.flatMap(write) })
  }

  /// The same for a key that may be absent.
  var optional: Codec<Value?> {
    Codec<Value?>(
      expectation, schema: schema(),
      read: { json, value, reading, path in
        var present = value ?? Value()
        read(json, &present, reading, path)
        value = present
      }, write: { $0.flatMap(write) })
  }
}

/// A value with a beginning from which reading starts.
public protocol Defaulted {
  /// The beginning.
  init()
}

extension Int: Defaulted {}
extension Double: Defaulted {}
extension String: Defaulted {}
extension Array: Defaulted {}

extension Codec where Value == Int {
  static func integer(in range: ClosedRange<Int>) -> Codec {
    Codec(
      "a whole number in \(range.lowerBound)...\(range.upperBound)",
      schema: .integerSchema(in: range),
      parse: { json in json.int.flatMap { range.contains($0) ? $0 : nil } },
      write: { .number($0) })
  }
}

extension Codec where Value == Double {
  static func number(in range: ClosedRange<Double>) -> Codec {
    Codec(
      "a number in \(JSONValue.number(range.lowerBound).summary)...\(JSONValue.number(range.upperBound).summary)",
      schema: .numberSchema(in: range),
      parse: { json in json.double.flatMap { range.contains($0) ? $0 : nil } },
      write: { .number($0) })
  }
}

extension Bool: Defaulted {}

extension Codec where Value == Bool {
  static var flag: Codec {
    Codec(
      "true or false", schema: ["type": "boolean"], parse: { $0.bool }, write: { .bool($0) })
  }
}

extension Codec where Value == String {
  static func text(
    _ expectation: String, schema: JSONValue = ["type": "string"]
  ) -> Codec {
    Codec(
      expectation, schema: schema, parse: { $0.string },
      write: { $0.isEmpty ? nil : .string($0) })
  }
}

extension Codec where Value == String {
  /// One of a few names.
  static func name(among names: [String]) -> Codec {
    let expectation = "one of \(names.map { "\"\($0)\"" }.joined(separator: ", "))"
    return Codec(
      expectation, schema: ["enum": .array(names.map { .string($0) })],
      read: { json, value, reading, path in
        guard let name = json.string, names.contains(name) else {
          return reading.report(
            json, path, "expected \(expectation), found \(json.summary)",
            suggestion: json.string.flatMap { Suggestion.closest(to: $0, among: names) })
        }
        value = name
      }, write: { .string($0) })
  }
}

extension Codec where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
  /// One of the type's cases.
  static var choice: Codec {
    let names = Codec<String>.name(among: Value.allCases.map(\.rawValue))
    return Codec(
      names.expectation, schema: names.schema(),
      read: { json, value, reading, path in
        var name = value.rawValue
        names.read(json, &name, reading, path)
        value = Value(rawValue: name) ?? value
      }, write: { .string($0.rawValue) })
  }
}

extension Codec where Value == [Int] {
  static func integers(count: ClosedRange<Int>, in range: ClosedRange<Int>) -> Codec {
    let length =
      count.lowerBound == count.upperBound
      ? "\(count.lowerBound)" : "\(count.lowerBound) to \(count.upperBound)"
    return Codec(
      "a list of \(length) whole numbers in \(range.lowerBound)...\(range.upperBound)",
      schema: .listSchema(of: .integerSchema(in: range), count: count),
      parse: { json in
        guard let elements = json.array, count.contains(elements.count) else { return nil }
        let values = elements.compactMap { $0.int }.filter(range.contains)
        return values.count == elements.count ? values : nil
      }, write: { .array($0.map { .number($0) }) })
  }

  /// One number for both directions, or `[height, width]`.
  static func pair(in range: ClosedRange<Int>) -> Codec {
    let list = integers(count: 2...2, in: range)
    return Codec(
      "a whole number in \(range.lowerBound)...\(range.upperBound), or [height, width]",
      schema: ["anyOf": [.integerSchema(in: range), list.schema()]],
      parse: { json in
        if let both = json.int { return range.contains(both) ? [both, both] : nil }
        guard let elements = json.array, elements.count == 2 else { return nil }
        let values = elements.compactMap { $0.int }.filter(range.contains)
        return values.count == 2 ? values : nil
      }, write: { $0[0] == $0[1] ? .number($0[0]) : list.write($0) })
  }
}

extension Codec where Value == [Double] {
  static func numbers(count: ClosedRange<Int>, in range: ClosedRange<Double>) -> Codec {
    let bounds = [range.lowerBound, range.upperBound].map { JSONValue.number($0).summary }
    return Codec(
      "a list of \(count.lowerBound) to \(count.upperBound) numbers in \(bounds[0])...\(bounds[1])",
      schema: .listSchema(of: .numberSchema(in: range), count: count),
      parse: { json in
        guard let elements = json.array, count.contains(elements.count) else { return nil }
        let values = elements.compactMap { $0.double }.filter(range.contains)
        return values.count == elements.count ? values : nil
      }, write: { .array($0.map { .number($0) }) })
  }
}

extension Codec where Value == ClosedRange<Double> {
  /// `[lower, upper]`.
  static var interval: Codec {
    Codec(
      "two numbers [lower, upper] in -10000...10000, the lower one first",
      schema: .listSchema(of: .numberSchema(in: -1e4...1e4), count: 2...2),
      parse: { json in
        guard let bounds = json.array?.compactMap({ $0.double }), bounds.count == 2,
          json.array?.count == 2, bounds.allSatisfy({ abs($0) <= 1e4 }),
          bounds[1] - bounds[0] >= 1e-6
        else { return nil }
        return bounds[0]...bounds[1]
      }, write: { .array([.number($0.lowerBound), .number($0.upperBound)]) })
  }
}

extension Codec where Value: ConfigBlock {
  /// An object whose keys are the block's fields; absent keys keep their value.
  static var block: Codec {
    Codec(
      "an object", schema: Value.schema(),
      read: { json, value, reading, path in
        guard let members = json.object else {
          return reading.report(json, path, "expected an object, found \(json.summary)")
        }
        value.read(members, at: json, reading, path)
      }, write: { $0.written })
  }
}

extension JSONValue {
  /// The value as an error message quotes it: short ones as they are, others by their kind.
  var summary: String {
    switch payload {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(let number) where number.source.count <= 40: number.source
    case .string(let text) where text.count <= 40: "\"\(Text.printable(text))\""
    case .number, .string, .array, .object: kindName
    }
  }
}
