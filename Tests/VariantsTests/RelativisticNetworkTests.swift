import Testing
import Variants
import ZooCore

/// R3GAN's networks.
@Suite struct RelativisticNetworkTests {
  private func plan(_ width: Int, _ architecture: String, _ sample: Shape) throws -> Plan {
    let network = #"{ "architecture": "\#(architecture)", "width": \#(width) }"#
    let json = #"{ "variant": "r3gan", "generator": \#(network), "discriminator": \#(network) }"#
    return try Recipe(parsing: Array(json.utf8), file: "c.json", registry: builtIn)
      .plan(for: sample)
  }

  /// The paper's networks for CIFAR-10, without classes: with w = 768, 8 blocks of
  /// 2w² + 2w + 2w · 16 · 9 + 2w + 2w² each, all other layers without biases.
  @Test func parametersOfThePapersNetworks() throws {
    let contest = try plan(768, "r3gan", [32, 32, 3]).contest
    let blocks = 8 * (4 * 768 * 768 + 4 * 768 + 2 * 768 * 16 * 9)
    #expect(blocks == 20_668_416)
    #expect(contest.generatorStore.parameterCount == blocks + 64 * 768 + 16 * 768 + 3 * 768)
    #expect(contest.discriminatorStore.parameterCount == blocks + 3 * 768 + 16 * 768 + 768)
  }

  /// Widths halve beyond 32 pixels, as in the paper's networks for 64 and 256.
  @Test func widthsOfLargeImages() throws {
    let outline = try plan(64, "r3gan", [256, 256, 3]).contest.generatorStore.parameters
    let widths = outline.filter { $0.name.hasSuffix("residual.4.weight") }.map { $0.shape[3] }
    #expect(widths == [64, 64, 64, 64, 64, 64, 64, 64, 32, 32, 16, 16, 8, 8])
  }

  /// Blocks add nothing at first, so the first samples are linear in the latent code.
  @Test(arguments: ["r3gan", "r3gan-light"])
  func blocksAddNothingAtFirst(_ architecture: String) throws {
    let contest = try plan(16, architecture, [28, 28, 1]).contest
    let last = contest.generatorStore.parameters.filter { $0.name.hasSuffix("residual.4.weight") }
    #expect(!last.isEmpty)
    #expect(last.allSatisfy { $0.value.floats.allSatisfy { $0 == 0 } })
    let codes = RandomStream(seed: 3, purpose: .latents).normal([2, 64])
    func drawn(_ codes: Tensor) -> [Float] {
      withoutDerivatives {
        contest.generator(
          GeneratorInput(latents: codes),
          Context(.inference, random: RandomSource(seed: 1, step: 0, substep: 0))
        ).floats
      }
    }
    // A factor of two is exact.
    #expect(drawn(codes * 2) == drawn(codes).map { 2 * $0 })
    #expect(Set(drawn(codes)).count > 100)
  }
}
