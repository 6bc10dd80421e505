import Foundation
import Testing
import Variants
import ZooCore

/// InfoGAN and ACGAN, whose second heads read the discriminator's features: losses in closed form.
@Suite struct SecondHeadTests {
  private static let digits = ByteImages.strokeDigits(count: 40)

  private func trainer(
    _ name: String, _ more: String, _ type: ElementType = .float64
  ) throws -> Trainer {
    let json = SmallConfig.json(
      name, width: 4, more + #", "training": { "batch": 8, "steps": 1 }"#)
    let recipe = try Recipe(parsing: Array(json.utf8), file: "c.json", registry: builtIn)
    let plan = try recipe.plan(for: Self.digits.sampleShape, classes: 10, type: type)
    var settings = recipe.config.training.settings
    settings.fakeLabels = recipe.config.conditioning?.fakeLabels ?? .batch
    return Trainer(
      plan.contest,
      data: BatchSource(
        Self.digits, batch: 8, seed: 1, range: recipe.config.data.range, type: type),
      settings: settings)
  }

  /// All weights of the discriminator's player zero but for a bias; what the first step logs, and
  /// what it saw.
  private func firstStep(
    of name: String, _ more: String, bias: String, _ values: [Double]
  ) throws -> (discriminator: Update, terms: [String: Double], loss: Double) {
    let trainer = try trainer(name, more)
    for parameter in trainer.contest.discriminatorStore.parameters {
      let zeros = [Double](repeating: 0, count: parameter.shape.elementCount)
      parameter.assign(
        Tensor(parameter.name == bias ? values : zeros, shape: parameter.shape, type: .float64))
    }
    var updates: [Update] = []
    trainer.observer = { updates.append($0) }
    _ = try trainer.runStep()
    let first = try #require(updates.first)
    #expect(first.player == .discriminator && updates.count == 2)
    return (
      first,
      Dictionary(uniqueKeysWithValues: first.loss.terms.map { ($0.name, $0.value.scalar) }),
      first.loss.total.scalar
    )
  }

  private func logSoftmax(_ values: [Double]) -> [Double] {
    let total = Foundation.log(values.reduce(0) { $0 + Foundation.exp($1) })
    return values.map { $0 - total }
  }

  @Test func informationOnCodesInClosedForm() throws {
    try Backends.using(ReferenceBackend.shared) {
      let bias = [0.5, -1, 0.25, 0.75, -0.5]
      let step = try firstStep(
        of: "infogan", #""objective": { "categories": 3, "weight": 0.5 }"#, bias: "codes.4.bias",
        bias)
      let codes = try #require(step.discriminator.input?.latents)
      #expect(codes.shape == [8, 3 + 3 + 2])
      let (values, known) = (codes.doubles, logSoftmax(Array(bias[..<3])))
      var (onCategory, onNumbers) = (0.0, 0.0)
      for row in stride(from: 0, to: values.count, by: 8) {
        let category = values[(row + 3)..<(row + 6)]
        #expect(category.sorted() == [0, 0, 1])
        onCategory += zip(category, known).reduce(0) { $0 + $1.0 * $1.1 } / 8
        onNumbers -=
          (pow(values[row + 6] - 0.75, 2) + pow(values[row + 7] + 0.5, 2)) / 2 / 8
      }
      // Float64 sums of some numbers of the size of one.
      #expect(abs(try #require(step.terms["categoryInformation"]) - onCategory) < 1e-12)
      #expect(abs(try #require(step.terms["numberInformation"]) - onNumbers) < 1e-12)
      let game = 2 * Foundation.log(2.0)
      #expect(abs(step.loss - (game - 0.5 * (onCategory + onNumbers))) < 1e-12)
    }
  }

  @Test func classesOfRealAndFakeInClosedForm() throws {
    try Backends.using(ReferenceBackend.shared) {
      let bias = (0..<10).map { Double($0) / 4 }
      let step = try firstStep(
        of: "acgan", #""objective": { "classWeight": 2, "fakeClassWeight": 0.5 }"#,
        bias: "classifier.1.bias", bias)
      let known = logSoftmax(bias)
      func loss(_ labels: [Int32]?) throws -> Double {
        try #require(labels).reduce(0) { $0 - known[Int($1)] / 8 }
      }
      let (real, fake) = (step.discriminator.real.labels, step.discriminator.input?.labels)
      // Drawn for each fake, not taken from the batch.
      #expect(real != fake)
      let (onReal, onFake) = (try loss(real), try loss(fake))
      #expect(abs(try #require(step.terms["realClassLoss"]) - onReal) < 1e-12)
      #expect(abs(try #require(step.terms["fakeClassLoss"]) - onFake) < 1e-12)
      let game = 2 * Foundation.log(2.0)
      #expect(abs(step.loss - (game + 2 * (onReal + 0.5 * onFake))) < 1e-12)
    }
  }

  /// Every other sample is called a 1, whatever it is: purity is what these shares make of it.
  @Test func purityCountsTheMostFrequentClass() throws {
    let trainer = try trainer(
      "infogan", #""objective": { "categories": 3, "numbers": 0 }"#, .float32)
    let examination = Examination(
      seed: 3, step: 0, count: 500, test: Self.digits, range: 0...1
    ) { samples in (0..<samples.shape[0]).map { $0 % 3 == 0 ? 1 : 0 } }
    let latent = try #require(trainer.contest.generator.takes.latent)
    let codes = latent.draw(500, from: RandomStream(seed: 3, purpose: .evaluation)).doubles
    var counts = [[Int]](repeating: [0, 0], count: 3)
    for sample in 0..<500 {
      let category = try #require((0..<3).first { codes[sample * 6 + 3 + $0] == 1 })
      // Portions of 250, each counted from its first.
      counts[category][sample % 250 % 3 == 0 ? 1 : 0] += 1
    }
    let expected = Double(counts.map { max($0[0], $0[1]) }.reduce(0, +)) / 500
    let scores = try withoutDerivatives {
      Result { () throws(ZooError) in try trainer.contest.objective.scores(examination) }
    }.get()
    #expect(scores.map(\.key) == ["purity"] && scores[0].value == expected)
  }

  /// As in openai/InfoGAN, but for two outputs of the codes' network that nothing trains there.
  @Test func parametersOfTheAuthorsCode() throws {
    let outlines = try Recipe(
      parsing: Array(#"{ "variant": "infogan" }"#.utf8), file: "c.json", registry: builtIn
    ).plan(for: [28, 28, 1], classes: 10).outlines
    let counts = Dictionary(uniqueKeysWithValues: outlines.map { ($0.role, $0.parameters) })
    #expect(counts == ["generator": 6_652_481, "discriminator": 6_559_169, "codes": 133_004])
  }

  @Test func whatTheyCannotDoWithIsRefusedWithItsPlace() throws {
    let faults = [
      ("infogan", #""conditioning": "none""#, "conditioning: this variant takes no classes"),
      (
        "infogan", #""networks": { "codes": { "layers": ["flatten", { "dense": 7 }] } }"#,
        "networks.codes.layers: the last layer gives [7], expected [12]"
      ),
      (
        "acgan", #""conditioning": "projection""#,
        "conditioning: this variant's discriminator tells"
      ),
      (
        "acgan", #""networks": { "classifier": "dcgan" }"#,
        #"the architecture "dcgan" has no classifier"#
      ),
      // One fault, and none of a classifier behind what does not fit.
      (
        "acgan", #""discriminator": { "layers": ["flatten", { "dense": 7 }] }"#,
        "discriminator.layers: the last layer gives [7], expected [1]"
      ),
    ]
    for (name, member, text) in faults {
      let json = #"{ "variant": "\#(name)", \#(member) }"#
      let error = #expect(throws: ZooError.self) {
        _ = try Recipe(parsing: Array(json.utf8), file: "v.json", registry: builtIn)
          .plan(for: [28, 28, 1], classes: 10)
      }
      let found = error?.description ?? ""
      #expect(
        error?.kind == .usage && found.contains(text) && found.contains("v.json:1:")
          && found.split(separator: "\n").count { $0.contains("v.json:1:") } == 1, "\(found)")
    }
  }
}
