import Testing
import ZooCore

@Suite("JSON values")
struct JSONValueTests {
  static let integers: [(String, Int?)] = [
    ("0", 0), ("-0", 0), ("-0.0", 0), ("0e99999999999999999999", 0), ("12", 12), ("-12", -12),
    ("3.0", 3), ("3e2", 300), ("3.25e2", 325), ("300e-2", 3), ("-1.5e1", -15), ("3.5", nil),
    ("1e-1", nil), ("0.99999999999999999999", nil), ("1.00000000000000000001", nil),
    ("9223372036854775807", .max), ("-9223372036854775808", .min), ("9223372036854775808", nil),
    ("9.223372036854775807e18", .max), ("1e18", 1_000_000_000_000_000_000), ("1e19", nil),
    ("1e300", nil), ("1e-99999999999999999999", nil), ("10000000000000000000000e-22", 1),
    ("-9.223372036854775808E18", .min),
  ]

  @Test("an integer is read exactly or not at all", arguments: integers)
  func exactIntegers(_ text: String, _ expected: Int?) throws {
    #expect(try JSONDocument(parsing: text, name: "a").root.int == expected)
  }

  @Test("a number keeps its spelling")
  func source() throws {
    let root = try JSONDocument(parsing: "[1.50, 2E-4]", name: "a").root
    #expect(root.compact() == "[1.50,2E-4]")
    #expect(root == [1.5, 0.0002])
    #expect(root.array?.map(\.double) == [1.5, 0.0002])
  }

  static let written: [(JSONValue, String)] = [
    (nil, "null"), (true, "true"), (1, "1"), (-7, "-7"), (1.0, "1"), (0.1, "0.1"), (1e-5, "1e-05"),
    (1e16, "1e+16"), (.number(Double.nan), "null"), (.number(-Double.infinity), "null"),
    (.number(Float(0.1)), "0.1"), (.number(Float.infinity), "null"), (.number(-0.0), "-0"),
    ("a\"b\\c\n\r\t\u{1}\u{1F}\u{7F}é😀/", #""a\"b\\c\n\r\t\u0001\u001f\u007fé😀/""#),
    ([], "[]"), ([:], "{}"), (["b": 1, "a": [2, nil]], #"{"b":1,"a":[2,null]}"#),
  ]

  @Test("is written compactly", arguments: written)
  func compact(_ value: JSONValue, _ expected: String) throws {
    #expect(value.compact() == expected)
    #expect(try JSONDocument(parsing: expected, name: "a").root == value)
  }

  @Test("is written for people")
  func pretty() throws {
    let value: JSONValue = [
      "name": "x", "empty": [], "none": [:], "size": [28, 28],
      "layers": ["relu", ["dense": 64], ["deep": ["a": [1]]]],
      "block": ["a": 1],
    ]
    #expect(
      value.pretty() == """
        {
          "name": "x",
          "empty": [],
          "none": {},
          "size": [28, 28],
          "layers": [
            "relu",
            { "dense": 64 },
            {
              "deep": {
                "a": [1]
              }
            }
          ],
          "block": {
            "a": 1
          }
        }
        """)
    #expect(try JSONDocument(parsing: value.pretty(), name: "a").root == value)
  }

  @Test("a long array takes a line per element")
  func prettyLongArray() {
    let value = JSONValue.array((0..<40).map { .number($0) })
    #expect(value.pretty().split(separator: "\n").count == 42)
  }

  @Test("equality ignores where a value was written")
  func equality() throws {
    let here = try JSONDocument(parsing: "{\"a\": [1]}", name: "a").root
    let there = try JSONDocument(parsing: "\n {\"a\":\n[1.0]}", name: "b").root
    #expect(here == there)
    #expect(here != ["a": [2]])
  }

  @Test("a value can be said to come from a flag")
  func flagOrigin() throws {
    let value = try JSONDocument(parsing: "{\"a\": [1]}", name: "a").root.from(.flag("--set"))
    #expect(value.origin == .flag("--set"))
    #expect(value.object?[0].keyOrigin == .flag("--set"))
    #expect(value["a"]?.array?[0].origin == .flag("--set"))
  }

  @Test("names its kind")
  func kindNames() {
    let values: [JSONValue] = [nil, true, 1, "a", [], [:]]
    #expect(
      values.map(\.kindName) == [
        "null", "a boolean", "a number", "a string", "an array", "an object",
      ])
  }
}
