import ZooCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// `zoo verify-resume CONFIG`.
enum VerifyResumeCommand: Command {
  static let name = "verify-resume"
  static let operands = "CONFIG"
  static let summary = "Proves on this machine that a killed run goes on to the same bits"
  static let options =
    Setup.options + [
      Option("--steps", "N", "Steps before the kill; default 5."),
      Option("--more", "M", "Steps after it; default 20."),
      Option(
        "--launcher", "WORDS", "What starts the run that is killed as several: \"mpirun -n 2\"."),
    ]
  static let examples = [
    "zoo verify-resume Configs/gan-mnist.json",
    "zoo verify-resume Configs/cdcgan-mnist.json --steps 3 --more 10 --set training.batch=8",
  ]

  static func run(_ arguments: Arguments, _ program: Program) throws(ZooError) {
    guard arguments.operands != ["-"] else {
      throw ZooError(
        .usage, "several programs have to read the config, which standard input is no file for",
        at: "zoo verify-resume", advice: "write it to a file")
    }
    // The config's own faults are told as `zoo run` would tell them.
    _ = try Setup.recipe(arguments, program, command: name)
    let config = try arguments.only("CONFIG", name)
    let launcher = (arguments.value("--launcher") ?? "").split(separator: " ").map(String.init)
    let proof = ResumeProof(
      // A launcher would take that for itself.
      program: launcher.isEmpty ? executable(program) : program.executable, launcher: launcher,
      run: passedOn(arguments, Setup.options),
      resume: passedOn(arguments, ResumeCommand.options, except: ["--set"]),
      steps: try arguments.integer("--steps", in: 1...1_000_000) ?? 5,
      more: try arguments.integer("--more", in: 1...1_000_000) ?? 20)
    let temporary = Console.environment("TMPDIR") ?? "/tmp"
    let folder = Files.join(temporary, "zoo-verify-\(getpid())")
    try Files.createNewDirectory(folder)
    defer { try? Files.remove(folder) }
    let found = try proof.prove(config: config, in: folder) { Console.say($0) }
    let different = found.filter { !$0.isSame }
    guard different.isEmpty, !found.isEmpty else {
      throw ZooError(
        .failure, "the resumed run differs in \(different.map(\.name).joined(separator: ", "))",
        at: config, advice: "this is a fault of the program or of this machine; please report it")
    }
    try Console.result(
      "the same bits in all \(found.count) files: \(found.map(\.name).joined(separator: ", "))")
  }

  /// This program's own file.
  private static func executable(_ program: Program) -> String {
    let own = "/proc/self/exe"
    return Files.exists(own) ? own : program.commandLine[0]
  }

  /// The flags that another command understands too; overrides are in the run's own config by then.
  private static func passedOn(
    _ arguments: Arguments, _ options: [Option], except left: [String] = []
  ) -> [String] {
    options.filter { $0.value != nil && !left.contains($0.name) }.flatMap { option in
      arguments.all(option.name).flatMap { [option.name, $0] }
    }
  }
}
