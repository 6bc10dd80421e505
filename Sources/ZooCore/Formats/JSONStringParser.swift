/// The grammar's strings, with their escapes.
extension JSONParser {
  /// The string whose opening quote is the next character.
  mutating func string() throws(Fault) -> String {
    let opening = index
    index += 1
    let start = index
    var hasEscapes = false
    while let byte = peek, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else {
        if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
          throw fault("the string is not closed on its line", at: opening, advice: "add a '\"'")
        }
        throw fault(
          "found \(found) in a string", at: index,
          advice: "write it as an escape, \\u00XX")
      }
      if byte == UInt8(ascii: "\\") {
        hasEscapes = true
        // The escaped byte may be a quote; a control character is left for the next round.
        if index + 1 < bytes.count, bytes[index + 1] >= 0x20 { index += 1 }
      }
      index += 1
    }
    guard peek != nil else {
      throw fault("the string is not closed", at: opening, advice: "add a '\"'")
    }
    let content = bytes[start..<index]
    index += 1
    guard let text = String(validating: content, as: UTF8.self) else {
      throw fault(
        "invalid UTF-8", at: Self.invalidUTF8(in: content), advice: "save the file as UTF-8")
    }
    let value = hasEscapes ? try unescaped(content) : text
    guard !Self.hasTooManyMarks(value) else {
      throw fault("more than \(Self.mostMarks) marks on one character", at: opening)
    }
    return value
  }

  // More than a file's name can have, which may be a class.
  private static let mostMarks = 255

  /// Whether a string would take forever to compare: Swift brings the marks that combine with a
  /// character in order, in a time that grows with the square of their number.
  private static func hasTooManyMarks(_ text: String) -> Bool {
    guard text.utf8.count > mostMarks, !text.utf8.allSatisfy({ $0 < 0x80 }) else { return false }
    var marks = 0
    for scalar in text.unicodeScalars {
      marks = scalar.properties.canonicalCombiningClass == .notReordered ? 0 : marks + 1
      if marks > mostMarks { return true }
    }
    return false
  }

  private func unescaped(_ content: ArraySlice<UInt8>) throws(Fault) -> String {
    var result: [UInt8] = []
    result.reserveCapacity(content.count)
    var i = content.startIndex
    while i < content.endIndex {
      guard content[i] == UInt8(ascii: "\\") else {
        result.append(content[i])
        i += 1
        continue
      }
      guard i + 1 < content.endIndex else { throw fault("incomplete escape", at: i) }
      switch content[i + 1] {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(content[i + 1])
      case UInt8(ascii: "b"): result.append(0x08)
      case UInt8(ascii: "f"): result.append(0x0C)
      case UInt8(ascii: "n"): result.append(0x0A)
      case UInt8(ascii: "r"): result.append(0x0D)
      case UInt8(ascii: "t"): result.append(0x09)
      case UInt8(ascii: "u"):
        let (scalar, length) = try unicodeEscape(content[i...])
        result += Array(String(scalar).utf8)
        i += length
        continue
      default:
        throw fault(
          "unknown escape", at: i,
          advice: #"the escapes are \" \\ \/ \b \f \n \r \t \uXXXX; a lone backslash is \\"#)
      }
      i += 2
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The character of `\uXXXX`, or of two of them that form a surrogate pair, and its length.
  private func unicodeEscape(_ text: ArraySlice<UInt8>) throws(Fault) -> (Unicode.Scalar, Int) {
    let start = text.startIndex
    let unit = try codeUnit(text)
    if let scalar = Unicode.Scalar(unit) { return (scalar, 6) }
    let rest = text.dropFirst(6)
    if UTF16.isLeadSurrogate(UInt16(unit)), rest.starts(with: #"\u"#.utf8) {
      let low = try codeUnit(rest)
      if UTF16.isTrailSurrogate(UInt16(low)),
        let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
      {
        return (scalar, 12)
      }
    }
    throw fault(
      "\(String(decoding: text.prefix(6), as: UTF8.self)) is half of a surrogate pair", at: start,
      advice: #"write both halves, such as \uD83D\uDE00, or the character itself"#)
  }

  private func codeUnit(_ text: ArraySlice<UInt8>) throws(Fault) -> UInt32 {
    var unit: UInt32 = 0
    let digits = text.dropFirst(2).prefix(4)
    for digit in digits {
      guard let value = Character(Unicode.Scalar(digit)).hexDigitValue else {
        throw fault(#"\u needs four hexadecimal digits"#, at: text.startIndex)
      }
      unit = unit << 4 | UInt32(value)
    }
    guard digits.count == 4 else {
      throw fault(#"\u needs four hexadecimal digits"#, at: text.startIndex)
    }
    return unit
  }

  /// Where text that is known to be invalid UTF-8 first goes wrong.
  private static func invalidUTF8(in text: ArraySlice<UInt8>) -> Int {
    var i = text.startIndex
    while i < text.endIndex {
      let length = text[i] < 0x80 ? 1 : text[i] < 0xE0 ? 2 : text[i] < 0xF0 ? 3 : 4
      let end = min(i + length, text.endIndex)
      if String(validating: text[i..<end], as: UTF8.self) == nil { return i }
      i = end
    }
    return text.startIndex
  }
}
