/// The frame of every report: one page that needs no other file and asks for none.
struct ReportPage {
  let title: String
  let body: [HTML]

  /// The page as a file.
  var html: String {
    // The policy makes browsers refuse whatever would leave the page.
    let page: HTML = """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; \
      style-src 'unsafe-inline'; script-src 'unsafe-inline'">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(title)</title>
      <link rel="icon" href="data:,">
      <style>
      \(HTML(trusted: ReportStyle.css))
      </style>
      </head>
      <body>
      <main>
      \(body)
      </main>
      <script>
      \(HTML(trusted: ReportScript.javaScript))
      </script>
      </body>
      </html>

      """
    return page.source
  }

  /// A PNG file as an address that holds the picture itself.
  static func address(of png: [UInt8]) -> String {
    "data:image/png;base64," + Base64.encoded(png)
  }
}

/// Bytes as text.
///
/// Source: RFC 4648 section 4.
package enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// How many characters so many bytes become.
  package static func length(of count: Int) -> Int { (count + 2) / 3 * 4 }

  /// Four characters for each three bytes, padded with "=".
  package static func encoded(_ bytes: [UInt8]) -> String {
    let alphabet = alphabet
    var text: [UInt8] = []
    text.reserveCapacity(length(of: bytes.count))
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var word = group.reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
      word <<= UInt32(8 * (3 - group.count))
      for place in 0..<4 {
        let isPadding = place > group.count
        text.append(
          isPadding ? UInt8(ascii: "=") : alphabet[Int(word >> UInt32(18 - 6 * place) & 63)])
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
