import ZooCore

/// What a person sees of work in phases: a line that changes on a terminal, else one for each phase.
struct PhaseProgress {
  private let quiet: Bool
  private let isTerminal = Console.errorIsTerminal
  private let clock = ContinuousClock()
  private var lastShown: ContinuousClock.Instant?
  private var phase = ""

  /// A display of nothing yet.
  init(quiet: Bool) { self.quiet = quiet }

  /// Shows how much of a phase is done, 0 to 1.
  mutating func show(_ phase: String, _ share: Double) {
    guard !quiet else { return }
    let isNew = phase != self.phase
    self.phase = phase
    guard isTerminal else {
      if isNew { Console.say(phase) }
      return
    }
    let now = clock.now
    if !isNew, let lastShown, (now - lastShown).seconds < 0.1 { return }
    lastShown = now
    Console.status("\(phase) \(Text.progress(share))")
  }

  /// Leaves an empty line.
  func finish() {
    if !quiet && isTerminal { Console.status("") }
  }
}
