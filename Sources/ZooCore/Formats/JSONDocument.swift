/// A parsed JSON text together with its source, so that later findings can point into it.
public struct JSONDocument: Sendable {
  /// The file's name as errors show it.
  public let name: String
  /// The source.
  public let bytes: [UInt8]
  /// The value that the text spells.
  public let root: JSONValue

  /// Parses a JSON text strictly by RFC 8259.
  ///
  /// Nesting deeper than 64, duplicate keys, a byte order mark and numbers beyond a double are
  /// errors too.
  /// - Parameter kind: The kind of fault that a syntax error is.
  public init(
    parsing bytes: [UInt8], name: String, kind: ZooError.Kind = .usage
  ) throws(ZooError) {
    self.name = name
    self.bytes = bytes
    do throws(JSONParser.Fault) {
      var parser = JSONParser(bytes)
      root = try parser.document()
    } catch {
      let place = JSONSource.position(of: error.offset, in: bytes)
      throw ZooError(
        kind,
        [
          ZooError.Finding(
            error.problem, at: "\(Text.printable(name)):\(place.line):\(place.column)",
            advice: error.advice,
            excerpt: JSONSource.excerpt(line: place.line, column: place.column, of: bytes))
        ])
    }
  }

  /// Parses a JSON text that the program holds as a string.
  public init(parsing text: String, name: String, kind: ZooError.Kind = .usage) throws(ZooError) {
    try self.init(parsing: Array(text.utf8), name: name, kind: kind)
  }

  /// The source line and below it a caret under the column; both count from 1.
  public func excerpt(line: Int, column: Int) -> String {
    JSONSource.excerpt(line: line, column: column, of: bytes)
  }

  /// A finding about a value or a key, with its place and, for values in this file, the excerpt.
  public func finding(
    _ problem: String, at origin: JSONValue.Origin, advice: String? = nil
  ) -> ZooError.Finding {
    switch origin {
    case .file(let line, let column):
      ZooError.Finding(
        problem, at: "\(Text.printable(name)):\(line):\(column)", advice: advice,
        excerpt: excerpt(line: line, column: column))
    case .flag(let flag): ZooError.Finding(problem, at: Text.printable(flag), advice: advice)
    case .none: ZooError.Finding(problem, at: Text.printable(name), advice: advice)
    }
  }
}

/// Lines and columns of a source text.
enum JSONSource {
  /// Characters that are shown on either side of the caret.
  private static let reach = 40

  /// The line and column of a byte; columns count Unicode scalars.
  static func position(of offset: Int, in bytes: [UInt8]) -> (line: Int, column: Int) {
    let before = bytes[..<offset]
    let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    let line = before.count { $0 == UInt8(ascii: "\n") } + 1
    return (line, before[lineStart...].count(where: startsScalar) + 1)
  }

  /// Whether a byte of UTF-8 starts a character and does not continue one.
  static func startsScalar(_ byte: UInt8) -> Bool {
    byte & 0xC0 != 0x80
  }

  /// The source line, cut around the column, and a line with a caret below the column.
  static func excerpt(line: Int, column: Int, of bytes: [UInt8]) -> String {
    var rest = bytes[...]
    for _ in 1..<max(line, 1) {
      guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { break }
      rest = rest[(end + 1)...]
    }
    var text = rest.prefix { $0 != UInt8(ascii: "\n") }
    if text.last == UInt8(ascii: "\r") { text.removeLast() }

    // Walks bytes, not characters of the whole line: a line may be a file of many megabytes.
    var caret = text.startIndex
    var before = max(column - 1, 0)
    while before > 0, caret < text.endIndex {
      caret = character(after: caret, in: text)
      before -= 1
    }
    var (start, end) = (caret, caret)
    for _ in 0..<reach where start > text.startIndex {
      start -= 1
      while start > text.startIndex, !startsScalar(text[start]) { start -= 1 }
    }
    for _ in 0..<reach where end < text.endIndex { end = character(after: end, in: text) }

    let left = (start > text.startIndex ? "…" : "") + shown(text[start..<caret])
    let right = shown(text[caret..<end]) + (end < text.endIndex ? "…" : "")
    // A tab stays a tab, so that the caret keeps its place at any tab width.
    let margin = String(left.map { $0 == "\t" ? "\t" : " " })
    return "    \(left)\(right)\n    \(margin)^"
  }

  private static func character(after index: Int, in text: ArraySlice<UInt8>) -> Int {
    var next = index + 1
    while next < text.endIndex, !startsScalar(text[next]) { next += 1 }
    return next
  }

  /// Source text with anything that a terminal would act upon made harmless.
  private static func shown(_ bytes: ArraySlice<UInt8>) -> String {
    var result = ""
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      let isControl = scalar.properties.generalCategory == .control && scalar != "\t"
      result.unicodeScalars.append(isControl ? "\u{FFFD}" : scalar)
    }
    return result
  }
}
