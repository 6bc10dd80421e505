import Testing
import ZooCore

@Suite("JSON parser")
struct JSONParserTests {
  static let accepted: [String] = [
    "[]", "{}", "null", "true", "false", "0", "-0", "1", "-1", "\"\"", "\"a\"",
    " [] ", "\t\r\n[\n]\r\n", "[[]]", "[{}]", "{\"\":0}", "[null,1,\"1\",{}]",
    "[1.5]", "[-1.5]", "[0.1]", "[1e5]", "[1E5]", "[1e+5]", "[1e-5]", "[1.5e300]", "[0e1]",
    "[0e+1]", "[20e1]", "[1e-400]", "[123.456789e-7]", "[1E22]", "[0.4e00066]",
    "[9223372036854775807]", "[9223372036854775808]", "[-9223372036854775809]",
    "[0.000000000000000000000000000000000000000000000000000000000000000000000000000001]",
    #"["\"\\\/\b\f\n\r\t"]"#, #"["\u0000"]"#, #"["\u00e9\u00E9"]"#, #"["\uD834\udd1e"]"#,
    #"["\uDBFF\uDFFF"]"#, #"["\uFFFF"]"#, #"["\u2028\u2029"]"#, #"["\\u0000"]"#, #"["\\\""]"#,
    "[\"é€😀\"]", "[\"\u{7F}\"]", "[\"\u{2028}\"]", "[\"\u{10FFFF}\"]", "[\"/*a*/\"]", "[\"#\"]",
    #"{"a":1,"b":2}"#, #"{"a":{"a":1}}"#, #"{"a\u0000b":1}"#, #"{"a":[],"b":[[],{}]}"#,
    #"{ "a" : 1 , "b" : [ 1 , 2 ] }"#, "[1,\n2,\r\n3]", "\"a\" ", "[\" \"]", "-0.0", "[1.0E+2]",
  ]

  @Test("accepts what RFC 8259 accepts", arguments: accepted)
  func accepts(_ text: String) throws {
    _ = try JSONDocument(parsing: text, name: "test.json")
  }

  static let rejected: [String] = [
    "", " ", "[", "]", "{", "}", "[[", "[1", "[1,", "[,1]", "[1,]", "[1,,2]", "[1 2]", "[1]]",
    "[]{}", "[1]x", "{}#", "1 2", "[1:2]", "[\"a\":1]", "{1:1}", "{a:1}", "{'a':1}", "['a']",
    "{\"a\"}", "{\"a\":}", "{\"a\" 1}", "{\"a\"::1}", "{\"a\":1,}", "{,\"a\":1}", "{\"a\":1,,}",
    "{\"a\":1 \"b\":2}", "{\"a\":1", "{\"a\":", "{\"a\"", "{\"a", "{\"a\":1]", "[1}",
    "{null:1}", "{[]:1}", "{\"a\":1/**/}", "[1]//", "/**/[]", "#\n[]",
    "01", "-01", "00", "[-]", "[+1]", "[.5]", "[5.]", "[-.5]", "[1.e1]", "[1e]", "[1e+]", "[1E]",
    "[0x1]", "[1_000]", "[1,000.5.5]", "[--1]", "[-+1]", "[1+2]", "[-a]", "[1a]", "[0.1.2]",
    "[e1]", "[Infinity]", "[-Infinity]", "[NaN]", "[-NaN]", "[1e400]", "[-1e400]", "[0.4e00669]",
    "[1e99999999999999999999]", "[\u{FF11}]", "[0e]", "[1.0e-]", "[1 e5]", "[1e 5]", "[- 1]",
    "nul", "nulll", "True", "TRUE", "tru", "fals", "undefined", "truefalse", "[nul]", "None",
    "\"", "\"a", "[\"a]", "[\"\n\"]", "[\"\t\"]", "[\"\u{0}\"]", "[\"\u{1F}\"]", "[\"a\\",
    #"["\"]"#, #"["\a"]"#, #"["\x00"]"#, #"["\ "]"#, #"["\é"]"#, #"["\u"]"#, #"["\u1"]"#,
    #"["\u12"]"#, #"["\u123"]"#, #"["\u123G"]"#, #"["\u 123"]"#, #"["\u+123"]"#, #"["\U0041"]"#,
    #"["\uD800"]"#, #"["\uDC00"]"#, #"["\uD800a"]"#, #"["\uD800\n"]"#, #"["\uD800\u"]"#,
    #"["\uD800\u0041"]"#, #"["\uD800\uD800"]"#, #"["\uDC00\uD800"]"#, #"["\uD83D\uDE0"]"#,
    "\u{FEFF}[]", "[]\u{FEFF}", "\u{A0}[]", "\u{2060}[]", "[\u{0B}]", "[\u{0C}]", "[]\u{0}",
    "{\"a\":1,\"a\":1}", "{\"a\":1,\"b\":2,\"a\":3}", #"{"a":1,"\u0061":2}"#, "[{\"\":1,\"\":2}]",
  ]

