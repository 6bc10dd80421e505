/// A strict RFC 8259 parser over bytes.
///
/// The rule of each method is the grammar's rule of the same name. Nesting and the number of
/// values are bounded, so hostile input exhausts neither the stack nor the memory.
struct JSONParser {
  /// A syntax error and where it is.
  struct Fault: Error {
    let offset: Int
    let problem: String
    let advice: String?
  }

  static let maximumDepth = 64
  static let maximumValues = 1 << 18

  let bytes: [UInt8]
  var index = 0
  private var depth = 0
  private var valueCount = 0
  /// The last place that was asked for: origins are found in one pass over the text.
  private var place = (offset: 0, line: 1, column: 1)

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The whole text: one value with nothing but white space around it.
  mutating func document() throws(Fault) -> JSONValue {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      throw fault(
        "the text starts with a byte order mark", at: 0,
        advice: "save the file as UTF-8 without a byte order mark")
    }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      throw fault("the text is UTF-16", at: 0, advice: "save the file as UTF-8")
    }
    skipWhitespace()
    let root = try value()
    skipWhitespace()
    guard index == bytes.count else {
      throw fault("expected the end of the text, found \(found)", at: index)
    }
    return root
  }

  // MARK: Values

  private mutating func value() throws(Fault) -> JSONValue {
    valueCount += 1
    guard valueCount <= Self.maximumValues else {
      throw fault("more than \(Self.maximumValues) values", at: index)
    }
    let origin = origin()
    let payload: JSONValue.Payload
    switch peek ?? 0 {
    case UInt8(ascii: "{"):
      payload = .object(try nested { parser throws(Fault) in try parser.object() })
    case UInt8(ascii: "["):
      payload = .array(try nested { parser throws(Fault) in try parser.array() })
    case UInt8(ascii: "\""): payload = .string(try string())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): payload = .number(try number())
    default: payload = try word()
    }
    return JSONValue(payload, origin: origin)
  }

  private mutating func nested<Content>(
    _ body: (inout JSONParser) throws(Fault) -> Content
  ) throws(Fault) -> Content {
    guard depth < Self.maximumDepth else {
      throw fault("nested deeper than \(Self.maximumDepth) levels", at: index)
    }
    depth += 1
    defer { depth -= 1 }
    return try body(&self)
  }

  private mutating func object() throws(Fault) -> [JSONValue.Member] {
    let opening = index
    index += 1
    var members: [JSONValue.Member] = []
    // Keys that differ only in how Unicode composes them count as equal: nobody can tell them
    // apart.
    var seen: [String: JSONValue.Origin] = [:]
    skipWhitespace()
    if skip("}") { return members }
    while true {
      guard peek == UInt8(ascii: "\"") else {
        if peek == UInt8(ascii: "}") { throw trailingComma() }
        throw expected("a key in double quotes", opening: opening, "{")
      }
      let start = index
      let keyOrigin = origin()
      let key = try string()
      if let first = seen.updateValue(keyOrigin, forKey: key),
        case .file(let line, let column) = first
      {
        throw fault(
          "duplicate key \"\(Text.printable(key))\", first used at line \(line), column \(column)",
          at: start, advice: "remove one of the two")
      }
      skipWhitespace()
      guard skip(":") else { throw expected("':' after the key", opening: opening, "{") }
      skipWhitespace()
      members.append(JSONValue.Member(key, try value(), keyOrigin: keyOrigin))
      skipWhitespace()
      if skip("}") { return members }
      guard skip(",") else { throw expected("',' or '}'", opening: opening, "{") }
      skipWhitespace()
    }
  }

  private mutating func array() throws(Fault) -> [JSONValue] {
    let opening = index
    index += 1
    var elements: [JSONValue] = []
    skipWhitespace()
    if skip("]") { return elements }
    while true {
      if peek == UInt8(ascii: "]") { throw trailingComma() }
      elements.append(try value())
      skipWhitespace()
      if skip("]") { return elements }
      guard skip(",") else { throw expected("',' or ']'", opening: opening, "[") }
      skipWhitespace()
    }
  }

  private mutating func word() throws(Fault) -> JSONValue.Payload {
    let start = index
    let isLetter = { (byte: UInt8) in
      byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
    }
    let letters = bytes[index...].prefix(while: isLetter)
    switch String(decoding: letters.prefix(20), as: UTF8.self) {
    case "true": index += 4; return .bool(true)
    case "false": index += 5; return .bool(false)
    case "null": index += 4; return .null
    case "":
      let advice: String? =
        switch peek {
        case UInt8(ascii: "'"): "strings take double quotes"
        case UInt8(ascii: "/"), UInt8(ascii: "#"): "JSON has no comments; remove it"
        case UInt8(ascii: "+"): "numbers take no plus sign"
        case UInt8(ascii: "."): "numbers need a digit before the point"
        default: nil
        }
      throw fault("expected a value, found \(found)", at: start, advice: advice)
    case let other:
      throw fault(
        "expected a value, found \(other)", at: start,
        advice: "JSON knows the words true, false and null; strings take double quotes")
    }
  }

  // MARK: Numbers

  private mutating func number() throws(Fault) -> JSONValue.Number {
    let start = index
    skip("-")
    let firstDigit = index
    try digits()
    guard bytes[firstDigit] != UInt8(ascii: "0") || index == firstDigit + 1 else {
      throw fault("a number must not start with 0", at: start, advice: "remove the leading zeros")
    }
    if skip(".") { try digits() }
    if skip("e") || skip("E") {
      if !skip("+") { skip("-") }
      try digits()
    }
    let source = String(decoding: bytes[start..<index], as: UTF8.self)
    guard let double = Double(source), double.isFinite else {
      throw fault("the number is too large for a double", at: start)
    }
    return JSONValue.Number(source: source, double: double)
  }

  private mutating func digits() throws(Fault) {
    let start = index
    while let byte = peek, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { index += 1 }
    guard index > start else { throw fault("expected a digit, found \(found)", at: index) }
  }

  // MARK: Bytes and places

  var peek: UInt8? {
    index < bytes.count ? bytes[index] : nil
  }

  /// Steps over a character if it is the next one.
  @discardableResult
  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  private mutating func skipWhitespace() {
    while let byte = peek,
      byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
        || byte == UInt8(ascii: "\t")
    {
      index += 1
    }
  }

  /// The place of the next character.
  private mutating func origin() -> JSONValue.Origin {
    for byte in bytes[place.offset..<index] {
      if byte == UInt8(ascii: "\n") {
        place.line += 1
        place.column = 1
      } else if JSONSource.startsScalar(byte) {
        place.column += 1
      }
    }
    place.offset = index
    return .file(line: place.line, column: place.column)
  }

  /// The next character in words.
  var found: String {
    guard let byte = peek else { return "the end of the text" }
    let length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
    let character = String(validating: bytes[index...].prefix(length), as: UTF8.self)
    guard byte >= 0x20, byte != 0x7F, let character else {
      return "the byte 0x" + SHA256.hex([byte])
    }
    return "'\(Text.printable(character))'"
  }

  private func expected(_ what: String, opening: Int, _ bracket: String) -> Fault {
    if peek == nil {
      return fault("this '\(bracket)' is not closed: expected \(what)", at: opening)
    }
    return fault("expected \(what), found \(found)", at: index)
  }

  private func trailingComma() -> Fault {
    fault(
      "expected another entry after the comma, found \(found)", at: index,
      advice: "remove the comma")
  }

  func fault(_ problem: String, at offset: Int, advice: String? = nil) -> Fault {
    Fault(offset: offset, problem: problem, advice: advice)
  }
}
