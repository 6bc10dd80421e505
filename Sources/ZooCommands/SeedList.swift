import ZooCore

/// Seeds as people write them: `0-35`, `7`, `1,5,9-12`.
enum SeedList {
  /// As many samples are drawn at most.
  static let most = 1_000_000

  /// The seeds of a flag's value.
  static func parse(_ text: String, at flag: String) throws(ZooError) -> [UInt32] {
    var seeds: [UInt32] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { UInt32($0) }
      guard let first = ends[0], let last = ends[ends.count - 1], ends.count <= 2 else {
        throw ZooError(
          .usage,
          "expected seeds such as 0-35 or 1,5,9-12, found \"\(Text.printable(text))\"", at: flag,
          advice: "seeds are whole numbers in 0...4294967295")
      }
      guard first <= last, Int(last - first) < most - seeds.count else {
        throw ZooError(
          .usage,
          first > last
            ? "\(part) goes backwards" : "\(Text.grouped(most)) seeds at most can be drawn at once",
          at: flag, advice: first > last ? "write \(last)-\(first)" : nil)
      }
      seeds += first...last
    }
    return seeds
  }

  /// The two lists of `ROWS,COLS`: each a seed, or a range of them.
  static func parsePair(
    _ text: String, at flag: String
  ) throws(ZooError) -> (rows: [UInt32], columns: [UInt32]) {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count == 2 else {
      throw ZooError(
        .usage, "expected two ranges of seeds, found \"\(Text.printable(text))\"", at: flag,
        advice: "rows, then columns: \(flag) 0-3,10-14")
    }
    return (try parse(String(parts[0]), at: flag), try parse(String(parts[1]), at: flag))
  }
}
