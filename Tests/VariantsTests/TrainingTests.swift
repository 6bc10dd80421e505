import Testing
import Variants
import ZooCore

/// The training loop, on every registered variant.
@Suite struct TrainingTests {
  static let names = tested.variants.map { $0.card.name }

  private func trainer(
    _ variant: String, _ training: String = "", type: ElementType = .float32
  ) throws -> Trainer {
    let json = SmallConfig.json(
      variant, width: 4, latent: 8, #""training": { "batch": 10, "seed": 7\#(training) }"#)
    let recipe = try Recipe(parsing: Array(json.utf8), file: "test.json", registry: tested)
    let digits = SmallConfig.data(for: variant, ByteImages.strokeDigits(count: 64))
    let contest = try Plan(recipe, for: DataShape(digits), type: type).contest
    let settings = recipe.config.training.settings
    return Trainer(
      contest,
      data: BatchSource(
        digits, batch: settings.batch, seed: settings.seed, range: recipe.config.data.range,
        type: type), settings: settings)
  }

  private func weights(_ trainer: Trainer) -> [[Float]] {
    [trainer.contest.generatorStore, trainer.contest.discriminatorStore].flatMap { store in
      (store.parameters + store.buffers).map(\.value.floats)
    }
  }

  @Test(arguments: names)
  func bitsDoNotDependOnThreads(_ name: String) throws {
    let results = try [1, 2, 3, 2].map { threads in
      try Backends.using(CPUBackend(threads: threads)) {
        let trainer = try trainer(name)
        for _ in 0..<3 { _ = try trainer.runStep() }
        return weights(trainer)
      }
    }
    #expect(Set(results).count == 1)
  }

  @Test(arguments: names)
  func twoStepsChangeEveryParameter(_ name: String) throws {
    let trainer = try trainer(name)
    let contest = trainer.contest
    let parameters = [Player.generator, .discriminator].flatMap { player in
      contest.store(of: player).parameters.filter {
        !contest.objective.rests(player, $0.name, at: 1)
      }
    }
    let before = parameters.map(\.value.floats)
    let report = try trainer.runStep()
    #expect(report.step == 1 && report.losses.allSatisfy { $0.loss?.isFinite != false })
    // In the first, attention's and R3GAN's zeros keep the derivative from what they multiply.
    _ = try trainer.runStep()
    for (parameter, old) in zip(parameters, before) {
      let new = parameter.value.floats
      // A critic's last bias cancels out of a Wasserstein loss: its gradient is zero.
      if parameter.shape != [1] {
        #expect(new != old, "\(parameter.name) did not move")
      }
    }
  }

  @Test(arguments: names, ["generator", "discriminator"])
  func valuesThatAreNotFiniteStopTheRun(_ name: String, _ player: String) throws {
    let trainer = try trainer(name)
    let store =
      player == "generator"
      ? trainer.contest.generatorStore : trainer.contest.discriminatorStore
    let objective = trainer.contest.objective
    let mover: Player = player == "generator" ? .generator : .discriminator
    let parameters = store.parameters.filter { !objective.rests(mover, $0.name, at: 0) }
    guard let parameter = parameters.first else {
      #expect(!SmallConfig.roles(of: name).contains(.discriminator))
      return
    }
    var values = parameter.value.floats
    values[0] = .nan
    parameter.assign(Tensor(values, shape: parameter.shape))
    let before = weights(trainer).map { $0.map(\.bitPattern) }
    let error = #expect(throws: ZooError.self) { try trainer.runStep() }
    #expect(error?.kind == .diverged)
    #expect(error?.description.contains("step 1") == true)
    #expect(weights(trainer).map { $0.map(\.bitPattern) } == before)
  }

  @Test func aBadGradientIsNamed() throws {
    // A finite loss whose derivative is not: the root of zero.
    let trainer = Trainer(
      RootOfZero.contest(),
      data: BatchSource(ByteImages.strokeDigits(count: 8), batch: 2, seed: 1, range: 0...1),
      settings: TrainingSettings(
        batch: 2, seed: 1, generatorOptimizer: .adam(.init()),
        discriminatorOptimizer: .adam(.init())))
    let error = #expect(throws: ZooError.self) { try trainer.runStep() }
    #expect(error?.description.contains("the gradient of the discriminator's scale") == true)
  }

  /// Settings for each player reach that player.
  @Test func playersHaveTheirOwnOptimizers() throws {
    let trainer = try trainer(
      "wgan-gp", #", "generatorOptimizer": { "sgd": { "learningRate": 0 } }"#)
    let before = trainer.contest.generatorStore.parameters.map(\.value.floats)
    let critic = trainer.contest.discriminatorStore.parameters.map(\.value.floats)
    _ = try trainer.runStep()
    #expect(trainer.contest.generatorStore.parameters.map(\.value.floats) == before)
    #expect(trainer.contest.discriminatorStore.parameters.map(\.value.floats) != critic)
  }

  /// Steps 1 and 2 of two: full rates, then half of them.
  @Test func learningRatesFallLinearly() throws {
    func moves(_ decay: String) throws -> [Float] {
      let trainer = try trainer(
        "gan",
        #", "steps": 2, "learningRateDecay": "\#(decay)", "optimizer": { "sgd": { "momentum": 0 } }"#
          + #", "discriminatorOptimizer": { "sgd": { "learningRate": 0 } }"#
      )
      _ = try trainer.runStep()
      let parameter = try #require(trainer.contest.generatorStore.parameters.last)
      let before = parameter.value.floats
      _ = try trainer.runStep()
      return zip(parameter.value.floats, before).map(-)
    }
    let (full, half) = (try moves("none"), try moves("linear"))
    #expect(full.contains { abs($0) > 1e-6 })
    // Differences of parameters below 1 in Float32.
    for (a, b) in zip(full, half) { #expect(abs(a / 2 - b) <= 1e-7) }
  }

  @Test func theAverageTrailsTheGenerator() throws {
    let trainer = try trainer("wgan-gp", #", "averageDecay": 0.5"#)
    let first = trainer.contest.generatorStore.parameters.map(\.value.floats)
    _ = try trainer.runStep()
    let average = try #require(trainer.average).values.map(\.floats)
    let last = trainer.contest.generatorStore.parameters.map(\.value.floats)
    for (a, (b, c)) in zip(average, zip(first, last)) {
      for (value, (old, new)) in zip(a, zip(b, c)) {
        #expect(abs(value - (old + new) / 2) <= 1e-6 * max(abs(old), abs(new), 1))
      }
    }
  }
}

/// A discriminator whose loss is finite and whose gradient is not.
private struct RootOfZero: Discriminator, Generator, Game {
  let takes = Ingredients(latent: LatentSpace(size: 1))
  let scale: Parameter

  static func contest() -> Contest {
    let scope = Scope(player: "discriminator", seed: 1)
    let players = RootOfZero(
      scale: scope.parameter("scale", shape: [1]) { _ in Tensor(repeating: 0, shape: [1]) })
    return Contest(
      generator: players, discriminator: players, objective: players,
      generatorStore: ParameterStore(), discriminatorStore: scope.store)
  }

  func callAsFunction(_ input: GeneratorInput, _ context: Context) -> Tensor {
    Tensor(repeating: 0, shape: [2, 28, 28, 1])
  }
  func callAsFunction(
    _ samples: Tensor, given condition: Condition, _ context: Context
  ) -> Tensor {
    (samples.mean(over: [1, 2, 3]).reshaped(to: [2, 1]) * scale.value).squareRoot()
  }
  func discriminatorLoss(_ round: Round) -> Loss { Loss(round.score(round.real.samples).mean()) }
  func generatorLoss(_ round: Round) -> Loss { Loss(round.score(round.fakes).mean()) }
}

@Suite struct MemoryTests {
  /// A steady training step takes no memory from the system: in a process of its own, where nobody
  /// else allocates.
  @Test func steadyStepsTakeNoMemory() async {
    await #expect(processExitsWith: .success) {
      try Backends.using(CPUBackend(threads: 2)) {
        let json = """
          { "variant": "wgan-gp", "generator": { "width": 16 }, "discriminator": { "width": 16 },
            "training": { "batch": 32 } }
          """
        let recipe = try Recipe(parsing: Array(json.utf8), file: "m.json", registry: tested)
        let digits = ByteImages.strokeDigits(count: 64)
        let settings = recipe.config.training.settings
        let trainer = Trainer(
          try recipe.plan(for: digits.sampleShape, classes: 10).contest,
          data: BatchSource(digits, batch: settings.batch, seed: 1, range: 0...1),
          settings: settings)
        for _ in 0..<8 { _ = try trainer.runStep() }
        let taken = HostMemory.shared.bytesFromSystem
        for _ in 0..<40 { _ = try trainer.runStep() }
        // Which thread needs its scratch when differs from step to step: one spare block of it.
        precondition(HostMemory.shared.bytesFromSystem - taken <= 1 << 20)
      }
    }
  }
}
