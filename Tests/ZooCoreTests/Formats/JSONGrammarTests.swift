import Testing
import ZooCore

/// RFC 8259 section by section, each rule against an oracle of its own: a list, a count or the
/// grammar as a regular expression.
@Suite("JSON by the sections of RFC 8259")
struct JSONGrammarTests {
  private static func isAccepted(_ bytes: [UInt8]) -> Bool {
    (try? JSONDocument(parsing: bytes, name: "a")) != nil
  }

  private static func isAccepted(_ text: String) -> Bool { isAccepted(Array(text.utf8)) }

  /// The place and the problem of the error; a test failure if there is none.
  private static func error(_ bytes: [UInt8]) throws -> (place: String, problem: String) {
    let finding = try fault { () throws(ZooError) in
      try JSONDocument(parsing: bytes, name: "a")
    }.findings[0]
    return (finding.place ?? "", finding.problem)
  }

  // MARK: 2, Grammar: white space and structural characters

  @Test("2: four characters are white space and no other")
  func whitespace() throws {
    for code in UInt32(0)...0x3000 {
      let scalar = try #require(Unicode.Scalar(code))
      let isSpace = [0x20, 0x09, 0x0A, 0x0D].contains(code)
      // At both ends and between tokens.
      for text in ["\(scalar)[]", "[]\(scalar)", "[\(scalar)]", "{\"a\"\(scalar):1}"] {
        // A digit in an array is its entry.
        if text.count == 3, text.hasPrefix("["), (0x30...0x39).contains(code) { continue }
        if Self.isAccepted(text) != isSpace {
          Issue.record("U+\(String(code, radix: 16)): \(text)")
        }
      }
    }
  }

  /// Every way to put at most five of the tokens in a row, against a parser of the grammar that is
  /// written down a second time here, over tokens.
  @Test("2, 4, 5: structural characters stand where the grammar has them")
  func structure() {
    let tokens = ["{", "}", "[", "]", ":", ",", "\"a\"", "1"]
    var (accepted, tried) = (0, 0)
    for length in 0...5 {
      var row = [Int](repeating: 0, count: length)
      while true {
        let text = row.map { tokens[$0] }.joined()
        let expected = TokenGrammar.accepts(row.map { tokens[$0] })
        if Self.isAccepted(text) != expected { Issue.record("\(text) is \(expected)") }
        accepted += expected ? 1 : 0
        tried += 1
        guard let place = row.lastIndex(where: { $0 < tokens.count - 1 }) else { break }
        row[place] += 1
        for later in (place + 1)..<max(place + 1, length) { row[later] = 0 }
      }
    }
    // 1 + 8 + … + 8⁵ rows.
    #expect(tried == 37_449 && accepted > 10)
  }

  @Test("2: trailing, leading and doubled commas, each with its place")
  func commas() throws {
    for (text, place) in [
      ("[1,]", "a:1:4"), ("[,1]", "a:1:2"), ("[,]", "a:1:2"), ("[1,,2]", "a:1:4"),
      ("{\"a\":1,}", "a:1:8"), ("{,}", "a:1:2"), ("{\"a\":1,,\"b\":2}", "a:1:8"), ("1,", "a:1:2"),
    ] {
      #expect(try Self.error(Array(text.utf8)).place == place, "\(text)")
    }
  }

  // MARK: 3, Values

  @Test("3: three literal names, in lower case and whole", arguments: ["true", "false", "null"])
  func literals(_ name: String) {
    #expect(Self.isAccepted(name))
    for end in 1..<name.count {
      #expect(!Self.isAccepted(String(name.prefix(end))))
      #expect(!Self.isAccepted("[\(name.prefix(end))]"))
      #expect(!Self.isAccepted("{\"a\":\(name.prefix(end))}"))
      // One letter in upper case.
      let letters = name.enumerated().map { $0 == end ? $1.uppercased() : String($1) }
      #expect(!Self.isAccepted(letters.joined()))
    }
    for more in ["\(name)\(name)", "\(name)1", "\(name)\"", "\(name) \(name)", "-\(name)"] {
      #expect(!Self.isAccepted(more), "\(more)")
    }
  }