  @Test("rejects what RFC 8259 rejects", arguments: rejected)
  func rejects(_ text: String) throws {
    let error = try fault { () throws(ZooError) in
      try JSONDocument(parsing: text, name: "test.json")
    }
    #expect(error.kind == .usage)
    #expect(error.findings[0].place?.hasPrefix("test.json:") == true)
    #expect(error.findings[0].excerpt?.contains("^") == true)
  }

  /// Bytes that are no UTF-8, and the column at which they go wrong.
  static let invalidUTF8: [([UInt8], Int)] = [
    ([0xFF], 1), ([0xFF, 0xFE, 0x5B], 1), ([0x80], 1), ([0xC3], 1), ([0xC0, 0x80], 1),
    ([0xC1, 0xBF], 1), ([0xE0, 0x80, 0x80], 1), ([0xED, 0xA0, 0x80], 1), ([0xED, 0xBF, 0xBF], 1),
    ([0xF0, 0x80, 0x80, 0x80], 1), ([0xF4, 0x90, 0x80, 0x80], 1), ([0xF8, 0x88, 0x80, 0x80], 1),
    ([0xE2, 0x82], 1), ([0xF0, 0x9F, 0x98], 1), ([0x61, 0xC3, 0xA9, 0xC3, 0x28], 3),
  ]

  @Test("rejects invalid UTF-8", arguments: invalidUTF8)
  func rejectsInvalidUTF8(_ bytes: [UInt8], _ column: Int) throws {
    _ = try fault { () throws(ZooError) in try JSONDocument(parsing: bytes, name: "a") }
    let quoted = [0x5B, 0x22] + bytes + [0x22, 0x5D]
    let error = try fault { () throws(ZooError) in try JSONDocument(parsing: quoted, name: "a") }
    #expect(error.findings[0].place == "a:1:\(column + 2)")
    #expect(error.findings[0].problem == "invalid UTF-8")
  }

  @Test("accepts 64 levels and no more", arguments: [("[", "]"), ("{\"a\":", "}")])
  func depth(_ opening: String, _ closing: String) throws {
    func nest(_ levels: Int) -> String {
      String(repeating: opening, count: levels) + "1" + String(repeating: closing, count: levels)
    }
    _ = try JSONDocument(parsing: nest(64), name: "a")
    for levels in [65, 1000, 100_000] {
      let error = try fault { () throws(ZooError) in
        try JSONDocument(parsing: nest(levels), name: "a")
      }
      #expect(error.findings[0].problem == "nested deeper than 64 levels")
      #expect(error.findings[0].place == "a:1:\(64 * opening.count + 1)")
    }
  }

  @Test("stops at too many values, long before they fill the memory")
  func valueLimit() throws {
    let text = "[" + String(repeating: "0,", count: 1 << 18)
    let error = try fault { () throws(ZooError) in try JSONDocument(parsing: text, name: "a") }
    #expect(error.findings[0].problem == "more than 262144 values")
  }

