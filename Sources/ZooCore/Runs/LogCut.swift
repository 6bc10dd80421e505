/// What was taken out of a log when its run went on from a step, and why.
struct LogCut {
  private let path: String
  private let step: Int
  private let unreadable: StepLines.Unreadable
  /// How many lines told of later steps.
  private let later: Int

  /// Takes out of a log the lines of steps after `step` and those that cannot be read; all else
  /// stays, wherever in the file it stands.
  ///
  /// - Parameter keep: Is told of each line that stays.
  init(
    _ path: String, after step: Int, keep: (StepLines.Entry) -> Void
  ) throws(ZooError) {
    (self.path, self.step) = (path, step)
    guard Files.exists(path) else {
      (unreadable, later) = (.init(), 0)
      return
    }
    var count = 0
    unreadable = try StepLines.forEach(of: path) { entry in
      if entry.step <= step { keep(entry) } else { count += 1 }
    }
    later = count
    guard later > 0 || unreadable != .init() else { return }
    // Read again, so that no more than a line of it is ever in memory.
    try Files.stream(to: path) { write throws(ZooError) in
      _ = try StepLines.forEach(of: path) { entry throws(ZooError) in
        guard entry.step <= step else { return }
        try write(entry.bytes + [UInt8(ascii: "\n")])
      }
    }
  }

  /// What was lost; nil if nothing was.
  var warning: ZooError? {
    guard unreadable != .init() else { return nil }
    return ZooError(
      .data, unreadable.problems.joined(separator: "; ") + ": taken out of the log", at: path,
      advice: "curves and pages do without; all other lines up to step \(step) stay")
  }

  /// What the run will write again; nil if there was nothing.
  var note: String? {
    guard later > 0 else { return nil }
    let lines = later == 1 ? "1 line of a later step" : "\(later) lines of later steps"
    return "took \(lines) out of \(path): the run goes on at step \(step)"
  }
}
