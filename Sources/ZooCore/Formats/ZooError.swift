/// A fault that comes from outside the program: where, what was expected and found, what to do.
///
/// Wrong use inside the program ends in `require`; this type is for configs, files, flags and
/// the disk, and for training that diverges.
public struct ZooError: Error, Equatable, Sendable {
  /// The kind of fault, which decides the exit code.
  public enum Kind: Int32, Sendable {
    case failure = 1
    case usage = 2
    case diverged = 3
    case data = 4
    case io = 5
    case locked = 6
    /// SIGHUP, a closed terminal.
    case hungUp = 129
    /// SIGINT, Ctrl-C.
    case interrupted = 130
    /// SIGTERM.
    case terminated = 143
  }

  /// One finding; a config may have several.
  public struct Finding: Equatable, Sendable {
    /// Where: `file:line:column`, a path or a flag.
    public var place: String?
    /// What was expected and what was found.
    public var problem: String
    /// What to do about it.
    public var advice: String?
    /// The source line and a caret below it, where there is one.
    public var excerpt: String?

    /// A finding at a place.
    public init(
      _ problem: String, at place: String? = nil, advice: String? = nil, excerpt: String? = nil
    ) {
      // Names and texts from outside must not drive a terminal.
      self.place = place.map(Text.printableLines)
      self.problem = Text.printableLines(problem)
      self.advice = advice.map(Text.printableLines)
      self.excerpt = excerpt.map(Text.printableLines)
    }
  }

  /// What kind of fault this is.
  public let kind: Kind
  /// Everything that was found, at least one.
  public let findings: [Finding]

  /// An error with one finding.
  public init(_ kind: Kind, _ problem: String, at place: String? = nil, advice: String? = nil) {
    self.init(kind, [Finding(problem, at: place, advice: advice)])
  }

  /// An error with several findings of one kind.
  public init(_ kind: Kind, _ findings: [Finding]) {
    require(!findings.isEmpty, "an error needs at least one finding")
    self.kind = kind
    self.findings = findings
  }

  /// The exit code documented in `zoo help exit-codes`.
  public var exitCode: Int32 { kind.rawValue }
}

extension ZooError: CustomStringConvertible {
  /// The findings as people read them: `place: error: problem`, excerpt, advice.
  public var description: String {
    findings.map(\.description).joined(separator: "\n")
  }
}

extension ZooError.Finding: CustomStringConvertible {
  /// `place: error: problem`, then the excerpt and the advice on lines of their own.
  public var description: String {
    var lines = [(place.map { "\($0): " } ?? "") + "error: \(problem)"]
    if let excerpt { lines.append(excerpt) }
    if let advice { lines.append("  tip: \(advice)") }
    return lines.joined(separator: "\n")
  }
}
