import Synchronization
import ZooCore

/// Whether messages are coloured, which only those for people are.
enum Colour {
  /// What `--color` chooses.
  enum Choice: Int, CaseIterable {
    case auto, always, never
  }

  private static let chosen = Atomic<Int>(Choice.auto.rawValue)

  static func choose(_ choice: Choice) {
    chosen.store(choice.rawValue, ordering: .relaxed)
  }

  /// On a terminal, unless the environment objects (https://no-color.org).
  static var isOn: Bool {
    switch Choice(rawValue: chosen.load(ordering: .relaxed)) {
    case .always: true
    case .never: false
    case .auto, nil: Console.errorIsTerminal && Console.environment("NO_COLOR") == nil
    }
  }

  /// Takes `--color WHEN` out of a command line, where it may stand anywhere before `--`.
  static func takeChoice(from words: [String]) throws(ZooError) -> [String] {
    choose(.auto)
    var (kept, rest) = ([String](), words[...])
    while let word = rest.popFirst() {
      if word == "--" { return kept + [word] + rest }
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts[0] == "--color" else {
        kept.append(word)
        continue
      }
      let value = parts.count == 2 ? String(parts[1]) : rest.popFirst() ?? ""
      guard let choice = Choice.allCases.first(where: { "\($0)" == value }) else {
        throw ZooError(
          .usage, "expected auto, always or never, found \"\(Text.printable(value))\"",
          at: "--color")
      }
      choose(choice)
    }
    return kept
  }
}

/// How bad it is.
package enum Severity: String {
  case error, warning

  fileprivate var paint: String { self == .error ? "31" : "33" }
}

extension ZooError {
  /// The findings as people read them, with colours or without.
  package func text(as severity: Severity, coloured: Bool) -> String {
    func painted(_ text: String, _ paint: String) -> String {
      coloured ? "\u{1B}[1;\(paint)m\(text)\u{1B}[0m" : text
    }
    return findings.map { finding in
      let place = finding.place.map { "\($0): " } ?? ""
      var lines = [place + painted("\(severity):", severity.paint) + " " + finding.problem]
      if let excerpt = finding.excerpt { lines.append(excerpt) }
      if let advice = finding.advice { lines.append("  " + painted("tip:", "36") + " " + advice) }
      return lines.joined(separator: "\n")
    }.joined(separator: "\n")
  }
}
