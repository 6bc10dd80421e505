import Testing
import Variants
import ZooCore

/// What the outlines say that layers cost, beside what the backend counts.
@Suite struct LayerCostTests {
  @Test func outlinesCountWhatTheBackendDoes() throws {
    let text = """
      { "variant": "gan",
        "generator": { "latent": { "size": 5 }, "layers": [
          { "dense": 48 }, "batchNorm", "relu", { "reshape": [4, 4, 3] },
          { "convTranspose": 6, "kernel": [3, 5], "stride": 2 }, { "conv": 1, "kernel": 3 } ] },
        "discriminator": { "layers": [
          { "conv": 4, "kernel": 4, "stride": 2, "padding": 1 }, { "leakyRelu": 0.2 }, "flatten",
          { "maxout": 7, "pieces": 3 }, { "dense": 1 } ] } }
      """
    let recipe = try Recipe(parsing: Array(text.utf8), file: "c.json", registry: builtIn)
    let outlines = try recipe.plan(for: [8, 8, 1]).outlines
    let profile = ProfilingBackend(CPUBackend(threads: 1))
    let batch = 2
    try Backends.using(profile) {
      let contest = try recipe.plan(for: [8, 8, 1]).contest
      #expect(
        outlines.map(\.parameters) == [
          contest.generatorStore.parameterCount, contest.discriminatorStore.parameterCount,
        ])
      let context = Context(.training, random: RandomSource(seed: 1, step: 0, substep: 0))
      let latents = Tensor(repeating: 0, shape: [batch, 5])
      let fakes = contest.generator(GeneratorInput(latents: latents), context)
      _ = try contest.judge().callAsFunction(fakes, given: Condition(), context)
    }
    let counted = profile.report.reduce(0) { $0 + $1.entry.operations }
    let expected = outlines.reduce(0) { $0 + $1.multiplyAdds }
    // An operation is a multiplication or an addition.
    #expect(counted == 2 * Double(batch) * expected)
  }
}