  @Test("names both places of a duplicate key")
  func duplicateKey() throws {
    let text = "{\n  \"a\": 1,\n\t\"b\": {\"a\": 2}, \"a\": 3\n}"
    let error = try fault { () throws(ZooError) in try JSONDocument(parsing: text, name: "c.json") }
    #expect(
      error.description == """
        c.json:3:17: error: duplicate key "a", first used at line 2, column 3
            \t"b": {"a": 2}, "a": 3
            \t               ^
          tip: remove one of the two
        """)
  }

  struct Message: Sendable {
    let text, place, problem: String
  }

  static let messages: [Message] = [
    Message(text: "", place: "1:1", problem: "expected a value, found the end of the text"),
    Message(text: "\u{FEFF}{}", place: "1:1", problem: "the text starts with a byte order mark"),
    Message(
      text: "[1,\n 2,\n]", place: "3:1",
      problem: "expected another entry after the comma, found ']'"),
    Message(
      text: "{\"a\": 1\n \"b\": 2}", place: "2:2", problem: "expected ',' or '}', found '\"'"),
    Message(
      text: "{\"a\": [1, 2", place: "1:7", problem: "this '[' is not closed: expected ',' or ']'"),
    Message(
      text: "{\n\"a\": 1e400}", place: "2:6", problem: "the number is too large for a double"),
    Message(text: "{\"é€😀\": True}", place: "1:9", problem: "expected a value, found True"),
    Message(text: "[01]", place: "1:2", problem: "a number must not start with 0"),
    Message(text: "[1.]", place: "1:4", problem: "expected a digit, found ']'"),
    Message(
      text: "{\"a\": 1} x", place: "1:10", problem: "expected the end of the text, found 'x'"),
    Message(text: #"["ab\q"]"#, place: "1:5", problem: "unknown escape"),
    Message(text: #"["a\uD83D"]"#, place: "1:4", problem: #"\uD83D is half of a surrogate pair"#),
    Message(text: "[\"ab\ncd\"]", place: "1:2", problem: "the string is not closed on its line"),
    Message(text: "[\u{1B}]", place: "1:2", problem: "expected a value, found the byte 0x1b"),
  ]

  @Test("says what is wrong and where", arguments: messages)
  func message(_ message: Message) throws {
    let error = try fault { () throws(ZooError) in
      try JSONDocument(parsing: message.text, name: "a")
    }
    #expect(error.findings[0].place == "a:" + message.place)
    #expect(error.findings[0].problem == message.problem)
  }

  @Test("remembers where every key and value is written")
  func origins() throws {
    let text = "{\r\n  \"é\": [true,\n    \"x\"], \"b\": {\"c\": null}}"
    let root = try JSONDocument(parsing: text, name: "a").root
    #expect(root.origin == .file(line: 1, column: 1))
    let members = try #require(root.object)
    #expect(members.map(\.key) == ["é", "b"])
    #expect(members[0].keyOrigin == .file(line: 2, column: 3))
    #expect(members[0].value.origin == .file(line: 2, column: 8))
    #expect(members[0].value.array?[1].origin == .file(line: 3, column: 5))
    #expect(members[1].keyOrigin == .file(line: 3, column: 11))
    #expect(root["b"]?["c"]?.origin == .file(line: 3, column: 22))
  }

  @Test("decodes escapes")
  func escapes() throws {
    let text = #""\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC\uD83D\uDE00""#
    let root = try JSONDocument(parsing: text, name: "a").root
    #expect(root.string == "\"\\/\u{8}\u{C}\n\r\tAé€😀")
  }

  @Test("random damage never traps", arguments: 0..<8)
  func mutants(_ seed: UInt64) {
    var random = SplitMix(seed: seed)
    let text = Array(
      #"{"variant":"gan","é":[1,-2.5e-3,true,null,{"a":"\u00e9\uD83D\uDE00\n"}],"x":{"y":[[0]]}}"#
        .utf8)
    for _ in 0..<1000 {
      let bytes = mutant(of: text, &random)
      if let document = try? JSONDocument(parsing: bytes, name: "a") {
        let again = try? JSONDocument(parsing: document.root.pretty(), name: "b")
        #expect(again?.root == document.root, "\(bytes)")
      }
    }
  }
}

@Suite("JSON excerpts")
struct JSONExcerptTests {
  @Test("points below the column")
  func plain() throws {
    let document = try JSONDocument(parsing: "{\n  \"a\": 1\r\n}", name: "a")
    #expect(document.excerpt(line: 2, column: 8) == "      \"a\": 1\n           ^")
    #expect(document.excerpt(line: 1, column: 1) == "    {\n    ^")
  }

  @Test("keeps tabs and characters of several bytes in step")
  func tabsAndWideCharacters() throws {
    let document = try JSONDocument(parsing: "\t[\"é\",\t1]", name: "a")
    #expect(document.excerpt(line: 1, column: 8) == "    \t[\"é\",\t1]\n    \t     \t^")
  }

  @Test("cuts a long line around the caret")
  func longLine() throws {
    let zeros = String(repeating: "0,", count: 500)
    let document = try JSONDocument(parsing: "[\(zeros)7,\(zeros)8]", name: "a")
    let lines = document.excerpt(line: 1, column: 1002).split(separator: "\n")
    #expect(lines[0].count == 4 + 1 + 40 + 40 + 1)
    #expect(Array(lines[0])[lines[1].count - 1] == "7")
    #expect(lines[0].hasPrefix("    …0,") && lines[0].hasSuffix("0,…"))
  }

  @Test(
    "survives places that the text does not have", arguments: [(0, 0), (-5, -5), (9, 1), (1, 99)])
  func outside(_ line: Int, _ column: Int) throws {
    let document = try JSONDocument(parsing: "[1]", name: "a")
    #expect(document.excerpt(line: line, column: column).hasSuffix("^"))
  }

  @Test("shows no control characters")
  func controlCharacters() throws {
    let error = try fault { () throws(ZooError) in
      try JSONDocument(parsing: "[\"\u{1B}[31m\"]", name: "a\u{1B}b")
    }
    #expect(!error.description.unicodeScalars.contains("\u{1B}"))
  }

  @Test("a finding knows its file, flag or neither")
  func findings() throws {
    let document = try JSONDocument(parsing: "[1]", name: "a.json")
    let inFile = document.finding("p", at: .file(line: 1, column: 2))
    #expect(inFile.place == "a.json:1:2" && inFile.excerpt == "    [1]\n     ^")
    #expect(document.finding("p", at: .flag("--set x=1")).place == "--set x=1")
    #expect(document.finding("p", at: .none).place == "a.json")
  }
}
