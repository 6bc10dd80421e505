#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Wall-clock time for labels; durations are measured with `ContinuousClock`.
public enum UTC {
  /// Seconds since 1970-01-01T00:00:00Z.
  public static func now() -> Int {
    Int(time(nil))
  }

  /// A stamp for file names, such as `20260101T120000Z`.
  public static func stamp(_ seconds: Int) -> String {
    let t = fields(seconds)
    return t.date.joined() + "T" + t.time.joined() + "Z"
  }

  /// The time in ISO 8601, such as `2026-01-01T12:00:00Z`.
  public static func iso8601(_ seconds: Int) -> String {
    let t = fields(seconds)
    return t.date.joined(separator: "-") + "T" + t.time.joined(separator: ":") + "Z"
  }

  private static func fields(_ seconds: Int) -> (date: [String], time: [String]) {
    var clock = time_t(seconds)
    var parts = tm()
    guard gmtime_r(&clock, &parts) != nil else {
      fatalError("no calendar date is \(seconds) seconds from 1970")
    }
    let year = String(Int(parts.tm_year) + 1900)
    let paddedYear = String(repeating: "0", count: max(0, 4 - year.count)) + year
    return (
      [paddedYear] + [parts.tm_mon + 1, parts.tm_mday].map { Text.twoDigits(Int($0)) },
      [parts.tm_hour, parts.tm_min, parts.tm_sec].map { Text.twoDigits(Int($0)) }
    )
  }
}
