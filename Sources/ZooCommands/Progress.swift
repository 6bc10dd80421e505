import ZooCore

/// What a person sees of a run: one line that changes on a terminal, now and then a line in a log.
struct Progress {
  private let first: Int
  private let steps: Int
  private let quiet: Bool
  private let isTerminal = Console.errorIsTerminal
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var lastShown: ContinuousClock.Instant?
  private var last: StepReport?
  private var rate = 0.0
  private var curve = Sparkline(width: 16)

  /// A display of the steps after `first` up to `steps`.
  init(from first: Int, to steps: Int, quiet: Bool) {
    self.first = first
    self.steps = steps
    self.quiet = quiet
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
      curve.append(report.generatorLoss)
      let now = clock.now
      let pause = isTerminal ? 0.1 : 10
      if let lastShown, (now - lastShown).seconds < pause { return }
      lastShown = now
      guard !quiet else { return }
      isTerminal ? Console.status(line(report)) : Console.say(line(report))
    case .sample(let path):
      guard !quiet else { return }
      if isTerminal { Console.status("") }
      Console.say("picture \(path)")
    case .rollback(let error, let step):
      Console.warn(error)
      Console.say("back to step \(step), with half the learning rates")
      (last, lastShown) = (nil, nil)
    case .warning(let error): Console.warn(error)
    case .checkpoint: break
    }
  }

  /// Leaves the last state standing.
  mutating func finish() {
    guard isTerminal, !quiet, let last else { return }
    Console.status(line(last) + "\n")
  }

  private func line(_ report: StepReport) -> String {
    let perStep = (clock.now - start).seconds / Double(max(1, report.step - first))
    let left = perStep * Double(steps - report.step)
    let share = 100 * Double(report.step) / Double(max(1, steps))
    let known = "step \(report.step)/\(steps) (\(Int(share)) %)"
    let losses =
      "  D \(Text.formatted(report.discriminatorLoss, significantDigits: 4))"
      + "  G \(Text.formatted(report.generatorLoss, significantDigits: 4))"
    let picture = isTerminal ? " " + curve.text : ""
    let pace = "  \(Text.formatted(rate, decimals: rate < 10 ? 1 : 0)) images/s"
    let end = report.step < steps ? "  \(Text.duration(seconds: left)) left" : ""
    let memory = ResidentMemory.bytes.map { "  " + Text.byteSize($0) } ?? ""
    // A line that wraps cannot be replaced: a narrow terminal gets less.
    let lines = [
      known + losses + picture + pace + end + memory, known + losses + pace + end, known + losses,
      known,
    ]
    guard isTerminal else { return lines[0] }
    let width = Console.width
    return lines.first { $0.count < width } ?? String(known.prefix(max(0, width - 1)))
  }

  /// The result for programs.
  func summary(_ directory: String) -> JSONValue {
    .object([
      .init("schema_version", 1), .init("run", .string(directory)),
      .init("steps", .number(steps)),
      .init("seconds", .number(((clock.now - start).seconds * 1000).rounded() / 1000)),
      .init("discriminatorLoss", .number(last?.discriminatorLoss ?? .nan)),
      .init("generatorLoss", .number(last?.generatorLoss ?? .nan)),
    ])
  }
}
