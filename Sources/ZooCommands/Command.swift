import ZooCore

/// One command of the program: a file of its own, and a line in `CommandTable`.
protocol Command: SendableMetatype {
  /// The word that calls it.
  static var name: String { get }
  /// What stands after the name: `CONFIG`.
  static var operands: String { get }
  /// What it does, in one line.
  static var summary: String { get }
  /// The flags that it understands besides `--help`.
  static var options: [Option] { get }
  /// Two command lines to try.
  static var examples: [String] { get }
  /// Does it.
  static func run(_ arguments: Arguments, _ program: Program) throws(ZooError)
}

/// A flag, with or without a value.
struct Option {
  let name: String
  /// What the value is called in help; nil for a switch.
  let value: String?
  let meaning: String

  /// The short flags that everybody expects.
  static let short = [(short: "-o", long: "--out"), (short: "-v", long: "--verbose")]

  /// The name, and its short form where there is one.
  var spellings: [String] { [name] + Self.short.filter { $0.long == name }.map(\.short) }

  /// The value with the user's folder in place of `~`, which shells leave alone behind a `=`.
  func expanded(_ text: String) -> String {
    value == "DIR" || value == "FILE" ? Files.expandingHome(text) : text
  }

  init(_ name: String, _ value: String? = nil, _ meaning: String) {
    self.name = name
    self.value = value
    self.meaning = meaning
  }
}

/// What every command can ask for.
struct Program {
  /// The variants and architectures that this program knows.
  let registry: Registry
  /// The words of the command line, the program's own name first.
  let commandLine: [String]

  /// The program's own file; in words of the command line where the system does not tell.
  var executable: String {
    Files.target(ofLink: "/proc/self/exe") ?? commandLine.first ?? "zoo"
  }
}

/// The words after a command's name, sorted into operands and flags.
struct Arguments {
  private(set) var operands: [String] = []
  private var values: [String: [String]] = [:]

  /// Sorts `words`; unknown flags and missing values are errors.
  init(_ words: ArraySlice<String>, options: [Option], command: String) throws(ZooError) {
    var rest = words
    while let word = rest.popFirst() {
      let word = Option.short.first { $0.short == word }?.long ?? word
      guard word.hasPrefix("--"), word != "--" else {
        if word == "--" {
          operands += rest
          return
        }
        if word.hasPrefix("-") && word != "-" {
          throw Self.unknown(word, options, command)
        }
        operands.append(word)
        continue
      }
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      guard let option = options.first(where: { $0.name == name }) else {
        throw Self.unknown(name, options, command)
      }
      if option.value == nil {
        guard parts.count == 1 else {
          throw ZooError(.usage, "takes no value, found \"\(parts[1])\"", at: name)
        }
        values[name, default: []].append("")
      } else if parts.count == 2, !parts[1].isEmpty {
        values[name, default: []].append(option.expanded(String(parts[1])))
      } else if parts.count == 1, let value = rest.first, !value.isEmpty, !value.hasPrefix("--") {
        rest.removeFirst()
        values[name, default: []].append(option.expanded(value))
      } else {
        throw ZooError(
          .usage, "needs a value", at: name,
          advice: "\(name) \(option.value ?? ""): \(option.meaning)")
      }
    }
  }

  private static func unknown(_ name: String, _ options: [Option], _ command: String) -> ZooError {
    let closest = Suggestion.closest(
      to: name, among: options.map(\.name) + ["--help", "--color", "--version"])
    // What people expect as a flag of its own is a value of the config.
    let value = ["--steps", "--batch"].first {
      $0 == name && options.contains { $0.name == "--set" }
    }
    return ZooError(
      .usage, "unknown option \"\(name)\"", at: "zoo \(command)",
      advice: value.map { "--set training.\($0.dropFirst(2))=N sets it" }
        ?? closest.map { "did you mean \($0)?" } ?? "see zoo help \(command)")
  }

  /// Whether a switch is there.
  func has(_ name: String) -> Bool { values[name] != nil }

  /// The last value of a flag.
  func value(_ name: String) -> String? { values[name]?.last }

  /// All values of a flag that may be repeated.
  func all(_ name: String) -> [String] { values[name] ?? [] }

  /// A flag's whole number.
  func integer(_ name: String, in range: ClosedRange<Int>) throws(ZooError) -> Int? {
    guard let text = value(name) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw ZooError(
        .usage,
        "expected a whole number in \(range.lowerBound)...\(range.upperBound), found \"\(Text.printable(text))\"",
        at: name)
    }
    return number
  }

  /// A flag's number.
  func number(_ name: String, in range: ClosedRange<Double>) throws(ZooError) -> Double? {
    guard let text = value(name) else { return nil }
    guard let number = Double(text), range.contains(number) else {
      throw ZooError(
        .usage,
        "expected a number in \(Text.figure(range.lowerBound, digits: 3))...\(Text.figure(range.upperBound, digits: 3)), found \"\(Text.printable(text))\"",
        at: name)
    }
    return number
  }

  /// Sizes from text such as `4x8`, each 1 to 4096.
  ///
  /// - Parameter names: What each size is.
  static func sizes(
    _ text: String, _ names: [String], at flag: String
  ) throws(ZooError) -> [Int] {
    let parts = text.split(separator: "x", omittingEmptySubsequences: false)
    let sizes = parts.compactMap { Int($0) }.filter { 1...4096 ~= $0 }
    guard sizes.count == names.count, parts.count == names.count else {
      throw ZooError(
        .usage,
        "expected \(names.joined(separator: " x ")), each 1...4096, such as "
          + "\(["4", "8", "3"].prefix(names.count).joined(separator: "x")), found \"\(text)\"",
        at: flag)
    }
    return sizes
  }

  /// Makes sure that there is no operand.
  func none(_ command: String) throws(ZooError) {
    guard let first = operands.first else { return }
    throw ZooError(
      .usage, "takes no operands, found \"\(Text.printable(first))\"", at: "zoo \(command)",
      advice: "see zoo help \(command)")
  }

  /// The only operand.
  func only(_ what: String, _ command: String) throws(ZooError) -> String {
    guard operands.count == 1 else {
      throw ZooError(
        .usage,
        operands.isEmpty
          ? "\(what) is missing"
          : "expected one \(what), found \(operands.count): \(operands.joined(separator: " "))",
        at: "zoo \(command)",
        advice: what == "RUN" && operands.isEmpty
          ? "zoo \(command) latest takes the run that was started last"
          : "see zoo help \(command)")
    }
    return operands[0]
  }
}
