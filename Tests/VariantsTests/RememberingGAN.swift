import Variants
import ZooCore

/// All variants, and one of the tests' own.
let tested = Registry(
  variants: builtIn.variants + [RememberingGAN.self], architectures: builtIn.architectures)

/// A variant that has what no other has yet: fakes of earlier steps, a number that the objective
/// remembers, a turn of its own every third step, a layer that it brings along.
enum RememberingGAN: Variant {
  static let card = VariantCard(
    name: "remembering", title: "Remembering GAN", paper: "arXiv:1612.07828", year: 2017,
    summary: "Remembers fakes and a score",
    idea:
      "The discriminator sees fakes of earlier steps. Its scores are held near their mean so far.",
    discriminatorLoss: "mean (D(x) − 1)² + mean D(G(z))²; (mean D(x) − m)² every third step",
    generatorLoss: "mean (D(G(z)) − 1)²", sources: ["Shrivastava et al. 2017"])

  struct Options: ConfigBlock {
    var pool = 16

    static var fields: [Field<Options>] {
      [.integer("pool", \.pool, in: 0...1000, "Room for so many fakes.")]
    }
  }

  static let layers: [any LayerSpec.Type] = [Swish.Spec.self]
  static let architectures = [
    Architecture(
      name: "swish", summary: "One hidden layer each", defaultWidth: 8,
      generator: { request in
        [
          ["dense": .number(request.features)], "swish",
          ["dense": .number(request.output.elementCount)],
          ["reshape": .array(request.output.map { .number($0) })],
        ]
      },
      discriminator: { request in
        ["flatten", ["dense": .number(request.features)], "swish", ["dense": 1]]
      })
  ]

  static var defaults: RunConfig {
    var config = RunConfig()
    config.generator.network = NetworkSettings("swish", initialization: .pytorch)
    config.discriminator = NetworkSettings("swish", initialization: .pytorch)
    return config
  }

  static func build(_ request: BuildRequest<Options>) throws(ZooError) -> Contest {
    request.contest(
      Losses(
        pool: request.replayPool("pool", size: request.options.pool, of: request.data.sample),
        mean: request.state.buffer("mean", repeating: 0, shape: [])))
  }

  final class Losses: Objective {
    let pool: ReplayPool
    let mean: Parameter

    init(pool: ReplayPool, mean: Parameter) { (self.pool, self.mean) = (pool, mean) }

    func turns(at step: Int, _ training: TrainingSettings) -> [Turn] {
      [.discriminator(judgesLoss), .generator(generatorsLoss)]
        + (step % 3 == 0 ? [.discriminator(named: "drift", on: .same, drift)] : [])
    }

    private func judgesLoss(_ round: Round) -> Loss {
      let fakes = pool.exchange(round.fakes, round.random)
      let (real, fake) = (
        round.score(round.real.samples, given: round.real.condition), round.score(fakes)
      )
      round.remember(mean.value.detached() * 0.75 + real.mean().detached() * 0.25, in: mean)
      return Loss((real - 1).squared().mean() + fake.squared().mean())
    }

    private func generatorsLoss(_ round: Round) -> Loss {
      Loss((round.score(round.fakes) - 1).squared().mean())
    }

    private func drift(_ round: Round) -> Loss {
      let real = round.score(round.real.samples, given: round.real.condition)
      return Loss((real.mean() - mean.value.detached()).squared())
    }
  }
}

/// `"swish"`: x · σ(βx) with a β for each feature that is learnt.
///
/// Source: Ramachandran et al. 2017, arXiv:1710.05941.
struct Swish: Layer {
  let beta: Parameter

  struct Spec: LayerSpec {
    static let key = "swish"
    static let summary = "x times its sigmoid, with a slope that is learnt."
    static var fields: [Field<Spec>] { [] }

    func build(at site: Site) throws(ShapeMismatch) -> Built {
      let features = site.input[site.input.count - 1]
      let beta = site.scope.parameter("beta", shape: [features]) { _ in
        Tensor(repeating: 1, shape: [features], type: site.scope.type)
      }
      return Built(Swish(beta: beta), output: site.input)
    }
  }

  func callAsFunction(_ input: Tensor, _ context: Context) -> Tensor {
    input * (input * beta.value).sigmoid()
  }
}
