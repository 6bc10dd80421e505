import ZooCore

/// What `run` and `resume` share: training with a display, until the end or a signal.
enum TrainingSession {
  static let options = [
    Option("--quiet", nil, "Say nothing but errors."),
    Option("--json", nil, "Print the result, and errors, as JSON."),
  ]

  static func train(_ run: TrainingRun, _ arguments: Arguments) throws(ZooError) {
    let quiet = arguments.has("--quiet")
    let path = run.directory.path
    var progress = Progress(from: run.trainer.step, to: run.steps, quiet: quiet)
    let finished: Bool
    Interruption.shared.beginTraining()
    do throws(ZooError) {
      finished = try run.run(until: { Interruption.shared.received != nil }) { progress.show($0) }
    } catch {
      progress.finish()
      if (try? run.directory.checkpoints.steps().isEmpty) == false {
        Console.say("continue from the last checkpoint with: zoo resume \(path)")
      }
      throw error
    }
    progress.finish()
    guard finished else {
      if !quiet {
        Console.say("saved at step \(run.trainer.step); continue with: zoo resume \(path)")
      }
      throw .interrupted(by: Interruption.shared.received ?? 2)
    }
    if arguments.has("--json") {
      try Console.result(progress.summary(path).compact())
    } else if !quiet {
      try Console.result(
        """
        done: step \(run.steps) in \(progress.elapsed)
        report      \(Files.join(path, "report.html"))
        pictures    \(Files.join(path, "samples")), as a film in samples.apng
        checkpoint  \(run.directory.checkpoints.path(step: run.steps))
        metrics     \(run.directory.metrics)
        draw with:     zoo sample \(path)
        train on with: zoo resume \(path) --set training.steps=\(2 * run.steps)
        """)
    }
  }
}