  @Test(
    "3: other names are no values",
    arguments: [
      "NaN", "Infinity", "-Infinity", "undefined", "nil", "None", "yes", "True", "NULL", "nan",
      "inf",
    ])
  func otherNames(_ name: String) {
    #expect(!Self.isAccepted(name) && !Self.isAccepted("[\(name)]"))
  }

  @Test("2, 3: any value may be the whole text", arguments: ["1", "\"a\"", "null", "[]", "{}"])
  func anyValueIsAText(_ text: String) {
    #expect(Self.isAccepted(text))
    #expect(!Self.isAccepted("\(text) \(text)") && !Self.isAccepted("\(text),\(text)"))
  }

  @Test("3: a text that is cut short is no text")
  func truncations() throws {
    let text = Array(
      #"{"a":[1,-2.5e+3,true,null,{"b":"\u00e9\uD83D\uDE00é\n"}],"c":{"d":[[]]}}"#.utf8)
    #expect(Self.isAccepted(text))
    for end in 0..<text.count { #expect(!Self.isAccepted(Array(text[..<end])), "cut to \(end)") }
  }

  // MARK: 4, Objects

  @Test("4: a key that is there twice is told with both places")
  func duplicates() throws {
    for (text, first, second) in [
      (#"{"a":1,"a":2}"#, "line 1, column 2", "a:1:8"),
      ("{\"a\":1,\n  \"b\":2,\n \"a\":3}", "line 1, column 2", "a:3:2"),
      (#"{"a":1,"\u0061":2}"#, "line 1, column 2", "a:1:8"),
      (#"[{"x":{"é":1,"é":2}}]"#, "line 1, column 8", "a:1:14"),
      (#"{"":1,"":2}"#, "line 1, column 2", "a:1:7"),
    ] {
      let found = try Self.error(Array(text.utf8))
      #expect(found.place == second && found.problem.contains(first), "\(text): \(found)")
    }
    // The same key in another object is another key.
    #expect(Self.isAccepted(#"{"a":{"a":1},"b":{"a":1}}"#))
  }

  // MARK: 5, Arrays, and 9, Parsers: depth

  @Test(
    "9: a text 100,000 deep is refused at level 65, closed or not", arguments: ["[", "{\"a\":"])
  func depth(_ opening: String) throws {
    let closing = opening == "[" ? "]" : "}"
    for text in [
      String(repeating: opening, count: 100_000),
      String(repeating: opening, count: 100_000) + "1"
        + String(repeating: closing, count: 100_000),
    ] {
      let found = try Self.error(Array(text.utf8))
      #expect(found.place == "a:1:\(64 * opening.count + 1)")
      #expect(found.problem == "nested deeper than 64 levels")
    }
  }

  // MARK: 6, Numbers

  @Test("6: numbers are those of the grammar")
  func numbers() throws {
    let grammar = /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/
    var accepted = 0
    for sign in ["", "-", "+", "--", "- "] {
      for whole in ["", "0", "00", "01", "1", "10", "123", "0x1", "1_0", "a", "\u{0661}"] {
        for fraction in ["", ".", ".0", ".5", ".05", "..5", ".5.5", ". 5", ",5"] {
          for exponent in ["", "e", "E", "e1", "E+1", "e-1", "e+", "e1.5", "e 1", "e01", "ee1"] {
            let text = sign + whole + fraction + exponent
            let expected = text.wholeMatch(of: grammar) != nil
            #expect(Self.isAccepted(text) == expected, "\(text)")
            // In an array, a comma begins another value, and nothing is no value.
            if !text.contains(","), !text.isEmpty {
              #expect(Self.isAccepted("[\(text)]") == expected, "[\(text)]")
            }
            accepted += expected ? 1 : 0
          }
        }
      }
    }
    // 2 signs, 4 whole numbers, 4 fractions, 5 exponents.
    #expect(accepted == 2 * 4 * 4 * 5)
  }

  @Test("6: a number beyond a double is refused, one that rounds is not")
  func magnitude() throws {
    for text in [
      "1e400", "-1e400", "1e309", "1.7976931348623159e308",
      "1" + String(repeating: "0", count: 400),
    ] {
      #expect(try Self.error(Array(text.utf8)).problem == "the number is too large for a double")
    }
    for (text, value) in [
      ("1.7976931348623157e308", Double.greatestFiniteMagnitude),
      ("5e-324", .leastNonzeroMagnitude),
      ("1e-400", 0), ("-0", -0.0), ("-0.0", -0.0), ("9007199254740993", 9_007_199_254_740_992),
      ("18446744073709551616", 18_446_744_073_709_551_616),
    ] {
      let read = try JSONDocument(parsing: text, name: "a").root.double
      #expect(read == value && read?.sign == value.sign, "\(text)")
    }
    // 2⁶³ is a double but no Int.
    #expect(try JSONDocument(parsing: "9223372036854775807", name: "a").root.int == .max)
    #expect(try JSONDocument(parsing: "9223372036854775808", name: "a").root.int == nil)
  }

  // MARK: 7, Strings

  @Test("7: the control characters U+0000 to U+001F are escaped, no others")
  func controlCharacters() throws {
    for code in UInt8(0)...0x7F where code != 0x22 && code != 0x5C {
      #expect(Self.isAccepted([0x22, code, 0x22]) == (code >= 0x20), "byte \(code)")
      let hex = "\"\\u00" + (code < 16 ? "0" : "") + String(code, radix: 16) + "\""
      let read = try JSONDocument(parsing: hex, name: "a").root.string
      #expect(read == String(Unicode.Scalar(code)), "\(hex)")
    }
  }

  @Test("7: eight short escapes and \\u, and no others")
  func escapes() {
    for code in UInt8(0x20)...0x7E {
      let isEscape = Array(#""\/bfnrt"#.utf8).contains(code)
      // `"\"` leaves the string open.
      #expect(Self.isAccepted([0x22, 0x5C, code, 0x22]) == isEscape, "byte \(code)")
    }
    for digits in ["", "0", "00", "000", "00g0", "-001", "+001", " 001", "0x01", "000\u{FF11}"] {
      #expect(!Self.isAccepted("\"\\u\(digits)\""), "\(digits)")
    }
    for digits in ["0041", "00e9", "00E9", "aBcD", "FFFF"] {
      #expect(Self.isAccepted("\"\\u\(digits)\""), "\(digits)")
    }
  }

  @Test("7, 8.2: halves of surrogate pairs are refused, whole pairs are read")
  func surrogates() throws {
    func escape(_ code: Int) -> String { "\\u" + String(code, radix: 16) }
    for code in 0xD7FF...0xE000 {
      let isHigh = (0xD800..<0xDC00).contains(code)
      let isLow = (0xDC00..<0xE000).contains(code)
      for (text, expected) in [
        (escape(code), !isHigh && !isLow), (escape(code) + "a", !isHigh && !isLow),
        (escape(0xD83D) + escape(code), isLow), (escape(code) + escape(0xDE00), isHigh),
      ] where Self.isAccepted("\"\(text)\"") != expected {
        Issue.record("\(text) is \(expected)")
      }
      guard isLow else { continue }
      let text = "\"\(escape(0xD83D))\(escape(code))\""
      let read = try JSONDocument(parsing: text, name: "a").root.string
      // 0x10000 + (0xD83D − 0xD800) · 0x400 + (code − 0xDC00).
      #expect(read?.unicodeScalars.first?.value == UInt32(0x1F400 + code - 0xDC00))
    }
  }

  // MARK: 8, String and character issues

  @Test("8.1: no byte order mark, no UTF-16, no UTF-32")
  func encodings() throws {
    let text = Array("{\"a\":1}".utf8)
    func padded(_ before: Int, _ after: Int) -> [UInt8] {
      text.flatMap { byte -> [UInt8] in
        [UInt8](repeating: 0, count: before) + [byte] + [UInt8](repeating: 0, count: after)
      }
    }
    let encoded: [[UInt8]] = [
      [0xEF, 0xBB, 0xBF] + text, [0xFF, 0xFE] + padded(0, 1), [0xFE, 0xFF] + padded(1, 0),
      [0xFF, 0xFE, 0, 0] + padded(0, 3), padded(0, 1), padded(1, 0), padded(0, 3),
    ]
    for bytes in encoded {
      let place = try Self.error(bytes).place
      // Without a mark the first brace may count as one.
      #expect(place == "a:1:1" || bytes[0] == UInt8(ascii: "{") && place == "a:1:2", "\(bytes)")
    }
    // The mark is a character like others within a string.
    #expect(Self.isAccepted("\"\u{FEFF}\""))
  }

  /// Every sequence of two bytes, and of four at the edges of what UTF-8 allows, against Swift's own
  /// validation.
  @Test("8.1: strings are UTF-8")
  func utf8() {
    let edges: [UInt8] = [
      0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC,
      0xED,
      0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
    ]
    var accepted = 0
    func check(_ bytes: [UInt8]) {
      // Control characters, quotes and backslashes have rules of their own.
      guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }) else { return }
      let expected = String(validating: bytes, as: UTF8.self) != nil
      if Self.isAccepted([0x22] + bytes + [0x22]) != expected { Issue.record("\(bytes)") }
      accepted += expected ? 1 : 0
    }
    for first in UInt8.min...UInt8.max {
      for second in UInt8.min...UInt8.max { check([first, second]) }
    }
    let continuations: [UInt8] = [0x7F, 0x80, 0xBF, 0xC0]
    for first in edges {
      for second in edges {
        for third in continuations {
          check([first, second, third])
          for fourth in continuations { check([first, second, third, fourth]) }
        }
      }
    }
    // 93 · 93 of two characters, 30 · 64 of one in two bytes, and some at the edges.
    #expect(accepted > 93 * 93 + 30 * 64)
  }

  @Test("8.2: characters that Unicode gives no meaning are kept")
  func noncharacters() throws {
    for code: UInt32 in [0xFFFE, 0xFFFF, 0x10FFFF, 0xFDD0, 0x0378, 0x7F, 0x2028] {
      let text = String(try #require(Unicode.Scalar(code)))
      #expect(try JSONDocument(parsing: "\"\(text)\"", name: "a").root.string == text)
    }
  }
}

/// The grammar of values over tokens, sections 3 to 5.
private struct TokenGrammar {
  private var rest: ArraySlice<String>

  static func accepts(_ tokens: [String]) -> Bool {
    // Two numbers in a row would be one.
    guard !zip(tokens, tokens.dropFirst()).contains(where: { $0 == ("1", "1") }) else {
      let merged = tokens.reduce(into: [String]()) { merged, token in
        if token != "1" || merged.last != "1" { merged.append(token) }
      }
      return accepts(merged)
    }
    var grammar = TokenGrammar(rest: tokens[...])
    guard let keys = grammar.value() else { return false }
    // All keys are "a": an object with two of them repeats one.
    return grammar.rest.isEmpty && keys
  }

  private mutating func take(_ token: String) -> Bool {
    guard rest.first == token else { return false }
    rest.removeFirst()
    return true
  }

  /// Whether the keys in it are all different; nil when it is no value.
  private mutating func value() -> Bool? {
    if take("1") || take("\"a\"") { return true }
    if take("[") {
      if take("]") { return true }
      var areDifferent = true
      repeat {
        guard let inner = value() else { return nil }
        areDifferent = areDifferent && inner
      } while take(",")
      return take("]") ? areDifferent : nil
    }
    guard take("{") else { return nil }
    if take("}") { return true }
    var (areDifferent, count) = (true, 0)
    repeat {
      guard take("\"a\""), take(":"), let inner = value() else { return nil }
      areDifferent = areDifferent && inner
      count += 1
    } while take(",")
    return take("}") ? areDifferent && count < 2 : nil
  }
}
