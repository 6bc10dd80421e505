import ZooCore

/// What a person sees of a run: one line that changes on a terminal, now and then a line in a log.
struct Progress {
  private let first: Int
  private let steps: Int
  private let quiet: Bool
  private let log: RunLog
  private let warnings: Warnings
  private let isTerminal = Console.errorIsTerminal
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var lastShown: ContinuousClock.Instant?
  private var lastLogged: ContinuousClock.Instant?
  private var last: StepReport?
  private var rate = 0.0
  private var curve = Sparkline(width: 16)

  /// A display of the steps after `first` up to `steps`.
  init(from first: Int, to steps: Int, quiet: Bool, log: RunLog, _ warnings: Warnings) {
    self.first = first
    self.steps = steps
    self.quiet = quiet
    self.log = log
    self.warnings = warnings
    start = clock.now
  }

  /// Time since the run began, in words.
  var elapsed: String { Text.duration(seconds: (clock.now - start).seconds) }

  mutating func show(_ event: TrainingRun.Event) {
    switch event {
    case .step(let report, let imagesPerSecond):
      // A smooth rate reads better; the first value counts fully.
      rate = last == nil ? imagesPerSecond : rate + (imagesPerSecond - rate) * 0.1
      last = report
      curve.append(report.generatorLoss ?? .nan)
      let now = clock.now
      if isDue(lastLogged, now, pause: 10) {
        lastLogged = now
        log.write(line(report, terminal: false))
        if !isTerminal, !quiet { Console.say(line(report, terminal: false)) }
      }
      if isTerminal, !quiet, isDue(lastShown, now, pause: 0.1) {
        lastShown = now
        Console.status(line(report, terminal: true))
      }
    case .sample(let path): say("picture \(path)")
    case .evaluation(let evaluation, let step, let isBest):
      say("evaluated step \(step): \(evaluation.brief)\(isBest ? " (best so far)" : "")")
    case .rollback(let error, let step):
      warn(error)
      say("back to step \(step), with half the learning rates")
      (last, lastShown, lastLogged) = (nil, nil, nil)
    case .warning(let error): warn(error)
    case .note(let text): say(text)
    case .checkpoint: break
    }
  }

  private func isDue(
    _ last: ContinuousClock.Instant?, _ now: ContinuousClock.Instant, pause: Double
  ) -> Bool {
    last.map { (now - $0).seconds >= pause } ?? true
  }

  private func say(_ text: String) {
    log.write(text)
    guard !quiet else { return }
    if isTerminal { Console.status("") }
    Console.say(text)
  }

  private func warn(_ error: ZooError) {
    log.write(warning: error)
    if isTerminal, !quiet { Console.status("") }
    warnings.add(error)
  }

  /// Leaves the last state standing.
  mutating func finish() {
    guard let last else { return }
    log.write(line(last, terminal: false))
    guard isTerminal, !quiet else { return }
    Console.status(line(last, terminal: true) + "\n")
  }

  private func line(_ report: StepReport, terminal: Bool) -> String {
    let perStep = (clock.now - start).seconds / Double(max(1, report.step - first))
    let left = perStep * Double(steps - report.step)
    let share = Text.progress(Double(report.step) / Double(max(1, steps)))
    let known = "step \(report.step)/\(steps) (\(share))"
    let losses = report.losses.compactMap { player, loss in
      loss.map { "  \(player.prefix(1).uppercased()) \(Text.figure($0, digits: 4))" }
    }.joined()
    let picture = terminal ? " " + curve.text : ""
    let pace = "  \(Text.figure(rate, digits: 3)) images/s"
    let end = report.step < steps ? "  \(Text.duration(seconds: left)) left" : ""
    let memory = ResidentMemory.bytes.map { "  " + Text.byteSize($0) } ?? ""
    // A line that wraps cannot be replaced: a narrow terminal gets less.
    let lines = [
      known + losses + picture + pace + end + memory, known + losses + pace + end, known + losses,
      known,
    ]
    guard terminal else { return lines[0] }
    let width = Console.width
    return lines.first { $0.count < width } ?? String(known.prefix(max(0, width - 1)))
  }

  /// The result for programs.
  func summary(_ directory: String, bestStep: Int?) -> JSONValue {
    .object(
      [
        .init("schema_version", 1), .init("run", .string(directory)),
        .init("bestStep", bestStep.map { .number($0) } ?? nil),
        .init("steps", .number(steps)),
        .init("seconds", .number(((clock.now - start).seconds * 1000).rounded() / 1000)),
      ]
        + (last?.losses ?? []).map { player, loss in
          .init("\(player)Loss", loss.map { .number($0) } ?? nil)
        } + [.init("warnings", warnings.json)])
  }
}
