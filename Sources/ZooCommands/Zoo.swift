import ZooCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The command line as a library: a package with variants of its own runs it with its registry.
public enum Zoo {
  /// The program's version.
  public static let version = "0.1.0"

  /// Runs the command line and ends the program with the documented exit code.
  public static func main(
    _ registry: Registry, arguments: [String] = CommandLine.arguments
  ) -> Never {
    OutOfMemory.watch(json: arguments.contains("--json"))
    exit(run(registry, arguments: arguments))
  }

  /// Runs the command line and returns the exit code.
  public static func run(_ registry: Registry, arguments: [String]) -> Int32 {
    // A closed pipe or a full file becomes an error of `write`, not the program's end.
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    // Where a standard stream is closed, the next file would get its number, and our words. What
    // cannot be written takes its place.
    for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(stream, F_GETFD) < 0 {
      _ = open("/dev/null", O_RDONLY)
    }
    do throws(ZooError) {
      try execute(registry, arguments: arguments)
      return 0
    } catch {
      if arguments.contains("--json") {
        Console.say(error.json.compact())
      } else if !error.isInterruption {
        Console.say(error.text(as: .error, coloured: Colour.isOn))
      }
      // Whoever waits for this rank would wait for ever.
      TeamSession.endAll(after: error)
      return error.exitCode
    }
  }

  /// Runs the command line; what goes wrong is not shown but thrown.
  package static func execute(
    _ registry: Registry, arguments: [String]
  ) throws(ZooError) {
    try UnreadableNames.refuse(in: arguments)
    let program = Program(registry: registry, commandLine: arguments)
    let words = try Colour.takeChoice(from: Array(program.commandLine.dropFirst()))[...]
    guard let name = words.first, !["--help", "-h", "help"].contains(name) else {
      guard words.count <= 2 else {
        throw ZooError(
          .usage, "expected one subject, found \(words.dropFirst().joined(separator: " "))",
          at: "zoo help", advice: "zoo help \(words[words.startIndex + 1])")
      }
      return try HelpCommand.run(about: words.dropFirst().first, program)
    }
    if name == "--version" { return try Console.result("zoo \(version)") }
    guard let command = CommandTable.all.first(where: { $0.name == name }) else {
      let names = CommandTable.all.map { $0.name }
      throw ZooError(
        .usage, "there is no command \"\(name)\"", at: "zoo",
        advice: Suggestion.closest(to: name, among: names + ["--version", "--help"])
          .map { "did you mean zoo \($0)?" }
          ?? (name.hasPrefix("-") ? "options come after the command: zoo COMMAND \(name) …" : nil)
          ?? "commands: \(names.joined(separator: ", "))")
    }
    let rest = words.dropFirst()
    if rest.contains("--help") || rest.contains("-h") {
      return try HelpCommand.run(about: name, program)
    }
    let arguments = try Arguments(rest, options: command.options, command: name)
    // What a team does not share is done once.
    let isShared = command.options.contains { $0.name == TeamSession.alone.name }
    guard isShared || !TeamSession.isAnothers else { return }
    try command.run(arguments, program)
  }
}

/// All commands, in the order of help; a new one is one file and one line here.
enum CommandTable {
  static let all: [any Command.Type] = [
    RunCommand.self, DescribeCommand.self, ResumeCommand.self, SampleCommand.self,
    TranslateCommand.self, ProjectCommand.self, ExploreCommand.self, EvalCommand.self,
    ExportCommand.self, ReportCommand.self,
    CompareCommand.self, DataCommand.self, ListCommand.self,
    BenchCommand.self, TraceCommand.self, VerifyResumeCommand.self, NewCommand.self,
    SchemaCommand.self, CompletionsCommand.self, HelpCommand.self,
  ]
}

extension ZooError {
  /// The error for programs.
  var json: JSONValue {
    .object([
      .init("schema_version", 1), .init("error", .string("\(kind)")),
      .init("exit_code", .number(Int(exitCode))),
      .init(
        "findings",
        .array(
          findings.map { finding in
            .object(
              [("place", finding.place), ("problem", finding.problem), ("advice", finding.advice)]
                .compactMap { key, text in text.map { .init(key, .string($0)) } })
          })),
    ])
  }
}
