import Synchronization
import ZooCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// This program's place among several that a launcher has started to do one thing together.
///
/// The first of them is the run; it does what the command says. The others follow it, and say nothing.
final class TeamSession {
  static let alone = Option(
    "--alone", nil, "Know nothing of other programs that a launcher (mpirun, srun) has started.")

  let messenger: MPIMessenger
  private let agreement: TeamAgreement
  private static let isJoined = Atomic<Bool>(false)

  /// Does what a command does, as the first of a team or alone, or follows the first.
  ///
  /// - Parameters:
  ///   - body: The command; nil stands for no team.
  ///   - follow: What those do who follow.
  static func lead(
    _ arguments: Arguments, _ program: Program, _ body: (TeamSession?) throws(ZooError) -> Void,
    follow: (TeamSession) throws(ZooError) -> Void
  ) throws(ZooError) {
    guard !arguments.has(alone.name), let launcher = Launcher(Console.environment) else {
      return try body(nil)
    }
    let team = try TeamSession(launcher, program)
    guard team.messenger.rank == 0 else {
      do throws(ZooError) {
        try follow(team)
        return try team.leave()
      } catch {
        throw error.told(by: team.messenger.name(of: team.messenger.rank))
      }
    }
    do throws(ZooError) {
      try body(team)
    } catch {
      // Who was asked to stop has saved, and the others can go.
      if error.isInterruption { try team.dismiss() }
      throw error
    }
    try team.dismiss()
  }

  /// Whether a command is another program's to do: where a launcher has started several, and one is
  /// enough.
  static var isAnothers: Bool {
    guard let launcher = Launcher(Console.environment) else { return false }
    return launcher.rank > 0
  }

  private init(_ launcher: Launcher, _ program: Program) throws(ZooError) {
    messenger = try MPIMessenger(launcher)
    Self.isJoined.store(true, ordering: .releasing)
    try messenger.meet(as: .here(program))
    guard let agreement = messenger.agreement else { fatalError("met, and nothing agreed") }
    self.agreement = agreement
  }

  /// Ends the other ranks' programs with this one's exit code, unless they have been let go.
  static func endAll(after error: ZooError) {
    guard isJoined.load(ordering: .acquiring) else { return }
    // Launchers throw away what they have not passed on by then.
    usleep(200_000)
    MPIMessenger.endAll(code: error.exitCode)
  }

  /// How many threads this rank has, unless told.
  var threads: Int { agreement.threads(of: messenger.rank) }
  /// What all compute with.
  var instructionSet: String { agreement.instructionSet }

  /// Who they are, for the beginning of a run.
  var opening: String {
    let hosts = Set(agreement.members.map(\.host)).count
    return
      "\(messenger.size) ranks on \(Text.counted(hosts, "machine")), through \(messenger.library)"
      + (agreement.notice.map { "\n\($0)" } ?? "")
  }

  /// Makes sure that there is work for all.
  func check(_ recipe: Recipe) throws(ZooError) {
    try TeamBriefing.check(recipe, ranks: messenger.size)
  }

  /// Lets the others know what is trained; from then on they follow a `Leader`.
  func brief(
    _ recipe: Recipe, _ data: DataSettings, _ dataset: any Dataset
  ) throws(ZooError) {
    try TeamBriefing.tell(recipe, data, dataset, messenger)
  }

  private func dismiss() throws(ZooError) {
    try TeamBriefing.dismiss(messenger)
    try leave()
  }

  private func leave() throws(ZooError) {
    Self.isJoined.store(false, ordering: .releasing)
    try messenger.leave()
  }

  /// Trains as one who follows, until there is nothing left to do.
  ///
  /// - Parameter data: How to come to the data of a recipe.
  func train(
    _ arguments: Arguments, _ program: Program,
    data: (Arguments, Recipe, Warnings) throws(ZooError) -> any Dataset = dataAtHand
  ) throws(ZooError) {
    guard let recipe = try TeamBriefing.hear(messenger, program.registry) else { return }
    let dataset = try data(arguments, recipe, Warnings())
    try TeamBriefing.answer(with: dataset, messenger)
    try Backends.using(Setup.backend(arguments, self)) { () throws(ZooError) in
      let trainer = try recipe.plan(for: dataset).trainer(on: dataset, with: messenger)
      Interruption.shared.beginTraining(quiet: true)
      try Follower(trainer, messenger).follow { Interruption.shared.received }
    }
  }

  private static func dataAtHand(
    _ arguments: Arguments, _ recipe: Recipe, _ warnings: Warnings
  ) throws(ZooError) -> any Dataset {
    try Setup.dataAtHand(arguments, recipe.config.data, warnings).dataset
  }
}

extension TeamMember {
  /// What this program is and has.
  fileprivate static func here(_ program: Program) throws(ZooError) -> TeamMember {
    TeamMember(
      program: try SHA256.hexDigest(ofFile: program.executable), host: Platform.hostName,
      instructionSets: CPUBackend.instructionSets,
      requestedSet: CPUBackend.requestedInstructionSet, processors: Machine.processorMask ?? "all",
      processorCount: Machine.availableProcessors)
  }
}

extension ZooError {
  /// The same, as a rank that nobody sees tells it.
  fileprivate func told(by rank: String) -> ZooError {
    ZooError(
      kind,
      findings.map { finding in
        var finding = finding
        finding.place = "\(rank)\(finding.place.map { ": \($0)" } ?? "")"
        return finding
      })
  }
}
