import Foundation
import Testing
import Variants
import ZooCore

/// The bound in closed form, and a model that has learnt eight images by heart.
@Suite struct VAETests {
  private func trainer(_ type: ElementType, beta: Double, steps: Int) throws -> Trainer {
    let json = SmallConfig.json(
      "vae", width: 64, latent: 3,
      """
      "objective": { "beta": \(beta) }, "training": { "batch": 8, "steps": \(steps) }
      """)
    let recipe = try Recipe(parsing: Array(json.utf8), file: "vae.json", registry: builtIn)
    let digits = ByteImages.strokeDigits(count: 8)
    let plan = try recipe.plan(for: digits.sampleShape, classes: 10, type: type)
    return Trainer(
      plan.contest, data: BatchSource(digits, batch: 8, seed: 1, range: 0...1, type: type),
      settings: recipe.config.training.settings)
  }

  /// With all weights zero every pixel is a coin, and the codes are what the last bias says.
  @Test func theBoundInClosedForm() throws {
    try Backends.using(ReferenceBackend.shared) {
      let trainer = try trainer(.float64, beta: 2, steps: 1)
      for parameter in trainer.contest.generatorStore.parameters {
        var values = [Double](repeating: 0, count: parameter.shape.elementCount)
        if parameter.name == "encoder.3.bias" {
          values = [0.5, -1, 0, Foundation.log(4.0), 0, Foundation.log(0.25)]
        }
        parameter.assign(Tensor(values, shape: parameter.shape, type: .float64))
      }
      let report = try trainer.runStep()
      let lost = 784 * Foundation.log(2.0)
      // ½ Σ (μ² + σ² − ln σ² − 1).
      let divergence = 0.5 * (0.25 + 1 + 0 + (4 + 1 + 0.25) - (0) - 3)
      let terms = Dictionary(uniqueKeysWithValues: report.terms.map { ($0.name, $0.value) })
      // Float64 sums of 784 numbers.
      #expect(abs(try #require(terms["reconstruction"]) - lost) < 1e-9)
      #expect(abs(try #require(terms["divergence"]) - divergence) < 1e-9)
      #expect(abs(try #require(terms["elbo"]) + lost + divergence) < 1e-9)
      #expect(abs(try #require(report.generatorLoss) - lost - 2 * divergence) < 1e-9)
      #expect(report.discriminatorLoss == nil)
    }
  }

  /// Where the divergence costs nothing, images are drawn again from their codes.
  @Test func imagesComeBackFromTheirCodes() throws {
    let trainer = try trainer(.float32, beta: 0, steps: 400)
    var terms: [String: Double] = [:]
    for _ in 0..<400 {
      terms = Dictionary(
        uniqueKeysWithValues: try trainer.runStep().terms.map { ($0.name, $0.value) })
    }
    let digits = ByteImages.strokeDigits(count: 8)
    let pixels = try digits.values(of: Array(0..<8)).map { min(max(Double($0), 1e-9), 1 - 1e-9) }
    // The entropy of the grey pixels is what no generator gets below.
    let entropy =
      pixels.reduce(0) { $0 - $1 * Foundation.log($1) - (1 - $1) * Foundation.log(1 - $1) } / 8
    let found = try #require(terms["reconstruction"])
    // A tenth of what one mean image loses, about 150 nats, is left to the last of the steps.
    #expect(found > entropy - 1e-3 && found < entropy + 15, "\(found), entropy \(entropy)")
  }

  @Test func whatItCannotDoWithIsRefusedWithItsPlace() throws {
    let faults = [
      (#""data": { "range": [-1, 1] }"#, "data.range: a Bernoulli likelihood"),
      (#""conditioning": "concatenate""#, "conditioning: this variant takes no classes"),
      (#""networks": { "decoder": "vae" }"#, #"networks.decoder: unknown key "decoder""#),
      (#""networks": { "encoder": "dcgan" }"#, #"the architecture "dcgan" has no encoder"#),
      (
        #""networks": { "encoder": { "layers": ["flatten", { "dense": 7 }] } }"#,
        "networks.encoder.layers: the last layer gives [7], expected [40]"
      ),
      (#""discriminator": "dcgan""#, "the variant vae has no discriminator"),
    ]
    for (member, text) in faults {
      let json = #"{ "variant": "vae", \#(member) }"#
      let error = #expect(throws: ZooError.self) {
        _ = try Recipe(parsing: Array(json.utf8), file: "v.json", registry: builtIn)
          .plan(for: [28, 28, 1], classes: 10)
      }
      let found = error?.description ?? ""
      #expect(
        error?.kind == .usage && found.contains(text) && found.contains("v.json:1:"), "\(found)")
    }
  }
}
