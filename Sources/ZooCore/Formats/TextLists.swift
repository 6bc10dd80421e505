extension Text {
  /// A number of things: `1 sample`, `12 samples`, `60,000 samples`.
  public static func counted(_ count: Int, _ thing: String, plural: String? = nil) -> String {
    "\(grouped(count)) \(count == 1 ? thing : plural ?? thing + "s")"
  }

  /// A whole number with its digits in threes: `60,000`.
  package static func grouped(_ number: Int, separator: String = ",") -> String {
    let digits = Array(String(number.magnitude))
    let text = digits.indices.map { index in
      let gap = index > 0 && (digits.count - index) % 3 == 0 ? separator : ""
      return gap + String(digits[index])
    }
    return (number < 0 ? "-" : "") + text.joined()
  }

  /// The first few names, and how many more there are: `a, b, c and 4 more`.
  public static func listed(_ names: [String], atMost limit: Int = 5) -> String {
    // One more takes no more room than saying so.
    let shown = names.count <= limit + 1 ? names.count : limit
    let text = names.prefix(shown).map(printable).joined(separator: ", ")
    return shown == names.count ? text : "\(text) and \(grouped(names.count - shown)) more"
  }
}
