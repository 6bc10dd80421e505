import Foundation
import Synchronization
import Testing
import Variants
import ZooCore

/// Values that are not finite in what an update reads and computes, for every game and either
/// player: found before the update, named, and never saved.
@Suite struct DivergenceTests {
  static let names = SmallConfig.games

  /// Where the value appears, in the third step.
  enum Fault: String, CaseIterable, Sendable {
    /// In the real batch of a discriminator update, or in what the generator drew for its own.
    case input
    /// In the loss.
    case loss
    /// In the derivative at the player's last parameter, of a loss that is finite.
    case gradient
  }

  /// A fault of a player's update.
  struct Poison: Sendable, CustomTestStringConvertible {
    /// The variant below is built by a static function: this is how it learns what to spoil.
    @TaskLocal static var chosen: Poison?

    let fault: Fault
    let player: Player
    var testDescription: String { "\(fault) of the \(player)" }

    static let all = Fault.allCases.flatMap { fault in
      [Player.discriminator, .generator].map { Poison(fault: fault, player: $0) }
    }
  }

  @Test(arguments: names, Poison.all)
  func aBadValueNeverMovesAParameter(_ name: String, _ poison: Poison) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "zoo-\(UUID())").path
    defer { try? Files.remove(folder) }
    let json = """
      { "variant": "\(name)", "data": { "dataset": "stroke-digits" },
        "generator": { "latent": { "size": 4 }, "architecture": "dcgan", "width": 2 },
        "discriminator": { "architecture": "dcgan", "width": 2 },
        "training": { "steps": 5, "batch": 6, "discriminatorSteps": 2, "averageDecay": 0.9 },
        "output": { "sampleEvery": 10, "checkpointEvery": 2, "grid": [1, 2] } }
      """
    func poisoned<V: Variant>(_: V.Type) -> any Variant.Type { Poisoned<V>.self }
    let registry = Registry(
      variants: builtIn.variants.map { poisoned($0) }, architectures: builtIn.architectures)
    let recipe = try Recipe(parsing: Array(json.utf8), file: "p.json", registry: registry)
    let data = PoisonedDigits()
    let run = try Poison.$chosen.withValue(poison) {
      try TrainingRun(recipe, on: data, in: folder, manifest: .object([]))
    }
    let contest = run.trainer.contest
    func values(_ player: Player) -> [[Float]] {
      let store = player == .generator ? contest.generatorStore : contest.discriminatorStore
      return store.parameters.map(\.value.floats)
    }
    var last: [Player: [[Float]]] = [:]
    run.trainer.observer = { last[$0.player] = values($0.player) }

    let error = #expect(throws: ZooError.self) {
      try run.run { event in
        // The batch after the next is read once that one is taken: in the middle of step 3.
        guard case .step(let report, _) = event, report.step == 2 else { return }
        if poison.fault == .input, poison.player == .discriminator {
          data.isBad.withLock { $0 = true }
        }
      }
    }
    #expect(error?.kind == .diverged && error?.exitCode == 3)
    let named =
      switch (poison.fault, poison.player) {
      case (.input, .discriminator): "the real batch has values that are not finite"
      case (.input, .generator): "a batch of the generator has values that are not finite"
      case (.loss, let player): "step 3: the \(player)'s loss is not finite (nan)"
      case (.gradient, let player):
        "the gradient of the \(player)'s \(try #require(poison.store(contest).parameters.last).name)"
      }
    let text = error?.description ?? ""
    #expect(text.contains("diverged at step 3") && text.contains(named), "\(text)")
    // What the last good update left, and what was saved before, is all there is.
    for player in [Player.discriminator, .generator] {
      #expect(values(player) == last[player], "the \(player) moved")
    }
    #expect(
      (contest.generatorStore.buffers + contest.discriminatorStore.buffers).allSatisfy {
        $0.value.floats.allSatisfy(\.isFinite)
      })
    #expect(try run.directory.checkpoints.steps() == [2])
    try Checkpoint(reading: run.directory.checkpoints.path(step: 2)).restore(run.trainer)
  }
}

extension DivergenceTests.Poison {
  fileprivate func store(_ contest: Contest) -> ParameterStore {
    player == .generator ? contest.generatorStore : contest.discriminatorStore
  }
}

/// Digits among which a pixel turns bad when it is told to.
private final class PoisonedDigits: Dataset {
  let isBad = Mutex(false)
  private let digits = ByteImages.strokeDigits(count: 50)
  var name: String { digits.name }
  var count: Int { digits.count }
  var sampleShape: Shape { digits.sampleShape }
  var classNames: [String]? { digits.classNames }
  var digest: String { digits.digest }

  func label(at index: Int) -> Int32? { digits.label(at: index) }

  func read(_ indices: [Int], into values: inout MutableSpan<Float>) throws(ZooError) {
    try digits.read(indices, into: &values)
    if isBad.withLock({ $0 }) { values[values.count / 2] = .nan }
  }
}

/// A variant with what `Poison.chosen` says done to it.
private enum Poisoned<Base: Variant>: Variant {
  static var card: VariantCard { Base.card }
  static var defaults: RunConfig { Base.defaults }
  static var networks: [NetworkRole] { Base.networks }
  static var architectures: [Architecture] { Base.architectures }

  static func build(_ request: BuildRequest<Base.Options>) throws(ZooError) -> Contest {
    let contest = try Base.build(request)
    guard let poison = DivergenceTests.Poison.chosen else { return contest }
    return Contest(
      generator: PoisonedGenerator(base: contest.generator, poison: poison),
      discriminator: contest.discriminator,
      objective: PoisonedObjective(
        base: contest.objective, poison: poison,
        parameter: poison.store(contest).parameters.last),
      generatorStore: contest.generatorStore, discriminatorStore: contest.discriminatorStore)
  }
}

/// Draws a bad pixel in its own update, the only one in which what it draws is tracked.
private struct PoisonedGenerator: Generator {
  let base: any Generator
  let poison: DivergenceTests.Poison
  var takes: Ingredients { base.takes }

  func callAsFunction(_ input: GeneratorInput, _ context: Context) -> Tensor {
    let samples = base(input, context)
    guard poison.fault == .input, poison.player == .generator, context.step == 2,
      context.mode == .training, samples.isTracked
    else { return samples }
    return samples * Double.nan
  }
}

private struct PoisonedObjective: Objective {
  let base: any Objective
  let poison: DivergenceTests.Poison
  let parameter: Parameter?

  func turns(at step: Int, _ training: TrainingSettings) -> [Turn] {
    base.turns(at: step, training).map { turn in
      turn.minimising { round in
        // Not the step's first update: something has moved already.
        let isNow = round.step == 2 && (turn.player == .generator || round.substep == 1)
        return spoiled(turn.loss(round), turn.player, isNow)
      }
    }
  }

  func didUpdate(_ player: Player, _ store: ParameterStore) { base.didUpdate(player, store) }

  private func spoiled(_ loss: Loss, _ player: Player, _ isNow: Bool) -> Loss {
    guard isNow, player == poison.player, let parameter else { return loss }
    switch poison.fault {
    case .input: return loss
    case .loss: return Loss(loss.total + Double.nan)
    // The root of zero is zero; its derivative is not finite.
    case .gradient: return Loss(loss.total + (parameter.value * 0).sum().squareRoot())
    }
  }
}
