import ZooCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What `run` and `resume` share: training with a display, until the end or a signal.
enum TrainingSession {
  static let options = [
    Option("--quiet", nil, "Say nothing but errors and warnings."),
    Option("--verbose", nil, "Show at the end where the time went. Also -v."),
    Option("--json", nil, "Print the result, and errors, as JSON."),
    TeamSession.alone,
  ]

  /// Does `body` on the backend, and with `--verbose` tells what took how long.
  static func measured(
    _ backend: CPUBackend, _ arguments: Arguments, _ body: () throws(ZooError) -> Void
  ) throws(ZooError) {
    guard arguments.has("--verbose") else { return try Backends.using(backend, body) }
    let clock = ContinuousClock()
    let start = clock.now
    let profile = ProfilingBackend(backend)
    defer { Console.say(timings(profile, seconds: (clock.now - start).seconds)) }
    try Backends.using(profile, body)
  }

  /// The operations, and what is left of `seconds` for all else.
  private static func timings(_ profile: ProfilingBackend, seconds: Double) -> String {
    let report = profile.report
    func row(_ name: String, _ part: Double, _ more: String) -> (String, String) {
      let share = Text.percent(part / seconds, decimals: 1)
      return (name, "\(Text.formatted(part, decimals: 2)) s, \(share)\(more)")
    }
    let inside = report.reduce(0) { $0 + $1.entry.seconds }
    let rows =
      report.map { row($0.name, $0.entry.seconds, ", \($0.entry.calls) calls") }
      + [row("all else", seconds - inside, ": data, pictures, files")]
    return "time by operation, \(Text.duration(seconds: seconds)) in all\n"
      + HelpCommand.table(rows)
  }

  /// - Parameter warnings: What was warned of before; gets what is warned of on the way.
  static func train(
    _ run: TrainingRun, _ arguments: Arguments, _ warnings: Warnings
  ) throws(ZooError) {
    let quiet = arguments.has("--quiet")
    let path = run.directory.path
    let log = RunLog(in: run.directory)
    log.write("from step \(run.trainer.step) to \(run.steps)")
    for warning in warnings.all { log.write(warning: warning) }
    var progress = Progress(
      from: run.trainer.step, to: run.steps, quiet: quiet, log: log, warnings)
    let finished: Bool
    Interruption.shared.beginTraining(quiet: quiet)
    OutOfMemory.beginTraining(path)
    do throws(ZooError) {
      finished = try run.run(until: { Interruption.shared.received != nil }) { progress.show($0) }
    } catch {
      progress.finish()
      log.write(error.text(as: .error, coloured: false))
      if !quiet, (try? run.directory.checkpoints.steps().isEmpty) == false {
        Console.say("continue from the last checkpoint with: zoo resume \(Shell.quoted(path))")
      }
      throw error
    }
    progress.finish()
    log.write(finished ? "done" : "stopped by a signal; saved at step \(run.trainer.step)")
    guard finished else {
      if !quiet {
        Console.say(
          "saved at step \(run.trainer.step); continue with: zoo resume \(Shell.quoted(path))")
      }
      throw .interrupted(by: Interruption.shared.received ?? run.signalElsewhere ?? SIGINT)
    }
    if arguments.has("--json") {
      try Console.result(progress.summary(path, bestStep: run.bestStep).compact())
    } else if !quiet {
      let best = run.bestStep.map {
        "\nbest        \(run.directory.checkpoints.best), step \($0)"
      }
      try Console.result(
        """
        done: step \(run.steps) in \(progress.elapsed)
        report      \(Files.join(path, "report.html"))
        pictures    \(Files.join(path, "samples")), as a film in samples.apng
        checkpoint  \(run.directory.checkpoints.path(step: run.steps))\(best ?? "")
        metrics     \(run.directory.metrics), the losses drawn in losses.svg
        draw with:     zoo sample \(Shell.quoted(path))
        train on with: zoo resume \(Shell.quoted(path)) --set training.steps=\(2 * run.steps)
        """)
    }
  }
}
