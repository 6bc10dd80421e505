import Foundation
import Testing
import Variants
import ZooCore

/// Five steps of small runs of every variant beside PyTorch in Float64: losses, first gradients and
/// last parameters (`Fixtures/make_variants.py`; the full-size table is Documentation/parity.md).
@Suite struct VariantParityTests {
  /// One run of the fixture.
  struct Run: CustomTestStringConvertible {
    let json: JSONValue
    var testDescription: String { json["name"]?.string ?? "" }

    func number(_ key: String) throws -> Double { try #require(json[key]?.double) }
  }

  static let runs: [Run] = {
    let path = "\(Bundle.module.resourcePath ?? "")/Fixtures/variants.json"
    guard let bytes = try? Files.read(path) else { return [] }
    return (try? JSONDocument(parsing: bytes, name: path))?.root.array?.map(Run.init) ?? []
  }()

  @Test func everyVariantIsInTheFixture() {
    let tried = Set(Self.runs.compactMap { $0.json["config"]?["variant"]?.string })
    #expect(tried == Set(builtIn.variants.map { $0.card.name }))
  }

  @Test(arguments: runs)
  func lossesGradientsAndParametersAgree(_ run: Run) throws {
    let config = try #require(run.json["config"])
    let recipe = try Recipe(
      parsing: Array(config.compact().utf8), file: "fixture.json", registry: builtIn)
    let dataset = try DataLibrary(directory: "nowhere").open(recipe.config.data).dataset
    let trainer = try recipe.plan(for: dataset).trainer(on: dataset)
    var losses: [Double] = []
    var first: [Player: [Tensor?]] = [:]
    trainer.observer = { update in
      losses.append(update.loss.total.scalar)
      if first[update.player] == nil { first[update.player] = update.gradients }
    }
    for _ in 0..<Int(try run.number("steps")) { _ = try trainer.runStep() }

    let expected = try #require(run.json["losses"]?.array).compactMap(\.double)
    try #require(losses.count == expected.count)
    // Losses may pass through zero: they are compared at the scale of the largest.
    let scale = expected.map(abs).max() ?? 1
    for (index, (loss, theirs)) in zip(losses, expected).enumerated() {
      // Single precision: rounding at first; later steps, where Adam's first moves are the signs
      // of gradients and a tiny gradient's sign is rounding, some more.
      let tolerance = index == 0 ? 1e-5 : 1e-3
      #expect(abs(loss - theirs) <= tolerance * scale, "update \(index): \(loss), not \(theirs)")
    }
    let (gradients, parameters) = (try run.probes("gradients"), try run.probes("parameters"))
    var seen = 0
    for (player, store) in [
      (Player.generator, trainer.contest.generatorStore),
      (.discriminator, trainer.contest.discriminatorStore),
    ] {
      guard let own = first[player] else {
        #expect(store.parameters.isEmpty, "the \(player) never moved")
        continue
      }
      for (parameter, gradient) in zip(store.parameters, own) {
        guard let gradient else { continue }
        let name = "\(player).\(parameter.name)"
        let theirs = try #require(gradients[name], "\(name)")
        let probes = probes(parameter.exported(gradient))
        // Sums in single precision; a bias whose parts cancel is rounding at the scale of one, or two
        // where an image goes through several networks, or of a loss of heavy parts.
        // Where nothing is left of it in Float64, norms of maps that hardly deviate, which StyleGAN starts
        // from, have made up to 10⁴ times as much of the rounding.
        let floor = max(theirs[0] < 1e-9 ? 10 : 2e-2, 2e-3 * scale)
        for (own, theirs) in zip(probes, theirs) {
          #expect(
            abs(own - theirs) <= 1e-4 * max(probes[0], floor), "\(name): \(own), not \(theirs)")
        }
      }
      for parameter in store.parameters + store.buffers {
        let name = "\(player).\(parameter.name)"
        let theirs = try #require(parameters[name], "\(name)")
        let probes = probes(parameter.exported)
        // Where losses cancel (a Wasserstein critic's last bias, its others while no unit crosses a
        // kink) Adam makes steps of 1e-4 of the rounding: 25 of them at the last bias.
        let tolerance = parameter.shape == [1] ? 2.5e-3 : 2e-4 * max(probes[0], 1)
        for (own, theirs) in zip(probes, theirs) {
          #expect(abs(own - theirs) <= tolerance, "\(name): \(own), not \(theirs)")
        }
        seen += 1
      }
    }
    #expect(seen == parameters.count)
  }
}

extension VariantParityTests.Run {
  /// The norm of each tensor, and its share along a fixed direction.
  fileprivate func probes(_ key: String) throws -> [String: [Double]] {
    let members = try #require(json[key]?.object)
    return Dictionary(
      uniqueKeysWithValues: members.map { ($0.key, ($0.value.array ?? []).compactMap(\.double)) })
  }
}

/// As the fixture has them.
private func probes(_ tensor: Tensor) -> [Double] {
  let direction = (1...tensor.count).map { Foundation.sin(Double($0)) }
  func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
  let values = tensor.doubles
  return [
    dot(values, values).squareRoot(),
    dot(values, direction) / dot(direction, direction).squareRoot(),
  ]
}
