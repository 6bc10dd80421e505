/// A JSON value that remembers where it was written.
public struct JSONValue: Sendable {
  /// What a value is.
  public enum Payload: Equatable, Sendable {
    case null
    case bool(Bool)
    case number(Number)
    case string(String)
    case array([JSONValue])
    case object([Member])
  }

  /// One `"key": value` of an object; the order in the file is kept.
  public struct Member: Equatable, Sendable {
    /// The name.
    public var key: String
    /// Where the name is written.
    public var keyOrigin: Origin
    /// What it stands for.
    public var value: JSONValue

    /// A member; one made by the program has no origin.
    public init(_ key: String, _ value: JSONValue, keyOrigin: Origin = .none) {
      self.key = key
      self.keyOrigin = keyOrigin
      self.value = value
    }

    /// Whether name and value are the same, wherever they were written.
    public static func == (a: Member, b: Member) -> Bool {
      a.key == b.key && a.value == b.value
    }
  }

  /// Where a value comes from.
  public enum Origin: Equatable, Sendable {
    /// A place in the document, counted from 1; columns count characters.
    case file(line: Int, column: Int)
    /// The command-line flag that set it.
    case flag(String)
    /// The program itself.
    case none
  }

  /// What the value is.
  public var payload: Payload
  /// Where it was written.
  public var origin: Origin

  /// A value and where it was written.
  public init(_ payload: Payload, origin: Origin = .none) {
    self.payload = payload
    self.origin = origin
  }
}

extension JSONValue: Equatable {
  /// Whether the content is the same, wherever it was written.
  public static func == (a: JSONValue, b: JSONValue) -> Bool {
    a.payload == b.payload
  }
}

// MARK: - Numbers

extension JSONValue {
  /// A finite number, with the text that it was written as.
  public struct Number: Equatable, Sendable {
    /// The text, always valid JSON.
    public let source: String
    /// The nearest double.
    public let double: Double

    /// The number that `source` spells; the parser has checked its grammar.
    init(source: String, double: Double) {
      self.source = source
      self.double = double
    }

    /// An integer.
    public init(_ value: Int) {
      source = String(value)
      double = Double(value)
    }

    /// A finite double in the fewest digits that identify it; nil for NaN and infinities.
    public init?(_ value: Double) {
      guard value.isFinite else { return nil }
      self.init(source: Self.withoutPointZero(value.description), double: value)
    }

    /// A finite float in the fewest digits that identify it; nil for NaN and infinities.
    public init?(_ value: Float) {
      guard value.isFinite else { return nil }
      // The double that a reader of these digits gets.
      let source = Self.withoutPointZero(value.description)
      self.init(source: source, double: Double(source) ?? Double(value))
    }

    /// The number as an integer if it is exactly one that fits: `3`, `3.0` and `3e2`, not `3.5`.
    public var int: Int? {
      if let value = Int(source) { return value }
      // Not by way of the double, which would take 0.99999999999999999999 for 1.
      let parts = source.lowercased().split(separator: "e")
      let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
      let fraction = mantissa.count > 1 ? mantissa[1] : ""
      var digits = (mantissa[0] + fraction).drop { $0 == "-" || $0 == "0" }
      if digits.isEmpty { return 0 }
      // An exponent beyond a few digits makes it too large or too small for an integer.
      guard var exponent = parts.count > 1 ? Int32(parts[1]).map(Int.init) : 0 else { return nil }
      exponent -= fraction.utf8.count
      while exponent < 0, digits.last == "0" {
        digits.removeLast()
        exponent += 1
      }
      // Int.max has 19 digits.
      guard exponent >= 0, exponent <= 19, digits.utf8.count <= 19 else { return nil }
      let sign = source.hasPrefix("-") ? "-" : ""
      return Int(sign + digits + String(repeating: "0", count: exponent))
    }

    /// Whether the values are the same, however they are spelled.
    public static func == (a: Number, b: Number) -> Bool {
      if let x = a.int, let y = b.int { return x == y }
      return a.double == b.double
    }

    private static func withoutPointZero(_ text: String) -> String {
      text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
  }
}

// MARK: - Building

extension JSONValue {
  /// A number, or null for NaN and infinities, which JSON cannot write.
  public static func number(_ value: Double) -> JSONValue {
    JSONValue(Number(value).map { .number($0) } ?? .null)
  }

  /// A number, or null for NaN and infinities, which JSON cannot write.
  public static func number(_ value: Float) -> JSONValue {
    JSONValue(Number(value).map { .number($0) } ?? .null)
  }

  /// An integer.
  public static func number(_ value: Int) -> JSONValue {
    JSONValue(.number(Number(value)))
  }

  /// A string.
  public static func string(_ value: String) -> JSONValue {
    JSONValue(.string(value))
  }

  /// A truth value.
  public static func bool(_ value: Bool) -> JSONValue {
    JSONValue(.bool(value))
  }

  /// An array.
  public static func array(_ elements: [JSONValue]) -> JSONValue {
    JSONValue(.array(elements))
  }

  /// An object.
  public static func object(_ members: [Member]) -> JSONValue {
    JSONValue(.object(members))
  }

  /// The same value with everything in it said to come from elsewhere.
  public func from(_ origin: Origin) -> JSONValue {
    var value = JSONValue(payload, origin: origin)
    switch payload {
    case .array(let elements):
      value.payload = .array(elements.map { $0.from(origin) })
    case .object(let members):
      value.payload = .object(
        members.map { Member($0.key, $0.value.from(origin), keyOrigin: origin) })
    default: break
    }
    return value
  }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// Null.
  public init(nilLiteral: ()) { self.init(.null) }
  /// A truth value.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// An integer.
  public init(integerLiteral value: Int) { self = .number(value) }
  /// A number.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// A string.
  public init(stringLiteral value: String) { self = .string(value) }
  /// An array.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// An object in the order of the literal.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { Member($0.0, $0.1) })
  }
}

// MARK: - Looking inside

extension JSONValue {
  /// The text, if it is a string.
  public var string: String? {
    if case .string(let value) = payload { value } else { nil }
  }

  /// The truth value, if it is one.
  public var bool: Bool? {
    if case .bool(let value) = payload { value } else { nil }
  }

  /// The nearest double, if it is a number.
  public var double: Double? {
    if case .number(let value) = payload { value.double } else { nil }
  }

  /// The integer, if it is a number that is exactly an integer.
  public var int: Int? {
    if case .number(let value) = payload { value.int } else { nil }
  }

  /// The elements, if it is an array.
  public var array: [JSONValue]? {
    if case .array(let elements) = payload { elements } else { nil }
  }

  /// The members, if it is an object.
  public var object: [Member]? {
    if case .object(let members) = payload { members } else { nil }
  }

  /// Whether it is null.
  public var isNull: Bool { payload == .null }

  /// The value of a key, if it is an object that has the key.
  public subscript(key: String) -> JSONValue? {
    object?.first { $0.key == key }?.value
  }

  /// What it is, in words for an error: "a string", "an object".
  public var kindName: String {
    switch payload {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
