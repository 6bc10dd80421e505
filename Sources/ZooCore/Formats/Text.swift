#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Numbers and strings as people read them.
public enum Text {
  /// A number with a fixed count of decimals: `formatted(3.14159, decimals: 2)` is `3.14`.
  public static func formatted(_ x: Double, decimals: Int) -> String {
    require(decimals >= 0, "the number of decimals must not be negative, got \(decimals)")
    return printed("%.*f", x, decimals)
  }

  /// A number rounded to some significant digits, for programs: `1.23e-05`, `0.123`, `1.2e+02`.
  public static func formatted(_ x: Double, significantDigits digits: Int) -> String {
    require(digits > 0, "at least one digit is needed, got \(digits)")
    return printed("%.*g", x, digits)
  }

  /// A number for people, with as many digits as count: `0.123`, `12.3`, `12346`, `3.2e-7`.
  ///
  /// What stands before the point is never rounded away.
  public static func figure(_ x: Double, digits: Int) -> String {
    guard x.isFinite, x != 0 else { return formatted(x, decimals: 0) }
    guard 1e-4..<1e9 ~= x.magnitude else {
      let parts = printed("%.*e", x, digits - 1).split(separator: "e")
      return "\(trimmed(String(parts[0])))e\(Int(parts[1]) ?? 0)"
    }
    let before = Int(log10(x.magnitude).rounded(.down)) + 1
    return trimmed(formatted(x, decimals: max(0, digits - before)))
  }

  /// Decimals without zeros at their end.
  private static func trimmed(_ number: String) -> String {
    guard number.contains(".") else { return number }
    let digits = String(number.reversed().drop { $0 == "0" }.reversed())
    return digits.hasSuffix(".") ? String(digits.dropLast()) : digits
  }

  /// A share for people, from 0 to 1 or more: `38 %`, `4.2 %`, `0.05 %`.
  ///
  /// - Parameter decimals: How many there are, in a table; nil for two digits that count.
  public static func percent(_ share: Double, decimals: Int? = nil) -> String {
    guard share.isFinite else { return "unknown" }
    let value = 100 * share
    if let decimals { return "\(formatted(value, decimals: decimals)) %" }
    if value > 0, value < 0.001 { return "under 0.001 %" }
    return "\(figure(value, digits: 2)) %"
  }

  /// How much is done, which is all only when all is: `99 %`.
  public static func progress(_ share: Double) -> String {
    // What cannot be told has not begun.
    "\(share.isFinite ? Int(100 * min(max(share, 0), 1)) : 0) %"
  }

  /// A span of time in its two leading units: `1 h 02 min`, `2 min 05 s`, `43 s`, `120 ms`.
  public static func duration(seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e12 else { return "unknown" }
    let seconds = max(seconds, 0)
    if seconds < 0.9995 { return "\(Int((seconds * 1000).rounded())) ms" }
    if seconds < 9.95 { return "\(formatted(seconds, decimals: 1)) s" }
    let total = Int(seconds.rounded())
    let (days, hours, minutes) = (total / 86_400, total / 3600 % 24, total / 60 % 60)
    if days > 0 { return "\(days) d \(twoDigits(hours)) h" }
    if hours > 0 { return "\(hours) h \(twoDigits(minutes)) min" }
    if minutes > 0 { return "\(minutes) min \(twoDigits(total % 60)) s" }
    return "\(total) s"
  }

  /// A number of bytes in decimal units: `512 B`, `1.5 kB`, `170 MB`.
  public static func byteSize(_ bytes: Int) -> String {
    if bytes.magnitude < 1000 { return "\(bytes) B" }
    var value = Double(bytes)
    var unit = ""
    for next in ["kB", "MB", "GB", "TB", "PB", "EB"] {
      value /= 1000
      unit = next
      // What would round to 1000 belongs to the next unit.
      if abs(value) < 999.5 { break }
    }
    return "\(formatted(value, decimals: abs(value) < 9.95 ? 1 : 0)) \(unit)"
  }

  /// The text with control characters escaped, so that a name cannot drive a terminal.
  public static func printable(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator, .format:
        result += "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// The same for text of several lines, with tabs.
  static func printableLines(_ text: String) -> String {
    func isPlain(_ byte: UInt8) -> Bool { 0x20..<0x7F ~= byte || byte == 9 || byte == 10 }
    if text.utf8.allSatisfy(isPlain) { return text }
    return text.unicodeScalars.reduce(into: "") { result, scalar in
      if scalar == "\n" || scalar == "\t" {
        result.unicodeScalars.append(scalar)
      } else {
        result += printable(String(scalar))
      }
    }
  }

  static func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }

  /// C's `printf` rounds decimals correctly at any size, which is hard to do better.
  private static func printed(_ format: String, _ x: Double, _ precision: Int) -> String {
    // C also prints the sign of a NaN.
    guard x.isFinite else { return x.isNaN ? "nan" : x > 0 ? "inf" : "-inf" }
    let arguments: [any CVarArg] = [Int32(clamping: precision), x]
    let count = withVaList(arguments) { Int(vsnprintf(nil, 0, format, $0)) }
    var buffer = [CChar](repeating: 0, count: count + 1)
    _ = withVaList(arguments) { vsnprintf(&buffer, count + 1, format, $0) }
    return String(decoding: buffer.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
