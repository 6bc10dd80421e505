extension JSONValue {
  /// The value as JSON without any white space, on one line.
  public func compact() -> String {
    var writer = JSONWriter()
    writer.writeCompact(self)
    return writer.text
  }

  /// The value as JSON for people: two spaces per level, short lists of scalars on one line.
  ///
  /// There is no line break at the end.
  public func pretty() -> String {
    var writer = JSONWriter()
    writer.writePretty(self, level: 0, inArray: false)
    return writer.text
  }
}

extension JSONValue: CustomStringConvertible {
  /// The value as compact JSON.
  public var description: String { compact() }
}

/// Writes values as JSON text.
struct JSONWriter {
  private static let lineLength = 88
  private(set) var text = ""

  mutating func writeCompact(_ value: JSONValue) {
    write(value, comma: ",", colon: ":", padding: "")
  }

  /// Writes a value over several lines, unless it reads better on one.
  mutating func writePretty(_ value: JSONValue, level: Int, inArray: Bool) {
    if let line = oneLine(value, level: level, inArray: inArray) {
      text += line
      return
    }
    switch value.payload {
    case .array(let elements):
      writeLines(elements, between: "[", "]", level: level) { writer, element in
        writer.writePretty(element, level: level + 1, inArray: true)
      }
    case .object(let members):
      writeLines(members, between: "{", "}", level: level) { writer, member in
        writer.writeString(member.key)
        writer.text += ": "
        writer.writePretty(member.value, level: level + 1, inArray: false)
      }
    default: writeCompact(value)
    }
  }

  /// The value on one line, if it is short: an array of scalars, or such an object in an array.
  private func oneLine(_ value: JSONValue, level: Int, inArray: Bool) -> String? {
    let children: [JSONValue]
    switch value.payload {
    case .array(let elements): children = elements
    case .object(let members) where inArray || members.isEmpty: children = members.map(\.value)
    default: return nil
    }
    // The count bounds the work for long arrays: an element takes at least three characters.
    guard children.count * 3 <= Self.lineLength,
      children.allSatisfy({ $0.array?.isEmpty ?? $0.object?.isEmpty ?? true })
    else { return nil }
    var writer = JSONWriter()
    writer.write(value, comma: ", ", colon: ": ", padding: " ")
    return writer.text.count + 2 * level <= Self.lineLength ? writer.text : nil
  }

  private mutating func writeLines<Element>(
    _ elements: [Element], between opening: String, _ closing: String, level: Int,
    _ write: (inout JSONWriter, Element) -> Void
  ) {
    text += opening
    let indent = String(repeating: "  ", count: level)
    for (i, element) in elements.enumerated() {
      text += i == 0 ? "\n" : ",\n"
      text += indent + "  "
      write(&self, element)
    }
    text += "\n" + indent + closing
  }

  private mutating func write(_ value: JSONValue, comma: String, colon: String, padding: String) {
    switch value.payload {
    case .null: text += "null"
    case .bool(let flag): text += flag ? "true" : "false"
    case .number(let number): text += number.source
    case .string(let string): writeString(string)
    case .array(let elements):
      text += "["
      for (i, element) in elements.enumerated() {
        if i > 0 { text += comma }
        write(element, comma: comma, colon: colon, padding: padding)
      }
      text += "]"
    case .object(let members):
      let padding = members.isEmpty ? "" : padding
      text += "{" + padding
      for (i, member) in members.enumerated() {
        if i > 0 { text += comma }
        writeString(member.key)
        text += colon
        write(member.value, comma: comma, colon: colon, padding: padding)
      }
      text += padding + "}"
    }
  }

  private mutating func writeString(_ string: String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{0}"..<"\u{20}", "\u{7F}":
        text += "\\u00" + SHA256.hex([UInt8(scalar.value)])
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
