/// A piece of an HTML page; strings that are put into a literal are escaped.
///
/// `"<p>\(name)</p>" as HTML` shows `name` as it is, whatever characters are in it.
struct HTML: Sendable, ExpressibleByStringInterpolation {
  /// The source.
  let source: String

  /// A piece whose source is known to be harmless.
  init(trusted source: String) { self.source = source }

  init(stringLiteral source: String) { self.source = source }

  init(stringInterpolation: Interpolation) { source = stringInterpolation.source }

  /// Collects the parts of a literal.
  struct Interpolation: StringInterpolationProtocol {
    var source = ""

    init(literalCapacity: Int, interpolationCount: Int) {
      source.reserveCapacity(literalCapacity)
    }

    mutating func appendLiteral(_ literal: String) { source += literal }
    mutating func appendInterpolation(_ text: String) { source += HTML.escaped(text) }
    mutating func appendInterpolation(_ number: Int) { source += String(number) }
    mutating func appendInterpolation(_ html: HTML) { source += html.source }
    mutating func appendInterpolation(_ parts: [HTML]) {
      source += parts.map(\.source).joined(separator: "\n")
    }
  }

  /// A value for the page's script; nothing in it can end the element that holds it.
  static func data(_ json: JSONValue, id: String) -> HTML {
    var source: [UInt8] = []
    for byte in json.compact().utf8 {
      // Within JSON, "<" is found in strings only, where an escape means the same.
      if byte == UInt8(ascii: "<") {
        source += Array(#"\u003c"#.utf8)
      } else {
        source.append(byte)
      }
    }
    let text = HTML(trusted: String(decoding: source, as: UTF8.self))
    return #"<script type="application/json" id="\#(id)">\#(text)</script>"#
  }

  /// Text whose characters mean nothing to HTML or XML, neither within quotes nor without.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\n", "\t": result.unicodeScalars.append(scalar)
      // Control characters are no text, and marks of direction could turn a line around.
      default: result += scalar.isASCII ? plain(scalar) : Text.printable(String(scalar))
      }
    }
    return result
  }

  private static func plain(_ scalar: Unicode.Scalar) -> String {
    scalar.value < 0x20 || scalar.value == 0x7F ? Text.printable(String(scalar)) : String(scalar)
  }
}
