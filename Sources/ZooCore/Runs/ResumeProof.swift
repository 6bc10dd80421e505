#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Proof on the user's machine that a run which was killed ends with the same bits as one which was
/// not: the program trains a config twice, kills itself once in between, and compares all files.
public struct ResumeProof: Sendable {
  /// The program that trains.
  public let program: String
  /// What starts the program that is killed, if not this one: `mpirun -n 2`.
  public let launcher: [String]
  /// What `zoo run` is called with besides the config and the steps: data, threads, overrides.
  public let run: [String]
  /// What `zoo resume` is called with besides the run.
  public let resume: [String]
  /// Steps before the kill.
  public let steps: Int
  /// Steps after it.
  public let more: Int

  /// A proof that has not been run.
  public init(
    program: String, launcher: [String] = [], run: [String], resume: [String], steps: Int, more: Int
  ) {
    require(steps > 0 && more > 0, "\(steps) steps, killed, \(more) more prove nothing")
    self.program = program
    self.launcher = launcher
    self.run = run
    self.resume = resume
    self.steps = steps
    self.more = more
  }

  /// How a file of the killed run compares.
  public struct Comparison: Sendable {
    /// The file's name.
    public let name: String
    /// Whether every byte is the same.
    public let isSame: Bool
  }

  /// Trains in `folder`, which must exist and be empty.
  ///
  /// - Parameter say: Is told what is going on.
  /// - Throws: `ZooError` when the program does not run, or ends before it can be killed.
  public func prove(
    config: String, in folder: String, _ say: (String) -> Void
  ) throws(ZooError) -> [Comparison] {
    let (whole, parted) = (Files.join(folder, "whole"), Files.join(folder, "killed"))
    let settings =
      run + [
        "--quiet", "--set", "training.steps=\(steps + more)", "--set",
        "output.checkpointEvery=\(steps)", "--set", "output.keepLast=2",
      ]
    say("training \(steps + more) steps in one go")
    // Where a launcher has started this program, those that it starts have nothing to do with that.
    try finish(["run", config, "--out", whole, "--alone"] + settings)
    say("training again\(launcher.isEmpty ? "" : ", by several"), to be killed after step \(steps)")
    try kill(
      ["run", config, "--out", parted] + (launcher.isEmpty ? ["--alone"] : []) + settings,
      in: parted)
    let kept = try CheckpointFolder(Files.join(parted, "checkpoints")).steps()
    guard kept.last == steps else {
      throw ZooError(
        .failure, "the run ended before it could be killed", at: config,
        advice: "make it longer: --more \(10 * more)")
    }
    try waitUntilFree(parted)
    say("killed; resuming")
    try finish(["resume", parted, "--quiet", "--alone"] + resume)

    func checkpoint(_ run: String) -> String {
      CheckpointFolder(Files.join(run, "checkpoints")).path(step: steps + more)
    }
    var found: [Comparison] = []
    for name in try Files.list(checkpoint(whole)) {
      let same =
        try SHA256.hexDigest(ofFile: Files.join(checkpoint(whole), name))
        == SHA256.hexDigest(ofFile: Files.join(checkpoint(parted), name))
      found.append(Comparison(name: name, isSame: same))
    }
    return found
  }

  private func start(
    _ words: [String], by launcher: [String] = []
  ) throws(ZooError) -> ChildProcess {
    let all = launcher + [program] + words
    return try ChildProcess(
      all[0], Array(all.dropFirst()), environment: nil,
      advice: launcher.isEmpty
        ? "this program could not be started once more" : "give the launcher's path")
  }

  /// Waits for the programs that a killed launcher leaves for a moment.
  private func waitUntilFree(_ run: String) throws(ZooError) {
    for _ in 0..<100 {
      do throws(ZooError) {
        _ = try RunDirectory(opening: run)
        return
      } catch {
        guard error.kind == .locked else { throw error }
        usleep(100_000)
      }
    }
  }

  private func finish(_ words: [String]) throws(ZooError) {
    var child = try start(words)
    while true {
      if case .end = try child.read(waitingAtMost: .seconds(1)) { break }
    }
    let ending = child.wait()
    guard ending == .exited(0) else {
      throw ZooError(
        .failure, "zoo \(words[0]) failed (\(ending)): \(child.errorText)", at: words[1])
    }
  }

  /// Lets a run go on until it has the checkpoint, and kills it.
  private func kill(_ words: [String], in run: String) throws(ZooError) {
    let checkpoint = CheckpointFolder(Files.join(run, "checkpoints")).path(step: steps)
    var child = try start(words, by: launcher)
    while !Files.exists(checkpoint) {
      guard case .end = try child.read(waitingAtMost: .milliseconds(5)) else { continue }
      let ending = child.wait()
      throw ZooError(
        .failure, "the run ended by itself (\(ending)): \(child.errorText)", at: words[1])
    }
    // Going out of scope, the child is killed with SIGKILL.
  }
}
